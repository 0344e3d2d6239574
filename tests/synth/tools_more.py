# SPDX-License-Identifier: GPL-2.0-or-later
"""How each tool probes, one function each: the newer, the stateless and the in-session tools.

Same form as tools_basic.py.
"""

from packet import ACK, PSH, SYN, Ip, Tcp, checksum, kernel_options, mss, timestamp, address
from target import duplicate_ack, in_session, silent
from tools_basic import MS, SECOND, connect_probe, default_last, parallel, sequential


def _v6(world):
    return ":" in world.path.src


def _ident(world, value):
    return {} if _v6(world) else {"ident": value & 0xFFFF}


def paris(world, now, dport=80, **kw):
    """paris-traceroute: the TCP checksum is the tag (two payload octets make it so), the 5-tuple and seq stay."""
    run, count = world.run(), [0]
    sport, seq = 16449, world.r32()

    def make(ttl, _attempt):
        count[0] += 1
        data = ((0xFFFF - count[0]) & 0xFFFF).to_bytes(2, "big")
        return world.ip(ttl, Tcp(sport, dport, seq, 0, SYN, 5840, b"", data), **_ident(world, world.counter_id()))
    return sequential(world, run, now, make, timeout=SECOND, **kw)


def atlas(world, now, dport=80, payload=40, **kw):
    """RIPE Atlas: seq = index << 16 | counter, sport = base + variation, a payload in the SYN."""
    run, index, count = world.run(), world.rng.randrange(1, 60), [0]
    sport = 0x8000 + 17

    def make(ttl, _attempt):
        count[0] += 1
        return world.ip(ttl, Tcp(sport, dport, index << 16 | count[0], 0, SYN, 0, b"", b"\0" * payload),
                        **_ident(world, world.counter_id()))
    return sequential(world, run, now, make, timeout=SECOND, gap=MS, **kw)


def nexttrace(world, now, dport=443, payload=0, **kw):
    """nexttrace: seq = TTL << 24 | index, one sport, window 65535, MSS; 18 at once, 50 ms apart."""
    run, sport, count = world.run(), world.port(), [0]

    def make(ttl, _attempt):
        count[0] += 1
        return world.ip(ttl, Tcp(sport, dport, ttl << 24 | count[0], 0, SYN, 65535, mss(), b"x" * payload),
                        **_ident(world, world.counter_id()))
    return parallel(world, run, now, make, window=18, timeout=SECOND, gap=50 * MS, **kw)


def trippy(world, now, dport=80, rounds=2, fixed_sport=None, last=None):
    """trippy: kernel connect() probes; the sport is the sequence, or the dport when the sport is fixed."""
    run, sequence = world.run(), 33434
    for _ in range(rounds):
        begin, final = now, False
        for ttl in range(1, default_last(world, last) + 1):
            sport, port = (fixed_sport, sequence) if fixed_sport else (sequence, dport)
            _, hit = connect_probe(world, run, now, ttl, sport, port, give_up=SECOND, retries=0)
            final, sequence, now = final or hit, sequence + 1, now + 3 * MS
            if final:
                break
        now = max(now + 100 * MS, begin + SECOND)
    return now


def datadog_syn(world, now, dport=443, paris_mode=False, runs=1, **kw):
    """Datadog: IP ID = base + TTL with one seq, or ("Paris") IP ID 41821 with a random seq each; window 1024."""
    for _ in range(runs):
        run, sport, seq, base = world.run(), world.port(), world.r32(), world.rng.randrange(1000, 60000)

        def make(ttl, _attempt):
            ident = 41821 if paris_mode else base + ttl
            return world.ip(ttl, Tcp(sport, dport, world.r32() if paris_mode else seq, 0, SYN, 1024),
                            **_ident(world, ident))
        now = sequential(world, run, now, make, q=1, gap=50 * MS, **kw)
    return now


def handshake(world, now, sport, dport, seq, isn):
    """An ordinary connection's first three segments, TTL 64."""
    rtt = 2 * world.path.delay(world.path.length)
    back = world.path.target_ttl - len(world.path.hops)
    extra = {} if _v6(world) else {"ident": world.r16(), "df": True}

    def reply(body):
        return Ip(world.path.dst, world.path.src, back, body, df=not _v6(world))
    world.packet(now, world.ip(64, Tcp(sport, dport, seq, 0, SYN, 64240, kernel_options(1000)), **extra))
    world.packet(now + rtt, reply(Tcp(dport, sport, isn, seq + 1, SYN | ACK, 65160, kernel_options(5000, 1000))),
                 forward=False)
    world.packet(now + rtt + 9, world.ip(64, Tcp(sport, dport, seq + 1, isn + 1, ACK, 502, timestamp(1001, 5000)),
                                         **extra))
    return now + rtt + 100


def insession(world, now, dport=443, step=2, fixed_id=None, q=1, options=True, last=None):
    """Pietrasanta --tcpinsession, Datadog SACK: a handshake, then PSH|ACK with one octet behind a hole."""
    run = world.run(omit={"state"})
    sport, seq, isn = world.port(), world.r32() >> 1, world.r32() >> 1
    world.path.target = in_session(seq + 1, isn)
    now = handshake(world, now, sport, dport, seq, isn) + 5 * MS
    for n in range(q * default_last(world, last)):
        ttl = 1 + n // q
        stamp = timestamp(1002 + n, 5000) if options else b""
        tcp = Tcp(sport, dport, seq + 2 + n * step, isn + 1, PSH | ACK, 1024 if fixed_id else 502, stamp, b"\x01")
        world.send(run, now, world.ip(ttl, tcp, **_ident(world, fixed_id or world.counter_id())))
        now += 20 * MS
    return now


def user_data(world, now, sport, dport, seq, isn):
    """A request and its answer in the connection that is about to be used."""
    back = world.path.target_ttl - len(world.path.hops)
    rtt = 2 * world.path.delay(world.path.length)
    extra = {} if _v6(world) else {"ident": world.r16(), "df": True}
    request, answer = b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"
    world.packet(now, world.ip(64, Tcp(sport, dport, seq, isn, PSH | ACK, 502, b"", request), **extra))
    world.packet(now + rtt, Ip(world.path.dst, world.path.src, back, Tcp(
        dport, sport, isn, seq + len(request), PSH | ACK, 509, b"", answer), df=True), forward=False)
    world.packet(now + rtt + 30, world.ip(64, Tcp(sport, dport, seq + len(request), isn + len(answer), ACK, 502),
                                          **extra))
    return now + rtt + 200, seq + len(request), isn + len(answer)


def intrace(world, now, dport=80, per_ttl=4):
    """intrace: PSH|ACK with old data in a user's connection; IP ID = TTL, four packets with one TTL, 750 ms a TTL."""
    run = world.run(omit={"state"})
    sport, seq, isn = world.port(), world.r32() >> 1, world.r32() >> 1
    now = handshake(world, now, sport, dport, seq, isn)
    now, seq, isn = user_data(world, now, sport, dport, seq + 1, isn + 1)
    world.path.target = duplicate_ack(seq, isn)
    now += 200 * MS
    for ttl in range(1, world.path.length + 1):
        for _ in range(per_ttl):
            tcp = Tcp(sport, dport, seq - 1, isn, PSH | ACK, 65535, b"", b"\0")
            world.send(run, now, world.ip(ttl, tcp, df=not _v6(world), **_ident(world, ttl)))
            now += 750 * MS // per_ttl
    return now


def service_traceroute(world, now, dport=443, iterations=3):
    """service-traceroute: bare ACKs in a live flow, IP ID = offset + iteration * max + TTL; the target is silent."""
    run = world.run(omit={"state", "stop_reason"})
    sport, seq, isn = world.port(), world.r32() >> 1, world.r32() >> 1
    now = handshake(world, now, sport, dport, seq, isn)
    now, seq, isn = user_data(world, now, sport, dport, seq + 1, isn + 1)
    world.path.target = silent()
    offset = 20000
    for iteration in range(iterations):
        for ttl in range(1, world.path.length + 1):
            tcp = Tcp(sport, dport, seq, isn, ACK, 65535)
            world.send(run, now, world.ip(ttl, tcp, df=not _v6(world), tos=0x10,
                                          **_ident(world, offset + iteration * 32 + ttl)))
            now += 30 * MS
    return now


def yarrp(worlds, now, dport=80, flags=SYN, last=None, gap=6 * MS):
    """yarrp: (target, TTL) in random order; IP ID = instance << 8 | TTL, seq = elapsed time, sport = sum of target.
    IPv6: seq 1, the state in a payload."""
    runs = {world: world.run() for world in worlds}
    todo = [(world, ttl) for world in worlds for ttl in range(1, default_last(world, last) + 1)]
    worlds[0].rng.shuffle(todo)
    for n, (world, ttl) in enumerate(todo):
        packed = address(world.path.dst)
        sport, elapsed = 0x4000 | checksum(packed) & 0x3FFF, 50 + n * gap // 1000
        ack = int.from_bytes(packed[-4:], "big") if flags & ACK else 0
        if _v6(world):
            data = b"yrp6" + bytes([1, ttl]) + elapsed.to_bytes(4, "big") + b"\0\0"
            ip = world.ip(ttl, Tcp(sport, dport, 1, ack, flags, 65535, b"", data))
        else:
            ip = world.ip(ttl, Tcp(sport, dport, elapsed, ack, flags, 0xFFFE), ident=1 << 8 | ttl)
        world.send(runs[world], now, ip)
        now += gap
    return now


def tracetcp(world, now, dport=80, **kw):
    """tracetcp for Windows: one IP ID for all probes, sport and seq random."""
    run, ident = world.run(), world.r16()

    def make(ttl, _attempt):
        return world.ip(ttl, Tcp(world.port(), dport, world.r32(), 0, SYN, 0x2000, mss() + b"\x01\x01\x04\x02"),
                        df=True, **_ident(world, ident))
    return sequential(world, run, now, make, gap=100 * MS, **kw)


def tracebox(world, now, dport=80, q=1, **kw):
    """tracebox: one packet, only its TTL changes; up to three tries, 1 s apart, where nothing comes back."""
    run, sport, seq, ident = world.run(), world.port(), world.r32(), world.r16()
    flow = world.rng.randrange(1 << 20)
    for ttl in range(1, default_last(world, None) + 1):
        tcp = Tcp(sport, dport, seq, 0, SYN, 5840, mss())
        ip = world.ip(ttl, tcp, flow=flow) if _v6(world) else world.ip(ttl, tcp, ident=ident)
        answer = None
        for _ in range(3):
            answer = world.send(run, now, ip, **kw).within(now + SECOND)
            now = (answer[0] if answer else now + SECOND) + 2 * MS
            if answer:
                break
        if answer and answer[1]:
            break
    return now
