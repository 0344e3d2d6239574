# SPDX-License-Identifier: GPL-2.0-or-later
"""pcap files as values: read, write. Knows nothing of packets."""
import struct
from typing import NamedTuple

# Magic numbers, as read in little-endian order: byte order and nanoseconds a unit of time.
MAGICS = {0xA1B2C3D4: ("<", 1000), 0xA1B23C4D: ("<", 1), 0xD4C3B2A1: (">", 1000), 0x4D3CB2A1: (">", 1)}
WRITTEN = {1000: 0xA1B2C3D4, 1: 0xA1B23C4D}
SECOND = 1_000_000_000


class FormatError(Exception):
    """The file is no whole pcap file."""


class Frame(NamedTuple):
    """`time` in nanoseconds since 1970; `length` as on the wire, of which `data` may be the beginning."""
    time: int
    data: bytes
    length: int


class Capture(NamedTuple):
    """`unit`: nanoseconds a unit of the file's times, 1 or 1000."""
    link: int
    snap: int
    unit: int
    frames: list


def is_pcapng(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\n\r\r\n"


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    if len(content) < 24 or struct.unpack_from("<I", content)[0] not in MAGICS:
        raise FormatError(f"{path}: no pcap file")
    order, unit = MAGICS[struct.unpack_from("<I", content)[0]]
    snap, link = struct.unpack_from(order + "II", content, 16)
    record = struct.Struct(order + "IIII")
    frames, at = [], 24
    while at < len(content):
        if at + 16 > len(content):
            raise FormatError(f"{path}: {len(content) - at} bytes are left at {at}")
        seconds, part, kept, length = record.unpack_from(content, at)
        if at + 16 + kept > len(content):
            raise FormatError(f"{path}: a frame of {kept} bytes at {at}")
        frames.append(Frame(seconds * SECOND + part * unit, content[at + 16:at + 16 + kept], length))
        at += 16 + kept
    return Capture(link, snap, unit, frames)


def write(path, capture):
    parts = [struct.pack("<IHHiIII", WRITTEN[capture.unit], 2, 4, 0, 0, capture.snap, capture.link)]
    record = struct.Struct("<IIII")
    for time, data, length in capture.frames:
        seconds, rest = divmod(time, SECOND)
        parts += (record.pack(seconds, rest // capture.unit, len(data), length), data)
    with open(path, "wb") as file:
        file.write(b"".join(parts))
