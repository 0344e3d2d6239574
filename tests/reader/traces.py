# SPDX-License-Identifier: GPL-2.0-or-later
"""The packets of one small traceroute: three hops, then the target, for each number with addresses of its own."""
import struct

from packet import ACK, SYN, Icmp, Ip, Tcp, encode

HOPS = 4


def addresses(number, is_v6):
    """Sender, target and router of a trace."""
    if is_v6:
        return tuple(f"2001:db8:{part}::{number:x}" for part in (1, 2, 3))
    return tuple(f"{net}.{number}" for net in ("192.0.2", "203.0.113", "198.51.100"))


def packets(number, is_v6):
    """Yields (milliseconds, bytes of the IP packet)."""
    source, target, router = addresses(number, is_v6)
    for ttl in range(1, HOPS + 1):
        probe = Ip(source, target, ttl, Tcp(40000 + number, 80, 1000 * ttl, 0, SYN, 1024), ident=100 + ttl)
        if ttl < HOPS:
            quote = encode(probe.with_ttl(1))
            body = Icmp(3 if is_v6 else 11, 0, data=quote)
            reply = Ip(router, source, 65 - ttl, body, ident=500 + ttl)
        else:
            reply = Ip(target, source, 61, Tcp(80, 40000 + number, 7, 1000 * ttl + 1, SYN | ACK, 1024))
        yield 100 * ttl, encode(probe)
        yield 100 * ttl + 7 * ttl, encode(reply)


def frames(number, is_v6, wrap):
    """The same as frames: (milliseconds, bytes)."""
    for time, data in packets(number, is_v6):
        made = wrap(data)
        for frame in made if isinstance(made, list) else [made]:
            yield time, frame


def block(type_, body, order="<"):
    """A pcapng block."""
    body += b"\0" * (-len(body) % 4)
    size = 12 + len(body)
    return struct.pack(order + "II", type_, size) + body + struct.pack(order + "I", size)


def section(order="<"):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def option(code, value, order="<"):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def interface(link, order="<", options=b"", snap=0):
    return block(1, struct.pack(order + "HHI", link, 0, snap) + options, order)


def enhanced(number, stamp, frame, order="<", length=None):
    return block(6, struct.pack(order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(frame),
                                len(frame) if length is None else length) + frame + b"\0" * (-len(frame) % 4), order)
