#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The modes of the tracer through the whole chain, as in test_tracer.py: flows, rounds, targets, first and last TTL."""
import describe
import test_tracer
import tracing


class Modes(test_tracer.TracerCase):
    def test_fixed(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(12), target)
                trace = self.agrees(run, target)
                self.check_path(trace, 12, family=family)
                self.check_ports(run.truth.tcp(target))
                self.assertEqual([len([e for e in trace["hops"] if e["probe_ttl"] == hop]) for hop in range(1, 13)],
                                 [3] * 12)

    def check_ports(self, probes):
        """The first of each hop, and all that are known to go to a router, have the port of the trace. Others, which may
        be for the target, have one each."""
        first = probes[0]["sport"]
        self.assertEqual({probe["sport"] for probe in probes[:16]}, {first})
        others = [probe["sport"] for probe in probes if probe["sport"] != first]
        self.assertEqual(len(set(others)), len(others))
        self.assertGreaterEqual(sum(probe["ttl"] == 12 for probe in probes if probe["sport"] != first), 2)

    def test_rounds_keep_their_way(self):
        """Once it is known where the target is, all routers are asked on the way of the trace."""
        run = self.run_trace(describe.line(6), rounds=2, interval=0.3)
        trace = self.agrees(run)
        self.check_path(trace, 6)
        probes = run.truth.tcp(test_tracer.TARGET4)
        second = probes[-18:]
        self.assertGreaterEqual(second[0]["time_ns"] - probes[0]["time_ns"], 300_000_000)
        routers = [probe["sport"] for probe in second if probe["ttl"] < 6]
        self.assertEqual((len(routers), set(routers)), (15, {probes[0]["sport"]}))
        targets = [probe["sport"] for probe in second if probe["ttl"] == 6]
        self.assertEqual((len(targets), len(set(targets) - {probes[0]["sport"]})), (3, 3))

    def test_classic(self):
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(describe.line(8), target, mode="classic")
                trace = self.agrees(run, target)
                self.check_path(trace, 8, family=family)
                self.assertEqual(len({entry["tcptraceroute"]["sport"] for entry in trace["hops"]}),
                                 len(trace["hops"]))

    def test_far(self):
        """From the highest first TTL on: the file shows the trace, whole, though its TTLs soon pass the dissector's limit
        for unknown ones."""
        for mode in ("fixed", "classic", "multipath"):
            with self.subTest(mode=mode):
                run = self.run_trace(describe.line(45, hop_rtt_us=2000), mode=mode, first_ttl=29, last_ttl=60)
                trace = self.agrees(run)
                self.assertEqual((trace["firsthop"], trace["tcptraceroute"]["path_length"]), (29, 45))
                for hop in range(29, 45):
                    self.assertEqual({entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] == hop},
                                     {describe.address(hop)}, f"hop {hop}")

    def test_one_ttl(self):
        for options in ({}, {"mode": "classic"}, {"mode": "multipath"}, {"packet": "ack"}, {"rounds": 2}):
            for family, target in describe.TARGET.items():
                with self.subTest(family=family, **options):
                    run = self.run_trace(describe.line(5), target, first_ttl=3, last_ttl=3, **options)
                    trace = self.agrees(run, target, syn_only="packet" not in options)
                    self.assertEqual({entry.get("addr") for entry in trace["hops"]}, {describe.address(3, family)})

    def test_rounds(self):
        run = self.run_trace(describe.line(5), rounds=3, interval=0.2, probes=1)
        trace = self.agrees(run)
        self.check_path(trace, 5)
        self.assertEqual(trace["attempts"], 3)
        times = sorted(entry["tx"]["sec"] + entry["tx"]["usec"] / 1e6 for entry in trace["hops"]
                       if entry["probe_ttl"] == 1)
        self.assertEqual(len(times), 3)
        # A probe that waited for a processor comes late, and the next round does not come later for that.
        self.assertGreaterEqual(times[2] - times[0], 0.2)
        print(f"rounds began {times[1] - times[0]:.3f} and {times[2] - times[1]:.3f} s apart, asked for 0.2", flush=True)

    def test_several_targets(self):
        others = "203.0.113.20 203.0.113.21,203.0.113.22"
        text = describe.line(6) + describe.group("target", "more", prefixes="203.0.113.16/28", path="r1 r2 r3",
                                                 hop_rtt_us=4000, answer="rst")
        run = self.run_trace(text, f"{test_tracer.TARGET4},{others},{test_tracer.TARGET6}")
        self.assertEqual(len(run.traces), 5)
        self.check_path(self.agrees(run), 6)
        self.check_path(self.agrees(run, test_tracer.TARGET6), 6, family=6)
        for target in ("203.0.113.20", "203.0.113.21", "203.0.113.22"):
            trace = self.agrees(run, target)
            self.assertEqual(trace["tcptraceroute"]["path_length"], 4)
            self.assertEqual(trace["tcptraceroute"]["state"], "closed")


if __name__ == "__main__":
    tracing.main()
