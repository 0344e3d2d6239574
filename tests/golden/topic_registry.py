# SPDX-License-Identifier: GPL-2.0-or-later
"""The field registry holds exactly the contract's fields, and the tables what stock has. Needs no capture."""
import pathlib

import contract
import support

CAPTURES = pathlib.Path(__file__).parent.parent / "captures"
PROTOCOL = ("TCP Traceroute", "tcptraceroute")
# The names of our handles are filters, too: where each is to find something, and the frames of a trace that it is to find.
NAMES = {
    "tcptraceroute.tcp": ("tcptr_open", "tcp && !icmp"),
    "tcptraceroute.icmp": ("tcptr_open", "icmp"),
    "tcptraceroute.icmpv6": ("mtr_T6", "icmpv6"),
}


def registry():
    """(protocols, fields) of ours: sets of (name, filter name), and {filter name: type}."""
    protocols, fields = set(), {}
    for line in support.run(["-G", "fields"]).splitlines():
        columns = line.split("\t")
        if columns[0] == "P" and columns[2].startswith("tcptraceroute"):
            protocols.add((columns[1], columns[2]))
        elif columns[0] == "F" and columns[2].startswith("tcptraceroute"):
            fields[columns[2]] = columns[3]
    return protocols, fields


def decodes(*, stock):
    """What is in Wireshark's tables, with the name of what our handles stand for."""
    lines = support.run(["-G", "decodes"], stock=stock).splitlines()
    return sorted(line.replace("\ttcptraceroute.", "\t") for line in lines)


def check_decodes():
    """Decode As offers what stock offers: our handles stand for TCP, ICMP and ICMPv6 in ip.proto, and nowhere else."""
    ours, stock = decodes(stock=False), decodes(stock=True)
    missing = {f"ip.proto\t{number}\t{name}" for number, name in ((1, "icmp"), (6, "tcp"), (58, "icmpv6"))} - set(stock)
    if missing:
        yield f"-G decodes: stock lacks {sorted(missing)}"
    difference = support.first_difference(ours, stock, ("plugin", "stock"))
    if difference:
        yield f"-G decodes: {difference}"


def found(copy, display_filter):
    """The numbers of the frames that pass."""
    return support.run(["-n", "-2", "-r", copy, "-Y", display_filter, "-T", "fields", "-e", "frame.number"]).split()


def check_names(protocols):
    """Each name that is registered finds frames of traces, those of its protocol and no others."""
    registered = {name for _, name in protocols} - {PROTOCOL[1]}
    if registered != NAMES.keys():
        yield f"the names {sorted(registered)} are registered, expected {sorted(NAMES)}"
    with support.readable_folder() as folder:
        for name, (capture, of_trace) in NAMES.items():
            copy = support.readable_copy(CAPTURES / f"{capture}.pcap", folder)
            frames, expected = found(copy, name), found(copy, f"tcptraceroute.trace && {of_trace}")
            if not frames or frames != expected:
                yield f"{name} in {capture} finds frames {frames}, expected {expected}"


def check_once():
    yield from check_decodes()
    protocols, fields = registry()
    yield from check_names(protocols)
    if PROTOCOL not in protocols:
        yield f"protocol {PROTOCOL} is not registered; there are {sorted(protocols)}"
    for name, kind in contract.FIELDS.items():
        if fields.get(name) != kind:
            yield f"{name} is {fields.get(name)}, the contract has {kind}"
    # Wireshark itself registers each expert info as a field without a value.
    for name, kind in fields.items():
        if name not in contract.FIELDS and kind != "FT_NONE":
            yield f"{name} ({kind}) is not in the contract"
    stock = support.run(["-G", "fields"], stock=True)
    if "tcptraceroute" in stock:
        yield "the stock tshark of these tests knows tcptraceroute: it has the plugin"
