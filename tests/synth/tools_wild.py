# SPDX-License-Identifier: GPL-2.0-or-later
"""How each tool probes, one function each: BSD traceroute, etr, ttl, fbtracert, ethr, scapy, tcpconn, mtr on macOS, and
series that no tool on a list sends.

Same form as tools_basic.py.
"""

import struct

from packet import ACK, SYN, Tcp, mss
from tools_basic import MS, SECOND, connect_probe, default_last, sequential


def _v6(world):
    return ":" in world.path.src


def _ident(world, value):
    return {} if _v6(world) else {"ident": value & 0xFFFF}


def bsd(world, now, dport=33434, fixed=False, q=3, **kw):
    """FreeBSD and macOS traceroute -P tcp: target port + 1 a probe (-e: it stays and seq counts), seq made of the ports,
    IP ID = process + n, 12 octets of data."""
    run, process, count = world.run(), 0x8000 | world.rng.randrange(1, 0x7FFF), [0]

    def make(ttl, _attempt):
        count[0] += 1
        port = dport if fixed else dport + count[0]
        seq = (process << 16 | port) + (count[0] if fixed else 0)
        return world.ip(ttl, Tcp(process, port, seq, 0, SYN, 0, b"", b"\0" * 12), **_ident(world, process + count[0]))
    return sequential(world, run, now, make, q=q, timeout=5 * SECOND, gap=300, **kw)


def _darwin_options(tsval):
    return mss() + b"\x01\x03\x03\x06\x01\x01" + struct.pack("!BBII", 8, 10, tsval & 0xFFFFFFFF, 0) + b"\x04\x02\x00\x00"


def etr(world, now, flows=5, rounds=3, dport=443):
    """etr: five source ports from 50000, seq = 20 x TTL + n, time stamps in seconds, IP ID 0 and DF; every hop once a
    second and flow."""
    runs = [world.run() for _ in range(flows)]
    end = now
    for n in range(rounds):
        for ttl in range(1, world.path.length + (3 if n == 0 else 1)):
            for flow, run in enumerate(runs):
                sent = now + ttl * 100 * MS + flow * 2 * MS
                tcp = Tcp(50000 + flow, dport, 20 * ttl + n, 0, SYN, 65535, _darwin_options(1_700_000_000 + n))
                world.send(run, sent, world.ip(ttl, tcp, df=not _v6(world)))
                end = max(end, sent)
        now += max(SECOND, (world.path.length + 3) * 100 * MS)
    return end


def ttl_tool(world, now, rounds=2, dport=443):
    """ttl: seq = TTL << 24 | round << 16, no options, window 65535, one source port; a round is a burst."""
    run, sport = world.run(), 50000 + world.rng.randrange(5000)
    for n in range(rounds):
        for ttl in range(1, world.path.length + 1):
            tcp = Tcp(sport, dport, ttl << 24 | n << 16, 0, SYN, 65535)
            world.send(run, now + ttl * MS, world.ip(ttl, tcp, **_ident(world, world.counter_id())))
        now += SECOND
    return now


def fbtracert(world, now, rounds=4, dport=22, sport=32768):
    """fbtracert -maxSrcPorts 1: one sender for each TTL, all at once; seq = TTL << 24 | a clock of milliseconds."""
    run, clock = world.run(), world.rng.randrange(1 << 23)
    for n in range(rounds):
        for ttl in range(1, world.path.length + 3):
            sent = now + n * 250 * MS + world.rng.randrange(6 * MS) + ttl * 7 * MS
            seq = ttl << 24 | clock + (sent - now) // MS
            world.send(run, sent, world.ip(ttl, Tcp(sport, dport, seq, 0, SYN, 65535),
                                           **_ident(world, world.counter_id())))
    return now + rounds * 250 * MS


def ethr(world, now, rounds=1, dport=80):
    """ethr: connect() from port 8888 + TTL, one hop after the other."""
    run = world.run()
    for _ in range(rounds):
        for ttl in range(1, world.path.length + 1):
            end, _ = connect_probe(world, run, now, ttl, 8888 + ttl, dport, retries=1)
            now = (end or now + 2 * SECOND) + 100 * MS
        now += SECOND
    return now


def scapy(world, now, last=None, dport=80, step=MS, **kw):
    """scapy's recipe sr(IP(ttl=(1,20))/TCP()): port 20, IP ID 1, seq 0, window 8192, all at once."""
    run = world.run(told=True)
    for n in range(last or world.path.length + 8):
        world.send(run, now + n * step, world.ip(1 + n, Tcp(20, dport, 0, 0, SYN, 8192), **_ident(world, 1)), **kw)
    return now + (last or world.path.length + 8) * step


def burst(world, now, dport=80, last=None, ident=None, **kw):
    """All TTLs of one flow at once, IP IDs unique: `ident(n)`, else random."""
    run, sport, seq = world.run(), world.port(), world.r32()
    for n in range(last or world.path.length + 6):
        number = ident(n) if ident else world.r16() & 0xFFF0 | n
        world.send(run, now + 200 * n, world.ip(1 + n, Tcp(sport, dport, seq, 0, SYN, 1024),
                                                 **_ident(world, number)), **kw)
    return now


def tcpconn(world, now, dport=443, first=1, q=3, last=None):
    """traceroute -M tcpconn: connect() with a port each, 16 at once; one time stamp clock for all connections."""
    run, clock = world.run(), world.r32() >> 1
    top = last or world.path.length + 2
    for n in range((top - first + 1) * q):
        sent = now + n * 60
        connect_probe(world, run, sent, first + n // q, world.port(), dport, retries=0, tsval=clock + n * 60 // MS)
    return now + 5 * SECOND


def mtr_macos(world, now, dport=443, rounds=2, base_port=33434, retries=5):
    """mtr --tcp on macOS: IP ID 0, its own options; a SYN that nobody answers is sent again each second, from the fourth
    time with the MSS alone."""
    run, sport = world.run(), base_port
    for _ in range(rounds):
        for ttl in range(1, world.path.length + 1):
            _darwin_connect(world, run, now, ttl, sport, dport, retries)
            sport, now = sport + 1, now + 100 * MS
    return now + retries * SECOND


def _darwin_connect(world, run, now, ttl, sport, dport, retries):
    seq, tsval, flow = world.r32(), world.r32(), world.rng.randrange(1, 1 << 20) if _v6(world) else 0
    for n in range(retries + 1):
        options = _darwin_options(tsval + 1000 * n) if n < 3 else mss()
        ip = world.ip(ttl, Tcp(sport, dport, seq, 0, SYN, 65535, options), df=not _v6(world), flow=flow)
        answer = world.send(run, now + n * SECOND, ip, retransmission=n > 0).within(now + (n + 1) * SECOND)
        if answer:
            return


def rounds_of_connects(world, now, rounds=4, dport=443, base_port=33434, step=50 * MS, pause=SECOND, top=None):
    """mtr without memory: each round goes on until the target answers, so it follows a path that changes."""
    run, sport = world.run(), base_port
    for _ in range(rounds):
        for ttl in range(1, (top or 12) + 1):
            _, final = connect_probe(world, run, now, ttl, sport, dport, retries=0)
            sport, now = sport + 1, now + step
            if final:
                break
        now += pause
    return now


def counting(world, now, sport_step=0, dport_step=0, dport=9000, q=2, **kw):
    """A tool that nobody knows: a port that counts, up or down, random IDs and seqs, odd window."""
    run, start, count = world.run(), 40000 + world.rng.randrange(9000), [0]

    def make(ttl, _attempt):
        count[0] += 1
        tcp = Tcp(start + sport_step * count[0], dport + dport_step * count[0], world.r32(), 0, SYN, 3333)
        return world.ip(ttl, tcp, **_ident(world, world.r16()))
    return sequential(world, run, now, make, q=q, timeout=SECOND, **kw)


def shuffled(world, now, dport=80, last=None, q=1, gap=15 * MS, silent_fields=False):
    """Stateless probing in random order: one flow, seq = a time, IP ID = TTL; `silent_fields`: both of them random."""
    run, sport, top = world.run(), world.port(), default_last(world, last)
    todo = [ttl for ttl in range(1, top + 1) for _ in range(q)]
    world.rng.shuffle(todo)
    for n, ttl in enumerate(todo):
        ident = world.r16() if silent_fields else 0x0700 | ttl
        seq = world.r32() if silent_fields else 5000 + n * gap // MS
        world.send(run, now, world.ip(ttl, Tcp(sport, dport, seq, 0, SYN, 4321), **_ident(world, ident)))
        now += gap
    return now


def hping_ack(world, now, dport=80, payload=120, count=None, **kw):
    """hping3 -A -d N: random ports, seq and ack, data; the target resets with the ack as its seq."""
    run = world.run()
    for ttl in range(1, (count or world.path.length) + 1):
        tcp = Tcp(1024 + world.rng.randrange(2000), dport, world.r32(), world.r32(), ACK, 512, b"", b"X" * payload)
        world.send(run, now, world.ip(ttl, tcp, **_ident(world, world.r16())), **kw)
        now += SECOND
    return now
