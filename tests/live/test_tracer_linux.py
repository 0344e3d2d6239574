#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tracer through real Linux routers: targets of each kind, what is in the file and what is not, names."""
import math
import time

import blocks
import judge
import lab
import tracing

ROUTERS = 3
REFILL_S = 3        # routers answer six probes at once, and then one a second
LABELS = {4: 0x0800, 6: 0x86DD}
# Connections to the target's ports, echo requests, SYNs with a small TTL: from a program that has nothing to do
# with the trace.
CHATTER = """
import socket, struct, sys, time
address = sys.argv[1]
six = ":" in address
family = socket.AF_INET6 if six else socket.AF_INET
echo = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP)
head = struct.pack("!BBHHH", 128 if six else 8, 0, 0, 7, 1)
check = 0 if six else 0xffff - sum(struct.unpack("!4H", head))
while True:
    echo.sendto(head[:2] + struct.pack("!H", check) + head[4:], (address, 0))
    for port in (80, 81):
        s = socket.socket(family)
        try:
            s.connect((address, port))
            s.sendall(b"hello")
        except OSError:
            pass
        s.close()
    s = socket.socket(family)
    s.setblocking(False)
    s.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if six else (socket.IPPROTO_IP, socket.IP_TTL)), 4)
    s.connect_ex((address, 80))
    s.close()
    time.sleep(0.01)
"""


def segment(data):
    """(source, destination, source port, destination port, flags) of a TCP segment in Ethernet, else None."""
    kind, packet = int.from_bytes(data[12:14], "big"), data[14:]
    version = packet[0] >> 4
    if kind != LABELS[version]:
        raise AssertionError(f"Ethernet type {kind:#x} with IP version {version}")
    protocol, header = (packet[9], 4 * (packet[0] & 15)) if version == 4 else (packet[6], 40)
    if protocol != 6:
        return None
    source, destination = blocks.packet_addresses(packet)
    tcp = packet[header:]
    return source, destination, int.from_bytes(tcp[:2], "big"), int.from_bytes(tcp[2:4], "big"), tcp[13]


class LinuxCase(tracing.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chain = lab.ChainLab(ROUTERS)
        cls.addClassCleanup(cls.chain.__exit__)
        cls.chain.__enter__()
        cls.idle_since = -math.inf

    def setUp(self):
        time.sleep(max(0, self.idle_since + REFILL_S - time.monotonic()))
        self.addCleanup(self.is_idle)

    @classmethod
    def is_idle(cls):
        cls.idle_since = time.monotonic()

    def trace(self, family, port, target=None, **options):
        """The trace to the last host, or to `target`, as printed, and the file."""
        path = self.installation.path("linux.pcapng")
        target = target or self.chain.target_address(family)
        done = self.chain.sender.run(*self.installation.live(
            target, "-q", "-w", path, "-z", "tcptraceroute,json", port=port, **options))
        traces = tracing.read_traces(done.stdout)
        self.assertEqual([(trace["dst"], trace["dport"]) for trace in traces], [(target, port)],
                         done.stdout + done.stderr)
        return traces[0], blocks.File(path)

    def check_path(self, trace, family, last):
        for hop in range(1, last + 1):
            self.assertEqual({entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] == hop},
                             {self.chain.address(hop, family)}, f"hop {hop}")

    def own_packets(self, file, port, ports):
        """All TCP in the file is of the flows of the trace; returns the segments."""
        segments = [found for found in (segment(packet.data) for packet in file.packets) if found]
        for _, _, source, destination, _ in segments:
            self.assertTrue(destination == port and source in ports or source == port and destination in ports,
                            f"{source} > {destination} is not of the trace")
        return segments


class Ports(LinuxCase):
    def check_reached(self, port, state, marks=(None,)):
        for family in (4, 6):
            with self.subTest(family=family):
                trace, file = self.trace(family, port)
                said = trace["tcptraceroute"]
                self.assertEqual((said["state"], said["path_length"]), (state, ROUTERS + 1))
                self.check_path(trace, family, ROUTERS + 1)
                self.assertEqual({entry["tcptraceroute"].get("mark") for entry in trace["hops"]
                                  if entry["probe_ttl"] == ROUTERS + 1}, set(marks))
                self.assertEqual(file.dropped(), 0)

    def test_closed(self):
        self.check_reached(self.chain.CLOSED, "closed")

    def test_next_hop(self):
        """It answers before a second TTL is sent."""
        for family in (4, 6):
            for packet, mode, state in (("syn", "fixed", "closed"), ("syn", "classic", "closed"),
                                        ("ack", "fixed", "unfiltered")):
                with self.subTest(family=family, packet=packet, mode=mode):
                    trace, file = self.trace(family, self.chain.CLOSED, self.chain.address(1, family),
                                             packet=packet, mode=mode)
                    said = trace["tcptraceroute"]
                    self.assertEqual((said["state"], said["path_length"], trace["probe_count"]), (state, 1, 3))
                    self.check_path(trace, family, 1)
                    self.assertEqual(file.dropped(), 0)

    def test_this_host(self):
        self.chain.sender.run("ip", "link", "set", "lo", "up")
        for family, target in ((4, "127.0.0.1"), (6, "::1"), (4, "198.51.100.5")):
            with self.subTest(target=target):
                trace, _ = self.trace(family, self.chain.CLOSED, target)
                said = trace["tcptraceroute"]
                self.assertEqual((said["state"], said["path_length"], {entry["addr"] for entry in trace["hops"]}),
                                 ("closed", 1, {target}))

    def test_nobody_has_the_address(self):
        done = self.chain.sender.run(*self.installation.live("2001:db8:1::77", "-q"), check=False)
        self.assertIn("no probe left on next: the next hop does not answer there (ARP, neighbour discovery)", done.stderr)

    def test_host_that_is_not_there(self):
        """The last router looks for it for three seconds, and then says so."""
        self.chain.nodes[ROUTERS].run("ip", "route", "replace", "198.18.0.0/24", "dev", "next")
        for family, target in ((4, "198.18.0.9"), (6, f"2001:db8:{ROUTERS + 1}::99")):
            with self.subTest(family=family):
                trace, _ = self.trace(family, 80, target, timeout=5000)
                self.assertEqual((trace["stop_reason"], trace["tcptraceroute"]["state"]), ("UNREACH", "filtered"))
                self.check_path(trace, family, ROUTERS)
                marks = {(entry["addr"], entry["tcptraceroute"].get("mark")) for entry in trace["hops"]
                         if entry["probe_ttl"] == ROUTERS + 1}
                self.assertEqual(marks, {(self.chain.address(ROUTERS, family), "!H")})

    def test_rejected(self):
        for family in (4, 6):
            with self.subTest(family=family):
                trace, _ = self.trace(family, self.chain.REJECTED)
                said = trace["tcptraceroute"]
                self.assertEqual((said["state"], said["path_length"], trace["stop_reason"]),
                                 ("filtered", ROUTERS + 1, "UNREACH"))
                self.check_path(trace, family, ROUTERS + 1)
                marks = {entry["tcptraceroute"].get("mark") for entry in trace["hops"]
                         if entry["probe_ttl"] == ROUTERS + 1}
                self.assertEqual(marks, {"!A"})

    def test_filtered(self):
        for family in (4, 6):
            with self.subTest(family=family):
                trace, _ = self.trace(family, self.chain.FILTERED)
                said = trace["tcptraceroute"]
                self.assertEqual((said["state"], said["reached"], trace["stop_reason"]), ("filtered", False, "GAPLIMIT"))
                self.check_path(trace, family, ROUTERS)

    def test_open_with_other_traffic(self):
        """The kernel's RSTs are in the file; echo requests and connections to the same port are not."""
        for family in (4, 6):
            with self.subTest(family=family):
                target = self.chain.target_address(family)
                noise = self.chain.sender.start("python3", "-c", CHATTER, target)
                time.sleep(0.5)
                try:
                    self.assertIsNone(noise.poll())
                    trace, file = self.trace(family, 80)
                finally:
                    lab.stop(noise)
                self.check_open(trace, file, family)

    def check_open(self, trace, file, family):
        self.assertEqual((trace["tcptraceroute"]["state"], trace["tcptraceroute"]["path_length"]),
                         ("open", ROUTERS + 1))
        self.check_path(trace, family, ROUTERS + 1)
        ports = {entry["tcptraceroute"]["sport"] for entry in trace["hops"] + trace["no_hops"]}
        segments = self.own_packets(file, 80, ports)
        flags = [flag for source, _, _, _, flag in segments if source == self.chain.address(0, family) or
                 source == self.sender_address(family)]
        self.assertEqual(set(flags), {0x02, 0x04}, "probes and RSTs, nothing else from here")
        answers = [flag for _, destination, _, _, flag in segments if destination == self.sender_address(family)]
        self.assertIn(0x12, answers)
        self.assertGreaterEqual(flags.count(0x04), 1)
        errors = len(file.packets) - len(segments)
        self.assertEqual(errors, sum(entry["probe_ttl"] <= ROUTERS for entry in trace["hops"] + trace["extra_hops"]))

    def sender_address(self, family):
        return "198.51.100.5" if family == 4 else "2001:db8:1::1"


class Ecn(LinuxCase):
    """A box that sees ECT(0) and makes something else of it, at router 2, before the router looks at the TTL."""
    BOX = 2

    def check_changed(self, family, rule, arrived):
        node = self.chain.nodes[self.BOX]
        node.run("nft", f"table inet box {{ chain way {{ type filter hook prerouting priority -150;"
                        f" tcp dport {self.chain.OPEN} {rule}; }}; }}")
        try:
            trace, _ = self.trace(family, self.chain.OPEN, ecn="ect0")
        finally:
            node.run("nft", "delete table inet box")
        self.check_path(trace, family, ROUTERS + 1)
        found = [one for one in trace["tcptraceroute"]["findings"] if one["kind"] == "changed"]
        self.assertEqual([(one["field"], one["after_hop"], one["at_hop"], one["from"], one["to"]) for one in found],
                         [("ecn", self.BOX - 1, self.BOX, 2, arrived)])

    def test_bleached(self):
        self.check_changed(4, "ip ecn set not-ect", 0)
        self.check_changed(6, "ip6 ecn set not-ect", 0)

    def test_marked(self):
        self.check_changed(4, "ip ecn set ce", 3)

    def test_untouched(self):
        """A Linux that knows no AccECN takes a SYN without ECT for one of RFC 3168; one that knows it says how it came."""
        trace, _ = self.trace(4, self.chain.OPEN, ecn="not-ect")
        self.check_path(trace, 4, ROUTERS + 1)
        found = trace["tcptraceroute"]["findings"]
        self.assertNotIn("changed", {one["kind"] for one in found})
        said = [one for one in found if one["kind"] == "ecn-arrival"]
        self.assertEqual([one["at_hop"] for one in said], [ROUTERS + 1])
        flags = {entry["tcp_flags"] for entry in trace["hops"] if "tcp_flags" in entry}
        if flags == {0x52}:
            self.assertIn("agrees to the ECN of RFC 3168", said[0]["text"])
        else:
            self.assertEqual((flags, said[0].get("to")), ({0x92}, 0))


class Names(LinuxCase):
    """Names of hops, from the hosts file that `ip netns exec` puts in place."""

    NAMES = {1: "first.example", 3: "third.example", 4: "target.example"}

    def setUp(self):
        super().setUp()
        hosts = "".join(f"{self.chain.address(hop, family)} {name}\n"
                        for family in (4, 6) for hop, name in self.NAMES.items())
        files = tracing.etc(self.chain.sender, hosts=hosts, nsswitch_conf="hosts: files\n")
        self.addCleanup(files.__exit__, None, None, None)
        files.__enter__()

    def test_names_are_in_the_file_and_shown(self):
        path = self.installation.path("names.pcapng")
        for family in (4, 6):
            with self.subTest(family=family):
                target = self.chain.target_address(family)
                command = self.installation.live(target, "-N", "n", "-q", "-w", path, "-z", "tcptraceroute,paths",
                                                 names="true")
                command.remove("-n")
                printed = self.chain.sender.run(*command).stdout
                named = {self.chain.address(hop, family): name for hop, name in self.NAMES.items()}
                self.assertEqual(blocks.File(path).names, named)
                self.check_shown(judge.tshark("-N", "n", "-q", "-r", path, "-z", "tcptraceroute,paths"), family)
                self.check_shown(printed, family)

    def check_shown(self, printed, family):
        for hop, name in self.NAMES.items():
            self.assertIn(f" {hop}  {name} ({self.chain.address(hop, family)})", printed)
        self.assertIn(f" 2  {self.chain.address(2, family)} ", printed)

    def test_no_names_unless_asked(self):
        _, file = self.trace(4, 80)
        self.assertEqual(file.names, {})
        self.assertNotIn(blocks.NAMES, file.kinds)

    def test_target_by_name(self):
        done = self.chain.sender.run(*self.installation.live("target.example", "-q", "-z", "tcptraceroute,json",
                                                             family="6"))
        trace, = tracing.read_traces(done.stdout)
        self.assertEqual(trace["dst"], self.chain.target_address(6))


if __name__ == "__main__":
    tracing.main("nft")
