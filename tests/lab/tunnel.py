#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One end of a tunnel or of a tagged link, in user space, for kernels that have neither.

tunnel.py gre|ipip|sit NAME LOCAL REMOTE [--delay MS]    a TUN device over IP protocol 47, 4 or 41
tunnel.py vlan|qinq    NAME DEVICE PEER  [--delay MS]    a TAP device over a tagged Ethernet device (PEER is not used)

Prints "ready" when packets can go. --delay holds back what comes in.
"""
import argparse
import fcntl
import heapq
import select
import socket
import struct
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_TAP, IFF_NO_PI = 1, 2, 0x1000
SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING = 263, 8, 4
TP_STATUS_VLAN_VALID = 1 << 4
ETH_P_ALL = 3
PROTOCOLS = {"gre": 47, "ipip": 4, "sit": 41}
TAGS = {"vlan": [(0x8100, 10)], "qinq": [(0x88A8, 100), (0x8100, 10)]}


def open_tun(name, flags):
    tun = open("/dev/net/tun", "r+b", buffering=0)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags | IFF_NO_PI))
    return tun


class IpTunnel:
    """Inner IP packets as the payload of outer ones."""

    def __init__(self, kind, local, remote):
        self.kind, self.remote = kind, remote
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOLS[kind])
        self.socket.bind((local, 0))

    def send(self, packet):
        if self.kind == "gre":
            packet = struct.pack("!HH", 0, 0x0800 if packet[0] >> 4 == 4 else 0x86DD) + packet
        self.socket.sendto(packet, (self.remote, 0))

    def receive(self):
        packet, address = self.socket.recvfrom(65535)
        if address[0] != self.remote:
            return None
        start = (packet[0] & 15) * 4 + (4 if self.kind == "gre" else 0)
        return packet[start:]


class TaggedLink:
    """Ethernet frames with one or two tags. The kernel takes the outer tag off on arrival and tells it aside."""

    def __init__(self, kind, device):
        self.tags = TAGS[kind]
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.bind((device, ETH_P_ALL))

    def send(self, frame):
        tags = b"".join(struct.pack("!HH", ethertype, vid) for ethertype, vid in self.tags)
        self.socket.send(frame[:12] + tags + frame[12:])

    def receive(self):
        frame, ancillary, _, address = self.socket.recvmsg(65535, 256)
        if address[2] == PACKET_OUTGOING:
            return None
        tags = []
        for level, kind, data in ancillary:
            if level == SOL_PACKET and kind == PACKET_AUXDATA:
                status, _, _, _, _, tci, _ = struct.unpack("IIIHHHH", data[:20])
                if status & TP_STATUS_VLAN_VALID:
                    tags.append(tci & 0xFFF)
        while frame[12:14] in (b"\x81\x00", b"\x88\xa8"):
            tags.append(struct.unpack("!H", frame[14:16])[0] & 0xFFF)
            frame = frame[:12] + frame[16:]
        return frame if tags == [vid for _, vid in self.tags] else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=[*PROTOCOLS, *TAGS])
    parser.add_argument("name")
    parser.add_argument("local")
    parser.add_argument("remote")
    parser.add_argument("--delay", type=float, default=0, help="milliseconds")
    arguments = parser.parse_args()

    if arguments.kind in PROTOCOLS:
        tun = open_tun(arguments.name, IFF_TUN)
        wire = IpTunnel(arguments.kind, arguments.local, arguments.remote)
    else:
        tun = open_tun(arguments.name, IFF_TAP)
        wire = TaggedLink(arguments.kind, arguments.local)
    print("ready", flush=True)

    waiting = []  # (time due, number, packet)
    number = 0
    while True:
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([tun, wire.socket], [], [], timeout)
        try:
            if tun in readable:
                wire.send(tun.read(65535))
            if wire.socket in readable:
                packet = wire.receive()
                if packet:
                    number += 1
                    heapq.heappush(waiting, (time.monotonic() + arguments.delay / 1000, number, packet))
            while waiting and waiting[0][0] <= time.monotonic():
                tun.write(heapq.heappop(waiting)[2])
        except OSError:
            pass  # the device is not up yet, or the packet is too long: lost, as on a wire


if __name__ == "__main__":
    main()
