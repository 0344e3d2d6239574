# SPDX-License-Identifier: GPL-2.0-or-later
"""Capture files of one traceroute in every format that the reader takes, and files that are broken.

Pure: name: bytes of the file.
"""
import gzip
import struct

from traces import block, enhanced, frames, interface, option, section

START = 1_700_000_000                   # seconds
ETHERNET = 1
LATE = 3_000_000_000                    # needs 32 bits without a sign


def ethernet(data):
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + data


def packets(start=START):
    """(nanoseconds since 1970, frame): times with all digits."""
    for time, frame in frames(1, False, ethernet):
        yield start * 10 ** 9 + time * 1_000_000 + 123_457, frame


def pcap(order="<", magic=0xA1B2C3D4, unit=1000, snap=262144, link=ETHERNET, version=(2, 4), start=START, more=b""):
    out = struct.pack(order + "IHHiIII", magic, *version, 0, 0, snap, link)
    for time, frame in packets(start):
        out += struct.pack(order + "IIII", time // 10 ** 9, time % 10 ** 9 // unit, len(frame), len(frame)) + more + frame
    return out


def pcapng(order="<", options=b"", units=10 ** 6, shift=0, between=b"", start=START):
    out = section(order) + interface(ETHERNET, order, options)
    for time, frame in packets(start):
        out += enhanced(0, (time - shift * 10 ** 9) * units // 10 ** 9, frame, order) + between
    return out


def resolution(value, order="<"):
    return option(9, bytes([value]), order) + option(0, b"", order)


def simple(frame, order="<", snap=0):
    return block(3, struct.pack(order + "I", len(frame)) + (frame[:snap] if snap else frame), order)


def old_packet(number, stamp, frame, order="<"):
    return block(2, struct.pack(order + "HHIIII", number, 0, stamp >> 32, stamp & 0xFFFFFFFF, len(frame), len(frame)) +
                 frame + b"\0" * (-len(frame) % 4) + option(0, b"", order), order)


def all_simple(snap=0):
    return section() + interface(ETHERNET, snap=snap) + b"".join(simple(frame, snap=snap) for _, frame in packets())


def several_sections():
    """The byte order, and what interface 0 is, change in the middle; one section has no packets."""
    listed = list(packets())
    half = len(listed) // 2
    out = section() + interface(101) + interface(ETHERNET)
    out += b"".join(enhanced(1, time // 1000, frame) for time, frame in listed[:half])
    out += section("<") + section(">") + interface(ETHERNET, ">", resolution(9, ">"))
    return out + b"".join(enhanced(0, time, frame, ">") for time, frame in listed[half:])


def late_interface():
    """An interface of another link type and snap length is described between the packets."""
    out = section() + interface(ETHERNET, snap=65535)
    for number, (time, frame) in enumerate(packets()):
        if number == 3:
            out += interface(101, snap=96, options=resolution(3))
        out += enhanced(0, time // 1000, frame) if number < 3 else enhanced(1, time // 1_000_000, frame[14:])
    return out


NAMES = block(4, struct.pack("<HH", 1, 10) + b"\xc0\0\x02\x01host\0\0\0" + b"\0\0" + struct.pack("<HH", 0, 0))
STATISTICS = block(5, struct.pack("<III", 0, 0, 0))
UNKNOWN = block(0x0BADF00D, b"what a later version says")
CUSTOM = block(0xBAD, struct.pack("<I", 32473) + b"data of somebody's own")
JOURNAL = block(9, b"__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=hello\n")

GOOD = {
    "pcap": pcap(),
    "pcap, big endian": pcap(">"),
    "pcap, nanoseconds": pcap(magic=0xA1B23C4D, unit=1),
    "pcap, nanoseconds, big endian": pcap(">", 0xA1B23C4D, 1),
    "pcap, patched": pcap(magic=0xA1B2CD34, more=struct.pack("<IHBB", 2, 8, 0, 0)),
    "pcap, snap length that does not hold": pcap(snap=40),
    "pcap, snap length 0": pcap(snap=0),
    "pcap, version 2.3": pcap(version=(2, 3)),
    "pcap, frame check sequence": pcap(link=ETHERNET | 0x04000000 | 2 << 28),
    "pcap, after 2038": pcap(start=LATE),
    "pcap, no packets": pcap()[:24],
    "pcapng": pcapng(),
    "pcapng, big endian": pcapng(">"),
    "pcapng, milliseconds": pcapng(options=resolution(3), units=10 ** 3),
    "pcapng, nanoseconds": pcapng(options=resolution(9), units=10 ** 9),
    "pcapng, nanoseconds, big endian": pcapng(">", resolution(9, ">"), 10 ** 9),
    "pcapng, tens of picoseconds": pcapng(options=resolution(10), units=10 ** 10),
    "pcapng, power of two": pcapng(options=resolution(0x80 | 10), units=2 ** 10),
    "pcapng, fine power of two": pcapng(options=resolution(0x80 | 30), units=2 ** 30),
    "pcapng, finer power of two": pcapng(options=resolution(0x80 | 34), units=2 ** 34, start=1000),
    "pcapng, seconds": pcapng(options=resolution(0), units=1),
    "pcapng, offset": pcapng(options=option(14, struct.pack("<q", START - 5)), shift=START - 5),
    "pcapng, offset, big endian": pcapng(">", option(14, struct.pack(">q", START), ">"), shift=START),
    "pcapng, negative offset": pcapng(options=option(14, struct.pack("<q", -1000)), shift=-1000),
    "pcapng, after 2038": pcapng(start=LATE),
    "pcapng, simple packets": all_simple(),
    "pcapng, simple packets, snap length": all_simple(80),
    "pcapng, old packets": section() + interface(ETHERNET) + b"".join(
        old_packet(0, time // 1000, frame) for time, frame in packets()),
    "pcapng, several sections": several_sections(),
    "pcapng, late interface": late_interface(),
    "pcapng, names": pcapng(between=NAMES),
    "pcapng, statistics": pcapng(between=STATISTICS),
    "pcapng, unknown blocks": pcapng(between=UNKNOWN),
    "pcapng, custom blocks": pcapng(between=CUSTOM),
    "pcapng, journal": pcapng(between=JOURNAL),
    "pcapng, no packets": section() + interface(ETHERNET),
    "pcapng, no interfaces": section(),
    "gzip": gzip.compress(pcap()),
    "gzip, pcapng": gzip.compress(pcapng()),
}

# Times in units of which a second times 10^9 does not fit into 64 bits: (the file, the same in nanoseconds). Wireshark
# reads them wrongly before 4.6.
FINE = {name: (pcapng(options=resolution(value), units=units, start=start),
               pcapng(options=resolution(9), units=10 ** 9, start=start))
        for name, value, units, start in (("picoseconds", 12, 10 ** 12, 1000),
                                          ("power of ten", 19, 10 ** 19, 0),
                                          ("power of two", 0x80 | 50, 2 ** 50, 1000))}


def with_length(length, at_end=None):
    """A block in the middle whose length is not what it should be."""
    middle = struct.pack("<II", 5, length) + b"\0" * 12 + struct.pack("<I", length if at_end is None else at_end)
    return pcapng() + middle + pcapng()


BROKEN = {
    "pcap, cut in a packet": pcap()[:-10],
    "pcap, cut in a packet's header": pcap()[:-60],
    "pcap, cut in the header": pcap()[:20],
    "pcap, packet too long": pcap() + struct.pack("<IIII", START, 0, 300_000, 300_000) + b"\0" * 300_000,
    "pcap, packet of 4 GB": pcap() + struct.pack("<IIII", START, 0, 0xFFFFFFFF, 0xFFFFFFFF) + b"\0" * 300,
    "pcapng, cut in a packet": pcapng()[:-30],
    "pcapng, cut behind a packet": pcapng()[:-2],
    "pcapng, cut in a block's header": pcapng() + struct.pack("<I", 6),
    "pcapng, block of 4 GB": with_length(0xFFFFFFF0),
    "pcapng, block of 8 bytes": with_length(8),
    "pcapng, block whose end says otherwise": with_length(24, 28),
    "pcapng, packet of no interface": pcapng() + enhanced(7, 0, b"\0" * 60),
    "pcapng, packet longer than its block": pcapng() + block(6, struct.pack("<IIIII", 0, 0, 0, 500, 500) + b"\0" * 60),
    "pcapng, simple packet longer than its block": pcapng() + block(3, struct.pack("<I", 500) + b"\0" * 60),
    "pcapng, simple packet shorter than its block": pcapng() + block(3, struct.pack("<I", 60) + b"\0" * 80),
    "pcapng, short packet block": pcapng() + block(6, b"\0" * 8),
    "pcapng, short interface block": pcapng() + block(1, b"\0" * 4),
    "pcapng, unknown time unit": pcapng() + interface(ETHERNET, options=resolution(0x80 | 64)),
    "pcapng, section of another version": pcapng() + block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 9, 0, -1)),
    "gzip, cut": gzip.compress(pcap())[:-60],
}

FOREIGN = {                             # and what the error says
    "empty": (b"", "the file is empty"),
    "text": (b"Tracing the path to 192.0.2.9\n", "no capture"),
    "zstd": (b"\x28\xb5\x2f\xfd" + b"\0" * 40, "zstd"),
    "snoop": (b"snoop\0\0\0" + b"\0" * 40, "snoop"),
    "two bytes": (b"\xd4\xc3", "ends in the middle"),
    "pcapng, no byte order": (struct.pack("<III", 0x0A0D0D0A, 28, 0) + b"\0" * 40, "byte order"),
    "pcap of another version": (pcap(version=(7, 4)), "version 7.4"),
}
