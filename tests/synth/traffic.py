# SPDX-License-Identifier: GPL-2.0-or-later
"""Ordinary traffic that has small TTLs, as functions that write packets into a world: connections, scans, evasion.

`ttl` is what the capture sees. Nothing here is a probe.
"""

from dataclasses import replace

from packet import ACK, FIN, PSH, RST, SYN, Ip, Tcp, kernel_options, mss
from path import icmp_error
from principle import MS, SECOND


def v6(world):
    return ":" in world.path.src


class Connection:
    """One connection of the sender's kernel; each method writes one segment."""
    def __init__(self, world, ttl, dport=443, window=64240, answers_from=55, options=None):
        self.world, self.ttl, self.dport, self.window, self.back = world, ttl, dport, window, answers_from
        self.options = kernel_options(world.r32() >> 1) if options is None else options
        self.sport, self.seq, self.isn, self.ident = world.port(), world.r32() >> 1, world.r32() >> 1, world.r16()
        self.syn_seq = self.seq

    def mine(self, now, flags, data=b"", ttl=None, seq=None, options=b"", ident=None):
        self.ident += 1
        tcp = Tcp(self.sport, self.dport, self.seq if seq is None else seq, self.isn if flags & ACK else 0, flags,
                  self.window, options, data)
        number = (self.ident if ident is None else ident) & 0xFFFF
        ip = self.world.ip(self.ttl if ttl is None else ttl, tcp, ident=0 if v6(self.world) else number,
                           df=not v6(self.world))
        self.world.packet(now, ip)
        return ip

    def theirs(self, now, flags, data=b"", seq=None):
        tcp = Tcp(self.dport, self.sport, self.isn if seq is None else seq, self.seq, flags, 65160, b"", data)
        self.world.packet(now, Ip(self.world.path.dst, self.world.path.src, self.back, tcp, df=not v6(self.world)),
                          forward=False)

    def syn(self, now, ttl=None):
        return self.mine(now, SYN, ttl=ttl, seq=self.syn_seq, options=self.options)

    def open(self, now, rtt=9 * MS, repeats=0):
        """The handshake; `repeats` SYNs were lost first. Returns when it is over."""
        for n in range(repeats):
            self.syn(now)
            now += SECOND << n
        self.syn(now)
        self.seq += 1
        self.theirs(now + rtt, SYN | ACK)
        self.isn += 1
        self.mine(now + rtt + 50, ACK)
        return now + rtt + 60

    def request(self, now, rtt=9 * MS, size=200):
        self.mine(now, PSH | ACK, b"q" * size)
        self.seq += size
        self.theirs(now + rtt, PSH | ACK, b"a" * 900)
        self.isn += 900
        self.mine(now + rtt + 40, ACK)
        return now + rtt + 50

    def close(self, now, rtt=9 * MS):
        self.mine(now, FIN | ACK)
        self.seq += 1
        self.theirs(now + rtt, FIN | ACK)
        self.isn += 1
        self.mine(now + rtt + 40, ACK)
        return now + rtt + 50


def session(world, now, ttl, dport=443, repeats=0):
    connection = Connection(world, ttl, dport)
    now = connection.open(now, repeats=repeats)
    return connection.close(connection.request(now))


def refused(world, now, syn, answer_ttl=60):
    """The target resets what `syn` asks for."""
    tcp = syn.body
    reset = Tcp(tcp.dport, tcp.sport, 0, tcp.seq + 1, RST | ACK)
    world.packet(now, Ip(syn.dst, syn.src, answer_ttl, reset, df=not syn.v6), forward=False)


def expired(world, now, ip, hop=1):
    """Router number `hop` says that `ip`, sent with that TTL, expired there."""
    router = world.path.hops[hop - 1]
    message = icmp_error(router, ip.with_ttl(1), 3 if ip.v6 else 11, 0)
    world.packet(now, Ip(router.addrs[0], ip.src, router.initial_ttl - hop + 1, message,
                         ident=0 if ip.v6 else world.r16()), forward=False)


def scan_syn(world, ttl, dport, sport, options=mss(), window=1024):
    extra = {} if v6(world) else {"ident": world.r16()}
    return world.ip(ttl, Tcp(sport, dport, world.r32(), 0, SYN, window, options), **extra)


def half_open(world, now, syn, gap=500, kernel_ttl=49):
    """An open port answers a scanner's SYN, whose kernel resets it with its ordinary TTL."""
    tcp, isn = syn.body, world.r32()
    world.packet(now + gap, Ip(syn.dst, syn.src, 128, Tcp(tcp.dport, tcp.sport, isn, tcp.seq + 1, SYN | ACK, 64240, mss()),
                               df=not syn.v6), forward=False)
    reset = Tcp(tcp.sport, tcp.dport, tcp.seq + 1, 0, RST)
    world.packet(now + gap + 30 * MS, replace(syn, ttl=kernel_ttl, body=reset, df=not syn.v6))
