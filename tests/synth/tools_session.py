# SPDX-License-Identifier: GPL-2.0-or-later
"""Tools that probe inside a connection: 0trace, intrace while the user types, HTTP and TLS probes in fresh connections.

Same form as tools_basic.py. The connection's own segments have TTL 64 and are no probes.
"""

from packet import ACK, FIN, PSH, RST, Ip, Tcp
from target import duplicate_ack
from tools_basic import MS, SECOND
from tools_more import handshake, user_data


def _v6(world):
    return ":" in world.path.src


def _ident(world, value):
    return {} if _v6(world) else {"ident": value & 0xFFFF}


def zero_trace(world, now, dport=80, q=1, gap=120 * MS):
    """0trace: bare ACKs with seq and ack 0 on a live connection, IP ID counts; the target answers with what it expects,
    and whether that is an answer to a number so far away is left open."""
    run = world.run(omit={"state", "reached", "path_length", "hop_count", "stop_reason"}, open_ttls={world.path.length})
    sport, seq, isn = world.port(), world.r32() >> 1, world.r32() >> 1
    now = handshake(world, now, sport, dport, seq, isn)
    now, seq, isn = user_data(world, now, sport, dport, seq + 1, isn + 1)
    world.path.target = duplicate_ack(seq, isn)
    base, count = world.r16(), 0
    now += 300 * MS
    for ttl in range(1, world.path.length + 1):
        for _ in range(q):
            count += 1
            world.send(run, now, world.ip(ttl, Tcp(sport, dport, 0, 0, ACK, 1024), **_ident(world, base + count)))
            now += gap
    return now


def intrace_typing(world, now, dport=22, per_ttl=3, keys=2):
    """intrace, while the user goes on typing in the same connection: `keys` segments of ordinary TTL behind each TTL."""
    run = world.run(omit={"state"})
    sport, seq, isn = world.port(), world.r32() >> 1, world.r32() >> 1
    now = handshake(world, now, sport, dport, seq, isn) + 100 * MS
    expected = [seq + 1]
    world.path.target = lambda ip, _now: [(30, Tcp(dport, sport, isn + 1, expected[0], ACK, 501))]
    for ttl in range(1, world.path.length + 1):
        for _ in range(per_ttl):
            tcp = Tcp(sport, dport, expected[0] - 1, isn, PSH | ACK, 65535, b"", b"\0")
            world.send(run, now, world.ip(ttl, tcp, df=not _v6(world), **_ident(world, ttl)))
            now += 180 * MS
        for _ in range(keys):
            _keystroke(world, now, Tcp(sport, dport, expected[0], isn + 1, PSH | ACK, 502, b"", b"k"))
            expected[0] += 1
            now += 90 * MS
    return now


def _keystroke(world, now, tcp):
    """One octet from the user, the server's acknowledgement one round trip later."""
    rtt = 2 * world.path.delay(world.path.length) + 40
    world.packet(now, world.ip(64, tcp, df=not _v6(world), **_ident(world, world.r16())))
    answer = Tcp(tcp.dport, tcp.sport, tcp.ack, tcp.seq + len(tcp.data), ACK, 501)
    back = world.path.target_ttl - len(world.path.hops)
    world.packet(now + rtt, Ip(world.path.dst, world.path.src, back, answer, df=not _v6(world)), forward=False)


def _web_server(answer):
    """Acknowledges a request and answers it."""
    def serve(ip, _now):
        tcp = ip.body
        return [(200, Tcp(tcp.dport, tcp.sport, tcp.ack, tcp.seq + len(tcp.data), PSH | ACK, 509, b"", answer))]
    return serve


def _fresh(world, run, now, dport, ttl, request, again):
    """One connection and in it one request with a small TTL; `again`: after how long the kernel repeats it."""
    sport, seq, isn = world.port(), world.r32() >> 1, world.r32() >> 1
    now = handshake(world, now, sport, dport, seq, isn)
    ident = world.r16()

    def send(when, nth):
        tcp = Tcp(sport, dport, seq + 1, isn + 1, PSH | ACK, 502, b"", request)
        return world.send(run, when, world.ip(ttl, tcp, df=not _v6(world), **_ident(world, ident + nth)),
                          retransmission=nth > 0)
    answer = send(now, 0).within(now + SECOND)
    if again and not (answer and answer[1]):
        answer = send(now + again, 1).within(now + again + SECOND) or answer
        now += again
    now = (answer[0] if answer else now + SECOND) + 5 * MS
    flags, number = (FIN | ACK, 1 + len(request)) if answer and answer[1] else (RST, 1)
    world.packet(now, world.ip(64, Tcp(sport, dport, seq + number, isn + 1, flags, 502), df=not _v6(world),
                               **_ident(world, ident + 5)))
    return now + 40 * MS, bool(answer and answer[1])


HTTP = b"GET / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n"
CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x5a" * 506


def in_fresh_connections(world, now, dport=80, request=HTTP, q=1, again=0):
    """CenTrace: each TTL gets a connection of its own, opened with an ordinary TTL, and in it one HTTP request or TLS
    ClientHello with the small one."""
    run = world.run(omit={"state"})
    world.path.target = _web_server(b"HTTP/1.1 200 OK\r\n\r\n")
    for ttl in range(1, world.path.length + 3):
        done = False
        for _ in range(q):
            now, final = _fresh(world, run, now, dport, ttl, request, again)
            done = done or final
        if done:
            break
    return now
