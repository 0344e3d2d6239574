# SPDX-License-Identifier: GPL-2.0-or-later
"""Where and how a trace is captured: links and tunnels, capture points, copies, cuts, several runs in one file."""

from packet import HOP_BY_HOP
import tools_basic as basic
import tools_more as more
from case import START, Case, behaviour, case
from link import LINKS, WITHOUT_IP_HEADER
from path import Nat, standard_path
from sim import Capture, Reply, World, is_error, is_probe

tt, tr, mtr, scamper, tracebox = (basic.tcptraceroute, basic.traceroute, basic.mtr, basic.scamper, more.tracebox)
SECOND = 1_000_000


def links():
    for link in (name for name in LINKS if name not in WITHOUT_IP_HEADER):
        if link == "ethernet":
            continue
        for tool, name, v6 in ((tt, "tt", False), (tr, "tr", True)):
            what = "6in4" if v6 and link == "ipip" else link
            yield case(f"link-{what}-{name}-v{6 if v6 else 4}", f"Captured as {what}.", tool, v6,
                       capture=Capture(link=link))
    for link in ("vlan", "gre", "raw", "sll2"):
        yield case(f"link-{link}-hop-by-hop", f"IPv6 hop-by-hop options, captured as {link}.", tr, True,
                   capture=Capture(link=link), extensions=(HOP_BY_HOP,))
    yield case("link-vxlan-mpls", "MPLS objects in errors inside VXLAN.", tt, capture=Capture(link="vxlan"),
               shape=lambda p: [setattr(h, "ext", "mpls") for h in p.hops])


def points():
    for name, tool, options in (("tt", tt, {}), ("tr", tr, {}), ("mtr", mtr, {}), ("scamper", scamper, {}),
                                ("nmap", basic.nmap, {}), ("tracebox", tracebox, {})):
        yield case(f"point-target-{name}", f"Captured at the target ({name}): only what got there, TTLs near 1.", tool,
                   points=((3, 0),), **options)
        yield case(f"point-middle-{name}", f"Captured behind the second of five routers ({name}).", tool,
                   points=((2, 0),), routers=5, **options)
    yield case("point-middle-v6", "Captured behind the second of five routers, IPv6.", tr, True, points=((2, 0),),
               routers=5)
    yield case("point-target-mtr-rounds", "mtr at the target: one TTL each round but the first.", mtr, rounds=6,
               points=((3, 0),))

    def outside(**attributes):
        nat = Nat(1, src="203.0.113.177", sport=lambda p: 20000 + p % 40000, **attributes)
        return lambda path: path.nats.append(nat)
    for name, tool in (("tt", tt), ("tr", tr), ("mtr", mtr)):
        yield case(f"point-nat-outside-{name}", f"Captured on the far side of the NAT ({name}).", tool,
                   points=((1, 0),), routers=4, shape=outside())


def one_way():
    for name, tool in (("tt", tt), ("tr", tr), ("mtr", mtr), ("scamper", scamper)):
        yield case(f"no-replies-{name}", f"Only the sender's packets were captured ({name}).", tool,
                   capture=Capture(keep=lambda f: f.forward))
        yield case(f"no-probes-{name}", f"Only the answers were captured: no trace ({name}).", tool,
                   capture=Capture(keep=lambda f: not f.forward))
    yield case("no-icmp", "ICMP was not captured; the probes' series and the target's answers were.", tr,
               capture=Capture(keep=lambda f: not is_error(f)))
    yield case("no-tcp-replies", "The target's segments were not captured.", tr,
               capture=Capture(keep=lambda f: not (isinstance(f.what, Reply) and f.what.segment)))
    yield case("answers-to-nothing", "ICMP errors quoting probes that the capture has not: no trace.", mtr,
               capture=Capture(keep=is_error))
    yield case("only-icmp-v6", "The same over IPv6.", tr, True, capture=Capture(keep=is_error))
    yield case("no-first-hop", "The capture lacks the probes of TTL 1, not the answers to them.", tt,
               capture=Capture(keep=lambda f: not (is_probe(f) and f.ip.ttl == 1)))


def late_start():
    for skip in (1, 2, 5, 8):
        yield case(f"late-start-{skip}-tt", f"The first {skip} frames are missing (tcptraceroute).", tt,
                   capture=Capture(skip=skip))
    for skip in (3, 17, 20):
        yield case(f"late-start-{skip}-tr", f"The first {skip} frames are missing (traceroute).", tr,
                   capture=Capture(skip=skip))
    yield case("late-start-6-mtr", "The first 6 frames are missing (mtr).", mtr, capture=Capture(skip=6))


def doubled():
    tools = (("tt", tt, {}), ("tr", tr, {}), ("mtr", mtr, {"rounds": 2}), ("scamper", scamper, {}),
             ("lft", basic.lft, {}), ("tracebox", tracebox, {}))
    for name, tool, options in tools:
        yield case(f"doubled-{name}", f"Each frame twice, 2 µs apart: a mirror port or two interfaces ({name}).", tool,
                   points=((0, 0), (0, 2)), **options)
        yield case(f"doubled-ttl-{name}", f"Both interfaces of the first router: each packet again, TTL - 1 ({name}).",
                   tool, points=((0, 0), (1, 0)), capture=Capture(nearest=True), **options)
    yield case("doubled-closed", "Three equal RSTs, each twice: three answers, three copies.", tt, answer="closed",
               points=((0, 0), (0, 2)))
    yield case("doubled-v6", "Each IPv6 frame twice.", tr, True, points=((0, 0), (0, 2)))
    yield case("doubled-scamper-v6", "IPv6, ports and seq constant, each frame twice.", scamper, True,
               points=((0, 0), (0, 2)))
    yield case("doubled-ttl-v6", "Both interfaces of the first router, IPv6.", tr, True, points=((0, 0), (1, 0)),
               capture=Capture(nearest=True))
    yield case("tripled", "Each frame three times.", tt, points=((0, 0), (0, 2), (0, 5)))
    yield case("doubled-vlan", "Each frame twice in a VLAN.", tr, points=((0, 0), (0, 2)), capture=Capture(link="vlan"))
    yield case("doubled-late-start", "Each frame twice, the first copy of the first probe is missing.", tt,
               points=((0, 0), (0, 2)), capture=Capture(skip=1))


def snap():
    yield case("snap-54", "54 octets kept: of a quote only the first 12, so the pairing is open.", _unpaired(tt),
               capture=Capture(snap=54))
    yield case("snap-60", "60 octets kept: of a quote 18, so the pairing is open.", _unpaired(tt),
               capture=Capture(snap=60))
    for size in (68, 70, 80, 96, 128):
        for name, tool in (("tt", tt), ("tr", tr)):
            yield case(f"snap-{size}-{name}", f"{size} octets of each frame kept ({name}).", tool,
                       capture=Capture(snap=size))
    for size in (112, 128):
        yield case(f"snap-{size}-v6", f"{size} octets kept, IPv6.", tr, True, capture=Capture(snap=size))
    yield case("snap-96-mpls", "96 octets kept: the MPLS object is cut off, the quote is not.", tt,
               capture=Capture(snap=96), shape=lambda p: [setattr(h, "ext", "mpls") for h in p.hops])


def _unpaired(tool):
    """The tool, with everything left open that depends on which probe a cut quote means."""
    def run(world, now, **options):
        end = tool(world, now, **options)
        for trace in world.runs:
            trace.omit |= {"hops", "extra_hops", "no_hops"}
        return end
    return run


def _worlds(seed, count, v6=False, answers=("open",)):
    return [World(f"{seed}{n}", standard_path(v6, behaviour(answers[n % len(answers)], v6))) for n in range(count)]


def several_runs():
    def together(first, second):
        def build(seed):
            worlds = _worlds(seed, 2)
            first(worlds[0], START)
            second(worlds[1], START + 1_700)
            return worlds
        return build
    yield Case("two-tools-tt-mtr", "tcptraceroute and mtr on one target and port at once.", together(tt, mtr))
    yield Case("two-tools-tt-tt", "Two tcptraceroutes on one target and port at once, a source port each.",
               together(tt, tt))
    yield Case("two-tools-tt-scamper", "tcptraceroute and scamper on one target and port at once.",
               together(tt, scamper))
    yield Case("two-tools-syn-ack", "SYN and ACK probes to one port at once: another probe kind.",
               together(scamper, lambda w, t: scamper(w, t, flags=16)))

    def again(tool, pause, **same):
        def build(seed):
            worlds = _worlds(seed, 2)
            end = tool(worlds[0], START, **same)
            tool(worlds[1], end + pause, **same)
            return worlds
        return build
    yield Case("again-tt-40s", "The same 4-tuple again after 40 s: two traces.", again(tt, 40 * SECOND, sport=45000))
    yield Case("again-tt-40s-seq", "Ports and seq again after 40 s: two traces.",
               again(tt, 40 * SECOND, sport=45000, seq=77777))
    yield Case("again-mtr-60s", "mtr again after 60 s from the same first port: two traces.",
               again(mtr, 60 * SECOND, rounds=2))
    yield Case("again-scamper-45s", "scamper again after 45 s.", again(scamper, 45 * SECOND))
    yield Case("again-tt-5s", "tcptraceroute again 5 s after its end: a new run, though no long silence.",
               again(tt, 5 * SECOND))

    def both_ways(seed):
        near = _worlds(seed, 1)[0]
        path = standard_path(False, behaviour("open", False))
        path.src, path.dst = path.dst, path.src
        path.hops.reverse()
        far = World(seed + "back", path)
        tt(near, START)
        tt(far, START + 900)
        return [near, far]
    yield Case("both-ways", "Two hosts trace each other at once.", both_ways)

    def families(seed):
        worlds = [_worlds(seed, 1)[0], _worlds(seed + "six", 1, True)[0]]
        tr(worlds[0], START)
        tr(worlds[1], START + 11)
        return worlds
    yield Case("two-families", "IPv4 and IPv6 traces interleaved.", families)

    def in_traffic(seed):
        from cases_negative import web_session
        world = _worlds(seed, 1)[0]
        for n in range(6):
            web_session(world, START + n * 3_000, ttl=64)
        tt(world, START)
        return [world]
    yield Case("in-traffic", "A trace among web connections from the same host to the same port.", in_traffic)


def cases():
    for group in (links, points, one_way, late_start, doubled, snap, several_runs):
        yield from group()
