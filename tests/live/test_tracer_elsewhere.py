#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers that do not come in where the probes left, or not from whom they were sent to: Linux routers whose way back is
another link, a device on top of another, a target that answers from another address."""
import subprocess

import blocks
import judge
import lab
import tracing

ROUTERS = 2
ETHERNET, COOKED = 1, 276
IMPOSTOR = {4: "198.51.100.77", 6: "2001:db8:77::1"}
CONNECT = """
import socket, sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), 60).close()
"""


class ElsewhereCase(tracing.Case):
    def setUp(self):
        self.path = self.new_path("out.pcapng")
        self.chain = lab.ChainLab(ROUTERS)
        self.addCleanup(self.chain.__exit__)
        self.chain.__enter__()
        self.connect()

    def connect(self):
        """Kernels take note of links and neighbours when they have time: then they have."""
        for family in (4, 6):
            self.chain.sender.run("python3", "-c", CONNECT, self.chain.target_address(family), str(self.chain.OPEN))

    def source(self, family):
        return "198.51.100.5" if family == 4 else "2001:db8:1::1"

    def trace(self, family, **options):
        """What is said; the exit status is 0."""
        done = self.chain.sender.run(*self.installation.direct(self.chain.target_address(family), self.path, **options))
        return done.stderr.replace("tcptracedump: ", "").splitlines()

    def printed(self, *arguments):
        return tracing.read_traces(judge.tshark("-q", "-r", self.path, "-z", "tcptraceroute,json", *arguments))

    def check_whole(self, traces, family):
        trace, = traces
        said = trace["tcptraceroute"]
        self.assertEqual((said["state"], said.get("path_length"), trace["no_hops"]), ("open", ROUTERS + 1, []),
                         judge.tshark("-r", self.path))
        for hop in range(1, ROUTERS + 2):
            self.assertEqual({entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] == hop},
                             {self.chain.address(hop, family)})
        self.assertEqual(trace["extra_hops"], [])

    def links(self):
        """Of the packets: how many came by which link type."""
        file = blocks.File(self.path)
        found = [file.links[packet.interface] for packet in file.packets]
        return {link: found.count(link) for link in found}


class OtherLink(ElsewhereCase):
    """A second link between the sender and its first router, by which all comes back."""

    def setUp(self):
        super().setUp()
        sender, router = self.chain.nodes[:2]
        subprocess.run(["ip", "link", "add", "other", "netns", sender.name, "type", "veth",
                        "peer", "name", "return", "netns", router.name], check=True)
        sender.sysctl(net__ipv4__conf__all__rp_filter=0, net__ipv4__conf__other__rp_filter=0)
        for node, device in ((sender, "other"), (router, "return")):
            node.run("ip", "link", "set", device, "up")
        mac = sender.run("cat", "/sys/class/net/other/address").stdout.strip()
        for family in (4, 6):
            length = 32 if family == 4 else 128
            router.run("ip", f"-{family}", "neigh", "replace", self.source(family), "lladdr", mac, "dev", "return",
                       "nud", "permanent")
            router.run("ip", f"-{family}", "route", "add", f"{self.source(family)}/{length}", "dev", "return",
                       "src", self.chain.address(1, family))
        self.connect()

    def test_answers_are_found(self):
        for family in (4, 6):
            with self.subTest(family=family):
                self.assertEqual(self.trace(family), [])
                self.check_whole(self.printed(), family)
                links = self.links()
                self.assertEqual(set(links), {ETHERNET, COOKED})
                self.assertEqual(links[COOKED], 3 * (ROUTERS + 1))

    def test_through_the_whole_chain(self):
        done = self.chain.sender.run(*self.installation.live(
            self.chain.target_address(), "-q", "-w", self.path, "-z", "tcptraceroute,json"))
        self.check_whole(tracing.read_traces(done.stdout), 4)

    def test_on_one_device_it_says_that_nothing_came_back(self):
        target = self.chain.target_address()
        self.assertEqual(self.trace(4, device="next"), [
            f"{target}: nothing came back on next; answers may come in on another device, and --device auto looks for "
            "them on all"])
        self.assertEqual(set(self.links()), {ETHERNET})


class SameLink(ElsewhereCase):
    def test_file_of_an_ordinary_trace_has_one_device(self):
        for family in (4, 6):
            with self.subTest(family=family):
                self.assertEqual(self.trace(family), [])
                self.assertEqual(set(self.links()), {ETHERNET})
                self.check_whole(self.printed(), family)

    def test_silence_is_no_matter_of_devices(self):
        for node in self.chain.nodes[1:]:
            node.run("nft", "table inet quiet { chain o { type filter hook output priority 0; "
                            "meta l4proto { icmp, tcp } drop; }; }")
        self.assertEqual(self.trace(4), [])

    def test_copies_on_a_device_below(self):
        """A bridge: what comes in on it came in on its port, too."""
        sender = self.chain.sender
        sender.run("ip", "link", "add", "above", "type", "bridge")
        sender.run("ip", "link", "set", "above", "up")
        sender.run("ip", "address", "flush", "dev", "next")
        sender.run("ip", "link", "set", "next", "master", "above")
        for family, length in ((4, 30), (6, 64)):
            sender.run("ip", f"-{family}", "address", "add", f"{self.source(family)}/{length}", "dev", "above")
            sender.run("ip", f"-{family}", "route", "replace", "default", "via", self.chain.address(1, family))
        self.connect()
        for family in (4, 6):
            with self.subTest(family=family):
                self.assertEqual(self.trace(family), [])
                self.assertEqual(set(self.links()), {ETHERNET, COOKED})
                self.check_whole(self.printed(), family)


class OtherAddress(ElsewhereCase):
    def test_it_is_captured_and_noted(self):
        for family, word in ((4, "ip"), (6, "ip6")):
            with self.subTest(family=family):
                self.chain.target.run("nft", f"table {word} other {{ chain out {{ type filter hook postrouting priority 0; "
                                             f"tcp sport 80 {word} saddr set {IMPOSTOR[family]}; }}; }}")
                target = self.chain.target_address(family)
                self.assertEqual(self.trace(family, probes=1),
                                 [f"{target}: {IMPOSTOR[family]} answers probes to this target from port 80"])
                said = judge.tshark("-r", self.path, "-Y", f"{word if family == 4 else 'ipv6'}.src == {IMPOSTOR[family]}",
                                    "-T", "fields", "-e", "frame.comment").splitlines()
                self.assertEqual(set(said), {f"It answers a probe to {target}, but comes from {IMPOSTOR[family]}"})
                trace, = self.printed()
                self.assertFalse(trace["tcptraceroute"]["reached"], trace)


if __name__ == "__main__":
    tracing.main("nft")
