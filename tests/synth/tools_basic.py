# SPDX-License-Identifier: GPL-2.0-or-later
"""How each tool probes, one function each: tcptraceroute, traceroute, mtr, nmap, scamper, hping3, lft, nping.

tool(world, now, **options) sends its packets into the world and returns the time at which it ends. What varies per
probe and what is constant is the point of each; the rest of a tool is left out.
"""

import heapq

from packet import ACK, CWR, ECE, FIN, RST, SYN, Tcp, kernel_options, mss, timestamp

MS, SECOND = 1000, 1_000_000


def default_last(world, last):
    return last if last else world.path.length + 2


def sequential(world, run, now, make, first=1, last=None, q=3, timeout=3 * SECOND, gap=4 * MS, final_ends=True, **send):
    """One probe outstanding: make(ttl, attempt) is sent when the one before is answered or timed out.
    All q probes of a TTL are sent; a final answer ends the trace after its TTL."""
    for ttl in range(first, default_last(world, last) + 1):
        done = False
        for attempt in range(q):
            answer = world.send(run, now, make(ttl, attempt), **send).within(now + timeout)
            done = done or bool(answer and answer[1])
            now = (answer[0] if answer else now + timeout) + gap
        if done and final_ends:
            break
    return now


def parallel(world, run, now, make, first=1, last=None, q=3, window=16, timeout=5 * SECOND, gap=30, **send):
    """Up to `window` probes outstanding, in TTL order: runs past the target until an answer says where it is."""
    waiting, stop_at = [], []
    for ttl in range(first, default_last(world, last) + 1):
        for attempt in range(q):
            while len(waiting) >= window:
                now = max(now, heapq.heappop(waiting))
            if any(known <= now and ttl > at for known, at in stop_at):
                return now
            answer = world.send(run, now, make(ttl, attempt), **send).within(now + timeout)
            if answer and answer[1]:
                stop_at.append((answer[0], ttl))
            heapq.heappush(waiting, answer[0] if answer else now + timeout)
            now += gap
    return max([now] + waiting)


def tcptraceroute(world, now, dport=80, flags=SYN, payload=0, track_port=False, sport=None, seq=None, df=False, tos=0,
                  options=b"", run=None, **kw):
    """IP ID random and unique; ports and seq constant (--track-port: a new sport each)."""
    run = run or world.run()
    sport, seq, used = sport or world.port(), seq or world.r32(), set()

    def make(ttl, _attempt):
        ident = world.r16()
        while any(other in used for other in (ident, ident + 1, ident - 1, ident >> 8 | (ident & 255) << 8)):
            ident = world.r16()
        used.add(ident)
        port = world.port() if track_port else sport
        return world.ip(ttl, Tcp(port, dport, seq, 0, flags, 0, b"", b"@" * payload), ident=ident, df=df, tos=tos,
                        options=options)
    return sequential(world, run, now, make, **kw)


def traceroute(world, now, dport=80, sport=None, flags=SYN, q=3, flow=None, options=b"", extensions=(), **kw):
    """traceroute -T: new sport and seq for each, one TSval, 16 at once; --sport: one at a time."""
    run, tsval = world.run(), world.r32()
    flow = world.rng.randrange(1, 1 << 20) if flow is None else flow
    window = 5760 if ":" in world.path.src else 5840

    def make(ttl, _attempt):
        tcp = Tcp(sport or world.port(), dport, world.r32(), 0, flags, window, kernel_options(tsval))
        if ":" in world.path.src:
            return world.ip(ttl, tcp, flow=flow, extensions=extensions)
        return world.ip(ttl, tcp, ident=world.counter_id(), options=options)
    if sport:
        return sequential(world, run, now, make, q=q, timeout=5 * SECOND, gap=20, **kw)
    return parallel(world, run, now, make, q=q, **kw)


def _connection(world, ip, at, answer, server_fin):
    """What the kernel and the tool send when connect() succeeds: ACK and FIN with the probe's TTL. No probes."""
    tcp, reply = ip.body, answer[3].segment
    number = ip.ident

    def mine(when, flags, seq, ack, step):
        segment = Tcp(tcp.sport, tcp.dport, seq, ack, flags, 502, timestamp(step, 1))
        return world.send(None, when, world.ip(ip.ttl, segment, ident=number + step & 0xFFFF, df=True, flow=ip.flow),
                          target_answers=False).answers

    def theirs(when, flags, seq, ack):
        segment = Tcp(tcp.dport, tcp.sport, seq, ack, flags, 509, timestamp(9, 1))
        source = ip.dst
        world.packet(when, type(ip)(source, ip.src, world.path.target_ttl - len(world.path.hops), segment,
                                    ident=world.r16() if ":" not in source else 0, df=True), forward=False)
    rtt = 2 * world.path.delay(world.path.length)
    seq, isn = tcp.seq + 1, reply.seq + 1
    mine(at + 15, ACK, seq, isn, 1)
    if mine(at + 450, FIN | ACK, seq, isn, 2):
        return                          # refused on the way: the server never saw it
    theirs(at + 450 + rtt, ACK, isn, seq + 1)
    if server_fin:
        theirs(at + 10 * SECOND, FIN | ACK, isn, seq + 1)
        world.packet(at + 10 * SECOND + 20, world.ip(64, Tcp(tcp.sport, tcp.dport, seq + 1, 0, RST), df=True))


def connect_probe(world, run, now, ttl, sport, dport, give_up=10 * SECOND, retries=4, server_fin=False, tsval=None):
    """A kernel connect() with a small TTL: the SYN is sent again after about 1 s while nothing comes back (same
    ports and seq, next IP ID, new TSval). Returns the time of the answer and whether it was final."""
    seq, tsval, ident = world.r32(), tsval or world.r32(), world.r16()
    flow = world.rng.randrange(1, 1 << 20)
    v6 = ":" in world.path.src
    window = 64800 if v6 else 64240
    for n in range(retries + 1):
        when = now + n * 1_016_000
        if n and when >= now + give_up:
            break
        ip = world.ip(ttl, Tcp(sport, dport, seq, 0, SYN, window, kernel_options(tsval + n * 1016)), df=not v6,
                      ident=0 if v6 else (ident + n) & 0xFFFF, flow=flow if v6 else 0)
        answer = world.send(run, when, ip, retransmission=n > 0, reset=False).within(when + 1_000_000)
        if answer:
            segment = answer[3].segment
            if segment and segment.flags & (SYN | ACK | RST) == SYN | ACK:
                _connection(world, ip, answer[0], answer, server_fin)
            return answer[0], answer[1]
    return None, False


def mtr(world, now, dport=80, rounds=3, base_port=33000, last=None, retries=4, server_fin=False, run=None):
    """mtr --tcp: rounds of connect() probes, a port each; the first round runs one TTL past the target."""
    run, sport = run or world.run(), base_port
    known = None
    for _ in range(rounds):
        top = known or default_last(world, last)
        step = SECOND // max(10, top)
        for ttl in range(1, top + 1):
            _, final = connect_probe(world, run, now, ttl, sport, dport, retries=retries, server_fin=server_fin)
            sport, now = sport + 1, now + step
            if final and known is None:
                known = ttl
                if ttl < top:           # the probe behind is already on its way
                    connect_probe(world, run, now, ttl + 1, sport, dport, retries=retries, server_fin=server_fin)
                    sport, now = sport + 1, now + step
                break
        now += 250 * MS
    return now


def nmap(world, now, dport=80, start=10, scan=True, down_to=1, other_ports=()):
    """nmap --traceroute after a SYN scan with TTL 37..59: from `start` down to 1, all random but the port's token."""
    v6 = ":" in world.path.src
    run, token = world.run(), world.rng.randrange(2000, 60000)

    def syn(ttl, sport, port):
        extra = {} if v6 else {"ident": world.r16(), "tos": 4 * world.rng.randrange(64)}
        return world.ip(ttl, Tcp(sport, port, world.r32(), 0, SYN, world.r16(), mss()), **extra)
    if scan:
        scan_port = world.port()
        for port in (dport, *other_ports):
            world.send(None, now, syn(world.rng.randrange(37, 60), scan_port, port))
            now += 300
        now += 40 * MS
    for ttl in list(range(start, down_to - 1, -1)):
        probe_port = token ^ ttl
        ip = syn(ttl, probe_port, dport)
        if not world.send(run, now, ip).answers:
            again = syn(ttl, probe_port, dport)
            world.send(run, now + SECOND, again)
        now += 80
    return now + 2 * SECOND


def scamper(world, now, dport=80, flags=SYN, attempts=2, gaplimit=5, last=32, **kw):
    """scamper trace -P tcp|tcp-ack: seq, ack, window 0; IP ID 1, 2, 3 … or the flow label of IPv6 counts."""
    run, sport, count = world.run(), world.port(), 0
    v6, gap = ":" in world.path.src, 0
    for ttl in range(1, last + 1):
        answer = None
        for _ in range(attempts):
            count += 1
            tcp = Tcp(sport, dport, 0, 0, flags)
            ip = world.ip(ttl, tcp, flow=count) if v6 else world.ip(ttl, tcp, ident=count, df=True)
            answer = world.send(run, now, ip, **kw).within(now + 5 * SECOND)
            now = (answer[0] if answer else now + 5 * SECOND) + 50 * MS
            if answer:
                break
        gap = 0 if answer else gap + 1
        if answer and answer[1] or gap >= gaplimit:
            break
    return now


def tracelb(world, now, dport=80, flows=6, flags=SYN):
    """scamper tracelb -P tcp-sport: the sport names the flow, several flows at each TTL."""
    run, count = world.run(), 0
    base = world.port()
    for ttl in range(1, world.path.length + 1):
        for flow in range(flows):
            count += 1
            ident = {} if ":" in world.path.src else {"ident": count, "df": True}
            world.send(run, now, world.ip(ttl, Tcp(base + flow, dport, 0, 0, flags), **ident))
            now += 250 * MS
    return now


def hping(world, now, dport=80, count=9, interval=200 * MS):
    """hping3 -S --traceroute: the same TTL until an ICMP error comes; a pure SYN with an ack number."""
    run, sport, ttl, raise_at = world.run(), 1024 + world.rng.randrange(20000), 1, []
    for n in range(count):
        due = [t for t in raise_at if t <= now]
        ttl, raise_at = ttl + len(due), [t for t in raise_at if t > now]
        ip = world.ip(ttl, Tcp(sport + n, dport, world.r32(), world.r32(), SYN, 512), ident=world.r16())
        raise_at += [a[0] for a in world.send(run, now, ip).answers if a[2]]
        now += interval
    return now


def lft(world, now, dport=80, ports=1, ahead=5, **kw):
    """lft: IP ID 0 and DF, sport 53, seq = ISN + n, five hops ahead; -b also steps the dport."""
    run, isn, count = world.run(), world.r32(), [0]

    def make(ttl, _attempt):
        count[0] += 1
        return world.ip(ttl, Tcp(53, dport + (count[0] - 1) % ports, isn + count[0], 0, SYN, 32768), ident=0, df=True)
    return parallel(world, run, now, make, q=1, window=ahead, timeout=SECOND, gap=20 * MS, **kw)


def lft_adaptive(world, now, dport=80):
    """lft -E: FIN probes first, SYN|ACK where those are lost, one SYN at the end; each with a random seq."""
    fins, syn_acks, last = world.run(), world.run(), world.path.length + 4

    def make(flags):
        return lambda ttl, _a: world.ip(ttl, Tcp(53, dport, world.r32(), 0, flags, 32768), ident=0, df=True)
    now = sequential(world, fins, now, make(FIN), last=last, q=1, timeout=10 * MS, gap=MS)
    now = sequential(world, syn_acks, now, make(SYN | ACK), first=world.path.length, last=last, q=1, gap=MS,
                     final_ends=False)
    world.send(syn_acks, now, make(SYN)(last + 1, 0))
    return now + SECOND


def nping(world, now, dport=80, count=2):
    """nping --tcp --ttl N, once for each N: constant within one call, all new in the next."""
    run = world.run()
    for ttl in range(1, world.path.length + 1):
        tcp, ident = Tcp(world.port(), dport, world.r32(), 0, SYN, 1480), world.r16()
        for _ in range(count):
            extra = {} if ":" in world.path.src else {"ident": ident}
            world.send(run, now, world.ip(ttl, tcp, **extra))
            now += SECOND
    return now


ECN = SYN | ECE | CWR
