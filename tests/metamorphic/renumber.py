# SPDX-License-Identifier: GPL-2.0-or-later
"""Other addresses and ports, everywhere in a capture: in headers, within tunnels, in what ICMP errors quote.

Both change by a constant: what counts up by one still does, and what differs still differs by as much, checksums too.
"""
import ipaddress
import re
import struct
from typing import NamedTuple

import layers

# Addresses with a meaning of their own stay.
FIXED = [ipaddress.ip_network(text) for text in (
    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/3", "::/16", "fe80::/10", "ff00::/8")]
ADDRESS = re.compile(r"(?<![\w.:])(?:\d+(?:\.\d+){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?![\w])")


class Shift(NamedTuple):
    """`network`: added to the second byte of IPv4 addresses, to the third word of IPv6 ones. `port`: to TCP ports.
    `pairs`: addresses (bytes) that become others instead."""
    network: int
    port: int
    pairs: dict


def is_fixed(address):
    value = ipaddress.ip_address(address)
    return any(value.version == network.version and value in network for network in FIXED)


def moved(address, shift, known):
    """The new bytes of an address; `known` remembers what was asked before."""
    if address not in known:
        new = shift.pairs.get(address)
        if new is None and not is_fixed(address):
            at = 1 if len(address) == 4 else 5
            new = address[:at] + bytes([(address[at] + shift.network) % 256]) + address[at + 1:]
        known[address] = address if new is None else new
    return known[address]


def moved_port(port, shift):
    return (port + shift.port) % 0x10000


def addresses_of(frames, walks):
    """All addresses, as bytes."""
    found = set()
    for frame, walk in zip(frames, walks):
        for header in walk.headers:
            places, size = header.addresses
            found.update(frame.data[at:at + size] for at in places)
    return found


def ports_of(frames, walks):
    """All TCP ports."""
    found = set()
    for frame, walk in zip(frames, walks):
        for header in walk.headers:
            if is_tcp(header):
                found.update(struct.unpack_from("!HH", frame.data, header.transport))
    return found


def is_tcp(header):
    return header.protocol == layers.TCP and header.transport is not None and header.transport + 4 <= header.end


def frames(capture_frames, walks, shift):
    known = {}
    return [_frame(frame, walk, shift, known) if walk.headers else frame
            for frame, walk in zip(capture_frames, walks)]


def _frame(frame, walk, shift, known):
    data = bytearray(frame.data)
    for header in walk.headers:
        places, size = header.addresses
        for at in places:
            data[at:at + size] = moved(frame.data[at:at + size], shift, known)
        if is_tcp(header):
            ports = struct.unpack_from("!HH", frame.data, header.transport)
            struct.pack_into("!HH", data, header.transport, *(moved_port(port, shift) for port in ports))
    layers.refresh(frame.data, data, walk)
    return frame._replace(data=bytes(data))


def moved_text(text, shift, known):
    """A sentence, or an address alone, with the new addresses."""
    def new(match):
        try:
            packed = ipaddress.ip_address(match[0]).packed
        except ValueError:
            return match[0]
        return str(ipaddress.ip_address(moved(packed, shift, known)))
    return ADDRESS.sub(new, text)
