# SPDX-License-Identifier: GPL-2.0-or-later
"""Principle 1, flows are records: what other flows do in the same file changes nothing in a trace."""

from dataclasses import replace

import tools_basic as basic
import tools_more as more
import tools_wild as wild
from case import START
from cases_negative import web_session
from packet import SYN, Tcp, kernel_options
from principle import MS, SECOND, a_world, member, one, together
from sim import World

EXACT = "Every probe's quote and answer names it by ports, seq and IP ID; the other flows have other ports or addresses."


def flows(name, why, build, decides=EXACT, **kw):
    return member(1, name, why, decides, build, **kw)


def _late_target(path):
    """The target answers 300 ms after the last router, so that others can send in between."""
    path.target_delay = 150 * MS


def beside_silent():
    """A long series without answers between the last probe and its answer, as one flow more or less decided it once."""
    def build(sport, v6):
        def made(seed):
            near = a_world(seed, v6, shape=_late_target)
            wild.burst(near, START) if v6 else basic.tcptraceroute(near, START, q=1, sport=40000)
            far = a_world(seed + "far", v6, "silent", site=60, shape=lambda p: [setattr(h, "silent", True) for h in p.hops])
            run, now = far.run(), START + 40 * MS
            for n in range(90):
                tcp = Tcp(sport, 80, far.r32(), 0, SYN, 1024)
                far.send(run, now + n * 600, far.ip(1 + n // 3, tcp, **({} if v6 else {"ident": far.r16()})))
            return [near, far]
        return made
    for sport in (41270, 41271, 41272, 41273, 50001, 61234):
        yield flows(f"beside-silent-{sport}", f"A silent series from port {sport} lies between a SYN and its SYN/ACK.",
                    build(sport, False), "The SYN/ACK's address and ports are the first trace's alone.")
    yield flows("beside-silent-v6", "The same over IPv6.", build(41272, True),
                "The SYN/ACK's address and ports are the first trace's alone.")


def in_traffic():
    def among(tool, v6, count, **options):
        def build(seed):
            world = a_world(seed, v6)
            for n in range(count):
                web_session(world, START - 200 * MS + n * 3 * MS, ttl=64, v6=v6)
            tool(world, START, **options)
            return [world]
        return build
    tools = (("tcptraceroute", basic.tcptraceroute, (4,), {}), ("traceroute", basic.traceroute, (4, 6), {}),
             ("mtr", basic.mtr, (4, 6), {}), ("scamper", basic.scamper, (4, 6), {}),
             ("nexttrace", more.nexttrace, (4, 6), {"dport": 80}))
    for name, tool, families, options in tools:
        for family in families:
            yield flows(f"in-traffic-{name}-v{family}", f"{name} among 250 ordinary connections of the same pair and port.",
                        among(tool, family == 6, 250, **options))


def foreign_syns():
    """Hundreds of unanswered SYNs of small TTL from other hosts and to others."""
    def fill(world, count, v6, ttl):
        for n in range(count):
            source = f"2001:db8:c::{n % 200 + 1:x}" if v6 else f"192.0.2.{n % 100 + 100}"
            syn = Tcp(20000 + n, 80, world.r32(), 0, SYN, 64240, kernel_options(n))
            ip = replace(world.ip(ttl, syn, ident=0 if v6 else world.r16(), df=not v6), src=source)
            world.packet(START + n * 90, ip)

    def build(tool, v6, ttl):
        def made(seed):
            world = a_world(seed, v6, shape=_late_target)
            fill(world, 900, v6, ttl)
            tool(world, START)
            return [world]
        return made
    for name, tool, v6 in (("tcptraceroute", basic.tcptraceroute, False), ("traceroute", basic.traceroute, False),
                           ("traceroute-v6", basic.traceroute, True), ("scamper-v6", basic.scamper, True)):
        yield flows(f"foreign-syns-{name}", f"900 SYNs of TTL 17 from a hundred other hosts to the same target ({name}).",
                    build(tool, v6, 17), "Each of them is one connection of one TTL; the trace's source is another.")


def many_of_one_pair():
    for v6 in (False, True):
        family = 6 if v6 else 4
        yield flows(f"forty-rounds-v{family}", "mtr for forty rounds: some 200 flows of one pair, one trace.",
                    lambda seed, v6=v6: _run(a_world(seed, v6), basic.mtr, rounds=40))
        yield flows(f"two-ports-same-sports-v{family}", "mtr to ports 80 and 443 at once, both from source port 33000 on.",
                    together((basic.mtr, {"dport": 80}), (basic.mtr, {"dport": 443}), v6=v6))
        yield flows(f"ports-again-v{family}", "ethr's six rounds use the same five ports again and again.",
                    lambda seed, v6=v6: _run(a_world(seed, v6), wild.ethr, rounds=6),
                    "The ports come again with another seq, so each answer names its SYN.")


def _run(world, tool, **options):
    tool(world, START, **options)
    return [world]


def many_pairs():
    def targets(tool, v6, count, **options):
        def build(seed):
            worlds = [a_world(f"{seed}{n}", v6, site=n) for n in range(count)]
            for n, world in enumerate(worlds):
                tool(world, START + 311 * n, **options)
            return worlds
        return build
    yield flows("thirty-targets", "tcptraceroute to thirty targets at once.", targets(basic.tcptraceroute, False, 30),
                "Each answer and quote has its own target's address.")
    yield flows("thirty-targets-v6", "traceroute to thirty IPv6 targets at once.", targets(basic.traceroute, True, 30),
                "Each answer and quote has its own target's address.")
    yield flows("twenty-targets-one-port", "scamper to twenty targets, all from one source port with IDs 1, 2, 3 ….",
                _same_sport, "Quotes name the target; ports, seq and IDs are the same for all.")


def _same_sport(seed):
    worlds = [a_world(f"{seed}{n}", site=n) for n in range(20)]
    for n, world in enumerate(worlds):
        world.next_port = 45000
        world.port = lambda: 45001
        basic.scamper(world, START + 970 * n)
    return worlds


def long_captures():
    def late(v6):
        def build(seed):
            world = a_world(seed, v6, routers=4, shape=one(1, late=8 * SECOND))
            basic.traceroute(world, START, q=2)
            other = World(seed + "other", a_world(seed, v6, site=7).path)
            for n in range(400):
                web_session(other, START + n * 25 * MS, ttl=64, v6=v6)
            return [world, other]
        return build
    for v6 in (False, True):
        yield flows(f"late-hop-v{6 if v6 else 4}", "A hop answers 8 s late, after 3,000 frames of other connections.",
                    late(v6))

    def both_ways(seed):
        near, far = a_world(seed, True), a_world(seed + "far", True)
        far.path.src, far.path.dst = far.path.dst, far.path.src
        far.path.hops.reverse()
        basic.traceroute(near, START)
        basic.mtr(far, START + 900)
        return [near, far]
    yield flows("both-ways-v6", "Two hosts trace each other at once, with different tools.", both_ways,
                "Source and target are exchanged, so the pair's flows are two directions.")


def cases():
    for group in (beside_silent, in_traffic, foreign_syns, many_of_one_pair, many_pairs, long_captures):
        yield from group()
