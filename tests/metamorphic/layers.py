# SPDX-License-Identifier: GPL-2.0-or-later
"""Where in a frame the IP headers, ports and checksums are; tunnels and the packets that ICMP errors quote included.

walk() finds them; refresh() makes the checksums right again after bytes were changed, and keeps wrong ones as wrong
as they were: a segment that its sender left to the network card to sum up stays such a segment.
"""
import struct
from typing import NamedTuple, Optional

ETHERNET, NULL, RAW, LOOP, SLL, SLL2 = 1, 0, 101, 108, 113, 276
LINKS = {ETHERNET, NULL, RAW, LOOP, SLL, SLL2}
IPV4, IPV6 = 0x0800, 0x86DD
TAGS = (0x8100, 0x88A8, 0x9100)
PPPOE, MPLS = 0x8864, 0x8847
PPP_TYPES = {0x0021: IPV4, 0x0057: IPV6}
ICMP, IPIP, TCP, UDP, IN6, GRE, ICMP6 = 1, 4, 6, 17, 41, 47, 58
EXTENSIONS = (0, 43, 60)        # hop-by-hop, routing, destination options; fragments (44) have a form of their own
FRAGMENT = 44
VXLAN_PORT = 4789
ICMP_QUOTES = {3, 4, 5, 11, 12}
ICMP6_QUOTES = {1, 2, 3, 4}
SUM_AT = {TCP: 16, UDP: 6, ICMP: 2, ICMP6: 2}


class Header(NamedTuple):
    """One IP header; `transport`: where the header behind it begins, `end`: where its packet does end in the frame."""
    version: int
    at: int
    protocol: int
    transport: Optional[int]    # None for all fragments but the first, and where the capture ends before
    end: int
    depth: int                  # how many IP headers stand before it
    is_quoted: bool

    @property
    def addresses(self):
        """Where the source and the destination stand, with their size."""
        size = 4 if self.version == 4 else 16
        first = self.at + (12 if self.version == 4 else 8)
        return (first, first + size), size

    @property
    def ttl_at(self):
        return self.at + (8 if self.version == 4 else 7)


class Sum(NamedTuple):
    """A checksum at `at` of data[start:end], and of the addresses at `pseudo` where it is one of TCP, UDP, ICMPv6."""
    at: int
    start: int
    end: int
    pseudo: Optional[tuple]     # (offset, size of both addresses)
    is_optional: bool           # 0 means that there is none


class Walk(NamedTuple):
    headers: list               # outermost first
    sums: list                  # innermost first


def walk(link, data):
    """Walk of one frame; of what is no IP, an empty one."""
    found = _Found(data)
    start = _network(link, data)
    if start is not None:
        found.ip(start, len(data), 0, False)
    return Walk(found.headers, found.sums[::-1])


def _network(link, data):
    """Where the first IP header begins, or None."""
    if link == RAW:
        return 0
    if link in (NULL, LOOP):
        return 4
    if link == SLL:
        return _typed(data, 14)
    if link == SLL2:
        return 20 if len(data) > 20 and _u16(data, 0) in (IPV4, IPV6) else None
    return _typed(data, 12) if link == ETHERNET else None


def _typed(data, at):
    """The same where an EtherType stands at `at`."""
    while at + 6 <= len(data) and _u16(data, at) in TAGS:
        at += 4
    if at + 2 > len(data):
        return None
    kind, at = _u16(data, at), at + 2
    if kind == PPPOE and at + 8 <= len(data):
        return at + 8 if _u16(data, at + 6) in PPP_TYPES else None
    if kind == MPLS:
        while at + 4 < len(data) and not data[at + 2] & 1:
            at += 4
        return at + 4
    return at if kind in (IPV4, IPV6) else None


def _u16(data, at):
    return data[at] << 8 | data[at + 1]


class _Found:
    """What was found in one frame so far, outermost first. Each step gets where it begins and where its packet ends."""

    def __init__(self, data):
        self.data, self.headers, self.sums = data, [], []

    def ip(self, at, end, depth, is_quoted):
        version = self.data[at] >> 4 if at < end else 0
        if version == 4 and at + 20 <= end:
            self._ip4(at, end, depth, is_quoted)
        elif version == 6 and at + 40 <= end:
            self._ip6(at, end, depth, is_quoted)

    def _ip4(self, at, end, depth, is_quoted):
        data = self.data
        behind = at + (data[at] & 15) * 4
        if not is_quoted:
            end = min(end, max(at + _u16(data, at + 2), behind))
        is_first = not _u16(data, at + 6) & 0x1FFF
        self.sums.append(Sum(at + 10, at, min(behind, end), None, False))
        self._header(Header(4, at, data[at + 9], behind if is_first and behind < end else None, end, depth, is_quoted))

    def _ip6(self, at, end, depth, is_quoted):
        data = self.data
        if not is_quoted:
            end = min(end, at + 40 + _u16(data, at + 4))
        protocol, behind, is_first = data[at + 6], at + 40, True
        while protocol in (*EXTENSIONS, FRAGMENT) and behind + 8 <= end:
            if protocol == FRAGMENT:
                is_first = not _u16(data, behind + 2) & 0xFFF8
            protocol, behind = data[behind], behind + (8 if protocol == FRAGMENT else 8 + 8 * data[behind + 1])
        self._header(Header(6, at, protocol, behind if is_first and behind < end else None, end, depth, is_quoted))

    def _header(self, header):
        self.headers.append(header)
        if header.transport is None:
            return
        at, end, protocol = header.transport, header.end, header.protocol
        sum_at = at + SUM_AT.get(protocol, 0)
        if protocol in SUM_AT and sum_at + 2 <= end:
            addresses, size = header.addresses
            pseudo = None if protocol == ICMP else (addresses[0], 2 * size)
            self.sums.append(Sum(sum_at, at, end, pseudo, protocol == UDP or header.is_quoted))
        inside = _inside(self.data, header)
        if inside is not None:
            self.ip(inside, end, header.depth + 1, header.is_quoted or protocol in (ICMP, ICMP6))


def _inside(data, header):
    """Where the IP header begins that this packet carries or quotes, or None."""
    at, end, protocol = header.transport, header.end, header.protocol
    if protocol in (IPIP, IN6):
        return at
    if at + 8 > end:
        return None
    if protocol == ICMP:
        return at + 8 if data[at] in ICMP_QUOTES else None
    if protocol == ICMP6:
        return at + 8 if data[at] in ICMP6_QUOTES else None
    if protocol == GRE:
        options = 4 * bin(_u16(data, at) & 0xB000).count("1")      # checksum, key, sequence number
        return at + 4 + options if _u16(data, at + 2) in (IPV4, IPV6) else None
    if protocol == UDP and _u16(data, at + 2) == VXLAN_PORT and at + 28 < end:
        return _typed(data, at + 16 + 12)
    return None


def carried(found):
    """The innermost header that is not quoted: of the packet that takes part in a trace. None where there is none."""
    own = [header for header in found.headers if not header.is_quoted]
    return own[-1] if own else None


def _sum(data, start, end):
    """The sum of RFC 1071, modulo 65535."""
    part = bytes(data[start:end])
    return int.from_bytes(part + b"\0" if len(part) % 2 else part, "big") % 0xFFFF


def wire_end(data, header):
    """Where the packet of a header that is not quoted ended on the wire; the capture may have cut it before."""
    return header.at + (_u16(data, header.at + 2) if header.version == 4 else 40 + _u16(data, header.at + 4))


def fragment_of(data, header):
    """What all fragments of one packet have in common; None: it is a whole packet."""
    at = header.at
    if header.version == 4:
        return bytes(data[at + 4:at + 6] + data[at + 12:at + 20]) if _u16(data, at + 6) & 0x3FFF else None
    return bytes(data[at + 8:at + 40] + data[at + 44:at + 48]) if data[at + 6] == FRAGMENT else None


def refresh(old, new, found):
    """Brings the checksums in `new` (a bytearray) in line with what differs from `old`; RFC 1624."""
    for at, start, end, pseudo, is_optional in found.sums:
        was = _u16(old, at)
        if is_optional and was == 0:
            continue
        change = _sum(new, start, end) - _sum(old, start, end)
        if pseudo:
            first, behind = pseudo[0], pseudo[0] + pseudo[1]
            change += _sum(new, first, behind) - _sum(old, first, behind)
        if change % 0xFFFF:
            struct.pack_into("!H", new, at, (was - change) % 0xFFFF)


def is_sound(data, found):
    """Whether every checksum of the frame is right. Sums of what a quote leaves out cannot be."""
    for at, start, end, pseudo, is_optional in found.sums:
        if is_optional and _u16(data, at) == 0:
            continue
        total = _sum(data, start, end)
        if pseudo:
            header = next(header for header in found.headers if header.addresses[0][0] == pseudo[0])
            total += _sum(data, pseudo[0], pseudo[0] + pseudo[1]) + header.protocol + end - start
        if total % 0xFFFF:
            return False
    return True
