# SPDX-License-Identifier: GPL-2.0-or-later
"""Principle 6 once more: injected resets, retries over balancers, firewalls that are probed, tethering, short evasion."""

from dataclasses import replace

from case import START
from cases_principles_ordinary import FAMILIES, _evading, ordinary
from packet import ACK, PSH, RST, SYN, Ip, Tcp, kernel_options, mss
from principle import MS, SECOND
from traffic import Connection, expired, refused, scan_syn, v6

KERNEL = "One kernel's connections: the TTL differs with the way that a packet took, never with what it asks."


def from_target(world, now, ttl, tcp):
    ident = {} if v6(world) else {"ident": world.r16()}
    world.packet(now, Ip(world.path.dst, world.path.src, ttl, tcp, **ident), forward=False)


def injected():
    """A censor resets each connection with TTLs that it counts up, packet for packet."""
    def fill(first, resets, is_client_seen, kind):
        def made(world):
            ttl = first
            for n in range(10):
                now, connection = START + n * 900 * MS, Connection(world, 64)
                connection.world = world if is_client_seen else _Blind(world)
                end = connection.open(now, 60 * MS)
                connection.mine(end, PSH | ACK, b"q" * 120)
                for again in range(resets):
                    flags = RST | ACK if kind == "rst-ack" else RST
                    from_target(world, end + 9 * MS + again * 40, ttl, Tcp(
                        443, connection.sport, connection.isn + 1460 * again, connection.seq + 120 if flags & ACK else 0, flags))
                    ttl = first + (ttl + 1 - first) % 12
        return made
    for family, is_v6 in FAMILIES:
        for kind in ("rst", "rst-ack"):
            for resets in (1, 3):
                for is_seen in (True, False):
                    yield ordinary(f"injected-{kind}-{resets}-{'both' if is_seen else 'one'}-v{family}",
                                   f"{resets} injected {kind} for each connection, TTL + 1 from one to the next"
                                   f"{'' if is_seen else ', the client is not seen'}.",
                                   "No tool probes with resets in another's connections.",
                                   fill(9, resets, is_seen, kind), is_v6)


class _Blind:
    """A world of which only one direction is captured: what goes to the target is not."""
    def __init__(self, world):
        self.world = world

    def __getattr__(self, name):
        return getattr(self.world, name)

    def packet(self, now, ip, forward=True):
        if not forward:
            self.world.packet(now, ip, forward)


def retries():
    """A far client's kernel repeats its SYNs; a balancer of packets sends each another way."""
    def fill(ways, connections, rst):
        def made(world):
            at = 0
            for n in range(connections):
                connection, now = Connection(world, ways[0], 8080), START + n * 41 * SECOND
                for again in range(5):
                    syn = connection.syn(now + ((1 << again) - 1) * SECOND, ttl=ways[at % len(ways)])
                    at += 1
                    if rst:
                        refused(world, now + ((1 << again) - 1) * SECOND + 80, syn)
                        break
        return made
    for family, is_v6 in FAMILIES:
        for word, ways in (("two", (14, 15)), ("four", (11, 12, 13, 14)), ("five-down", (15, 14, 13, 12, 11))):
            for connections in (1, 3):
                yield ordinary(f"retries-{word}-{connections}-v{family}", f"SYNs repeated after 1, 2, 4 and 8 s over {word} ways, "
                               f"{connections} connections.", KERNEL, fill(ways, connections, False), is_v6)
            yield ordinary(f"refused-{word}-v{family}", f"Eight refused connections, each over another of {word} ways.", KERNEL,
                           fill(ways, 8, True), is_v6)


def firewalls_probed():
    """A scan of ports with one TTL beyond a firewall: what passes expires behind it."""
    def fill(count, quoted, step):
        def made(world):
            sport = world.port()
            for n in range(count):
                syn = scan_syn(world, 4, 20 + n * 7, sport)
                world.packet(START + n * step, syn)
                if n % quoted == 0:
                    expired(world, START + n * step + 2 * MS, syn, 4)
        return made
    for family, is_v6 in FAMILIES:
        for count, quoted, step in ((12, 2, 300 * MS), (6, 1, 20 * MS), (40, 3, 2 * MS), (4, 1, SECOND)):
            yield ordinary(f"one-ttl-scan-{count}-v{family}", f"{count} ports with TTL 4, a router quotes one in {quoted}.",
                           "One TTL, many ports: it asks which ports pass, not which way.", fill(count, quoted, step), is_v6)


def tethering():
    """A mobile network sends everything to its subscriber with TTL 1, who may not hand it on: a phone quotes each."""
    def fill(world):
        for n in range(6):
            connection = Connection(world, 64, answers_from=1)
            connection.syn(START + n * 700 * MS)
            for again in range(3):
                connection.seq += 1 if again == 0 else 0
                connection.theirs(START + n * 700 * MS + 90 * MS + again * 200 * MS, SYN | ACK)
    for family, is_v6 in FAMILIES:
        yield ordinary(f"tethering-v{family}", "All that comes from the network has TTL 1.", "One TTL, SYN/ACKs only.", fill,
                       is_v6)


def few_fakes():
    """Evasion in two or three connections only, each TTL one more than the last."""
    for family, is_v6 in FAMILIES:
        for kind in ("rst", "data", "http", "syn"):
            for ttls in ((3, 4), (2, 3, 4)):
                def fill(world, kind=kind, ttls=ttls):
                    for n, ttl in enumerate(ttls):
                        _evading(world, START + n * 1700 * MS, kind, ttl, True)
                yield ordinary(f"few-fakes-{kind}-{len(ttls)}-v{family}", f"{len(ttls)} connections with a fake ({kind}), TTL + 1 "
                               "from one to the next.", "Each flow is opened and goes on with an ordinary TTL.", fill, is_v6)


def transparent_monitors():
    """Health checks through a gateway: a SYN with TTL 1 or 2 each five seconds; the gateway says that it expired."""
    def fill(ttls):
        def made(world):
            for n in range(12):
                syn = Connection(world, ttls[n % len(ttls)], 80).syn(START + n * 5 * SECOND)
                expired(world, START + n * 5 * SECOND + MS, syn, ttls[n % len(ttls)])
        return made
    for family, is_v6 in FAMILIES:
        yield ordinary(f"gateway-monitor-v{family}", "A monitor's SYNs of TTL 1 to a server behind a gateway.", "One TTL.",
                       fill((1,)), is_v6)


def old_windows():
    """An initial TTL of 32: connections of TTL 32 from here, some of which loop or die on a path that is too long."""
    def fill(world):
        for n in range(9):
            connection = Connection(world, 32, 80, options=mss())
            if n % 3:
                connection.close(connection.request(connection.open(START + n * SECOND)))
            else:
                syn = connection.syn(START + n * SECOND)
                world.packet(START + n * SECOND + 3 * SECOND, replace(syn, ident=0 if syn.v6 else world.r16()))
    for family, is_v6 in FAMILIES:
        yield ordinary(f"initial-ttl-32-v{family}", "A sender whose TTL begins at 32; every third server is down.", "One TTL.",
                       fill, is_v6)


def swarm():
    """A peer seen through a VPN that comes and goes: data connections of TTL 20, then 17, 18 and 19."""
    def fill(world):
        for n, ttl in enumerate((20, 20, 17, 18, 19, 20)):
            connection = Connection(world, ttl, 6881)
            now = connection.open(START + n * 13 * SECOND, 70 * MS)
            for _ in range(4):
                now = connection.request(now, 70 * MS)
    for family, is_v6 in FAMILIES:
        yield ordinary(f"swarm-v{family}", "Six connections with data, TTL 17 to 20.", KERNEL, fill, is_v6)


def stray_segments():
    """Connections that were open before the capture: ACKs and data whose TTL moves with the route, nothing is quoted."""
    def fill(flags, data, ttls):
        def made(world):
            connection = Connection(world, ttls[0])
            for n, ttl in enumerate(ttls):
                connection.mine(START + n * 210 * MS, flags, data, ttl=ttl)
                connection.seq += len(data)
                connection.theirs(START + n * 210 * MS + 20 * MS, ACK)
        return made
    for family, is_v6 in FAMILIES:
        for word, ttls in (("rises", (9, 9, 10, 10, 11, 11, 12, 12, 13, 13)), ("falls", (14, 13, 13, 12, 12, 11, 11, 11, 10, 10))):
            yield ordinary(f"stray-acks-{word}-v{family}", f"A stream of ACKs whose TTL {word}.", "One connection, each ACK answered.",
                           fill(ACK, b"", ttls), is_v6)
            yield ordinary(f"stray-data-{word}-v{family}", f"A stream of data whose TTL {word}.", "One connection, all acknowledged.",
                           fill(PSH | ACK, b"x" * 80, ttls), is_v6)


def lossy_floods():
    """A flood with TTLs in turn or drawn, of which the capture lost a part."""
    def fill(ttls, rate, answered):
        def made(world):
            for n in range(700):
                syn = Tcp(world.rng.randrange(1024, 65535), 443, world.r32(), 0, SYN, 1024)
                ip = world.ip(ttls(world, n), syn, **({} if v6(world) else {"ident": world.r16()}))
                if world.rng.random() < 0.15:
                    continue
                world.packet(START + n * rate, ip)
                if answered and n % 4 == 0:
                    refused(world, START + n * rate + 3 * MS, ip)
        return made
    makers = {"four": lambda _w, n: 3 + n % 4, "six": lambda _w, n: 4 + n % 6, "ten": lambda _w, n: 2 + n % 10,
              "down": lambda _w, n: 20 - n % 8, "drawn": lambda w, _n: w.rng.randrange(2, 12)}
    for family, is_v6 in FAMILIES:
        for word, ttls in makers.items():
            for answered in (False, True):
                yield ordinary(f"lossy-flood-{word}-{'answered' if answered else 'silent'}-v{family}", f"A flood, TTLs {word}, "
                               "15 % of it is not in the capture.", "Hundreds a TTL within a moment, no router quotes one.",
                               fill(ttls, 250, answered), is_v6)


def cases():
    for group in (injected, retries, firewalls_probed, tethering, few_fakes, transparent_monitors, old_windows, swarm,
                  stray_segments, lossy_floods):
        yield from group()
