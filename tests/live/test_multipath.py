#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Multipath mode finds the branches of load balancers, and no link that is not there: bench_multipath.py in short."""
import unittest

import bench_multipath
import describe
import test_tracer
import tracing

TRACER, SCAMPER = bench_multipath.TOOLS
RUNS = 8
# At 95 % confidence a run misses a branch in at most one of 20: four misses in 8 runs come once in 2000 times.
FOUND_AT_LEAST = 5


class Multipath(unittest.TestCase):
    def check(self, tool, branches, runs, found_at_least):
        results = bench_multipath.repeat(tool, branches, runs, runs)
        print(bench_multipath.row(tool, branches, results), flush=True)
        self.assertEqual([run.false_links for run in results], [set()] * runs)
        self.assertGreaterEqual(sum(run.found_all for run in results), found_at_least)

    def test_two_branches(self):
        self.check(TRACER, 2, RUNS, FOUND_AT_LEAST)

    def test_four_branches(self):
        self.check(TRACER, 4, RUNS, FOUND_AT_LEAST)

    def test_scamper_is_read(self):
        self.check(SCAMPER, 2, RUNS, FOUND_AT_LEAST)

    def test_a_false_link_would_be_seen(self):
        diamond = bench_multipath.Diamond(2, 1)
        upper, lower = [sorted(diamond.routers[ttl]) for ttl in (2, 3)]
        for second, expected in ((lower[0], set()), (lower[1], {(upper[0], lower[1])})):
            run = bench_multipath.Run(diamond, {(1, 2): upper[0], (1, 3): second, (2, 2): upper[1]}, 3, 0)
            self.assertEqual(run.false_links, expected)
            self.assertFalse(run.found_all)


class ThroughWireshark(test_tracer.TracerCase):
    def test_four_ways(self):
        routers = [2, 3, 4, 5]
        path = "r1 (r2 | r3 | r4 | r5) r6"
        text = "".join(describe.router(number) for number in (1, *routers, 6)) + describe.group(
            "target", "web", path=path, prefixes=f"{describe.TARGET[4]};{describe.TARGET[6]}", hop_rtt_us=3000)
        for family, target in describe.TARGET.items():
            with self.subTest(family=family):
                run = self.run_trace(text, target, mode="multipath")
                trace = self.agrees(run, target)
                self.assertEqual({entry["addr"] for entry in trace["hops"] if entry["probe_ttl"] == 2},
                                 {describe.address(number, family) for number in routers})
                self.assertEqual(trace["tcptraceroute"]["path_length"], 4)


if __name__ == "__main__":
    tracing.main("scamper")
