#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole chain (extcap, dumpcap, tshark, dissector, -z tcptraceroute,json) in simulated networks: what is printed
equals what the simulator did, every hop, state and round trip."""
import math
import statistics

import blocks
import describe
import judge
import lab
import tracing

TARGET4, TARGET6 = describe.TARGET[4], describe.TARGET[6]
# How long before the end of a trace an answer may have come that is not in the file: the tracer had decided to end,
# and waited for a processor.
END_ROOM_NS = 500_000_000
PROBES = 3          # of a hop, unless asked for otherwise


class Run:
    """One live trace: `traces` as printed, `file` (blocks.File) as written, `truth`."""

    def __init__(self, installation, description, target, **options):
        path = installation.path("trace.pcapng")
        # The simulator does not sleep between two packets of a trace: it reads probes at once.
        with lab.SimLab(describe.group("simulator", "", spin_us=2000) + description) as network:
            done = network.sender.run(*installation.live(target, "-q", "-w", path, "-z", "tcptraceroute,json",
                                                         **options))
            network.settle()
            self.truth = network.finish()
        self.stderr = done.stderr
        self.rounds = int(options.get("rounds", 1))
        self.probes = int(options.get("probes", PROBES))
        self.printed = done.stdout
        self.traces = tracing.read_traces(done.stdout)
        self.file = blocks.File(path)
        if self.file.dropped():
            raise AssertionError(f"{self.file.dropped()} packets were dropped before they could be read")
        self.again = judge.tshark("-n", "-q", "-r", path, "-z", "tcptraceroute,json")

    def trace(self, target):
        found = [trace for trace in self.traces if trace["dst"] == target]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} traces to {target}: {self.printed}{self.stderr}")
        return found[0]


def errors_ns(trace, probes):
    """How much longer than the true one each printed round trip is: of the probes that found the simulator awake, and
    of those that woke it."""
    errors = {False: [], True: []}
    for entry, probe in zip(judge.by_probe(trace), probes):
        if "rtt" in entry and "rtt_ns" in probe:
            errors[probe["slept"]].append(entry["rtt"] * 1e6 - probe["rtt_ns"])
    return errors[False], errors[True]


class TracerCase(tracing.Case):
    errors = None       # of all traces of the class

    @classmethod
    def setUpClass(cls):
        cls.errors = []
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        """How exact they are, for a reader: it depends on what else the machine does."""
        if cls.errors:
            most = sorted(cls.errors)[len(cls.errors) * 9 // 10]
            print(f"{cls.__name__}: {len(cls.errors)} round trips, nine of ten at most {most / 1000:.0f} us too long, "
                  f"median {statistics.median(cls.errors) / 1000:.0f} us", flush=True)

    def run_trace(self, description, target=TARGET4, **options):
        run = Run(self.installation, description, target, **options)
        self.assertEqual(run.printed, run.again, "live and from the file differ")
        return run

    def agrees(self, run, target=TARGET4, port=80, syn_only=True):
        """Printed and true are the same, probe by probe. Returns the trace."""
        trace = run.trace(target)
        probes = run.truth.tcp(target, port, syn_only)
        entries = judge.by_probe(trace)
        self.assertEqual(len(entries), len(probes), run.printed)
        self.assertEqual(trace["probe_count"], len(probes))
        for number, (entry, probe) in enumerate(zip(entries, probes), 1):
            if self.is_past_the_end(run, trace, entry, probe):
                continue
            for what, said, true in judge.compared(entry, probe):
                self.assertEqual(said, true, f"probe {number}, TTL {probe['ttl']}: {what}")
        self.check_times(run, trace, probes)
        return trace

    def is_past_the_end(self, run, trace, entry, probe):
        """A probe beyond the target, sent before its distance was known, or one more than a hop was to get, whose answer
        the trace did not wait for."""
        if "addr" not in entry and entry["probe_id"] > run.probes and run.rounds == 1:
            return True
        end = min([entry["probe_ttl"] for entry in trace["hops"]
                   if entry["tcptraceroute"]["kind"] in ("syn-ack", "rst", "unreachable")], default=255)
        return ("addr" not in entry and probe["ttl"] > end and
                probe.get("replied_ns", math.inf) > run.file.end_ns() - END_ROOM_NS)

    def check_times(self, run, trace, probes):
        """No round trip is shorter than the truth, and none so long that it was timed against another probe."""
        errors, waking = errors_ns(trace, probes)
        late = run.truth.late_ns
        for which, some in (("awake", errors), ("asleep", waking)):
            if some:
                print(f"{self.id().split('.')[-1]}: {len(some)} round trips, simulator {which}: at most "
                      f"{max(some) / 1000:.0f} us too long, median {statistics.median(some) / 1000:.0f} us; it was "
                      f"late by at most {max(late) / 1000:.0f} us, median {statistics.median(late) / 1000:.0f} us",
                      flush=True)
                self.assertGreater(min(some), -1000, "shorter than the truth")
                self.assertLess(statistics.median(some), judge.ROOM_NS)
        self.errors += errors

    def check_path(self, trace, distance, state="open", family=4, silent=()):
        """The hops as described."""
        said = trace["tcptraceroute"]
        self.assertEqual((said["reached"], said.get("path_length"), said["state"]),
                         (True, distance, state))
        for hop in range(1, distance + 1):
            expected = describe.TARGET[family] if hop == distance else describe.address(hop, family)
            found = {entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] == hop}
            self.assertEqual(found, set() if hop in silent else {expected}, f"hop {hop}")


class Probes(TracerCase):
    """What is sent."""

    def flags_of(self, run, target=TARGET4):
        return {probe["flags"] for probe in run.truth.tcp(target, syn_only=False)}

    def test_ack(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(6), target, packet="ack")
                trace = self.agrees(run, target, syn_only=False)
                self.check_path(trace, 6, "unfiltered", family)
                self.assertEqual(trace["method"], "tcp-ack")
                self.assertEqual(self.flags_of(run, target), {0x10})

    def test_ecn(self):
        for supports in (True, False):
            with self.subTest(supports=supports):
                run = self.run_trace(describe.line(6, ecn=supports), packet="ecn")
                trace = self.agrees(run)
                self.check_path(trace, 6)
                answers = {entry["tcp_flags"] for entry in trace["hops"] if entry["probe_ttl"] == 6}
                self.assertEqual(answers, {0x52 if supports else 0x12})
                self.assertEqual(self.flags_of(run), {0xc2})

    def ecn_findings(self, trace):
        return [(found["kind"], found.get("after_hop"), found.get("at_hop"), found.get("from"), found.get("to"))
                for found in trace["tcptraceroute"]["findings"] if found.get("field") == "ecn"]

    def test_ecn_on_the_way(self):
        """Routers 2 and behind quote what router 2 makes of the ECN field, and the target's SYN/ACK says it too."""
        values = {"not-ect": 0, "ect1": 1, "ect0": 2, "ce": 3}
        for family, target in describe.TARGET.items():
            for sent, box in (("ect0", None), ("ect0", "not-ect"), ("ect1", "ect0"), ("ect0", "ce"), ("not-ect", None)):
                with self.subTest(family=family, sent=sent, box=box):
                    routers = {2: {"ecn": box}} if box else {}
                    run = self.run_trace(describe.line(5, routers, accecn=True), target, ecn=sent, dscp=10)
                    trace = self.agrees(run, target)
                    self.check_path(trace, 5, family=family)
                    arrived = values[box or sent]
                    expected = [("ecn-arrival", None, 5, values[sent], arrived)]
                    if box:
                        expected.append(("changed", 2, 3, values[sent], arrived))
                    self.assertEqual(sorted(self.ecn_findings(trace), key=str), sorted(expected, key=str))
                    self.assertEqual({entry["icmp_q_tos"] for entry in trace["hops"] if entry["probe_ttl"] in (1, 2)},
                                     {10 << 2 | values[sent]})
                    self.assertEqual({entry["icmp_q_tos"] for entry in trace["hops"] if entry["probe_ttl"] in (3, 4)},
                                     {10 << 2 | arrived})
                    self.assertEqual(self.flags_of(run, target), {0x1c2})

    def test_target_that_knows_no_accecn(self):
        for target, flags, words in (({}, 0x12, "does not agree to ECN"),
                                     ({"ecn": True}, 0x52, "agrees to the ECN of RFC 3168"),
                                     ({"reflects_ecn": True}, 0x1d2, "repeats the ECN flags of the SYN")):
            with self.subTest(**target):
                trace = self.agrees(self.run_trace(describe.line(4, **target), ecn="ect0"))
                self.check_path(trace, 4)
                self.assertEqual({entry["tcp_flags"] for entry in trace["hops"] if entry["probe_ttl"] == 4}, {flags})
                self.assertEqual(self.ecn_findings(trace), [("ecn-arrival", None, 4, None, None)])
                self.assertIn(words, trace["tcptraceroute"]["diagnosis"])

    def test_tcp_options(self):
        for family, target in describe.TARGET.items():
            headers = 40 if family == 4 else 60
            for kind, length in (("system", 20), ("mss", 4), ("none", 0)):
                with self.subTest(family=family, kind=kind):
                    run = self.run_trace(describe.line(4), target, tcp_options=kind)
                    trace = self.agrees(run, target)
                    self.check_path(trace, 4, family=family)
                    self.assertEqual({probe["length"] for probe in run.truth.tcp(target)}, {headers + length})
                    self.assertEqual(trace["probe_size"], headers + length)

    def test_length_dscp_port_and_ttls(self):
        run = self.run_trace(describe.line(6), length=1200, dscp=10, port=443, first_ttl=3, last_ttl=9, probes=2,
                             source_port=40000)
        trace = self.agrees(run, port=443)
        probes = run.truth.tcp(TARGET4, 443)
        self.assertEqual({probe["length"] for probe in probes}, {1200})
        self.assertEqual({probe["sport"] for probe in probes[:7]}, {40000})
        self.assertEqual([probe["sport"] for probe in probes if not 40000 <= probe["sport"] < 40300], [])
        self.assertEqual((trace["firsthop"], trace["dport"], trace["attempts"]), (3, 443, 2))
        self.assertEqual({entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] == 6}, {TARGET4})
        # Every byte after the IP header was quoted: the DSCP too.
        self.assertEqual({entry["icmp_q_tos"] for entry in trace["hops"] if "icmp_q_tos" in entry}, {40})


class Targets(TracerCase):
    """How the target answers."""

    def test_closed(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(5, answer="rst"), target)
                self.check_path(self.agrees(run, target), 5, "closed", family)

    def test_silent(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(5, answer="silent"), target)
                trace = self.agrees(run, target)
                said = trace["tcptraceroute"]
                self.assertEqual((said["reached"], said["state"], trace["stop_reason"]),
                                 (False, "filtered", "GAPLIMIT"))
                self.assertEqual({entry["probe_ttl"] for entry in trace["hops"]}, {1, 2, 3, 4})

    def test_unreachable_port(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(5, answer="unreachable"), target)
                trace = self.agrees(run, target)
                self.check_path(trace, 5, "filtered", family)
                self.check_marks(trace, 5, {"!p"})

    def check_marks(self, trace, hop, marks):
        self.assertEqual({entry["tcptraceroute"].get("mark") for entry in trace["hops"]
                          if entry["probe_ttl"] == hop}, marks)

    def test_rejected_by_a_router(self):
        for kind, mark in (("admin", "!A"), ("host", "!H"), ("net", "!N")):
            for family, target in describe.TARGET.items():
                with self.subTest(kind=kind, family=family):
                    run = self.run_trace(describe.line(6, {3: {"reject": kind}}), target)
                    trace = self.agrees(run, target)
                    said = trace["tcptraceroute"]
                    self.assertEqual((said["reached"], said["state"], trace["stop_reason"]),
                                     (False, "filtered", "UNREACH"))
                    beyond = {entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] > 3}
                    self.assertEqual(beyond, {describe.address(3, family)})
                    self.check_marks(trace, 3, {None})
                    self.check_marks(trace, 4, {mark})

    def test_challenge_acks_and_resets_of_linux(self):
        run = self.run_trace(describe.line(5, answer="linux"))
        self.check_path(self.agrees(run), 5)


class Routers(TracerCase):
    """What routers do."""

    def test_silent_hops(self):
        run = self.run_trace(describe.line(12, {hop: {"silent": True} for hop in (4, 7, 8)}))
        self.check_path(self.agrees(run), 12, silent=(4, 7, 8))

    def test_quotes_of_eight_bytes(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(6, every={"quote": 8}), target)
                self.check_path(self.agrees(run, target), 6, family=family)

    def test_mpls(self):
        run = self.run_trace(describe.line(4, {2: {"mpls": "24001;17,5,254", "quote": 8}}))
        trace = self.agrees(run)
        self.check_path(trace, 4)
        labels = [[(label["mpls_label"], label["mpls_exp"], label["mpls_ttl"])
                   for label in entry["icmpext"][0]["mpls_labels"]]
                  for entry in trace["hops"] if entry["probe_ttl"] == 2]
        self.assertEqual(labels, [[(24001, 0, 1), (17, 5, 254)]] * 3)

    def test_nat_of_ports(self):
        for leaves in (False, True):
            for family, target in describe.TARGET.items():
                with self.subTest(leaves_quotes=leaves, family=family):
                    nat = {2: {"nat_port": 20000, "nat_leaves_quotes": leaves}}
                    run = self.run_trace(describe.line(6, nat), target)
                    self.check_path(self.agrees(run, target), 6, family=family)

    def test_nat_of_addresses(self):
        nat = {2: {"nat_port": 20000, "nat_address": "198.51.100.250", "nat_leaves_quotes": True}}
        run = self.run_trace(describe.line(6, nat))
        self.check_path(self.agrees(run), 6)

    def test_nat_of_ids(self):
        for kind in ("zero", "increment", "swap"):
            for quote in ("full", 8):
                with self.subTest(kind=kind, quote=quote):
                    run = self.run_trace(describe.line(6, {2: {"nat_id": kind}}, {"quote": quote}))
                    self.check_path(self.agrees(run), 6)

    def test_loss(self):
        run = self.run_trace(describe.line(10, every={"loss": 30}, loss=30), probes=6)
        trace = self.agrees(run)
        outcomes = {probe["outcome"] for probe in run.truth.tcp(TARGET4)}
        self.assertEqual(outcomes & {"answered", "lost"}, {"answered", "lost"})
        self.assertEqual(trace["tcptraceroute"]["path_length"], 10)

    def test_jitter(self):
        run = self.run_trace(describe.line(10, every={"jitter_us": 20000}), probes=5)
        self.check_path(self.agrees(run), 10)
        self.assertEqual([entry["probe_ttl"] for entry in run.trace(TARGET4)["no_hops"] if entry["probe_ttl"] <= 10], [])

    def test_no_answer_is_lost_to_rate_limits(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(12, every={"rate_limit": "linux"}), target)
                self.check_path(self.agrees(run, target), 12, family=family)
                self.assertEqual(self.limited(run), 0)
                self.assertEqual(sum(entry["probe_ttl"] <= 12 for entry in run.trace(target)["hops"]), 36)

    def test_no_answer_is_lost_to_rate_limits_with_many_targets(self):
        text = describe.line(6, every={"rate_limit": "linux"}) + describe.group(
            "target", "more", prefixes="203.0.113.16/28", path="r1 r2 r3 r4 r5", hop_rtt_us=5000)
        targets = [TARGET4, "203.0.113.20", "203.0.113.21", "203.0.113.22"]
        run = self.run_trace(text, ",".join(targets))
        for target in targets:
            trace = self.agrees(run, target)
            self.assertEqual(trace["tcptraceroute"]["path_length"], 6)
            answers = [entry["probe_ttl"] for entry in trace["hops"] if entry["probe_ttl"] <= 6]
            self.assertEqual(answers.count(6), 3, target)
            if target in targets[:2]:       # the others begin behind what these two have in common
                self.assertEqual(len(answers), 18, target)
        self.assertEqual(self.limited(run), 0)

    def test_64_targets(self):
        """Behind the same six routers, which answer once a second: the first two traces show them, the others begin
        behind them, and none waits for their limits."""
        text = "".join(describe.router(number, rate_limit="linux") for number in range(1, 7)) + describe.group(
            "target", "all", prefixes="203.0.113.64/26", path="r1 r2 r3 r4 r5 r6", hop_rtt_us=5000)
        targets = [f"203.0.113.{number}" for number in range(64, 128)]
        run = self.run_trace(text, ",".join(targets))
        self.assertEqual(sorted(trace["dst"] for trace in run.traces), sorted(targets))
        for target in targets:
            trace = self.agrees(run, target)
            self.assertEqual((trace["tcptraceroute"]["path_length"], trace["tcptraceroute"]["state"]), (7, "open"))
            self.assertEqual(sum(entry["probe_ttl"] == 7 for entry in trace["hops"]), 3, target)
        whole = [trace for trace in run.traces if len({entry["probe_ttl"] for entry in trace["hops"]} & {*range(1, 7)}) == 6]
        times = [probe["time_ns"] for probe in run.truth.probes if probe["dst"] in targets]
        print(f"64 targets: {len(times)} probes in {(times[-1] - times[0]) / 1e9:.2f} s, {self.limited(run)} met a limit, "
              f"{len(whole)} traces whole", flush=True)
        self.assertGreaterEqual(len(whole), 2)

    def test_what_rejects_shows_its_mark(self):
        """However seldom it answers. One round does not wait for all of its answers."""
        for limit in ("linux", "1/1"):
            with self.subTest(limit=limit):
                run = self.run_trace(describe.line(6, {3: {"reject": "admin"}}, every={"rate_limit": limit}))
                trace = self.agrees(run)
                answers = [(entry["probe_ttl"], entry["tcptraceroute"].get("mark")) for entry in trace["hops"]]
                self.assertIn((4, "!A"), answers)
                self.assertEqual(trace["tcptraceroute"]["state"], "filtered")
                print(f"{limit}: {self.limited(run)} probes met the rate limit; {answers}", flush=True)

    def test_loop(self):
        """Two routers that send packets to each other end the trace."""
        text = "".join(describe.router(number) for number in range(1, 5)) + describe.group(
            "target", "web", prefixes=describe.TARGET[4], path="r1 r2" + " r3 r4" * 20, hop_rtt_us=5000)
        run = self.run_trace(text)
        trace = run.trace(TARGET4)
        self.assertFalse(trace["tcptraceroute"]["reached"])
        for hop in range(1, 9):
            router = describe.address(hop if hop < 5 else 4 - hop % 2)
            self.assertEqual({entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] == hop}, {router}, hop)
        self.assertEqual(max(probe["ttl"] for probe in run.truth.tcp(TARGET4)[:-1] if probe["ttl"] < 30), 16)
        self.assertLessEqual(len([probe for probe in run.truth.tcp(TARGET4)]), 60)

    def test_19_silent_routers(self):
        silent = {hop: {"silent": True} for hop in range(1, 20)}
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(20, silent), target)
                self.check_path(self.agrees(run, target), 20, family=family, silent=range(1, 20))

    def test_slow_link(self):
        """Near hops that answer at once say nothing of those behind a satellite."""
        for hop in (2, 4):
            for step_us in (300_000, 600_000, 1_240_000):
                with self.subTest(hop=hop, step_us=step_us):
                    routers = {number: {"rtt_us": 500 * number + (step_us if number >= hop else 0)}
                               for number in range(1, 12)}
                    run = self.run_trace(describe.line(12, routers, rtt_us=step_us + 6000))
                    self.check_path(self.agrees(run), 12)

    def test_slow_target(self):
        for more_us in (400_000, 860_000):
            with self.subTest(more_us=more_us):
                run = self.run_trace(describe.line(12, rtt_us=60_000 + more_us))
                self.check_path(self.agrees(run), 12)

    def limited(self, run):
        return sum(probe["outcome"] == "rate-limited" for probe in run.truth.probes)


if __name__ == "__main__":
    tracing.main()
