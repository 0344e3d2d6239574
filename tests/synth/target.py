# SPDX-License-Identifier: GPL-2.0-or-later
"""What a target answers. Each function makes a behaviour: probe packet, time -> [(delay, body)].

A body is a Tcp segment, or an Icmp type and code as a pair. Behaviours with a memory (half-open connections)
keep it in a closure, so make one for each path.
"""

from packet import ACK, CWR, ECE, FIN, RST, SYN, Ip, Tcp, mss, sack

SECOND = 1_000_000


def _isn(tcp: Tcp) -> int:
    return (tcp.sport * 2246822519 ^ tcp.seq * 3266489917) & 0xFFFFFFFF


def _syn_ack(tcp: Tcp, isn=None) -> Tcp:
    flags = SYN | ACK | (ECE if tcp.flags & (ECE | CWR) == ECE | CWR else 0)
    return Tcp(tcp.dport, tcp.sport, _isn(tcp) if isn is None else isn, tcp.seq + 1, flags, 64240, mss())


def _reset(tcp: Tcp) -> Tcp:
    """RFC 9293 3.10.7.1: with ACK the reset takes its number from it, else it acknowledges the segment."""
    if tcp.flags & ACK:
        return Tcp(tcp.dport, tcp.sport, tcp.ack, 0, RST)
    length = len(tcp.data) + bool(tcp.flags & SYN) + bool(tcp.flags & FIN)
    return Tcp(tcp.dport, tcp.sport, 0, tcp.seq + length, RST | ACK)


def open_port():
    def answer(ip: Ip, _now: int):
        tcp = ip.body
        if tcp.flags & ACK:
            return [(30, _reset(tcp))]
        return [(40, _syn_ack(tcp))] if tcp.flags & SYN else []
    return answer


def closed_port():
    return lambda ip, _now: [(25, _reset(ip.body))]


def silent():
    return lambda _ip, _now: []


def unreachable(kind: int, code: int):
    return lambda _ip, _now: [(35, (kind, code))]


def lone_syn():
    """Simultaneous open: a SYN without ACK comes back."""
    return lambda ip, _now: [(45, Tcp(ip.body.dport, ip.body.sport, _isn(ip.body), 0, SYN, 8192, mss()))]


def bare_ack():
    """Something that thinks it has a connection acknowledges the probe and says no more."""
    return lambda ip, _now: [(45, Tcp(ip.body.dport, ip.body.sport, 77, ip.body.seq + 1, ACK, 512))]


def open_repeating(times=(1, 3, 7)):
    """An open port whose SYN/ACKs nobody resets: each comes again after 1, 3 and 7 s."""
    def answer(ip: Ip, _now: int):
        segment = _syn_ack(ip.body)
        return [(40, segment)] + [(40 + t * SECOND, segment) for t in times]
    return answer


def half_open(retransmit=(1, 3, 7), rate=500_000):
    """SYN_RECV as Linux keeps it: the same SYN again brings the same SYN/ACK again, but at most one in 500 ms
    after the second; the target's own timer repeats it after 1, 3, 7 s; another seq brings a challenge ACK."""
    known = {}

    def answer(ip: Ip, now: int):
        tcp = ip.body
        flow = (ip.src, tcp.sport, tcp.dport)
        if flow not in known:
            known[flow] = (tcp, None)
            segment = _syn_ack(tcp)
            return [(40, segment)] + [(40 + t * SECOND, segment) for t in retransmit]
        first, last = known[flow]
        if tcp.seq != first.seq:
            return [(30, Tcp(tcp.dport, tcp.sport, _isn(first) + 1, first.seq + 1, ACK, 64240))]
        if last is not None and now - last < rate:
            return []
        known[flow] = (first, now)
        return [(35, _syn_ack(first))]
    return answer


def in_session(expected: int, isn: int):
    """An established connection: data beyond the hole after `expected` brings an ACK with SACK blocks,
    the newest block first."""
    blocks = []

    def answer(ip: Ip, _now: int):
        tcp = ip.body
        if not tcp.data or tcp.seq == expected:
            return []
        left, right = tcp.seq, tcp.seq + len(tcp.data)
        for block in [b for b in blocks if b[0] <= right and left <= b[1]]:
            blocks.remove(block)
            left, right = min(left, block[0]), max(right, block[1])
        blocks.insert(0, (left, right))
        return [(30, Tcp(tcp.dport, tcp.sport, isn + 1, expected, ACK, 501, sack(blocks[:3])))]
    return answer


def duplicate_ack(expected: int, isn: int):
    """An established connection that answers old data with an ACK of what it has."""
    return lambda ip, _now: [(30, Tcp(ip.body.dport, ip.body.sport, isn, expected, ACK, 501))]
