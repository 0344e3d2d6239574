# SPDX-License-Identifier: GPL-2.0-or-later
"""What the path does to probes and answers: quotes, extensions, NAT, load balancing, silence, the target's manners."""

import tools_basic as basic
import tools_more as more
from case import START, Case, behaviour, case
from path import Nat, standard_path
from sim import World
import target

tt, tr, scamper, tracebox = basic.tcptraceroute, basic.traceroute, basic.scamper, more.tracebox


def every(**attributes):
    """A shape that gives all routers these attributes."""
    def shape(path):
        for hop in path.hops:
            for name, value in attributes.items():
                setattr(hop, name, value)
    return shape


def one(index, **attributes):
    def shape(path):
        for name, value in attributes.items():
            setattr(path.hops[index], name, value)
    return shape


def nat(at=1, **attributes):
    return lambda path: path.nats.append(Nat(at, **attributes))


def quotes():
    for name, tool in (("tt", tt), ("tr", tr), ("lft", basic.lft), ("nexttrace", more.nexttrace)):
        for octets in (8, 12, 20, 28):
            yield case(f"quote-{octets}-{name}", f"Routers quote the IP header and {octets} octets ({name}).", tool,
                       shape=every(quote=octets))
    yield case("quote-8-payload", "8 octets quoted of a probe with payload.", tt, payload=60, shape=every(quote=8))
    yield case("quote-padded", "A 40 octet SYN quoted with zero padding to 128 octets: no payload.", tt,
               shape=every(pad=True))
    yield case("quote-576", "A long probe is quoted up to 576 octets.", tt, payload=900)
    yield case("quote-1280-v6", "A long IPv6 probe is quoted up to 1280 octets.", more.nexttrace, True, payload=1300)
    yield case("quote-8-v6", "IPv6 routers that quote 8 octets of TCP only.", tr, True, shape=every(quote=8))
    yield case("quote-ttl-0", "Zero-TTL forwarding: the quoted TTL is 0.", tt, shape=one(1, quoted_ttl=0))
    yield case("quote-ttl-5", "The quoted TTL is 5: an MPLS tunnel counted elsewhere.", tt, shape=one(1, quoted_ttl=5))
    yield case("code-1", "Time exceeded with code 1 is still a hop.", tt, shape=one(1, code=1))


def extensions():
    for style in ("rfc4884", "old", "short", "less", "wrong"):
        for kind in ("mpls", "mpls3", "interface"):
            for v6 in (False, True):
                tool = tr if v6 else tt
                yield case(f"ext-{kind}-{style}-v{6 if v6 else 4}",
                           f"{kind} extension, {style} layout, IPv{6 if v6 else 4}.", tool, v6,
                           shape=every(ext=kind, ext_style=style))
    for announced in (1, 3, 6, 255):
        for v6 in (False, True):
            yield case(f"ext-none-announced-{announced}-v{6 if v6 else 4}",
                       f"The length octet says {announced}, and there is no extension.", tt if not v6 else tr, v6,
                       shape=every(announced=announced))
    yield case("ext-mpls-quote-8", "8 octets quoted, padded to 128, then MPLS.", tt,
               shape=every(ext="mpls", quote=8))
    yield case("ext-mpls-payload", "A 300 octet probe cut to 128 before the MPLS object.", tt, payload=260,
               shape=every(ext="mpls"))


SWAP = {"swapped": lambda i: i >> 8 | (i & 255) << 8, "plus-one": lambda i: i + 1 & 0xFFFF, "zero": lambda _i: 0,
        "rewritten": lambda i: i * 40503 + 12345 & 0xFFFF}


def identification():
    for name, change in SWAP.items():
        for tool_name, tool in (("tt", tt), ("tr", tr), ("mtr", basic.mtr), ("scamper", scamper),
                                ("tracebox", tracebox)):
            yield case(f"ipid-{name}-{tool_name}", f"The IP ID is {name} behind the first router ({tool_name}).", tool,
                       shape=nat(ident=change))


def address_translation():
    public, ports = "203.0.113.177", lambda p: 20000 + p % 40000
    for tool_name, tool in (("tt", tt), ("tr", tr), ("mtr", basic.mtr), ("nexttrace", more.nexttrace)):
        yield case(f"nat-fixed-{tool_name}", f"A NAT that translates the quote back ({tool_name}).", tool,
                   shape=nat(src=public, sport=ports, fix_quote=True))
        yield case(f"nat-src-{tool_name}", f"A NAT leaves its own address in the quote ({tool_name}).", tool,
                   shape=nat(src=public))
        yield case(f"nat-src-port-{tool_name}", f"A NAT leaves its address and port in the quote ({tool_name}).", tool,
                   shape=nat(src=public, sport=ports))
        yield case(f"dnat-{tool_name}", f"Behind the second router the target has another address ({tool_name}).",
                   tool, shape=nat(2, dst="192.0.2.209"))
        yield case(f"dnat-port-{tool_name}", f"Behind the second router target and port differ ({tool_name}).", tool,
                   shape=nat(2, dst="192.0.2.209", dport=8080))
    yield case("nat-port-only", "Only the source port is rewritten and left so in the quote.", tt,
               shape=nat(sport=ports))
    yield case("nat-src-ipid-tr", "Address and IP ID left rewritten: the seq alone ties the quote.", tr,
               shape=nat(src=public, ident=SWAP["rewritten"]))
    yield case("nat-src-ipid-nexttrace", "The same with seq = TTL << 24 | n.", more.nexttrace,
               shape=nat(src=public, sport=ports, ident=SWAP["rewritten"]))
    yield case("nat-src-v6", "NPTv6: another source prefix in the quote.", tr, True,
               shape=nat(src="2001:db8:b::10"))
    yield case("dnat-v6", "The target has another IPv6 address behind the second router.", tr, True,
               shape=nat(2, dst="2001:db8:fe::9"))
    yield case("dnat-prohibited", "DNAT, and the real target says prohibited from the public address.", tt,
               answer="prohibited", shape=nat(2, dst="192.0.2.209"))
    yield case("hop-is-target", "A DNAT gateway sends time exceeded from the target's own address: no end.", tt,
               shape=one(1, source="203.0.113.9"))
    yield case("nat64-hops", "Every router answers with the target's address: only TCP ends the path.", tr,
               shape=every(source="203.0.113.9"))


def responders():
    several = ["198.51.100.21", "198.51.100.22", "198.51.100.23"]
    for tool_name, tool in (("tr", tr), ("mtr", basic.mtr), ("tracelb", basic.tracelb), ("tt", tt)):
        yield case(f"lb-flow-{tool_name}", f"The second hop balances by flow ({tool_name}).", tool,
                   shape=one(1, addrs=several))
    for tool_name, tool in (("tr", tr), ("tt", tt), ("scamper", scamper)):
        yield case(f"lb-packet-{tool_name}", f"The second hop balances by packet ({tool_name}).", tool,
                   shape=one(1, addrs=several, balance="packet"))
    yield case("lb-flow-label", "scamper over IPv6: the flow label changes, so the balanced path does.", scamper, True,
               shape=one(1, addrs=["2001:db8:2::1", "2001:db8:2::2"]))
    for name, tool in (("tt", tt), ("tr", tr), ("scamper", scamper), ("mtr", basic.mtr)):
        yield case(f"silent-hop-{name}", f"The second router never answers ({name}).", tool, shape=one(1, silent=True))
        yield case(f"silent-all-{name}", f"No router answers, the target does ({name}).", tool,
                   shape=every(silent=True))
    yield case("silent-path", "Nobody answers at all, not even the target.", tt, answer="silent",
               shape=every(silent=True), last=5, timeout=1_000_000)
    yield case("rate-limit", "The first router answers six of ten probes.", tr, q=10, shape=one(0, limit=6))
    yield case("rate-limit-mtr", "A router stops answering after two rounds.", basic.mtr, rounds=5,
               shape=one(1, limit=2))
    for tool_name, tool in (("tt", tt), ("tr", tr), ("tracebox", tracebox)):
        yield case(f"duplicate-{tool_name}", f"The second router answers each probe twice ({tool_name}).", tool,
                   shape=one(1, repeats=1))
    yield case("late-5s", "Answers 5 s late: the tool has gone on, the capture has them.", tt,
               shape=one(1, late=5_000_000))
    yield case("late-15s", "Answers 15 s late, past the default limit: still answers.", tt,
               shape=one(1, late=15_000_000))
    yield case("late-5s-tr", "traceroute: one hop 5 s late.", tr, shape=one(1, late=4_900_000))
    yield case("slow-control-plane", "The second hop's control plane takes 50 ms; later hops are faster.", tt,
               shape=one(1, late=50_000))
    for number, initial in enumerate((32, 64, 128)):
        yield case(f"initial-ttl-{initial}", f"Routers send errors with initial TTL {initial}.", tr,
                   shape=every(initial_ttl=initial, tos=(0, 0x48, 0xC0)[number]))


def refusals():
    for code in range(16):
        if code == 4:
            continue
        yield case(f"unreach-router-{code}", f"The last router says unreachable, code {code}.", tt,
                   shape=one(2, reject=(3, code)))
    for code in (0, 1, 2, 9, 10, 13):
        yield case(f"unreach-target-{code}", f"The target itself says unreachable, code {code}.", tt,
                   answer="silent", shape=_target_says(3, code))
    yield case("frag-needed", "The second router wants smaller packets: code 4 and the end for the tool.", tt,
               payload=1400, df=True, shape=one(1, reject=(3, 4)))
    for code in range(7):
        yield case(f"unreach6-router-{code}", f"ICMPv6 unreachable, code {code}, from the last router.", tr, True,
                   shape=one(2, reject=(1, code)))
    yield case("packet-too-big", "ICMPv6 packet too big from the second router for every probe past it.",
               more.nexttrace, True, payload=1300, shape=one(1, reject=(2, 0)))
    yield case("firewall-resets", "A firewall at the third router resets in the target's name.", tt,
               shape=one(2, forge_rst=True))
    yield case("middle-refuses", "The first router refuses everything past it.", tr, shape=one(0, reject=(3, 13)))


def _target_says(kind, code):
    def shape(path):
        path.target = target.unreachable(kind, code)
    return shape


def target_manners():
    yield case("ghost-tr", "SYN/ACKs nobody resets: each comes again after 1, 3, 7 s (traceroute).", tr,
               answer="repeating", reset=False)
    yield case("ghost-tt", "tcptraceroute, source RSTs suppressed: after the last probe the SYN/ACKs come again.", tt,
               answer="repeating", reset=False, q=1)
    yield case("ghost-syn-recv", "In SYN_RECV the third probe gets nothing, and 1 s later comes a ghost (norst_tcptr).",
               tt, answer="half-open", reset=False, q=4, gap=10_000, timeout=1_000_000)
    yield case("ghost-silent-hop", "Ghosts come while probes to a silent hop stand unanswered: they answer none of "
               "them.", tt, answer="repeating", reset=False, q=1, shape=one(1, silent=True))
    yield case("ghost-scamper", "scamper in SYN_RECV: one probe at the target, then ghosts.", scamper,
               answer="half-open", reset=False)

    def challenge(seed):
        path = standard_path(False, behaviour("half-open", False))
        world = World(seed, path)
        tr(world, START, sport=40000, reset=False)
        world.runs[0].open_ttls = {path.length}
        world.runs[0].omit |= {"stop_data"}
        return [world]
    yield Case("challenge-ack", "traceroute --sport in SYN_RECV: other seqs get challenge ACKs, whose pairing is open.",
               challenge)
    yield case("loss", "The network loses a third of the probes.", tr, loss=0.33)
    yield case("loss-mtr", "mtr with loss: the kernel repeats lost SYNs.", basic.mtr, rounds=4, loss=0.2)
    yield case("long-path", "Twenty routers.", tt, routers=20, q=1)
    yield case("one-hop", "A single router before the target.", tt, routers=1)
    yield case("no-router", "The target is the neighbour and the tool probes past it: overshoot alone.", tr, routers=0)


def cases():
    for group in (quotes, extensions, identification, address_translation, responders, refusals, target_manners):
        yield from group()
