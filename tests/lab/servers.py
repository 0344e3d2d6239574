#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The target's services: a web server on port 80, and on port 22 one that speaks first. Prints "ready"."""
import argparse
import functools
import http.server
import socket
import socketserver
import threading


class Banner(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.request.sendall(b"SSH-2.0-Banner_1.0\r\n")
            self.request.settimeout(3)
            self.request.recv(256)
        except OSError:
            pass


class DualStack(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", default=".")
    parser.add_argument("--web", type=int, default=80)
    parser.add_argument("--banner", type=int, default=22)
    arguments = parser.parse_args()
    web = functools.partial(http.server.SimpleHTTPRequestHandler, directory=arguments.directory)
    for port, handler in (arguments.web, web), (arguments.banner, Banner):
        threading.Thread(target=DualStack(("::", port), handler).serve_forever).start()
    print("ready", flush=True)


if __name__ == "__main__":
    main()
