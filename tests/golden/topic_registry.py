# SPDX-License-Identifier: GPL-2.0-or-later
"""The field registry holds exactly the contract's fields. Needs no capture."""
import contract
import support

PROTOCOL = ("TCP Traceroute", "tcptraceroute")


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


def check_once():
    protocols, fields = registry()
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
