# SPDX-License-Identifier: GPL-2.0-or-later
"""Principle 3: a quote names one packet; if that is not in the capture, it answers nothing."""

from dataclasses import replace

import tools_basic as basic
import tools_more as more
import tools_wild as wild
from case import START
from packet import Icmp
from principle import a_world, alone, box, every, member, one, only_probes_to, without_probes
from sim import Capture, Probe

ALL = {                                 # name: (function, families, options)
    "tcptraceroute": (basic.tcptraceroute, (4,), {}), "traceroute": (basic.traceroute, (4, 6), {}),
    "traceroute-sport": (basic.traceroute, (4, 6), {"sport": 40000}), "mtr": (basic.mtr, (4, 6), {}),
    "scamper": (basic.scamper, (4, 6), {}), "nexttrace": (more.nexttrace, (4, 6), {}), "lft": (basic.lft, (4,), {}),
    "tracetcp": (more.tracetcp, (4,), {}), "atlas": (more.atlas, (4, 6), {}), "paris": (more.paris, (4,), {}),
    "datadog": (more.datadog_syn, (4,), {"runs": 1}), "nmap": (basic.nmap, (4, 6), {"scan": False}),
    "bsd": (wild.bsd, (4,), {}), "etr": (wild.etr, (4,), {"flows": 2}), "ttl": (wild.ttl_tool, (4, 6), {"rounds": 4}),
    "fbtracert": (wild.fbtracert, (4, 6), {}), "tcpconn": (wild.tcpconn, (4, 6), {}), "hping3": (basic.hping, (4,), {}),
}
ROUTERS = 6


def quotes(name, why, decides, build, capture=None, undecidable=False):
    return member(3, name, why, decides, build, capture, undecidable)


def each_tool(skip=()):
    for name, (tool, families, options) in ALL.items():
        for family in families:
            if name not in skip and f"{name}-v{family}" not in skip:
                yield f"{name}-v{family}", tool, family == 6, options


def lost_probes():
    """A sixth of the probes that routers answered is not in the capture; the answers are."""
    for name, tool, v6, options in each_tool(skip=("paris", "datadog")):
        for n in range(2):
            seed = f"lost{n}{name}"
            yield quotes(f"lost-{n}-{name}", f"Some probes are missing in the capture, their quotes are not ({name}).",
                         "Ports, seq, IP ID or flow label of each quote name one probe, and that is not in the file.",
                         alone(tool, options, v6=v6, routers=ROUTERS),
                         Capture(edit=without_probes(seed, below=ROUTERS + 1)))
    for name in ("tracebox", "paris"):
        tool = {"tracebox": more.tracebox, "paris": more.paris}[name]
        yield quotes(f"lost-only-id-{name}", f"One of {name}'s probes is missing.",
                     "tracebox sends one packet again and again, paris the same but for IP ID and checksum.",
                     alone(tool, routers=ROUTERS), Capture(edit=without_probes("x" + name, 0.1, ROUTERS + 1)),
                     undecidable=name == "tracebox")


IDENTS = {"swapped": lambda i: i >> 8 | (i & 255) << 8, "plus-one": lambda i: i + 1 & 0xFFFF, "zero": lambda _i: 0,
          "rewritten": lambda i: i * 40503 + 12345 & 0xFFFF}


def _quoted_id(change):
    """One router that quotes another IP ID than it saw."""
    return lambda data: data[:4] + change(int.from_bytes(data[4:6], "big")).to_bytes(2, "big") + data[6:]


def changed_ids():
    tools = [t for t in each_tool(skip=("hping3", "nmap-v4", "paris")) if not t[2]]
    for how, change in IDENTS.items():
        for name, tool, v6, options in tools:
            yield quotes(f"id-{how}-at-one-{name}", f"Only the third router quotes IP IDs {how} ({name}).",
                         "One probe of that TTL is in flight or has these ports and seq; other routers' quotes are exact.",
                         alone(tool, options, routers=ROUTERS, shape=one(2, garble=_quoted_id(change))),
                         undecidable=(how, name) == ("rewritten", "tcptraceroute-v4"))
        for name, tool, v6, options in tools:
            if name.startswith(("tcptraceroute", "traceroute-v4", "mtr", "nexttrace", "bsd")):
                yield quotes(f"id-{how}-behind-2-{name}", f"IP IDs are {how} behind the second router ({name}).",
                             "From hop 3 on every quote has a foreign ID: the path changes them.",
                             alone(tool, options, routers=ROUTERS, shape=box(2, ident=change)))


def changed_ids_and_lost():
    for how, change in IDENTS.items():
        for name in ("traceroute", "mtr", "nexttrace", "bsd", "tracetcp"):
            tool, _, options = ALL[name]
            yield quotes(f"id-{how}-and-lost-{name}", f"IP IDs are {how} behind the second router and probes are missing "
                         f"({name}).", "Ports and seq are each probe's own: a quote with others names a probe that is "
                         "not there.", alone(tool, options, routers=ROUTERS, shape=box(2, ident=change)),
                         Capture(edit=without_probes(how + name, below=ROUTERS + 1)))
        yield quotes(f"id-{how}-and-lost-tcptraceroute", f"The same with tcptraceroute ({how}).",
                     "All probes share ports and seq, and the IDs come back changed: a lost probe's quote fits the one "
                     "before.", alone(basic.tcptraceroute, routers=ROUTERS, shape=box(2, ident=change)),
                     Capture(edit=without_probes(how, below=ROUTERS + 1)), undecidable=True)


def _connection_offset(tcp):
    """A firewall draws one new sequence number for each connection."""
    return replace(tcp, seq=tcp.seq + 0x5EED0000 + (tcp.sport * 2654435761 & 0xFFFFFF) & 0xFFFFFFFF)


def rewritten_seqs():
    tools = ("traceroute", "traceroute-sport", "mtr", "nexttrace", "bsd", "tcpconn", "tcptraceroute", "scamper", "atlas")
    for name in tools:
        tool, families, options = ALL[name]
        for family in families:
            yield quotes(f"seq-rewritten-{name}-v{family}", f"A firewall at the second router draws new sequence numbers for "
                         f"each connection ({name}).", "IP IDs, ports of one probe, or a constant shift of seq per flow "
                         "name the probe.", alone(tool, options, v6=family == 6, routers=ROUTERS,
                                                  shape=box(2, tcp=_connection_offset)))
    for how in ("zero", "rewritten"):
        for name in ("traceroute", "mtr", "bsd", "tcpconn", "nexttrace", "tracetcp"):
            tool, _, options = ALL[name]
            yield quotes(f"seq-rewritten-id-{how}-{name}", f"The firewall makes IP IDs {how} as well ({name}).",
                         "Addresses and ports are one probe's alone, or seqs are shifted by one constant for the flow.",
                         alone(tool, options, routers=ROUTERS,
                               shape=box(2, tcp=_connection_offset, ident=IDENTS[how])))
    for name in ("traceroute", "mtr", "tcpconn"):
        for family in (4, 6):
            tool, _, options = ALL[name]
            yield quotes(f"seq-rewritten-lost-{name}-v{family}", f"New sequence numbers, and probes are missing ({name}).",
                         "Ports are one probe's alone; a quote with other ports names a probe that is not there.",
                         alone(tool, options, v6=family == 6, routers=ROUTERS, shape=box(2, tcp=_connection_offset)),
                         Capture(edit=without_probes("s" + name, below=ROUTERS + 1)))


def one_foreign_seq():
    for family in (4, 6):
        for name in ("traceroute-sport", "nexttrace", "atlas", "ttl"):
            tool, _, options = ALL[name]
            yield quotes(f"one-foreign-seq-{name}-v{family}", f"One probe is missing; its quote has a seq that no probe has "
                         f"({name}).", "All other seqs came back as sent, so one foreign seq is a lost probe.",
                         alone(tool, options, v6=family == 6, routers=ROUTERS),
                         Capture(edit=without_probes("f" + name, 0.0, ROUTERS + 1)))


def other_targets():
    """Errors about probes to other targets, as a filter `host X or icmp` keeps them."""
    def build(tool, v6, count, **options):
        def made(seed):
            worlds = [a_world(seed if n % 2 else f"{seed}{n}", v6, site=n) for n in range(count)]
            for n, world in enumerate(worlds):
                tool(world, START + 700 * n, **options)
            return worlds
        return made
    for name in ("scamper", "tcptraceroute", "nexttrace", "mtr", "traceroute", "bsd"):
        tool, families, options = ALL[name]
        for family in families:
            first = "2001:db8:ff::9" if family == 6 else "203.0.113.9"
            yield quotes(f"other-targets-{name}-v{family}", f"Eight targets traced, a filter kept the probes to one and all "
                         f"errors ({name}).", "The quoted destination is another one, and no box translates it: most "
                         "quotes name this one.", build(tool, family == 6, 8, **options),
                         Capture(keep=only_probes_to(first)))


def other_runs():
    """Errors about another run's probes, as a filter on a port keeps them."""
    def build(tool, v6, **options):
        def made(seed):
            worlds = [a_world(f"{seed}{n}", v6) for n in range(2)]
            for n, world in enumerate(worlds):
                tool(world, START + 2300 * n, **options)
            mine = {p for run in worlds[0].runs for p in run.probes}
            return [_only(worlds[0], worlds[1], mine), worlds[1]]
        return made
    for name in ("tcptraceroute", "traceroute", "scamper", "tracetcp", "nexttrace"):
        tool, families, options = ALL[name]
        for family in families:
            yield quotes(f"other-run-{name}-v{family}", f"A second run to the same target, of which only the errors were "
                         f"captured ({name}).", "The other run's quotes have ports and seqs that no captured probe has, "
                         "while this run's come back as sent.", build(tool, family == 6, **options))


def _only(kept, other, _mine):
    """Takes the other run's own packets and the target's answers to it out of its world; the errors stay."""
    other.frames = [f for f in other.frames if not isinstance(f.what, Probe) and isinstance(f.ip.body, Icmp)]
    return kept


def translations():
    """Real NAT and DNAT must still be seen for what they are."""
    public, ports = "203.0.113.177", lambda p: 20000 + p % 40000
    for name in ("traceroute", "mtr", "nexttrace", "tcptraceroute"):
        tool, families, options = ALL[name]
        yield quotes(f"nat-{name}", f"Address and port are rewritten and left so in the quote ({name}).",
                     "IP ID and seq come back as sent, from all hops behind the NAT.",
                     alone(tool, options, routers=ROUTERS, shape=box(2, src=public, sport=ports)))
        yield quotes(f"nat-lost-{name}", f"The same, and probes are missing ({name}).",
                     "IP ID and seq of the missing probes' quotes belong to no captured probe.",
                     alone(tool, options, routers=ROUTERS, shape=box(2, src=public, sport=ports)),
                     Capture(edit=without_probes("n" + name, below=ROUTERS + 1)))
        yield quotes(f"dnat-{name}", f"Behind the third router the target has another address and port ({name}).",
                     "IP ID and seq come back as sent, from all hops behind the box.",
                     alone(tool, options, routers=ROUTERS, shape=box(3, dst="192.0.2.209", dport=8080)))
    yield quotes("nat66-traceroute", "Another IPv6 source in the quote.", "Ports and seq are one probe's alone.",
                 alone(basic.traceroute, v6=True, routers=ROUTERS, shape=box(2, src="2001:db8:b::10")))
    yield quotes("nat-and-random-ids-two-runs", "Two runs behind a NAT that draws ports and IDs at random.",
                 "With ports and IDs rewritten a seq is all that is left, and it is the whole run's.",
                 _two_behind_nat, undecidable=True)
    yield quotes("nat-scamper-ids", "scamper (seq 0) behind a box that rewrites source port and IP ID.",
                 "Seq 0 names nothing, and nothing else comes back as it was sent.",
                 alone(basic.scamper, routers=ROUTERS, shape=box(1, sport=ports, ident=IDENTS["rewritten"])),
                 undecidable=True)
    yield quotes("consecutive-ids-plus-one", "IDs count by one, all in flight, and a box adds one to each.",
                 "Each foreign ID is the next probe's own.",
                 alone(wild.burst, {"ident": lambda n: 100 + n}, routers=ROUTERS,
                       shape=box(1, ident=IDENTS["plus-one"])), undecidable=True)


def _two_behind_nat(seed):
    worlds = []
    for n in range(2):
        world = a_world(f"{seed}{n}", routers=ROUTERS)
        box(1, src="203.0.113.177", sport=lambda p, r=world.rng: r.randrange(1024, 65000),
            ident=lambda i, r=world.rng: r.randrange(1, 65000))(world.path)
        basic.tcptraceroute(world, START + 900 * n)
        worlds.append(world)
    return worlds


def short_snap():
    """64 octets of each frame: 2 of the quoted ports' 4."""
    for name in ("tcptraceroute", "traceroute", "mtr", "scamper", "nexttrace", "bsd"):
        tool, _, options = ALL[name]
        yield quotes(f"snap-64-{name}", f"64 octets of each frame were kept ({name}).",
                     "Addresses, IP ID and the source port are quoted, and the ID is one probe's alone.",
                     alone(tool, options, routers=ROUTERS), Capture(snap=64))
        yield quotes(f"snap-64-lost-{name}", f"64 octets, and probes are missing ({name}).",
                     "An IP ID that no captured probe of that source port has is a lost probe's.",
                     alone(tool, options, routers=ROUTERS),
                     Capture(snap=64, edit=without_probes("c" + name, below=ROUTERS + 1)))


def short_quotes():
    """Eight octets of TCP, as two thirds of the Internet's routers quote."""
    for name, tool, v6, options in each_tool(skip=("paris", "datadog", "hping3", "nmap")):
        yield quotes(f"quote-8-lost-{name}", f"Routers quote 8 octets, and probes are missing ({name}).",
                     "Ports, seq and IP ID are in the 8 octets; over IPv6 the flow label or the ports.",
                     alone(tool, options, v6=v6, routers=ROUTERS, shape=every(quote=8)),
                     Capture(edit=without_probes("q" + name, below=ROUTERS + 1)))


def cases():
    for group in (lost_probes, changed_ids, changed_ids_and_lost, rewritten_seqs, one_foreign_seq, other_targets,
                  other_runs, translations, short_snap, short_quotes):
        yield from group()
