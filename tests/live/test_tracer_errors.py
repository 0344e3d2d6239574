#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tracer says when it cannot trace: the whole text on stderr, an exit code of 1, and a file with its section
header, without which Wireshark would show an error of its own."""
import os
import subprocess

import blocks
import describe
import lab
import tracing

TARGET4, TARGET6 = describe.TARGET[4], describe.TARGET[6]
USED_PORT = 65279    # with 256 ports behind it
LISTENER = f"""
import socket, time
sockets = [socket.socket() for port in ({USED_PORT}, {USED_PORT + 7})]
for s, port in zip(sockets, ({USED_PORT}, {USED_PORT + 7})):
    s.bind(("", port))
    s.listen()
print("ready", flush=True)
time.sleep(600)
"""
# What is wrong, target, options, message.
WRONG = (
    ("a port that is used", TARGET4, {"source_port": USED_PORT},
     f"--source-port: {USED_PORT} cannot be used: Address already in use"),
    ("too few ports for multipath", TARGET4, {"source_port": USED_PORT + 1, "mode": "multipath"},
     f"--source-port: 255 ports are free from {USED_PORT + 1} on; --mode multipath needs 256"),
    ("a port of the system", TARGET4, {"source_port": 100},
     "--source-port: 100 is reserved for the system; take one from 1024 to 65535"),
    ("no IPv6 address", TARGET4, {"family": 6},
     f"--target: no address for '{TARGET4}' (IPv6 only was asked for): Address family for hostname not supported"),
    ("no IPv4 address", TARGET6, {"family": 4},
     f"--target: no address for '{TARGET6}' (IPv4 only was asked for): Address family for hostname not supported"),
    ("no such device", TARGET4, {"device": "nope0"}, "--device: there is no network device 'nope0'"),
    ("another host's address", TARGET4, {"source": "192.0.2.77"},
     "--source: 192.0.2.77 is not an address of this host"),
    ("another host's IPv6 address", TARGET6, {"source": "2001:db8::77"},
     "--source: 2001:db8::77 is not an address of this host"),
    ("source of the other family", TARGET4, {"source": "2001:db8::77"},
     "--source: '2001:db8::77' is not an IPv4 address"),
    ("port 0", TARGET4, {"port": 0}, "--port: '0' is not a whole number from 1 to 65535"),
    ("port by name", TARGET4, {"port": "http"}, "--port: 'http' is not a whole number from 1 to 65535"),
    ("no such mode", TARGET4, {"mode": "x"}, "--mode: 'x' is not one of fixed, classic, multipath"),
    ("first above last", TARGET4, {"first_ttl": 9, "last_ttl": 3}, "--first-ttl 9 is above --last-ttl 3"),
    ("DSCP", TARGET4, {"dscp": 64}, "--dscp: '64' is not a whole number from 0 to 63"),
    ("first TTL that the file would not show", TARGET4, {"first_ttl": 30, "last_ttl": 40},
     "--first-ttl: '30' is not a whole number from 1 to 29"),
    *((f"length with headers of {shortest}", target, {"length": shortest - 1, **options},
       f"--length: {shortest - 1} is less than the headers alone; it must be 0, or {shortest} to 1500")
      for target, shortest, options in (
          (TARGET4, 60, {}), (TARGET6, 80, {}), (TARGET4, 44, {"tcp_options": "mss"}),
          (TARGET6, 60, {"tcp_options": "none"}), (TARGET4, 40, {"packet": "ack"}), (TARGET6, 80, {"packet": "ecn"}))),
    ("no target", "", {}, "--target is missing: give a host name or address"),
    ("too many targets", ",".join(f"203.0.113.{number}" for number in range(1, 100)), {},
     "--target: 99 targets are too many; at most 64 at once"),
    ("a group", "224.0.0.1", {}, "--target: 224.0.0.1 is not the address of one host"),
    ("an IPv6 group", "ff02::1", {}, "--target: ff02::1 is not the address of one host"),
    ("all hosts", "255.255.255.255", {}, "--target: 255.255.255.255 is not the address of one host"),
    ("no address", "0.0.0.0", {}, "--target: 0.0.0.0 is not the address of one host"),
    ("capture filter", TARGET4, {"extcap_capture_filter": "tcp and nonsense("},
     "capture filter \"tcp and nonsense(\": syntax error in filter expression"),
)


class Errors(tracing.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.powerless = cls.install(None)

    def check(self, network, target, options, message, installation=None):
        installation = installation or self.installation
        path = installation.path("out.pcapng")
        if os.path.exists(path):
            os.unlink(path)
        done = network.sender.run(*installation.direct(target, path, **options), check=False)
        self.assertEqual((done.stderr, done.stdout, done.returncode), (f"tcptracedump: {message}\n", "", 1))
        file = blocks.File(path)
        self.assertEqual((file.kinds[0], len(file.packets)), (blocks.SECTION, 0))

    def test_what_is_asked_for_cannot_be(self):
        with lab.SimLab(describe.line(4)) as network:
            listener = network.sender.start("python3", "-c", LISTENER, stdout=subprocess.PIPE)
            self.assertEqual(listener.stdout.readline(), "ready\n")
            for name, target, options, message in WRONG:
                with self.subTest(name):
                    self.check(network, target, options, message)
            self.assertEqual(network.finish().tcp(TARGET4, syn_only=False), [], "a probe was sent all the same")

    def test_no_route(self):
        with lab.SimLab(describe.line(4)) as network:
            network.sender.run("ip", "route", "delete", "default")
            network.sender.run("ip", "-6", "route", "delete", "default")
            for target in (TARGET4, TARGET6):
                self.check(network, target, {}, f"no route to {target}: Network is unreachable")
            network.sender.run("ip", "link", "set", lab.DEVICE, "down")
            self.check(network, TARGET4, {"device": lab.DEVICE}, f"no route to {TARGET4}: Network is unreachable")

    def test_length_beyond_the_device(self):
        with lab.SimLab(describe.line(4)) as network:
            network.sender.run("ip", "link", "set", lab.DEVICE, "mtu", "1400")
            for target in (TARGET4, TARGET6):
                for fragment in ("true", "false"):
                    self.check(network, target, {"length": 1401, "dont_fragment": fragment},
                               "--length: 1401 bytes are more than the device takes")
            self.assertEqual(network.finish().tcp(TARGET4, syn_only=False), [])

    def test_name_that_does_not_resolve(self):
        with lab.SimLab(describe.line(4)) as network:
            with tracing.etc(network.sender, nsswitch_conf="hosts: files\n"):
                self.check(network, "no-such-host.example", {},
                           "--target: no address for 'no-such-host.example': Name or service not known")

    def test_no_permission(self):
        advice = (f"no permission to send probes. An administrator can allow it with: "
                  f"sudo setcap cap_net_raw=ep '{self.powerless.tracer}'")
        with lab.SimLab(describe.line(4)) as network:
            self.check(network, TARGET4, {}, advice, self.powerless)
            shown = network.sender.run(*self.powerless.live(TARGET4), check=False)
            said = [line for line in shown.stderr.splitlines() if "tcptracedump: " in line]
            self.assertEqual([line.replace(" by ", " from ") for line in said],     # tshark 4.0 has "by"
                             [f"tshark: Error from extcap pipe: tcptracedump: {advice}"])
            # And the command that it names helps.
            subprocess.run(["setcap", "cap_net_raw=ep", self.powerless.tracer], check=True)
            done = network.sender.run(*self.powerless.live(TARGET4, "-q", "-z", "tcptraceroute,json"))
            self.assertEqual([trace["dst"] for trace in tracing.read_traces(done.stdout)], [TARGET4])

    def test_file_that_cannot_be_made(self):
        with lab.SimLab(describe.line(4)) as network:
            done = network.sender.run(*self.installation.direct(TARGET4, "/nonexistent/file"), check=False)
            self.assertEqual((done.stderr, done.returncode),
                             ("tcptracedump: cannot open /nonexistent/file: No such file or directory\n", 1))


if __name__ == "__main__":
    tracing.main()
