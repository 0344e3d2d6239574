# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a capture of a path with more routers than Flow Graph draws: one probe and one answer for each."""
import ipaddress
import struct

LINKTYPE_RAW = 101
SENDER = ipaddress.ip_address("192.0.2.1")
TARGET = ipaddress.ip_address("203.0.113.9")
ROUTERS = ipaddress.ip_address("198.51.100.1")
STEP_US = 1000


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(source, target, protocol, ttl, number, payload):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number, 0, ttl, protocol, 0,
                         source.packed, target.packed)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def probe(ttl):
    syn = struct.pack("!HHIIBBHHH", 40000, 80, 1000, 0, 0x50, 0x02, 1024, 0, 0)
    return ip(SENDER, TARGET, 6, ttl, ttl, syn)


def time_exceeded(ttl):
    body = struct.pack("!BBHI", 11, 0, 0, 0) + probe(ttl)[:28]
    icmp = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    return ip(ROUTERS + ttl, SENDER, 1, 64, 9, icmp)


def write(path, hops):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
        frames = [frame for ttl in range(1, hops + 1) for frame in (probe(ttl), time_exceeded(ttl))]
        for count, frame in enumerate(frames):
            out.write(struct.pack("<IIII", 1_700_000_000, count * STEP_US, len(frame), len(frame)) + frame)
