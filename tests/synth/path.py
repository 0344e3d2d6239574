# SPDX-License-Identifier: GPL-2.0-or-later
"""The network between sender and target: routers, middleboxes, load balancers.

Pure: what happens to one packet, given a Path; knows nothing of captures, tools or truth. Times are
microseconds. Position 0 is the sender's own link, position k the link behind the k-th router.
"""

from dataclasses import dataclass, field, replace
from typing import Callable, List, Optional

from packet import (Icmp, Ip, Tcp, encode, extension, header_length, interface_object, mpls_object)

WHOLE = 10_000                          # quote everything (up to what an ICMP error may hold)
QUOTE_MAX = {4: 576 - 28, 6: 1280 - 48}


@dataclass
class Hop:
    """One router. `quote` counts octets after the quoted IP header, as RFC 792 does."""
    addrs: List[str]
    delay: int = 500                    # one way, from the router before
    silent: bool = False
    limit: Optional[int] = None         # answers this many errors, then none
    quote: int = WHOLE
    ext: str = ""                       # "", "mpls", "mpls3", "interface"
    # "rfc4884", "old" (offset 128, length 0), "short" (length below 128), "less" (offset 128, length below it), "wrong"
    # (as the first, with a wrong checksum)
    ext_style: str = "rfc4884"
    announced: int = 0                  # words or units that the length octet says, without any extension
    pad: bool = False                   # pads the quote to 128 though it has no extension
    initial_ttl: int = 255
    quoted_ttl: int = 1
    late: int = 0                       # control plane delay added to each answer
    repeats: int = 0                    # further, separate errors for each probe
    tos: int = 0xC0
    source: str = ""                    # source address of its errors, when not its own
    balance: str = "flow"               # "flow", "packet"
    code: int = 0                       # of the time exceeded
    reject: Optional[tuple] = None      # (type, code) for what it would have to forward
    reject_flags: Optional[int] = None  # ... only packets with one of these TCP flags
    forge_rst: bool = False             # a firewall that resets in the target's name
    inject_rst: bool = False            # a box beside the path: resets in the target's name, and lets the packet go on
    garble: Optional[Callable[[bytes], bytes]] = None   # what it does wrongly to the octets it quotes


@dataclass
class Nat:
    """Rewrites packets as they leave router number `at`; the way back undoes it, the quote only if `fix_quote`."""
    at: int
    src: str = ""
    sport: Optional[Callable[[int], int]] = None
    dst: str = ""
    dport: Optional[int] = None
    ident: Optional[Callable[[int], int]] = None
    fix_quote: bool = False
    fix_ident: bool = False
    tcp: Optional[Callable[[Tcp], Tcp]] = None  # anything else it does to the segment: seq, MSS

    def forward(self, ip: Ip) -> Ip:
        body = ip.body
        if isinstance(body, Tcp):
            body = replace(body, sport=self.sport(body.sport) if self.sport else body.sport,
                           dport=self.dport if self.dport is not None else body.dport)
            body = self.tcp(body) if self.tcp else body
        return replace(ip, src=self.src or ip.src, dst=self.dst or ip.dst, body=body,
                       ident=self.ident(ip.ident) if self.ident else ip.ident)


@dataclass
class Path:
    src: str
    dst: str
    hops: List[Hop]
    target: object                      # a function of target.py
    target_delay: int = 700
    target_ttl: int = 64
    nats: List[Nat] = field(default_factory=list)

    @property
    def length(self) -> int:
        return len(self.hops) + 1

    def delay(self, position: int) -> int:
        """One way, from the sender to the router (or target) number `position`."""
        return sum(h.delay for h in self.hops[:position]) + (self.target_delay if position > len(self.hops) else 0)

    def at(self, ip: Ip, position: int) -> Ip:
        """The packet as it is on the link behind router `position`, addresses and IP ID rewritten, TTL counted."""
        for nat in self.nats:
            if nat.at <= position:
                ip = nat.forward(ip)
        return ip.with_ttl(ip.ttl - position)

    def outside(self, position: int) -> "List[Nat]":
        return [n for n in self.nats if n.at <= position]


def standard_path(v6: bool, target, routers: int = 3, site: int = 0, **kw) -> Path:
    """A path with documentation addresses; `site` tells several targets of one sender apart."""
    if v6:
        hops = [Hop([f"2001:db8:{n}::1"], delay=300 + 211 * n, initial_ttl=64, tos=0) for n in range(1, routers + 1)]
        return Path("2001:db8:a::10", f"2001:db8:ff::{9 + site:x}", hops, target, **kw)
    hops = [Hop([f"198.51.100.{n}"], delay=300 + 211 * n) for n in range(1, routers + 1)]
    return Path("192.0.2.10", f"203.0.113.{9 + site}", hops, target, **kw)


def flow_hash(ip: Ip) -> int:
    body = ip.body
    value = ip.flow * 31
    if isinstance(body, Tcp):
        value += body.sport * 7 + body.dport * 13
    return (value * 2654435761 >> 16) & 0xFFFF


def quoted(hop: Hop, received: Ip) -> bytes:
    whole = encode(received)
    keep = min(header_length(received) + hop.quote, QUOTE_MAX[6 if received.v6 else 4])
    return hop.garble(whole[:keep]) if hop.garble else whole[:keep]


def _extension(hop: Hop) -> bytes:
    if hop.ext == "mpls":
        return extension(mpls_object([(24001, 0, 1, 1)]))
    if hop.ext == "mpls3":
        return extension(mpls_object([(16001, 5, 0, 1), (300112, 0, 0, 254), (24003, 7, 1, 1)]))
    if hop.ext == "interface":
        return extension(interface_object(7, hop.addrs[0], "ge-0/0/1", 1500))
    return b""


def _announce(rest: bytes, units: int, v6: bool) -> bytes:
    """The second word of the message with this in its length octet (RFC 4884 sections 4.1 and 4.2)."""
    if units == 0:
        return rest
    return bytes([units]) + rest[1:] if v6 else rest[:1] + bytes([units]) + rest[2:]


def icmp_error(hop: Hop, received: Ip, kind: int, code: int, rest: bytes = b"\0\0\0\0") -> Icmp:
    """The error about `received`: quote, padding and extension in this router's manner."""
    data = quoted(hop, received)
    unit = 8 if received.v6 else 4
    ext = _extension(hop)
    if ext:
        short = 80 if received.v6 else 68
        size = short if hop.ext_style == "short" else 128
        announced = {"old": 0, "less": short}.get(hop.ext_style, size) // unit
        if hop.ext_style == "wrong":
            ext = ext[:2] + bytes([ext[2] ^ 1]) + ext[3:]
        return Icmp(kind, code, _announce(rest, announced, received.v6), data[:size].ljust(size, b"\0") + ext)
    if hop.pad:
        data = data.ljust(128, b"\0")
    return Icmp(kind, code, _announce(rest, hop.announced, received.v6), data)


def true_extension(hop: Hop):
    """What the JSON's icmpext must say of this router's errors; None when it adds none."""
    if not hop.ext or hop.ext_style == "wrong":
        return None
    if hop.ext == "interface":
        return [{"ie_cn": 2, "ie_ct": 0x1E}]
    stack = [(24001, 0, 1, 1)] if hop.ext == "mpls" else [(16001, 5, 0, 1), (300112, 0, 0, 254), (24003, 7, 1, 1)]
    return [{"ie_cn": 1, "ie_ct": 1, "ie_dl": 4 * len(stack),
             "mpls_labels": [{"mpls_ttl": t, "mpls_s": s, "mpls_exp": e, "mpls_label": l} for l, e, s, t in stack]}]
