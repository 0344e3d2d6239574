#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench_speed.py: how fast and how exact the tracer and its peers are, side by side, as Markdown tables.

Each run has a simulated network of its own, so that no tool finds a rate limit used up. The time runs from the first
probe, as the simulator read it, to the end of the tool's process; for the tracer, to the end of what it writes: that is
when Wireshark knows that it is done, and the kernel takes up to 50 ms more to close its capture. Answers are counted by the simulator; RTTs as the
tool tells them are compared, probe by probe, with the simulator's truth.
"""
import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time

import describe
import lab
import peers

TARGET = describe.TARGET[4]
DISTANCE = 12
LIMIT_S = 400
SCENARIOS = {
    "answering": ("12 hops, 60 ms, all answering", {}, {}),
    "silent-hops": ("12 hops, 60 ms; hops 4, 7 and 8 silent", {hop: {"silent": True} for hop in (4, 7, 8)}, {}),
    "silent-hops-near": ("12 hops, 60 ms; hops 4, 7 and 8 silent; 4 ms a hop up to the last router",
                         {hop: {"rtt_us": 4000 * hop, "silent": hop in (4, 7, 8)} for hop in range(1, DISTANCE)}, {}),
    "silent-target": ("12 hops, the target silent, 30 hops allowed", {}, {"answer": "silent"}),
    "rate-limits": ("12 hops, 60 ms, all with the rate limit of Linux",
                    {hop: {"rate_limit": "linux"} for hop in range(1, DISTANCE)}, {}),
    "strict-limits": ("12 hops, 60 ms, each router answers once a second",
                      {hop: {"rate_limit": "1/1"} for hop in range(1, DISTANCE)}, {}),
    "loss": ("12 hops, 60 ms, 5 % of the answers of each hop lost",
             {hop: {"loss": 5} for hop in range(1, DISTANCE)}, {"loss": 5}),
    "wall": ("hop 8 of 12 rejects, all with the rate limit of Linux",
             {hop: {"rate_limit": "linux", **({"reject": "admin"} if hop == 8 else {})}
              for hop in range(1, DISTANCE)}, {}),
    "loop": ("routers 5 and 6 send packets to each other, all with the rate limit of Linux",
             {hop: {"rate_limit": "linux"} for hop in range(1, DISTANCE)}, {"path": "r1 r2 r3 r4" + " r5 r6" * 20}),
    "slow-link": ("12 hops, 600 ms more from hop 2 on",
                  {hop: {"rtt_us": 500 * hop + (600_000 if hop > 1 else 0)} for hop in range(1, DISTANCE)},
                  {"rtt_us": 606_000}),
}


class Reader(threading.Thread):
    """Reads a fifo into a file, as dumpcap does for Wireshark; `ended_ns` is when its writer closed it."""

    def __init__(self, fifo, copy):
        super().__init__(daemon=True)
        self.fifo = fifo
        self.copy = copy
        self.ended_ns = None
        os.mkfifo(fifo)

    def run(self):
        with open(self.fifo, "rb") as source, open(self.copy, "wb") as copy:
            shutil.copyfileobj(source, copy)
            self.ended_ns = time.time_ns()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        """Waits for the end, also when nobody ever opened the fifo."""
        if self.is_alive():
            os.close(os.open(self.fifo, os.O_RDWR | os.O_NONBLOCK))
        self.join()
        os.unlink(self.fifo)


class Run:
    """One trace by one tool: `seconds`, `probes`, `answers`, `limited`, `hops`, `late_us` of the simulator and
    `errors_us` (may be empty)."""

    def __init__(self, peer, scenario, folder):
        _, routers, target = SCENARIOS[scenario]
        fifo, capture = os.path.join(folder, "fifo"), os.path.join(folder, "tracer.pcapng")
        # Awake all the while: else a probe that comes a while after another waits for the simulator to wake up.
        text = describe.group("simulator", "", spin_us=100_000) + describe.line(DISTANCE, routers, **target)
        with lab.SimLab(text, ethernet=True) as network:
            with Reader(fifo, capture) as reader:
                done = network.sender.run(*peer.arguments(TARGET, fifo), check=False, timeout=LIMIT_S)
                ended_ns = time.time_ns()
            truth = network.finish()
        if peer.reads_capture:
            ended_ns = reader.ended_ns
        # What the kernel sends of its own accord (RST, the end of mtr's connections) is no probe; nmap may use ICMP.
        probes = [probe for probe in truth.probes if probe["dst"] == TARGET and not probe["flags"] & 0x15]
        if not probes:
            raise lab.LabError(f"{peer.name} sent no probe: {done.stderr.strip()[:300]}")
        self.seconds = (ended_ns - probes[0]["time_ns"]) / 1e9
        self.on_path = [probe for probe in probes if probe["ttl"] <= DISTANCE]
        self.probes = len(probes)
        self.answers = sum(probe["outcome"] == "answered" for probe in self.on_path)
        self.limited = sum(probe["outcome"] == "rate-limited" for probe in probes)
        self.hops = len({probe["ttl"] for probe in self.on_path if probe["outcome"] == "answered"})
        self.late_us = [late / 1000 for late in truth.late_ns]
        self.errors_us = list(errors(peer.read(capture if peer.reads_capture else done.stdout), self.on_path))


def errors(told, probes):
    """How far each RTT that a tool told is from the true one, in us."""
    ports = told.get("ports", {})
    by_ttl = {}
    for probe in probes:
        by_ttl.setdefault(probe["ttl"], []).append(probe)
        if probe["sport"] in ports and "rtt_ns" in probe:
            yield abs(ports[probe["sport"]] * 1000 - probe["rtt_ns"] / 1000)
    for ttl, rtts in told.items() if not ports else ():
        sent = by_ttl.get(ttl, [])
        if len(rtts) < len(sent):  # only the answers are told
            sent = [probe for probe in sent if "rtt_ns" in probe][-len(rtts):]
        for rtt, probe in zip(rtts, sent):
            if rtt is not None and "rtt_ns" in probe:
                yield abs(rtt * 1000 - probe["rtt_ns"] / 1000)


def measure(peer, scenario, repeat, slow_s):
    """Up to `repeat` runs; a tool that takes longer than `slow_s` runs once."""
    runs = []
    with tempfile.TemporaryDirectory(prefix="ttr-bench-") as folder:
        for _ in range(repeat):
            runs.append(Run(peer, scenario, folder))
            if runs[-1].seconds > slow_s:
                break
    return runs


def row(peer, runs):
    median = statistics.median
    rtt_errors = [error for run in runs for error in run.errors_us]
    cells = (
        f"`{peer.name}`", len(runs), f"{min(run.seconds for run in runs):.3f}",
        f"{median(run.seconds for run in runs):.3f}", f"{median(run.probes for run in runs):g}",
        f"{median(run.answers for run in runs):g} of {median(len(run.on_path) for run in runs):g}",
        f"{median(run.hops for run in runs):g}", f"{median(run.limited for run in runs):g}",
        f"{median(rtt_errors):.0f}" if rtt_errors else "-",
        f"{median(late for run in runs for late in run.late_us):.1f}")
    return "| " + " | ".join(map(str, cells)) + " |"


def tables(options):
    """The lines of the report, as they come to be known."""
    chosen = [peer for peer in peers.PEERS if not options.only or any(word in peer.name for word in options.only)]
    for scenario in options.scenario or SCENARIOS:
        yield f"### {SCENARIOS[scenario][0]}\n"
        yield ("| tool | runs | time (s), least | median | probes | answers on the path | hops that answered | "
               "refused by a rate limit | RTT error (us), median | replies late (us), median |")
        yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
        for peer in chosen:
            if peer.path() is None:
                yield f"| `{peer.name}` | not installed or not built ||||||||"
                continue
            try:
                yield row(peer, measure(peer, scenario, options.repeat, options.slow))
            except lab.LabError as error:
                yield f"| `{peer.name}` | failed: {error} ||||||||"
        yield ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--repeat", type=int, default=5, help="runs of each tool in each scenario (5)")
    parser.add_argument("--slow", type=float, default=5, help="a tool that takes more seconds runs once (5)")
    parser.add_argument("--scenario", action="append", choices=sorted(SCENARIOS), help="only this one; may be repeated")
    parser.add_argument("--only", action="append", metavar="WORD", help="only tools whose name has it; may be repeated")
    parser.add_argument("--output", help="write the tables to this file, too")
    options = parser.parse_args()
    reason = lab.reason_to_skip()
    if reason:
        print(f"SKIP: {reason}")
        return lab.SKIP
    lines = []
    for line in tables(options):
        print(line, flush=True)
        lines.append(line)
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    lab.end_on_signal()
    sys.exit(main())
