# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads pcapng by itself, block by block, and is strict: what is wrong with a file is an error that says where."""
import dataclasses
import ipaddress
import struct

SECTION, INTERFACE, NAMES, STATISTICS, PACKET = 0x0A0D0D0A, 1, 4, 5, 6
MAGIC = 0x1A2B3C4D
RAW = 101


class FormatError(Exception):
    """The file is no valid pcapng."""


@dataclasses.dataclass
class Packet:
    interface: int
    time_ns: int
    data: bytes


class File:
    """`kinds`: block types in their order. `interfaces`, `statistics`: options by code. `names`: {address: name}."""

    def __init__(self, path):
        with open(path, "rb") as file:
            content = file.read()
        self.kinds, self.interfaces, self.packets, self.statistics, self.names = [], [], [], [], {}
        self.links = []
        at = 0
        while at < len(content):
            at += self._take(content, at)
        if not self.kinds or self.kinds[0] != SECTION:
            raise FormatError("there is no section header at the beginning")

    def _take(self, content, at):
        if len(content) - at < 12:
            raise FormatError(f"{len(content) - at} bytes are left at {at}")
        kind, length = struct.unpack_from("<II", content, at)
        if length < 12 or length % 4 or at + length > len(content):
            raise FormatError(f"block {kind:#x} at {at} has length {length}; {len(content) - at} bytes are left")
        if struct.unpack_from("<I", content, at + length - 4)[0] != length:
            raise FormatError(f"block {kind:#x} at {at}: the second length differs from the first")
        body = content[at + 8:at + length - 4]
        self.kinds.append(kind)
        reader = {SECTION: self._section, INTERFACE: self._interface, NAMES: self._names,
                  STATISTICS: self._statistics, PACKET: self._packet}.get(kind)
        if reader is None:
            raise FormatError(f"block {kind:#x} at {at} is not one that is expected")
        reader(body)
        return length

    def _section(self, body):
        magic, major, minor, _ = struct.unpack_from("<IHHq", body)
        if (magic, major, minor) != (MAGIC, 1, 0):
            raise FormatError(f"section header {magic:#x} {major}.{minor}")
        options(body[16:])

    def _interface(self, body):
        link, _, _ = struct.unpack_from("<HHI", body)
        self.links.append(link)
        self.interfaces.append(options(body[8:]))

    def _statistics(self, body):
        self.statistics.append(options(body[12:]))

    def _packet(self, body):
        interface, high, low, captured, length = struct.unpack_from("<IIIII", body)
        if interface >= len(self.interfaces):
            raise FormatError(f"a packet of interface {interface}, which was not described before")
        if captured > length or captured > len(body) - 20:
            raise FormatError(f"a packet with {captured} of {length} bytes in {len(body) - 20}")
        if self.interfaces[interface].get(9) != b"\x09":
            raise FormatError("times are not in nanoseconds")
        options(body[20 + (captured + 3 & ~3):])
        self.packets.append(Packet(interface, high << 32 | low, body[20:20 + captured]))

    def _names(self, body):
        at = 0
        while True:
            kind, length = struct.unpack_from("<HH", body, at)
            value = body[at + 4:at + 4 + length]
            if len(value) != length:
                raise FormatError("a name record goes beyond its block")
            at += 4 + (length + 3 & ~3)
            if kind == 0:
                break
            size = {1: 4, 2: 16}[kind]
            if value[-1:] != b"\0":
                raise FormatError("a name has no end")
            self.names[str(ipaddress.ip_address(value[:size]))] = value[size:-1].decode("ascii")
        options(body[at:])

    def end_ns(self):
        """When the capture ended, as the statistics say."""
        high, low = struct.unpack("<II", self.statistics[-1][3])
        return high << 32 | low

    def dropped(self):
        """How many packets the kernel dropped because the program was too slow."""
        return sum(struct.unpack("<Q", found[7])[0] for found in self.statistics)

    def addresses(self):
        """(source, destination) of each packet as text; only of raw IP."""
        for packet in self.packets:
            if self.links[packet.interface] != RAW:
                raise FormatError("not raw IP")
            yield packet_addresses(packet.data)


def options(data):
    """{code: value}; a code that comes twice keeps its last value."""
    found, at = {}, 0
    while at < len(data):
        if len(data) - at < 4:
            raise FormatError("an option header is cut off")
        code, length = struct.unpack_from("<HH", data, at)
        value = data[at + 4:at + 4 + length]
        if len(value) != length:
            raise FormatError(f"option {code} goes beyond its block")
        at += 4 + (length + 3 & ~3)
        if code == 0:
            if at != len(data):
                raise FormatError("there is something behind the end of options")
            return found
        found[code] = value
    return found


def packet_addresses(data):
    """Of an IP packet without link header."""
    if data[0] >> 4 == 4:
        return str(ipaddress.ip_address(data[12:16])), str(ipaddress.ip_address(data[16:20]))
    return str(ipaddress.ip_address(data[8:24])), str(ipaddress.ip_address(data[24:40]))
