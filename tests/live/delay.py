#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""delay.py NAMESPACE DEVICE NAMESPACE DEVICE MILLISECONDS: a slow link between two network namespaces.

Makes a TUN device in each, and hands what goes into one out of the other after so long, in the order of coming: for
kernels that have no netem. Prints "ready" when both are there, and ends with SIGTERM.
"""
import collections
import ctypes
import fcntl
import os
import select
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454ca
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000


def open_tun(namespace, device):
    """A TUN belongs to the namespace in which it is opened."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", "rb") as place:
        if libc.setns(place.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def read_all(tun):
    """The packets that wait there."""
    while True:
        try:
            yield os.read(tun, 65536)
        except (BlockingIOError, OSError):      # none left; the device is down
            return


def forward(one, other, delay_s):
    """Whatever is read leaves `delay_s` later, so the first in the row is the first that is due."""
    waiting = collections.deque()
    while True:
        left = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select((one, other), (), (), left)
        now = time.monotonic()
        for tun in readable:
            waiting.extend((now + delay_s, other if tun == one else one, packet) for packet in read_all(tun))
        while waiting and waiting[0][0] <= time.monotonic():
            _, tun, packet = waiting.popleft()
            try:
                os.write(tun, packet)
            except OSError:                     # down, or without an address yet
                pass


def main():
    near, near_device, far, far_device, delay_ms = sys.argv[1:]
    tuns = open_tun(near, near_device), open_tun(far, far_device)
    print("ready", flush=True)
    forward(*tuns, float(delay_ms) / 1000)


if __name__ == "__main__":
    main()
