# SPDX-License-Identifier: GPL-2.0-or-later
"""What carries an IP packet in a capture, and the capture file.

Pure but for write(): knows link layers, tunnels, the pcap and pcapng formats; knows nothing of paths or tools.
"""

import struct

from packet import (Ip, Udp, PROTO_GRE, PROTO_IPIP, PROTO_IPV6, encode, mpls_header)

ETHERNET, NULL, RAW, SLL, UPPER_PDU, SLL2 = 1, 0, 101, 113, 252, 276

TUNNEL_NEAR, TUNNEL_FAR = "192.0.2.129", "192.0.2.130"
EPOCH = 1_700_000_000                   # seconds; every capture starts here


def _ethertype(data: bytes) -> int:
    return 0x86DD if data[0] >> 4 == 6 else 0x0800


def _ethernet(data: bytes, forward: bool, kind: int) -> bytes:
    near, far = b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02"
    return (far + near if forward else near + far) + struct.pack("!H", kind) + data


def _tunnel(body, forward: bool, proto=None) -> bytes:
    ends = (TUNNEL_NEAR, TUNNEL_FAR) if forward else (TUNNEL_FAR, TUNNEL_NEAR)
    return encode(Ip(ends[0], ends[1], 63, body, ident=0x4242, proto=proto))


def ethernet(data, forward):
    return _ethernet(data, forward, _ethertype(data))


def vlan(data, forward):
    return _ethernet(struct.pack("!HH", 42, _ethertype(data)) + data, forward, 0x8100)


def qinq(data, forward):
    return _ethernet(struct.pack("!HHHH", 100, 0x8100, 42, _ethertype(data)) + data, forward, 0x88A8)


def pppoe(data, forward):
    protocol = 0x0057 if data[0] >> 4 == 6 else 0x0021
    return _ethernet(struct.pack("!BBHHH", 0x11, 0, 7, 2 + len(data), protocol) + data, forward, 0x8864)


def mpls(data, forward):
    return _ethernet(mpls_header(16001, 0) + mpls_header(24002) + data, forward, 0x8847)


def gre(data, forward):
    outer = _tunnel(struct.pack("!HH", 0, _ethertype(data)) + data, forward, PROTO_GRE)
    return _ethernet(outer, forward, 0x0800)


def vxlan(data, forward):
    inner = b"\x08\0\0\0\0\x30\x39\0" + ethernet(data, forward)
    return _ethernet(_tunnel(Udp(51111, 4789, inner), forward), forward, 0x0800)


def ipip(data, forward):
    return _ethernet(_tunnel(data, forward, PROTO_IPV6 if data[0] >> 4 == 6 else PROTO_IPIP), forward, 0x0800)


def ayiya(data, forward):
    """Anything In Anything with what follows the IP header, and not the header itself: identity, no signature."""
    v6 = data[0] >> 4 == 6
    inner = bytes([0x41, 0, 1, data[6] if v6 else data[9]]) + b"\0" * 20 + data[40 if v6 else (data[0] & 15) * 4:]
    return _ethernet(_tunnel(Udp(51111, 5072, inner), forward), forward, 0x0800)


def exported_pdu(data, forward):
    """A PDU that Wireshark exported, for the table "ip.proto", and what it says of the segment instead of an IP header
    (epan/exported_pdu.h): the first byte that a dissector gets to see is that of an IP version."""
    v6 = data[0] >> 4 == 6
    number = data[6] if v6 else data[9]
    said = struct.pack("!HIIIBHH", 1, 0x11000000 + (6 if v6 else 4), 0x0202020A, 0x02020202, 0, 0x0202, 0x0202)
    tags = ((14, b"ip.proto"), (32, struct.pack("!I", number)), (34, said + b"\0"), (0, b""))
    head = b"".join(struct.pack("!HH", tag, len(value)) + value for tag, value in tags)
    return head + data[40 if v6 else (data[0] & 15) * 4:]


def sll(data, forward):
    return struct.pack("!HHH8sH", 4 if forward else 0, 1, 6, b"\x02\0\0\0\0\x01\0\0", _ethertype(data)) + data


def sll2(data, forward):
    return struct.pack("!HHIHBB8s", _ethertype(data), 0, 2, 1, 4 if forward else 0, 6,
                       b"\x02\0\0\0\0\x01\0\0") + data


def raw(data, forward):
    return data


def null(data, forward):
    return struct.pack("<I", 30 if data[0] >> 4 == 6 else 2) + data


LINKS = {                               # name: (link type, function)
    "ethernet": (ETHERNET, ethernet), "vlan": (ETHERNET, vlan), "qinq": (ETHERNET, qinq),
    "pppoe": (ETHERNET, pppoe), "mpls": (ETHERNET, mpls), "gre": (ETHERNET, gre),
    "vxlan": (ETHERNET, vxlan), "ipip": (ETHERNET, ipip), "ayiya": (ETHERNET, ayiya),
    "exported-pdu": (UPPER_PDU, exported_pdu),
    "sll": (SLL, sll), "sll2": (SLL2, sll2), "raw": (RAW, raw), "null": (NULL, null),
}
WITHOUT_IP_HEADER = {"ayiya", "exported-pdu"}


def _pcap(out, number, snap, records):
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snap or 262144, number))
    for time, _, kept, length in records:
        out.write(struct.pack("<IIII", EPOCH + time // 1_000_000, time % 1_000_000, len(kept), length) + kept)


def _block(kind, body):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


def _pcapng(out, number, snap, records, interfaces):
    """One section, one interface block for each name, time stamps in microseconds."""
    out.write(_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
    for name in interfaces:
        text = name.encode()
        option = struct.pack("<HH", 2, len(text)) + text + b"\0" * (-len(text) % 4)
        out.write(_block(1, struct.pack("<HHI", number, 0, snap or 262144) + option + b"\0" * 4))
    for time, point, kept, length in records:
        stamp = EPOCH * 1_000_000 + time
        out.write(_block(6, struct.pack("<IIIII", point, stamp >> 32, stamp & 0xFFFFFFFF, len(kept), length) + kept))


def _sighting(frame, link, data, distinct):
    """Link header and packet; where capture points are told apart, each has link addresses of its own."""
    wrapped = bytearray(LINKS[link][1](data, frame.forward))
    if distinct and LINKS[link][0] == ETHERNET:
        wrapped[4], wrapped[10] = frame.point, frame.point
    if distinct and link == "sll2":
        wrapped[4:8] = struct.pack("!I", 2 + frame.point)
    if frame.packet_type is not None:
        offset, size = (0, 2) if link == "sll" else (10, 1)
        wrapped[offset:offset + size] = frame.packet_type.to_bytes(size, "big")
    return bytes(wrapped)


def write(path: str, capture, frames) -> None:
    """Writes `frames` (sim.py) in the manner of `capture`: as pcap, or as pcapng where it names interfaces."""
    distinct, records = bool(capture.nearest or capture.interfaces), []
    for frame in frames:
        data = encode(frame.ip)
        wrapped = _sighting(frame, capture.link, frame.alter(data) if frame.alter else data, distinct)
        kept = wrapped[:capture.snap] if capture.snap else wrapped
        records.append((frame.time, frame.point if capture.interfaces else 0, kept, len(wrapped)))
    with open(path, "wb") as out:
        if capture.interfaces:
            _pcapng(out, LINKS[capture.link][0], capture.snap, records, capture.interfaces)
        else:
            _pcap(out, LINKS[capture.link][0], capture.snap, records)
