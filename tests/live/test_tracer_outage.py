#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors belong to a target and to a moment: one target that cannot be traced does not keep the others, and what breaks
in the middle of a continuous trace is a loss, told and survived."""
import os
import signal
import subprocess
import time

import blocks
import describe
import judge
import lab
import tracing

TARGETS = {4: ("203.0.113.9", "203.0.113.10"), 6: ("2001:db8:3::9", "2001:db8:3::a")}
NOWHERE = {4: "198.18.0.1", 6: "2001:db8:dead::1"}
PATH = describe.line(5, prefixes="203.0.113.0/24;2001:db8:3::/64")
INTERVAL_S = 0.3
COMMENT = 1


class OutageCase(tracing.Case):
    def setUp(self):
        self.path = self.new_path("out.pcapng")
        self.network = lab.SimLab(PATH)
        self.addCleanup(self.network.__exit__)
        self.network.__enter__()

    def sender(self, *command):
        return self.network.sender.run(*command)

    def trace(self, targets, **options):
        """To the end; what was said, line by line, and the exit status."""
        done = self.sender_may_fail(*self.installation.direct(",".join(targets), self.path, **options))
        return [line.removeprefix("tcptracedump: ") for line in done.stderr.splitlines()], done.returncode

    def sender_may_fail(self, *command):
        return self.network.sender.run(*command, check=False)

    def check_traced(self, *targets):
        traces = tracing.read_traces(judge.tshark("-q", "-r", self.path, "-z", "tcptraceroute,json"))
        self.assertEqual({trace["dst"]: (trace["tcptraceroute"]["state"], trace["tcptraceroute"]["path_length"])
                          for trace in traces}, dict.fromkeys(targets, ("open", 5)))


class OneOfSeveral(OutageCase):
    def test_no_route(self):
        for family, (first, second) in TARGETS.items():
            with self.subTest(family=family):
                self.sender("ip", f"-{family}", "route", "add", "unreachable", NOWHERE[family])
                said, status = self.trace((first, NOWHERE[family], second))
                self.assertEqual((said, status), ([f"no route to {NOWHERE[family]}: No route to host"], 1))
                self.check_traced(first, second)

    def test_blackhole(self):
        for family, (first, second) in TARGETS.items():
            with self.subTest(family=family):
                self.sender("ip", f"-{family}", "route", "add", "blackhole", NOWHERE[family])
                said, status = self.trace((NOWHERE[family], first, second))
                self.assertEqual((said, status),
                                 ([f"no route to {NOWHERE[family]}: a blackhole route drops what is sent there"], 1))
                self.check_traced(first, second)

    def test_name_that_does_not_resolve(self):
        first, second = TARGETS[4]
        with tracing.etc(self.network.sender, nsswitch_conf="hosts: files\n"):
            said, status = self.trace((first, "no-such-host.example", "nor-this.example", second))
        self.assertEqual((said, status), (
            [f"--target: no address for '{name}': Name or service not known"
             for name in ("no-such-host.example", "nor-this.example")], 1))
        self.check_traced(first, second)

    def test_firewall_of_this_host(self):
        for family, (first, second) in TARGETS.items():
            for verdict in ("reject", "drop"):
                with self.subTest(family=family, verdict=verdict):
                    self.firewall(family, first, verdict)
                    said, status = self.trace((first, second))
                    self.sender("nft", "flush", "ruleset")
                    self.assertEqual((said, status), (
                        [f"cannot send a probe to {first}: Operation not permitted; a firewall or route of this host may "
                         "forbid it"], 1))
                    self.check_traced(second)

    def firewall(self, family, target, verdict):
        word = "ip" if family == 4 else "ip6"
        self.sender("nft", f"table inet local {{ chain out {{ type filter hook output priority 0; "
                           f"{word} daddr {target} tcp dport 80 {verdict}; }}; }}")

    def test_none_that_is_left(self):
        self.sender("ip", "route", "add", "unreachable", NOWHERE[4])
        said, status = self.trace((NOWHERE[4], "224.0.0.1"))
        self.assertEqual((said, status), ([f"no route to {NOWHERE[4]}: No route to host",
                                           "--target: 224.0.0.1 is not the address of one host"], 1))
        self.assertEqual(blocks.File(self.path).packets, [])


class Names(OutageCase):
    def test_file_of_targets(self):
        listed = self.installation.path("targets")
        with open(listed, "w", encoding="ascii") as file:
            file.write(f"# two of them\n{TARGETS[4][0]}\n\n{TARGETS[6][0]}\t# by IPv6\r\n")
        for targets in ((), TARGETS[4][1:]):
            with self.subTest(targets=targets):
                self.assertEqual(self.trace(targets, target_file=listed), ([], 0))
                self.check_traced(TARGETS[4][0], TARGETS[6][0], *targets)

    def test_file_that_cannot_be_read(self):
        for path, why in (("/nonexistent/list", ": No such file or directory"), ("/tmp", "")):
            with self.subTest(path=path):
                self.assertEqual(self.trace((), target_file=path), ([f"--target-file: cannot read {path}{why}"], 1))

    def test_all_addresses_of_a_name(self):
        hosts = "".join(f"{address} both.example\n" for addresses in TARGETS.values() for address in addresses)
        with tracing.etc(self.network.sender, nsswitch_conf="hosts: files\n", hosts=hosts):
            self.assertEqual(self.trace(("both.example",), all_addresses="true"), ([], 0))
            self.check_traced(*TARGETS[4], *TARGETS[6])
            self.assertEqual(self.trace(("both.example",), all_addresses="true", family=6), ([], 0))
            self.check_traced(*TARGETS[6])


class Continuous(OutageCase):
    """The network goes away for a while."""

    def comments(self):
        lines = judge.tshark("-r", self.path, "-T", "fields", "-e", "frame.comment").splitlines()
        return [line for line in lines if line]

    def probes_of(self, target):
        """When they were sent, seconds."""
        return [packet.time_ns / 1e9 for packet in blocks.File(self.path).packets
                if blocks.packet_addresses(packet.data)[1] == target]

    def wait_for_answers(self, target, since_s):
        """Three of the target: a round each."""
        def is_new(packet):
            return packet.time_ns > since_s * 1e9 and blocks.packet_addresses(packet.data)[0] == target

        self.wait_until(lambda: self.process.poll() is not None or self.has_packets(self.path, 3, is_new), "no answers")
        self.assertIsNone(self.process.poll(), "the trace ended")

    def check(self, target, outage_s, begin, end, why):
        self.process = self.network.sender.start(
            *self.installation.direct(target, self.path, rounds=0, probes=1, interval=INTERVAL_S),
            stderr=subprocess.PIPE)
        try:
            self.wait_for_answers(target, 0)
            begin()
            went = time.time()
            time.sleep(outage_s)        # how long it lasts is what is tried
            self.assertIsNone(self.process.poll(), "the outage ended the trace")
            came = time.time()
            end()
            self.wait_for_answers(target, came)
        finally:
            self.process.send_signal(signal.SIGTERM)
            _, said = self.process.communicate(timeout=lab.WAIT_S)
        self.assertEqual(self.process.returncode, 0)
        self.assertEqual([when for when in self.probes_of(target) if went + 0.5 < when < came], [])
        line, = said.splitlines()
        self.assertRegex(line, rf"^tcptracedump: {target}: [0-9]+ probes were not sent within [0-9.]+ s: .*({why})")
        self.assertAlmostEqual(float(line.split(" within ")[1].split()[0]), outage_s, delta=2)
        self.assertEqual(self.comments(), [line.split(": ", 2)[2]])
        for trace in tracing.read_traces(judge.tshark("-q", "-r", self.path, "-z", "tcptraceroute,json")):
            self.assertEqual((trace["tcptraceroute"]["state"], trace["tcptraceroute"]["path_length"]), ("open", 5))

    def down(self):
        self.sender("ip", "link", "set", lab.DEVICE, "down")

    def test_link_down_for_two_seconds(self):
        for family, (target, _) in TARGETS.items():
            with self.subTest(family=family):
                self.check(target, 2, self.down, self.network.bring_up, "Network is unreachable")
                os.unlink(self.path)

    def test_link_down_for_thirty_seconds(self):
        self.check(TARGETS[4][0], 30, self.down, self.network.bring_up, "Network is unreachable")

    def test_no_route(self):
        for family, (target, _) in TARGETS.items():
            with self.subTest(family=family):
                self.check(target, 2, lambda: self.sender("ip", f"-{family}", "route", "delete", "default"),
                           self.network.bring_up, "Network is unreachable")
                os.unlink(self.path)

    def test_firewall(self):
        for family, (target, _) in TARGETS.items():
            with self.subTest(family=family):
                self.check(target, 2, lambda: OneOfSeveral.firewall(self, family, target, "reject"),
                           lambda: self.sender("nft", "flush", "ruleset"), "Operation not permitted")
                os.unlink(self.path)


if __name__ == "__main__":
    tracing.main("nft")
