# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures in which there is no trace, however much they look like one."""

from dataclasses import replace

from packet import ACK, FIN, PSH, RST, SYN, Icmp, Ip, Tcp, Udp, kernel_options, mss
import tools_basic as basic
from case import START, Case, behaviour, case
from path import icmp_error, standard_path
from sim import Capture, World

MS, SECOND = 1000, 1_000_000


def web_session(world, now, ttl, dport=80, resend=0, v6=False):
    """A complete connection from the sender, all its packets with this TTL as captured; `resend` lost SYNs first."""
    sport, seq, isn = world.port(), world.r32() >> 1, world.r32() >> 1
    ident = world.r16()

    def mine(when, flags, number, ack, data=b"", options=b""):
        nonlocal ident
        ident += 1
        world.packet(when, world.ip(ttl, Tcp(sport, dport, number, ack, flags, 64240, options, data),
                                    ident=0 if v6 else ident & 0xFFFF, df=True))

    def theirs(when, flags, number, ack, data=b""):
        segment = Tcp(dport, sport, number, ack, flags, 65160, b"", data)
        world.packet(when, Ip(world.path.dst, world.path.src, 58, segment, df=True), forward=False)
    for n in range(resend + 1):
        mine(now, SYN, seq, 0, options=kernel_options(1000 + n))
        now += SECOND << n if n < resend else 9 * MS
    theirs(now, SYN | ACK, isn, seq + 1)
    mine(now + 20, ACK, seq + 1, isn + 1)
    mine(now + 40, PSH | ACK, seq + 1, isn + 1, b"GET / HTTP/1.0\r\n\r\n")
    theirs(now + 9 * MS, PSH | ACK, isn + 1, seq + 19, b"HTTP/1.0 204 No Content\r\n\r\n")
    mine(now + 9 * MS + 30, ACK, seq + 19, isn + 28)
    mine(now + 10 * MS, FIN | ACK, seq + 19, isn + 28)
    theirs(now + 19 * MS, FIN | ACK, isn + 28, seq + 20)
    mine(now + 19 * MS + 20, ACK, seq + 20, isn + 29)
    return now + 20 * MS


def nothing(name, why, fill, v6=False, answer="open", capture=None):
    """`fill(world)` writes the packets."""
    def build(seed):
        world = World(seed, standard_path(v6, behaviour(answer, v6)))
        fill(world)
        return [world]
    return Case("none-" + name, why, build, capture or Capture())


def _scan(world, ttl, ports=1000, sport=None, gap=200, replies=True):
    """SYNs to many ports; ttl() is what the capture sees."""
    source, now = sport or world.port(), START
    for n in range(ports):
        syn = Tcp(source, 1 + n * 7 % 65535, world.r32(), 0, SYN, 1024, mss())
        world.packet(now, world.ip(ttl(), syn, ident=world.r16()))
        if replies and n % 9 == 0:
            world.packet(now + 5 * MS, Ip(world.path.dst, world.path.src, 57,
                                          Tcp(syn.dport, source, 0, syn.seq + 1, RST | ACK), df=True), forward=False)
        now += gap


def _hosts_scan(world):
    """masscan: one source port, many hosts and ports, TTL 255 at its source."""
    for n in range(800):
        world.packet(START + 100 * n, Ip(world.path.src, f"203.0.113.{1 + n * 53 % 250}", 245,
                                         Tcp(61000, 1 + n * 31 % 2000, world.r32(), 0, SYN, 1024), ident=world.r16()))


def _flood(sources, ttl):
    def fill(world):
        for n in range(1500):
            source = f"198.51.100.{world.rng.randrange(1, 255)}" if sources else world.path.src
            world.packet(START + 50 * n, Ip(source, world.path.dst, ttl, Tcp(
                world.rng.randrange(1024, 65535), 80, world.r32(), 0, SYN, 512), ident=world.r16()))
    return fill


def scans():
    yield nothing("scan-nmap", "A scan of 1000 ports from one port, nmap's TTL 37..59 at the source.",
                  lambda w: _scan(w, lambda: w.rng.randrange(37, 60)))
    yield nothing("scan-nmap-far", "The same scan ten hops away: random TTL 27..49, so below the candidate limit.",
                  lambda w: _scan(w, lambda: w.rng.randrange(27, 50)))
    yield nothing("scan-nmap-silent", "The same, nothing answers.",
                  lambda w: _scan(w, lambda: w.rng.randrange(27, 50), replies=False))
    yield nothing("scan-ports-ttl-9", "A scan of 1000 ports with TTL 9.", lambda w: _scan(w, lambda: 9))
    yield nothing("scan-masscan", "masscan over many hosts.", _hosts_scan)
    yield nothing("flood-random", "A SYN flood from random sources with TTL 5.", _flood(True, 5))
    yield nothing("flood-one", "A SYN flood from one source with TTL 5.", _flood(False, 5))


def ordinary():
    def web(ttls, count=12, **kw):
        def fill(world):
            for n in range(count):
                web_session(world, START + n * 400 * MS, ttl=ttls[n % len(ttls)], **kw)
        return fill
    yield nothing("web", "Web traffic.", web([64]))
    yield nothing("web-resend", "Web traffic with lost SYNs that the kernel sends again.", web([64], 5, resend=3))
    yield nothing("web-ttl-5", "Ordinary connections, all packets with TTL 5.", web([5]))
    yield nothing("web-ttl-20", "Ordinary connections seen far from a host that sends TTL 32.", web([20]))
    yield nothing("web-ttl-20-resend", "The same with repeated SYNs.", web([20], 5, resend=2))
    yield nothing("web-route-change", "Ordinary connections whose route changes: TTL 20, then 19.",
                  web([20] * 6 + [19] * 6))
    yield nothing("web-ttl-20-v6", "IPv6 connections with hop limit 20.", web([20], v6=True), True)

    def quoted(world):
        """Connections refused by a router that says host unreachable."""
        for n in range(5):
            now = START + n * 2 * SECOND
            syn = world.ip(64, Tcp(world.port(), 443, world.r32(), 0, SYN, 64240, kernel_options(n)), ident=world.r16(),
                           df=True)
            for again in range(3):
                again_ip = replace(syn, ident=syn.ident + again & 0xFFFF)
                world.packet(now + again * SECOND, again_ip)
                _error(world, now + again * SECOND + 3 * MS, again_ip.with_ttl(62), 3, 1, 1)
    yield nothing("host-unreachable", "Ordinary connections that a router quotes with host unreachable.", quoted)


def _error(world, when, received, kind, code, hop):
    router = world.path.hops[hop]
    message = icmp_error(router, received, kind, code)
    error = Ip(router.addrs[0], received.src, 255 - hop, message, ident=world.r16(), tos=0xC0)
    world.packet(when, error, forward=False)


def routing():
    def bgp(quoted):
        def fill(world):
            seq = 4_000_000
            for n in range(5):
                seq += 90_000
                syn = world.ip(1, Tcp(world.port(), 179, seq, 0, SYN, 16384, mss()), ident=world.r16(), tos=0xC0)
                for again in range(3):
                    ip = replace(syn, ident=syn.ident + again & 0xFFFF)
                    now = START + n * 37 * SECOND + again * 2 * SECOND
                    world.packet(now, ip)
                    if quoted:
                        _error(world, now + 900, ip, 11, 0, 0)
        return fill
    yield nothing("bgp", "BGP with TTL 1, the peer is down: SYNs again every few tens of seconds.", bgp(False))
    yield nothing("bgp-quoted", "The same, and a router in between quotes each SYN.", bgp(True))

    def loop(connections):
        def fill(world):
            for c in range(connections):
                now = START + c * 700
                syn = world.ip(61, Tcp(world.port(), 443, world.r32(), 0, SYN, 64240, kernel_options(9)),
                               ident=world.r16(), df=True)
                for ttl in range(61, 0, -2):
                    world.packet(now, syn.with_ttl(ttl))
                    now += 350
                _error(world, now + 300, syn.with_ttl(1), 3 if syn.v6 else 11, 0, 1)
        return fill
    yield nothing("loop", "A routing loop: one SYN with falling TTL, quoted at the end.", loop(1))
    yield nothing("loop-several", "A routing loop that catches eight connections to one port.", loop(8))

    yield nothing("loop-several-v6", "The same over IPv6, which has no IP ID.", loop(8), True)

    def loop_resent(world):
        base = world.ip(30, Tcp(world.port(), 443, world.r32(), 0, SYN, 64240, kernel_options(9)), ident=world.r16(),
                        df=True)
        for n in range(3):
            syn, now = replace(base, ident=base.ident + n & 0xFFFF), START + n * SECOND
            for ttl in range(30, 0, -2):
                world.packet(now, syn.with_ttl(ttl))
                now += 350
            _error(world, now + 300, syn.with_ttl(2), 11, 0, 1)
    yield nothing("loop-resent", "A routing loop, and the kernel sends its SYN again into it.", loop_resent)


def other_protocols():
    def udp(v6):
        def fill(world):
            now = START
            for ttl in range(1, 5):
                for n in range(3):
                    ip = world.ip(ttl, Udp(40000 + n, 33434 + 3 * ttl + n, b"@" * 32), ident=world.r16())
                    world.packet(now, ip)
                    if ttl < 4:
                        _error(world, now + 2 * MS, ip.with_ttl(1), 3 if v6 else 11, 0, ttl - 1)
                    else:
                        message = icmp_error(world.path.hops[0], ip.with_ttl(1), 1 if v6 else 3, 4 if v6 else 3)
                        world.packet(now + 5 * MS, Ip(ip.dst, ip.src, 61, message), forward=False)
                    now += 10 * MS
        return fill
    yield nothing("udp", "A UDP traceroute.", udp(False))
    yield nothing("udp-v6", "A UDP traceroute over IPv6.", udp(True), True)

    def icmp(world):
        now = START
        for n, ttl in enumerate(range(1, 5)):
            rest = b"\x12\x34" + n.to_bytes(2, "big")
            ip = world.ip(ttl, Icmp(8, 0, rest, b"\0" * 32), ident=world.r16())
            world.packet(now, ip)
            if ttl < 4:
                _error(world, now + 2 * MS, ip.with_ttl(1), 11, 0, ttl - 1)
            else:
                world.packet(now + 5 * MS, Ip(ip.dst, ip.src, 61, Icmp(0, 0, rest, b"\0" * 32)), forward=False)
            now += 10 * MS
    yield nothing("icmp", "An ICMP traceroute.", icmp)

    def multicast(group, body):
        def fill(world):
            for n in range(40):
                ip = Ip(world.path.src, group, 1 + n % 3, body(world), ident=0 if ":" in group else world.r16())
                world.packet(START + n * 250 * MS, ip)
        return fill

    def mdns(_world):
        return Udp(5353, 5353, b"\0" * 12)

    def syn(world):
        return Tcp(40000, 80, world.r32(), 0, SYN, 1024)
    yield nothing("multicast", "Multicast with TTL 1, 2, 3.", multicast("224.0.0.251", mdns))
    yield nothing("multicast-syn", "SYNs to a multicast address, where no host answers and no router may.",
                  multicast("224.0.0.1", syn))
    yield nothing("multicast-syn-high", "The same at the other end of the range.", multicast("239.255.255.255", syn))
    yield nothing("multicast-syn-v6", "The same over IPv6.", multicast("ff02::1", syn), True)

    def headless(world):
        basic.traceroute(world, START)
        world.runs.clear()
    for v6 in (False, True):
        yield nothing("no-ip-header" + "-v6" * v6, "AYIYA carries segments and errors without their IP headers, so that"
                      " nobody knows whose they are.", headless, v6, capture=Capture("ayiya"))
        yield nothing("exported-pdu" + "-v6" * v6, "Exported PDUs hand on no IP headers, but something that looks like"
                      " them.", headless, v6, capture=Capture("exported-pdu"))

    def one_ttl(world):
        basic.traceroute(world, START, first=2, last=2, q=2)
    yield nothing("one-ttl", "Two probes with one TTL only are no trace.", one_ttl)
    yield case("none-empty", "An empty capture.", lambda world, now: now)


def cases():
    for group in (scans, ordinary, routing, other_protocols):
        yield from group()
