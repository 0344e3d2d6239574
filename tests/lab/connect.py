#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ordinary TCP connections by the kernel's own connect(): connect.py HOST PORT [--ttl N] [--count N] [--seconds N] [--listen]

--send TEXT is repeated once a second while the connection lasts, as a routing daemon sends keepalives.
"""
import argparse
import socket
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--ttl", type=int, default=0)
    parser.add_argument("--count", type=int, default=1, help="connections, one after the other")
    parser.add_argument("--seconds", type=float, default=4, help="how long one connection may take")
    parser.add_argument("--send", default="")
    parser.add_argument("--listen", action="store_true")
    arguments = parser.parse_args()
    family = socket.AF_INET6 if ":" in arguments.host else socket.AF_INET
    level, option = (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if family == socket.AF_INET6 else (socket.IPPROTO_IP, socket.IP_TTL)
    for _ in range(arguments.count):
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            if arguments.ttl:
                connection.setsockopt(level, option, arguments.ttl)
            connection.settimeout(arguments.seconds)
            try:
                if arguments.listen:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    connection.bind((arguments.host, arguments.port))
                    connection.listen()
                    print("ready", flush=True)
                    peer, _ = connection.accept()
                    while peer.recv(1000):
                        peer.send(b"k")
                    continue
                connection.connect((arguments.host, arguments.port))
                print("connected")
                end = time.monotonic() + arguments.seconds
                while arguments.send and time.monotonic() < end:
                    connection.send(arguments.send.encode())
                    connection.recv(100)
                    time.sleep(1)
            except OSError as error:
                print(error)


if __name__ == "__main__":
    main()
