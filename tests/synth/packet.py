# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets as values, and their bytes.

Pure: knows RFC 791, 792, 4443, 4884, 4950, 5837, 8200 and 9293; knows nothing of paths, tools or files.
Every checksum is right unless a caller asks for another.
"""

import ipaddress
import struct
from dataclasses import dataclass, replace
from typing import Optional, Tuple, Union

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 1, 2, 4, 8, 16, 32, 64, 128

PROTO_HOPOPTS, PROTO_ICMP, PROTO_IPIP, PROTO_TCP, PROTO_UDP = 0, 1, 4, 6, 17
PROTO_IPV6, PROTO_GRE, PROTO_ICMP6, PROTO_DSTOPTS = 41, 47, 58, 60


@dataclass(frozen=True)
class Tcp:
    sport: int
    dport: int
    seq: int
    ack: int
    flags: int
    window: int = 0
    options: bytes = b""
    data: bytes = b""
    proto = PROTO_TCP


@dataclass(frozen=True)
class Udp:
    sport: int
    dport: int
    data: bytes = b""
    proto = PROTO_UDP


@dataclass(frozen=True)
class Icmp:
    """An ICMP or ICMPv6 message: `rest` is octets 4..7, `data` what follows; `proto` by family."""
    type: int
    code: int
    rest: bytes = b"\0\0\0\0"
    data: bytes = b""


@dataclass(frozen=True)
class Ip:
    """An IPv4 or IPv6 packet; the family follows from `src`.

    `options` are IPv4 options (padded to 4). `extensions` are IPv6 headers, each (type, octets after the
    next-header octet), outermost first.
    """
    src: str
    dst: str
    ttl: int
    body: Union[Tcp, Udp, Icmp, bytes]
    ident: int = 0
    df: bool = False
    tos: int = 0
    flow: int = 0
    options: bytes = b""
    extensions: Tuple[Tuple[int, bytes], ...] = ()
    proto: Optional[int] = None

    @property
    def v6(self) -> bool:
        return ":" in self.src

    def with_ttl(self, ttl: int) -> "Ip":
        return replace(self, ttl=ttl)


def address(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _pseudo(ip: Ip, proto: int, length: int) -> bytes:
    if ip.v6:
        return address(ip.src) + address(ip.dst) + struct.pack("!IHBB", length, 0, 0, proto)
    return address(ip.src) + address(ip.dst) + struct.pack("!BBH", 0, proto, length)


def _tcp_bytes(ip: Ip, tcp: Tcp) -> bytes:
    options = tcp.options + b"\0" * (-len(tcp.options) % 4)
    offset = (20 + len(options)) // 4

    def build(total: int) -> bytes:
        return struct.pack("!HHIIBBHHH", tcp.sport, tcp.dport, tcp.seq & 0xFFFFFFFF, tcp.ack & 0xFFFFFFFF,
                           offset << 4, tcp.flags, tcp.window, total, 0) + options + tcp.data

    plain = build(0)
    return build(checksum(_pseudo(ip, PROTO_TCP, len(plain)) + plain))


def _udp_bytes(ip: Ip, udp: Udp) -> bytes:
    length = 8 + len(udp.data)

    def build(total: int) -> bytes:
        return struct.pack("!HHHH", udp.sport, udp.dport, length, total) + udp.data

    return build(checksum(_pseudo(ip, PROTO_UDP, length) + build(0)) or 0xFFFF)


def _icmp_bytes(ip: Ip, icmp: Icmp) -> bytes:
    def build(total: int) -> bytes:
        return struct.pack("!BBH", icmp.type, icmp.code, total) + icmp.rest + icmp.data

    plain = build(0)
    head = _pseudo(ip, PROTO_ICMP6, len(plain)) if ip.v6 else b""
    return build(checksum(head + plain))


def _body(ip: Ip) -> Tuple[int, bytes]:
    """The protocol number and the octets of what follows the IP header (and its extensions)."""
    if isinstance(ip.body, Tcp):
        return PROTO_TCP, _tcp_bytes(ip, ip.body)
    if isinstance(ip.body, Udp):
        return PROTO_UDP, _udp_bytes(ip, ip.body)
    if isinstance(ip.body, Icmp):
        return (PROTO_ICMP6 if ip.v6 else PROTO_ICMP), _icmp_bytes(ip, ip.body)
    return ip.proto, ip.body


def header_length(ip: Ip) -> int:
    """Octets before the transport header, extension headers included."""
    if ip.v6:
        return 40 + sum(1 + len(octets) for _, octets in ip.extensions)
    return 20 + len(ip.options)


def encode(ip: Ip) -> bytes:
    proto, payload = _body(ip)
    if ip.v6:
        types = [kind for kind, _ in ip.extensions] + [proto]
        chain = b"".join(bytes([types[i + 1]]) + octets for i, (_, octets) in enumerate(ip.extensions))
        return struct.pack("!IHBB", 6 << 28 | ip.tos << 20 | ip.flow, len(chain) + len(payload), types[0],
                           ip.ttl) + address(ip.src) + address(ip.dst) + chain + payload

    def build(total: int) -> bytes:
        return struct.pack("!BBHHHBBH", 4 << 4 | (20 + len(ip.options)) // 4, ip.tos,
                           header_length(ip) + len(payload), ip.ident, 0x4000 if ip.df else 0, ip.ttl, proto,
                           total) + address(ip.src) + address(ip.dst) + ip.options

    return build(checksum(build(0))) + payload


def ip_length(ip: Ip) -> int:
    return len(encode(ip))


# TCP options

def mss(value: int = 1460) -> bytes:
    return struct.pack("!BBH", 2, 4, value)


def kernel_options(tsval: int, tsecr: int = 0, mss_value: int = 1460) -> bytes:
    """MSS, SACK permitted, time stamps, NOP, window scale: what Linux sends in a SYN."""
    return mss(mss_value) + b"\x04\x02" + struct.pack("!BBII", 8, 10, tsval & 0xFFFFFFFF, tsecr) + b"\x01\x03\x03\x07"


def timestamp(tsval: int, tsecr: int) -> bytes:
    return b"\x01\x01" + struct.pack("!BBII", 8, 10, tsval & 0xFFFFFFFF, tsecr & 0xFFFFFFFF)


def sack(blocks) -> bytes:
    return b"\x01\x01" + struct.pack("!BB", 5, 2 + 8 * len(blocks)) + b"".join(
        struct.pack("!II", left & 0xFFFFFFFF, right & 0xFFFFFFFF) for left, right in blocks)


# IPv4 options and IPv6 extension headers

ROUTER_ALERT = b"\x94\x04\x00\x00"
RECORD_ROUTE = b"\x07\x27\x04" + b"\0" * 36 + b"\0"
HOP_BY_HOP = (PROTO_HOPOPTS, b"\x00\x05\x02\x00\x00\x01\x00")       # router alert, PadN
DEST_OPTIONS = (PROTO_DSTOPTS, b"\x00\x01\x04\x00\x00\x00\x00")     # PadN


# RFC 4884 extension structures

def extension(*objects: bytes) -> bytes:
    body = b"".join(objects)
    return struct.pack("!BBH", 0x20, 0, checksum(b"\x20\0\0\0" + body)) + body


def ext_object(kind: int, subtype: int, data: bytes) -> bytes:
    return struct.pack("!HBB", 4 + len(data), kind, subtype) + data


def mpls_object(labels) -> bytes:
    """`labels`: (label, traffic class, bottom of stack, ttl), outermost first."""
    return ext_object(1, 1, b"".join(struct.pack("!I", label << 12 | tc << 9 | bottom << 8 | ttl)
                                     for label, tc, bottom, ttl in labels))


def interface_object(index: int, addr: str, name: str, mtu: int) -> bytes:
    """RFC 5837, role 0 (incoming): ifIndex, address, name, MTU."""
    packed = address(addr)
    text = name.encode()
    text += b"\0" * (-(1 + len(text)) % 4)
    return ext_object(2, 0x1E, struct.pack("!IHH", index, 2 if len(packed) == 16 else 1, 0) + packed
                      + bytes([1 + len(text)]) + text + struct.pack("!I", mtu))


def mpls_header(label: int, bottom: int = 1, ttl: int = 64) -> bytes:
    return struct.pack("!I", label << 12 | bottom << 8 | ttl)
