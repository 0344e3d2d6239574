# SPDX-License-Identifier: GPL-2.0-or-later
"""Principle 2: a packet is what no box changes between two sightings; the one nearest to the prober counts."""

from dataclasses import replace

import tools_basic as basic
import tools_more as more
import tools_wild as wild
from case import START
from packet import SYN, Ip, Tcp, kernel_options, mss
from path import icmp_error
from principle import MS, SECOND, a_world, alone, box, member
from sim import Capture, Reply

IDENTITY = "Addresses, ports, seq and IP ID (or a seq of its own) make two sightings one packet; the TTL tells which is nearer."
UNIQUE = (("tcptraceroute", basic.tcptraceroute, False), ("traceroute", basic.traceroute, False),
          ("mtr", basic.mtr, False), ("traceroute-v6", basic.traceroute, True), ("mtr-v6", basic.mtr, True))


def sightings(name, why, build, decides=IDENTITY, capture=None):
    return member(2, name, why, decides, build, capture or Capture(nearest=True))


def _no_delay(path):
    path.hops[0].delay = 0


def _clamp(tcp):
    if tcp.flags & SYN and tcp.options.startswith(b"\x02\x04"):
        return replace(tcp, options=mss(1380) + tcp.options[4:])
    return tcp


def router_sides():
    for name, tool, v6 in UNIQUE:
        yield sightings(f"clamped-{name}", f"Both sides of a router that clamps the MSS ({name}).",
                        alone(tool, v6=v6, routers=4, points=((1, 0), (2, 0)), shape=box(2, tcp=_clamp)))
        yield sightings(f"span-reversed-{name}", f"A mirror writes each packet's egress copy 20 us before the ingress one "
                        f"({name}).", alone(tool, v6=v6, points=((0, 0), (1, 0)), shape=_no_delay),
                        capture=Capture(nearest=True, edit=_egress_first))
    yield sightings("three-sides", "Three capture points, one behind the other.",
                    alone(basic.traceroute, routers=4, points=((0, 0), (1, 0), (2, 0))))
    yield sightings("raw-both-sides", "Both sides of a router without link headers: only the TTL tells them apart.",
                    alone(basic.traceroute, points=((0, 0), (1, 0))), capture=Capture("raw", nearest=True, any_sighting=True),
                    decides="Identity decides what is one packet; of an answer any sighting will do.")
    for word, late in (("late", 3 * MS), ("early", -3 * MS)):
        for family in (4, 6):
            yield sightings(f"raw-merged-{word}-v{family}", f"Two captures merged without link headers or interfaces, the "
                            f"second clock is 3 ms {word}.",
                            alone(basic.traceroute, v6=family == 6, routers=4, points=((0, 0), (1, late))),
                            "Identity decides what is one packet; that clock and a mirror which writes the higher TTL "
                            "first ask for opposite sightings of an answer, so any will do.",
                            Capture("raw", nearest=True, any_sighting=True))


def _egress_first(frames):
    for frame in frames:
        if frame.forward and frame.point == 1:
            frame.time -= 20
        elif not frame.forward and frame.point == 0:
            frame.time -= 20
        elif not frame.forward:
            frame.time += 20
    return sorted(frames, key=lambda f: f.time)


def merged():
    """Two captures in one file, each with its own clock."""
    for name, tool, v6 in UNIQUE:
        for late, word in ((0, "right"), (7 * MS, "7 ms late"), (-2 * MS, "2 ms early"), (400 * MS, "400 ms late")):
            yield sightings(f"merged-{word.replace(' ', '-')}-{name}", f"Sender's and a router's capture merged, the "
                            f"second clock is {word} ({name}).",
                            alone(tool, v6=v6, routers=4, points=((0, 0), (2, late))),
                            capture=Capture(nearest=True, interfaces=("sender", "router")))
    yield sightings("merged-far-first", "The router's capture stands before the sender's in the file.",
                    alone(basic.tcptraceroute, routers=4, points=((0, 0), (2, 0))),
                    capture=Capture(nearest=True, interfaces=("sender", "router"),
                                    edit=lambda frames: sorted(frames, key=lambda f: (-f.point, f.time))))
    yield sightings("one-way-tap", "The second point sees the sender's direction only.",
                    alone(basic.traceroute, routers=4, points=((0, 0), (1, 0))),
                    capture=Capture(nearest=True, keep=lambda f: f.forward or f.point == 0))
    yield sightings("one-way-tap-v6", "The same over IPv6.",
                    alone(basic.traceroute, v6=True, routers=4, points=((0, 0), (1, 0))),
                    capture=Capture(nearest=True, keep=lambda f: f.forward or f.point == 0))


def _offload(frames):
    """The sender's own point sees checksums that the hardware has yet to complete."""
    for frame in frames:
        if frame.forward and frame.point == 0:
            frame.alter = _partial
    return frames


def _partial(data):
    offset = 56 if data[0] >> 4 == 6 else (data[0] & 15) * 4 + 16
    return data[:offset] + b"\xfe\x43" + data[offset + 2:]


def offloaded():
    for name, tool, v6 in UNIQUE:
        yield sightings(f"offload-merged-{name}", f"Sender with checksum offload, and a router, merged ({name}).",
                        alone(tool, v6=v6, routers=4, points=((0, 0), (1, 0))),
                        capture=Capture(nearest=True, interfaces=("sender", "router"), edit=_offload))
    for name, tool, v6 in UNIQUE:
        for link in ("sll", "sll2"):
            yield sightings(f"any-bridge-{link}-{name}", f"-i any on a bridging sender: bridge and port, same TTL, other "
                            f"checksum ({name}, {link}).", alone(tool, v6=v6, points=((0, 0), (0, 11))),
                            "Equal but for the checksum, which offload makes, 11 us apart: one packet.",
                            Capture(link, nearest=True, any_sighting=True, edit=_bridged))


def _bridged(frames):
    for frame in _offload(frames):
        frame.packet_type = 4 if frame.forward else 0
        frame.time -= 0 if frame.forward or frame.point == 0 else 22
    return sorted(frames, key=lambda f: f.time)


def _forwarded(frames):
    """-i any on a router: in with type 0, out with type 4."""
    for frame in frames:
        into = frame.point == (0 if frame.forward else 1)
        frame.packet_type = 0 if into else 4
        frame.time += 0 if into else 30
    return sorted(frames, key=lambda f: f.time)


def any_on_router():
    for name, tool, v6 in UNIQUE:
        for link in ("sll", "sll2"):
            yield sightings(f"any-router-{link}-{name}", f"-i any on the first router: each packet in and out ({name}, "
                            f"{link}).", alone(tool, v6=v6, points=((0, 0), (1, 0)), shape=_no_delay),
                            capture=Capture(link, nearest=True, edit=_forwarded))


def loops():
    """Ordinary SYNs that go round between two routers pass the capture point with falling TTL."""
    def fill(period, step, v6, resend, connections=3):
        def build(seed):
            world = a_world(seed, v6)
            for c in range(connections):
                base = world.ip(61, Tcp(world.port(), 443, world.r32(), 0, SYN, 64240, kernel_options(c)),
                                ident=0 if v6 else world.r16(), df=not v6)
                for n in range(resend):
                    now = START + c * 2300 * MS + n * SECOND
                    syn = replace(base, ident=0 if v6 else base.ident + n & 0xFFFF)
                    for ttl in range(61, 0, -step):
                        world.packet(now, syn.with_ttl(ttl))
                        now += period
                    _expired(world, now, syn.with_ttl(1), v6)
            return [world]
        return build
    for word, period in (("350us", 350), ("12ms", 12 * MS), ("90ms", 90 * MS)):
        for v6 in (False, True):
            for step in (1, 2):
                yield sightings(f"loop-{word}-step-{step}-v{6 if v6 else 4}", f"A loop of {word}, TTL falls by {step}, the "
                                "kernel sends each SYN three times.", fill(period, step, v6, 3),
                                "One packet comes by at least twenty times with evenly falling TTL: nobody probes so.",
                                Capture())


def _expired(world, now, received, v6):
    router = world.path.hops[1]
    message = icmp_error(router, received, 3 if v6 else 11, 0)
    world.packet(now + 300, Ip(router.addrs[0], received.src, 62, message, ident=0 if v6 else world.r16()), forward=False)


def other_destinations():
    """The same packet to several targets is several packets."""
    def same(tool, count, v6, step, **options):
        def build(seed):
            worlds = [a_world(seed, v6, site=n) for n in range(count)]      # one seed: the same random numbers
            for n, world in enumerate(worlds):
                tool(world, START + n * step, **options)
            return worlds
        return build
    tools = (("tcptraceroute", basic.tcptraceroute, False), ("scamper", basic.scamper, False),
             ("scamper-v6", basic.scamper, True), ("nexttrace-v6", more.nexttrace, True), ("tracetcp", more.tracetcp, False))
    for name, tool, v6 in tools:
        for word, step in (("at-once", 3), ("40us", 40)):
            yield sightings(f"other-target-{word}-{name}", f"Four targets get the same ports, seqs and IP IDs {word} "
                            f"({name}).", same(tool, 4, v6, step), "Sent to another destination it is no copy.", Capture())
    yield sightings("other-target-scapy", "scapy's recipe to three targets: all fields equal but the destination.",
                    same(wild.scapy, 3, False, 150), "Sent to another destination it is no copy.", Capture())


def repeated_answers():
    """The network duplicates answers: what comes twice at one point, without its probe, is no second sighting."""
    def twice(frames):
        out = []
        for frame in frames:
            out.append(frame)
            if isinstance(frame.what, Reply):
                out.append(replace(frame, time=frame.time + 700, what=replace(frame.what, nth=frame.what.nth + 1)))
        return sorted(out, key=lambda f: f.time)
    for name, tool, v6 in UNIQUE[1:]:
        yield sightings(f"answers-twice-{name}", f"Each answer comes twice, no probe does ({name}).",
                        alone(tool, v6=v6, answer="closed"), "Copies of answers need copies of probes or another point.",
                        Capture(edit=twice))


def small_identity():
    yield sightings("equal-probes-no-copies", "hping3 with a fixed port, seq and ID: equal packets a second apart.",
                    alone(_equal_packets), "Copies are microseconds apart and in all packets of a pair, or in none.",
                    Capture())
    yield sightings("equal-probes-no-copies-v6", "The same over IPv6.", alone(_equal_packets, v6=True),
                    "Copies are microseconds apart and in all packets of a pair, or in none.", Capture())


def _equal_packets(world, now, q=2):
    run, tcp = world.run(), Tcp(5555, 80, 777, 0, SYN, 512)
    for ttl in range(1, world.path.length + 1):
        for _ in range(q):
            world.send(run, now, world.ip(ttl, tcp, **({} if ":" in world.path.src else {"ident": 99})))
            now += SECOND
    return now


def cases():
    for group in (router_sides, merged, offloaded, any_on_router, loops, other_destinations, repeated_answers,
                  small_identity):
        yield from group()
