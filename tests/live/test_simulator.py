#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The path simulator against real tools, and against this project's dissector: a path is seen as it was described."""
import os
import re
import statistics
import sys
import tempfile
import unittest

import describe
import judge
import lab

TARGET4, TARGET6 = describe.TARGET[4], describe.TARGET[6]
# Once a hop has answered, traceroute waits for its next probes no longer than some multiples of that, unless told so.
TRACEROUTE = ("traceroute", "-T", "-n", "-w", "2,0,0")


def send_a_frame_more(host, address):
    """A frame when no probe is in flight any more: what is silent then is lost."""
    host.run(sys.executable, "-c", "import socket, time; time.sleep(1.5); "
             f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'.', ('{address}', 9))")


class SimulatorCase(unittest.TestCase):
    """Runs a tool in a simulated network and keeps what was captured and what was true."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ttr-capture-")
        self.addCleanup(folder.cleanup)
        self.pcap = os.path.join(folder.name, "trace.pcap")
        self.truth = None
        self.traces = None

    def trace(self, description, *commands, ethernet=False):
        """Runs the commands one after the other; returns what each printed."""
        with lab.SimLab(description, ethernet) as network:
            with network.sender.capture(self.pcap):
                printed = [network.sender.run(*command).stdout for command in commands]
                send_a_frame_more(network.sender, TARGET4)
                network.settle()
            self.truth = network.finish()
        self.traces, bad_checksums = judge.read(self.pcap)
        self.assertEqual(bad_checksums, [])
        return printed

    def agrees(self, target=TARGET4, trace=0, port=80):
        """The dissector's trace is what the simulator did; returns both."""
        probes = self.truth.tcp(target, port)
        self.assertTrue(probes, "the simulator saw no probe")
        self.assertGreater(len(self.traces), trace, "the dissector sees no such trace")
        self.assertEqual(list(judge.differences(self.traces[trace], probes)), [])
        return self.traces[trace], probes

    def answers(self, hop, trace=0):
        return [entry for entry in self.traces[trace]["hops"] if entry["probe_ttl"] == hop]


class Tools(SimulatorCase):
    """Each tool sees the path; the dissector sees what the simulator did for it."""

    def check_printed(self, printed, family=4):
        """A tool that prints as traceroute does: path and RTTs."""
        path = judge.printed_path(printed)
        self.assertEqual(sorted(path), [1, 2, 3, 4, 5], printed)
        errors = []
        for hop, answers in path.items():
            expected = describe.address(hop, family) if hop < 5 else describe.TARGET[family]
            self.assertEqual({address for address, _ in answers}, {expected}, printed)
            errors += [ms - 5 * hop for _, ms in answers]
        self.assertGreater(min(errors), -0.002, printed)
        print(f"{self.id().split('.')[-1]}: printed round trips are {statistics.median(errors):.3f} ms too long at the median",
              flush=True)

    def test_traceroute(self):
        printed, = self.trace(describe.line(5), (*TRACEROUTE, TARGET4))
        self.check_printed(printed)
        self.agrees()

    def test_traceroute_ipv6(self):
        printed, = self.trace(describe.line(5), (*TRACEROUTE, "-6", TARGET6))
        self.check_printed(printed, 6)
        self.agrees(TARGET6)

    def test_tcptraceroute(self):
        printed, = self.trace(describe.line(5), ("tcptraceroute", "-n", TARGET4, "80"))
        self.check_printed(printed)
        self.agrees()

    def test_mtr(self):
        printed, = self.trace(describe.line(5), ("mtr", "--tcp", "-P", "80", "-n", "-r", "-c", "2", TARGET4))
        rows = [line.split() for line in printed.splitlines() if ".|--" in line]
        self.assertEqual([row[1] for row in rows], [*(describe.address(hop) for hop in range(1, 5)), TARGET4])
        for hop, row in enumerate(rows, 1):
            self.assertGreaterEqual(float(row[6]), 5 * hop, printed)  # best
        self.agrees()

    def test_nmap(self):
        printed, = self.trace(describe.line(5), ("nmap", "-n", "-Pn", "-p", "80", "--traceroute", TARGET4))
        rows = [line.split() for line in printed.splitlines() if line[:1].isdigit() and " ms " in line]
        self.assertEqual([row[3] for row in rows], [*(describe.address(hop) for hop in range(1, 5)), TARGET4])

    def test_scamper_on_ethernet(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                printed, = self.trace(describe.line(5), ("scamper", "-I", f"trace -P tcp -d 80 {target}"),
                                      ethernet=True)
                self.assertIn("[open]", printed)
                self.agrees(target)

    def test_no_reply_comes_early(self):
        """How late they are on this machine is printed; bench_speed.py measures it."""
        self.trace(describe.line(5), ("tcptraceroute", "-n", "-q", "10", TARGET4, "80"))
        print(f"replies left {statistics.median(self.truth.late_ns) / 1000:.0f} us late at the median", flush=True)
        for probe in self.truth.tcp(TARGET4):
            self.assertGreaterEqual(probe["rtt_ns"], probe["delay_us"] * 1000)


class Routers(SimulatorCase):
    """What routers do with probes that expire at them, or that they forward."""

    def test_silent_hop(self):
        self.trace(describe.line(4, {2: {"silent": True}}), (*TRACEROUTE, TARGET4))
        trace, _ = self.agrees()
        self.assertEqual({entry["probe_ttl"] for entry in trace["no_hops"] if entry["probe_ttl"] <= 4}, {2})

    def test_losses_differ_from_probe_to_probe(self):
        self.trace(describe.line(4, {2: {"loss": 50}}), (*TRACEROUTE, "-q", "10", TARGET4))
        _, probes = self.agrees()
        outcomes = {probe["outcome"] for probe in probes if probe["hop"] == 2}
        self.assertEqual(outcomes, {"answered", "lost"})

    def test_drop_hides_all_behind_it(self):
        self.trace(describe.line(4, {2: {"drop": 100}}), (*TRACEROUTE, "-m", "6", TARGET4))
        trace, _ = self.agrees()
        self.assertEqual({entry["probe_ttl"] for entry in trace["hops"]}, {1})
        self.assertEqual(trace["tcptraceroute"]["state"], "filtered")

    def test_rate_limit_of_linux(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                self.trace(describe.line(3, {1: {"rate_limit": "linux", "rtt_us": 500}}),
                           (*TRACEROUTE, f"-{family}", "-q", "10", "-N", "10", target))
                self.agrees(target)
                self.assertEqual(len(self.answers(1)), 6)

    def test_jitter_varies_within_its_range(self):
        self.trace(describe.line(3, {1: {"jitter_us": 4000}}), (*TRACEROUTE, "-q", "10", TARGET4))
        _, probes = self.agrees()
        delays = [probe["delay_us"] for probe in probes if probe["hop"] == 1]
        self.assertGreaterEqual(min(delays), 5000)
        self.assertLessEqual(max(delays), 9000)
        self.assertGreater(max(delays) - min(delays), 1000)

    def test_quote_of_eight_bytes(self):
        for family, length in ((4, 20 + 8 + 20 + 8), (6, 40 + 8 + 40 + 8)):
            with self.subTest(family=family):
                self.trace(describe.line(3, every={"quote": 8}), (*TRACEROUTE, f"-{family}", describe.TARGET[family]))
                self.agrees(describe.TARGET[family])
                self.assertEqual({entry["reply_size"] for entry in self.answers(1)}, {length})

    def test_full_quote(self):
        self.trace(describe.line(3), (*TRACEROUTE, TARGET4), (*TRACEROUTE, TARGET4, "1200"))
        self.assertEqual({entry["reply_size"] for entry in self.answers(1)}, {20 + 8 + 60})

    def test_mpls_labels(self):
        labels = [{"mpls_label": 24001, "mpls_exp": 0, "mpls_s": 0, "mpls_ttl": 1},
                  {"mpls_label": 17, "mpls_exp": 5, "mpls_s": 1, "mpls_ttl": 254}]
        for family, length in ((4, 20 + 8 + 128 + 16), (6, 40 + 8 + 128 + 16)):
            for told in (True, False):
                with self.subTest(family=family, length_field=told):
                    keys = {"mpls": "24001;17,5,254", "extension_length": told}
                    self.trace(describe.line(3, {1: keys}), (*TRACEROUTE, f"-{family}", describe.TARGET[family]))
                    self.agrees(describe.TARGET[family])
                    for entry in self.answers(1):
                        self.assertEqual(entry["reply_size"], length)
                        self.assertEqual(entry["icmpext"][0]["mpls_labels"], labels)
                    self.assertNotIn("icmpext", self.answers(2)[0])

    def test_ttl_in_quotes(self):
        self.trace(describe.line(4, {2: {"quote_ttl": 0}, 3: {"quote_ttl": 7}}), (*TRACEROUTE, TARGET4))
        self.agrees()
        self.assertEqual([self.answers(hop)[0]["icmp_q_ttl"] for hop in (1, 2, 3)], [1, 0, 7])

    def test_ttl_of_replies_tells_the_distance(self):
        self.trace(describe.line(4, {2: {"ttl": 64}}), (*TRACEROUTE, TARGET4), (*TRACEROUTE, "-6", TARGET6))
        for trace in (0, 1):
            self.assertEqual([self.answers(hop, trace)[0]["reply_ttl"] for hop in (1, 2, 3, 4)], [255, 63, 253, 61])

    def test_reject(self):
        for family, code in ((4, 13), (6, 1)):
            with self.subTest(family=family):
                self.trace(describe.line(4, {2: {"reject": "admin"}}),
                           (*TRACEROUTE, f"-{family}", describe.TARGET[family]))
                trace, _ = self.agrees(describe.TARGET[family])
                self.assertEqual((trace["stop_reason"], trace["stop_data"]), ("UNREACH", code))
                self.assertEqual({entry["addr"] for entry in self.answers(3)}, {describe.address(2, family)})
                self.assertEqual(trace["tcptraceroute"]["state"], "filtered")


class Translators(SimulatorCase):
    """NATs on the way. `match` says what the quotes still told."""

    def matches(self, hop):
        return {entry["tcptraceroute"]["match"] for entry in self.answers(hop)}

    def test_quotes_are_translated_back(self):
        self.trace(describe.line(4, {2: {"nat_port": 20000}}), (*TRACEROUTE, TARGET4))
        self.agrees()
        self.assertEqual(self.matches(3), {"ip-id"})

    def test_quotes_keep_the_new_port(self):
        for family, match in ((4, "ip-id-seq"), (6, "seq-only")):
            with self.subTest(family=family):
                self.trace(describe.line(4, {2: {"nat_port": 20000, "nat_leaves_quotes": True}}),
                           ("traceroute", "-T", "-n", "-w", "0.3", f"-{family}", describe.TARGET[family]))
                self.agrees(describe.TARGET[family])
                self.assertNotEqual(self.matches(2), {match})
                self.assertEqual(self.matches(3), {match})

    def test_ids_are_changed(self):
        for change in ("zero", "increment", "swap"):
            with self.subTest(change=change):
                self.trace(describe.line(4, {2: {"nat_id": change}}), (*TRACEROUTE, TARGET4))
                self.agrees()
                self.assertEqual(self.matches(2), {"ip-id"})
                for entry in self.answers(3):
                    # Two equal bytes can be swapped without anybody noticing.
                    number = entry["tcptraceroute"]["probe_ip_id"]
                    changed = change != "swap" or number >> 8 != number & 0xff
                    self.assertEqual(entry["tcptraceroute"]["match"], "ports-seq" if changed else "ip-id")


class Balancers(SimulatorCase):
    """Load balancers: the way of a flow, and of a packet."""

    BRANCHES = ({describe.address(2), describe.address(4)}, {describe.address(3), describe.address(5)})

    def description(self, path):
        routers = "".join(describe.router(number) for number in range(1, 7))
        return routers + describe.group("target", "web", prefixes=f"{TARGET4};{TARGET6}", path=path, hop_rtt_us=1000)

    def responders(self, hop):
        return {entry["addr"] for entry in self.answers(hop)}

    def test_new_flows_take_both_branches(self):
        self.trace(self.description("r1 (r2 r4 | r3 r5) r6"), (*TRACEROUTE, "-q", "10", TARGET4))
        self.agrees()
        self.assertEqual(self.responders(2), {describe.address(2), describe.address(3)})
        self.assertEqual(self.responders(3), {describe.address(4), describe.address(5)})
        self.assertEqual(self.responders(4), {describe.address(6)})

    def test_one_flow_takes_one_branch(self):
        self.trace(self.description("r1 (r2 r4 | r3 r5) r6"), ("tcptraceroute", "-n", "-q", "10", TARGET4, "80"))
        self.agrees()
        self.assertIn(self.responders(2) | self.responders(3), self.BRANCHES)

    def test_each_packet_takes_its_own(self):
        self.trace(self.description("r1 {r2 | r3} r6"), ("tcptraceroute", "-n", "-q", "10", TARGET4, "80"))
        self.agrees()
        self.assertEqual(self.responders(2), {describe.address(2), describe.address(3)})

    def test_branches_of_different_length(self):
        self.trace(self.description("r1 (r2 r4 r5 | r3) r6"), (*TRACEROUTE, "-q", "10", TARGET4))
        self.agrees()
        self.assertEqual(self.responders(3), {describe.address(4), describe.address(6)})

    def test_multipath_discovery_finds_the_diamond(self):
        printed, = self.trace(self.description("r1 (r2 r4 | r3 r5) r6"),
                              ("scamper", "-I", f"tracelb -P tcp-sport -d 80 {TARGET4}"), ethernet=True)
        groups = [set(group.split(", ")) for group in re.findall(r"[0-9][0-9., ]*[0-9]", printed.splitlines()[1])]
        self.assertEqual(groups, [{describe.address(1)}, {describe.address(2), describe.address(3)},
                                  {describe.address(4), describe.address(5)}, {describe.address(6)}], printed)


class Targets(SimulatorCase):
    """What the target answers."""

    def state(self, *command, **target):
        self.trace(describe.line(3, **target), (*TRACEROUTE, "-m", "6", *command, TARGET4))
        trace, _ = self.agrees()
        return trace["tcptraceroute"]["state"]

    def test_states(self):
        for answer, state in (("syn-ack", "open"), ("rst", "closed"), ("silent", "filtered"),
                              ("unreachable-port", "filtered"), ("linux", "open")):
            with self.subTest(answer=answer):
                self.assertEqual(self.state(answer=answer), state)

    def test_unreachable_comes_from_the_target(self):
        self.state(answer="unreachable-admin-host")
        self.assertEqual({(entry["addr"], entry["icmp_code"]) for entry in self.answers(3)}, {(TARGET4, 10)})
        self.assertTrue(self.traces[0]["tcptraceroute"]["reached"])

    def test_answers_differ_by_port(self):
        ports = {80: "open", 81: "closed", 82: "filtered"}
        self.trace(describe.line(3, answer_81="rst", answer_82="silent"),
                   *((*TRACEROUTE, "-m", "5", "-p", port, TARGET4) for port in ports))
        for number, (port, state) in enumerate(ports.items()):
            trace, _ = self.agrees(trace=number, port=port)
            self.assertEqual(trace["tcptraceroute"]["state"], state)

    def test_ecn(self):
        self.assertEqual(self.state("-O", "ecn", ecn=True), "open")
        self.assertEqual({entry["tcp_flags"] for entry in self.answers(3)}, {0x52})

    def test_syn_ack_once_and_then_challenges(self):
        self.trace(describe.line(2, answer="syn-ack-once", challenge_ms=0),
                   ("traceroute", "-T", "-n", "-w", "0.5", "--sport=40000", TARGET4))
        self.assertEqual([probe["answer"] for probe in self.truth.tcp(TARGET4) if probe["hop"] == 2],
                         ["syn-ack", "ack", "ack"])
        self.assertEqual([(entry["tcptraceroute"]["kind"], entry["tcp_flags"]) for entry in self.answers(2)][0],
                         ("syn-ack", 0x12))
        flags = judge.tshark("-r", self.pcap, "-Y", f"ip.src == {TARGET4}", "-T", "fields", "-e", "tcp.flags")
        self.assertEqual(flags.split(), ["0x0012", "0x0010", "0x0010"])

    def test_targets_share_routers_and_their_limits(self):
        routers = describe.router(1, rate_limit="3/0.1", rtt_us=1000) + describe.router(2)
        targets = "".join(describe.group("target", f"t{number}", prefixes=f"203.0.113.{number}", path="r1 r2")
                          for number in (1, 2))
        self.trace(routers + targets, *((*TRACEROUTE, f"203.0.113.{number}") for number in (1, 2)))
        for number in (1, 2):
            self.agrees(f"203.0.113.{number}", number - 1)
        self.assertEqual([len(self.answers(1, trace)) for trace in (0, 1)], [3, 0])
        self.assertEqual([len(self.answers(2, trace)) for trace in (0, 1)], [3, 3])


class Labs(unittest.TestCase):
    """Networks are removed again, whatever happens."""

    def test_lab_is_removed_when_a_test_fails(self):
        with self.assertRaises(ZeroDivisionError):
            with lab.SimLab(describe.line(3)) as network:
                name, folder = network.sender.name, network.folder
                raise ZeroDivisionError
        self.assertFalse(os.path.exists(f"/run/netns/{name}"))
        self.assertFalse(os.path.exists(folder))

    def test_simulator_survives_its_interface(self):
        """Down and up again, it goes on; when it is removed, it ends with all that it knows."""
        with lab.SimLab(describe.line(3)) as network:
            for change in (None, "down", "up"):
                if change == "down":
                    network.sender.run("ip", "link", "set", lab.DEVICE, "down")
                elif change == "up":
                    network.bring_up()
                network.sender.run("traceroute", "-T", "-n", "-q", "1", "-w", "0.2", TARGET4, check=False)
            network.sender.run("ip", "link", "delete", lab.DEVICE)
            truth = network.finish()
        self.assertEqual([probe["from"] for probe in truth.tcp(TARGET4) if probe["ttl"] == 1],
                         [describe.address(1)] * 2)

    def test_description_that_is_wrong_makes_no_lab(self):
        with self.assertRaises(lab.LabError):
            with lab.SimLab("[router r1]\nspeed = 3\n"):
                pass

    def test_chain_of_linux_routers(self):
        states = {lab.ChainLab.OPEN: "open", lab.ChainLab.CLOSED: "closed", lab.ChainLab.FILTERED: "filtered",
                  lab.ChainLab.REJECTED: "filtered"}
        with tempfile.TemporaryDirectory(prefix="ttr-capture-") as folder, lab.ChainLab(3) as chain:
            for family in (4, 6):
                for port, state in states.items():
                    pcap = os.path.join(folder, f"{family}-{port}.pcap")
                    with chain.sender.capture(pcap, "next"):
                        chain.sender.run(*TRACEROUTE, f"-{family}", "-m", "6", "-q", "1", "-p", port,
                                         chain.target_address(family))
                        send_a_frame_more(chain.sender, chain.target_address(4))
                    trace, = judge.traces(pcap)
                    self.assertEqual(trace["tcptraceroute"]["state"], state, (family, port))
                    path = {entry["probe_ttl"]: entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] <= 3}
                    self.assertEqual(path, {hop: chain.address(hop, family) for hop in (1, 2, 3)})


if __name__ == "__main__":
    lab.end_on_signal()
    REASON = lab.reason_to_skip("traceroute", "tcptraceroute", "mtr", "nmap", "scamper", "tcpdump", "tshark", "nft")
    if REASON:
        print(f"SKIP: {REASON}")
        sys.exit(lab.SKIP)
    unittest.main(verbosity=2)
