# SPDX-License-Identifier: GPL-2.0-or-later
"""Principle 7, verdicts know time: probes in flight, paths that change, answers in the target's name, duplicates."""

from dataclasses import replace

import target
import tools_basic as basic
import tools_more as more
import tools_wild as wild
from case import START, behaviour
from packet import RST, SYN, Tcp
from path import standard_path
from principle import MS, SECOND, a_world, alone, cut_after, every, member, one
from sim import Capture, Reply, World

FAMILIES = ((4, False), (6, True))


def verdicts(name, why, decides, build, capture=None, undecidable=False):
    return member(7, name, why, decides, build, capture, undecidable)


def _spread(path):
    """Round trips of 20 to 140 ms."""
    for hop in path.hops:
        hop.delay = 10 * MS


def capture_ends():
    """The capture ends while probes are on their way."""
    tools = (("traceroute", basic.traceroute, (4, 6), {}), ("nexttrace", more.nexttrace, (4, 6), {}),
             ("tcpconn", wild.tcpconn, (4, 6), {}), ("burst", wild.burst, (4,), {}), ("mtr", basic.mtr, (4, 6), {}),
             ("trippy", more.trippy, (4, 6), {}), ("ttl", wild.ttl_tool, (4, 6), {}))
    for name, tool, families, options in tools:
        for family in families:
            for frames in (9, 17, 23):
                yield verdicts(f"ends-{frames}-{name}-v{family}", f"The capture ends after {frames} frames ({name}).",
                               "What is younger than twice the longest round trip is in flight.",
                               alone(tool, options, v6=family == 6, routers=6, shape=_spread),
                               Capture(edit=cut_after(frames)))
    for name, tool, v6 in (("tcptraceroute", basic.tcptraceroute, False), ("scamper-v6", basic.scamper, True),
                           ("scamper", basic.scamper, False)):
        for frames in (5, 7):
            yield verdicts(f"ends-{frames}-{name}", f"The last of {frames} frames is a probe ({name}).",
                           "It was sent at the very end of the capture: it is in flight.",
                           alone(tool, v6=v6, routers=6), Capture(edit=cut_after(frames)))


def nobody_answered():
    """Nothing is known of round trips: one second is the limit."""
    for family, v6 in FAMILIES:
        for word, last, decides in (("short", 300 * MS, "All probes are younger than a second: in flight, state unknown."),
                                    ("long", 4 * SECOND, "All probes are older than a second: filtered.")):
            yield verdicts(f"silent-{word}-v{family}", f"Nobody answers, the capture goes on for {last // MS} ms.", decides,
                           _silent_for(v6, last))


def _silent_for(v6, last):
    def build(seed):
        world = a_world(seed, v6, "silent", routers=6, shape=every(silent=True))
        basic.traceroute(world, START, last=5)
        world.packet(START + last, world.ip(64, Tcp(1, 2, 3, 4, RST)))
        return [world]
    return build


def lost_and_in_flight():
    """Old silent probes are lost, young ones are in flight; the state follows from the old ones."""
    for family, v6 in FAMILIES:
        yield verdicts(f"silent-hop-and-end-v{family}", "A silent hop early on, and the capture ends in the middle.",
                       "The silent hop's probes are older than twice the longest round trip, the last ones are not.",
                       alone(more.nexttrace, v6=v6, routers=8, shape=one(1, silent=True)), Capture(edit=cut_after(30)))
        yield verdicts(f"filtered-then-end-v{family}", "Probes beyond the last answering hop are long overdue at the end.",
                       "They are older than answers take: the port is filtered.",
                       alone(basic.traceroute, {"last": 16}, v6=v6, answer="silent", routers=5))
        yield verdicts(f"filtered-young-tail-v{family}", "The same, but a last probe goes out at the very end.",
                       "The overdue probes beyond the last answering hop decide, the young one does not count.",
                       _young_tail(v6))


def _young_tail(v6):
    def build(seed):
        world = a_world(seed, v6, "silent", routers=4)
        wild.counting(world, START, sport_step=1, q=2, last=8)
        return [world]
    return build


# paths that change

def _paths(v6, lengths, answer):
    """Paths that share the target; the first hops are the same, the rest is other routers."""
    shared, made = behaviour(answer, v6), []
    for number, length in enumerate(lengths):
        path = standard_path(v6, shared, length)
        for position, hop in enumerate(path.hops):
            if position >= 2 and number % 2:
                hop.addrs = [f"2001:db8:{0x40 + position:x}::1" if v6 else f"198.51.100.{140 + position}"]
        made.append(path)
    return made


def _changing(tool, lengths, v6, answer, last=None, **options):
    """The tool's rounds are a second or so apart; the path changes between them. `last`: start of the last stretch."""
    def build(seed):
        paths = _paths(v6, lengths, answer)
        world = World(seed, paths[0])
        world.changes = [(START + n * 2 * SECOND - 50 * MS, path) for n, path in enumerate(paths) if n]
        now = START
        run = None
        for n in range(len(lengths)):
            now = START + n * 2 * SECOND
            run = _one_round(tool, world, run, now, n, options)
        run.last_stretch = START + last * 2 * SECOND - 50 * MS if last is not None else 0
        run.told = last is not None
        return [world]
    return build


def _one_round(tool, world, run, now, n, options):
    """One round of connect() or raw probes up to the target, joined to the run of the rounds before."""
    run = run or world.run()
    for when, path in world.changes:
        world.path = path if now >= when else world.path
    for ttl in range(1, world.path.length + 1):
        if tool == "connect":
            basic.connect_probe(world, run, now, ttl, 33434 + n * 16 + ttl, 443, retries=0)
        else:
            tcp = Tcp(50007, 443, ttl << 24 | n << 16, 0, SYN, 65535)
            world.send(run, now, world.ip(ttl, tcp, **({} if ":" in world.path.src else {"ident": world.r16()})))
        now += 60 * MS
    return run


def path_changes():
    last = "One moment parts the answers cleanly, two on each side: the last stretch counts."
    for family, v6 in FAMILIES:
        for answer in ("open", "closed"):
            for tool in ("connect", "fixed-flow"):
                for word, lengths, start in (("longer", (4, 4, 5, 5), 2), ("shorter", (6, 6, 4, 4), 2),
                                             ("longer-by-2", (3, 3, 3, 5, 5, 5), 3), ("late", (5, 5, 5, 5, 6, 6), 4),
                                             ("longer-twice", (3, 3, 4, 4, 6, 6), 4),
                                             ("much-longer", (3, 3, 9, 9), 2), ("much-shorter", (9, 9, 3, 3), 2),
                                             ("shorter-twice", (7, 7, 5, 5, 3, 3), 4)):
                    yield verdicts(f"path-{word}-{tool}-{answer}-v{family}", f"Rounds over paths of {lengths} routers "
                                   f"({tool}); the port is {answer}.", last,
                                   _changing(tool, lengths, v6, answer, start))
            yield verdicts(f"balanced-lengths-{answer}-v{family}", "Two paths of 4 and 5 routers in turn.",
                           "No moment parts the answers: a balancer, the smallest length counts.",
                           _changing("connect", (4, 5, 4, 5, 4, 5), v6, answer))
            yield verdicts(f"one-longer-round-{answer}-v{family}", "The last of four rounds took a longer path.",
                           "One sample makes no stretch: the smallest length counts.",
                           _changing("connect", (4, 4, 4, 5), v6, answer))


def injected_resets():
    tools = (("traceroute", basic.traceroute, (4, 6), {}), ("traceroute-q1", basic.traceroute, (4, 6), {"q": 1}),
             ("nexttrace", more.nexttrace, (4, 6), {}), ("tracetcp", more.tracetcp, (4,), {"final_ends": False}),
             ("ttl", wild.ttl_tool, (4, 6), {}))
    for name, tool, families, options in tools:
        for family in families:
            for at in (2, 4):
                yield verdicts(f"injected-at-{at}-{name}-v{family}", f"A box beside link {at} resets in the target's name, "
                               f"routers and target answer too ({name}).",
                               "A packet does not expire and arrive: resets to probes that expired end nothing.",
                               _injected(tool, at, family == 6, options))
    for family, v6 in FAMILIES:
        yield verdicts(f"firewall-resets-v{family}", "A firewall resets in the target's name and forwards nothing.",
                       "Nothing contradicts it: this is where the path ends.",
                       alone(basic.traceroute, v6=v6, routers=5, shape=one(3, forge_rst=True)))


def _injected(tool, at, v6, options):
    def build(seed):
        world = a_world(seed, v6, routers=6, shape=one(at - 1, inject_rst=True))
        tool(world, START, **options)
        opened = any(isinstance(f.what, Reply) and f.what.segment and f.what.segment.flags & SYN for f in world.frames)
        for run in world.runs:
            run.told = True
            run.omit |= set() if opened else {"state", "stop_reason"}   # whose port another box closes, is left open
        return [world]
    return build


def _half_open_then_reset(ip, _now):
    """SYN/ACK, and 900 us later the target gives the connection up."""
    tcp = ip.body
    first = target.open_port()(ip, _now)
    isn = first[0][1].seq
    return first + [(900, Tcp(tcp.dport, tcp.sport, isn + 1, 0, RST))]


def reset_after_open():
    for family, v6 in FAMILIES:
        for name, tool, options in (("traceroute", basic.traceroute, {}), ("nexttrace", more.nexttrace, {}),
                                    ("traceroute-q1", basic.traceroute, {"q": 1})):
            yield verdicts(f"reset-after-syn-ack-{name}-v{family}", f"The target answers with SYN/ACK and resets that "
                           f"connection itself ({name}).", "A RST that follows a SYN/ACK on its flow closes no port: it is a "
                           "further answer at most, the port is open.", _reset_later(tool, options, v6))


def _reset_later(tool, options, v6):
    def build(seed):
        world = a_world(seed, v6, routers=4)
        world.path.target = _half_open_then_reset
        tool(world, START, reset=False, **options)
        for run in world.runs:
            run.omit.add("extra_hops")
        return [world]
    return build


def _twice(which, after=400):
    """The network delivers answers twice; probes it does not."""
    def edit(frames):
        out = []
        for n, frame in enumerate(frames):
            out.append(frame)
            if isinstance(frame.what, Reply) and which(n, frame):
                out.append(replace(frame, time=frame.time + after, what=replace(frame.what, nth=frame.what.nth + 1)))
        return sorted(out, key=lambda f: f.time)
    return edit


def duplicates():
    decides = "The same packet twice at one point, no probe twice: the network's duplicate, no copy and no new answer."
    every_one, every_third = (lambda _n, _f: True), (lambda n, _f: n % 3 == 0)
    errors = (lambda _n, f: f.what.segment is None)
    for family, v6 in FAMILIES:
        for name, tool, options in (("traceroute", basic.traceroute, {}), ("mtr", basic.mtr, {}),
                                    ("nexttrace", more.nexttrace, {})):
            for word, which in (("all", every_one), ("third", every_third), ("errors", errors)):
                yield verdicts(f"duplicate-{word}-{name}-v{family}", f"Answers arrive twice ({word}, {name}).", decides,
                               alone(tool, options, v6=v6, answer="closed", routers=4), Capture(edit=_twice(which)))
        yield verdicts(f"duplicate-late-v{family}", "Errors arrive again 700 ms later.", decides,
                       alone(basic.traceroute, v6=v6, answer="closed", routers=4),
                       Capture(edit=_twice(errors, 700 * MS)))
    yield verdicts("duplicate-tcptraceroute", "tcptraceroute's errors arrive twice.", decides,
                   alone(basic.tcptraceroute, answer="closed", routers=4), Capture(edit=_twice(errors)))


def cases():
    for group in (capture_ends, nobody_answered, lost_and_in_flight, path_changes, injected_resets, reset_after_open,
                  duplicates):
        yield from group()
