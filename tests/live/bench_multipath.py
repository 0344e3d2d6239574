#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench_multipath.py RUNS: what multipath mode and scamper's tracelb find of load balancers, as a Markdown table.

A diamond: one router, then 2, 4 or 8 branches of two routers each, one router, the target. The branch depends on the
flow. A run has found all when each router of each branch was seen at its hop. A link joins the answers to two probes
of one flow with neighbouring TTLs; a false one joins routers that are no neighbours. Probes are counted by the
simulator.
"""
import argparse
import concurrent.futures
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time

import describe
import judge
import lab
import tracing

BRANCHES = (2, 4, 8)
TARGET = describe.TARGET[4]
LIMIT_S = 900


class Diamond:
    """`description` for the simulator, and what is true: `routers` {TTL: addresses}, `links`."""

    def __init__(self, branches, seed):
        upper = [10 + number for number in range(branches)]
        lower = [30 + number for number in range(branches)]
        ways = " | ".join(f"r{one} r{two}" for one, two in zip(upper, lower))
        self.description = (
            describe.group("simulator", "", realtime=True, seed=seed) +
            "".join(describe.router(number) for number in (1, *upper, *lower, 2)) +
            describe.group("target", "web", path=f"r1 ({ways}) r2", prefixes=f"{TARGET};{describe.TARGET[6]}",
                           hop_rtt_us=3000))
        first, last = describe.address(1), describe.address(2)
        upper, lower = [list(map(describe.address, numbers)) for numbers in (upper, lower)]
        self.routers = {2: set(upper), 3: set(lower)}
        self.links = {*((first, one) for one in upper), *zip(upper, lower), *((one, last) for one in lower),
                      (last, TARGET), (TARGET, TARGET)}


class Run:
    """One trace: `found_all`, `false_links`, `probes`, `seconds`. `answers`: {(flow, TTL): address}."""

    def __init__(self, diamond, answers, probes, seconds):
        seen = {}
        for (_, ttl), address in answers.items():
            seen.setdefault(ttl, set()).add(address)
        self.found_all = all(routers <= seen.get(ttl, set()) for ttl, routers in diamond.routers.items())
        links = {(address, answers[flow, ttl + 1]) for (flow, ttl), address in answers.items()
                 if (flow, ttl + 1) in answers}
        self.false_links = links - diamond.links
        self.probes = probes
        self.seconds = seconds


def in_lab(diamond, command, ethernet=False):
    """Runs the command in the simulated network. Returns (what it printed, probes, seconds)."""
    with lab.SimLab(diamond.description, ethernet) as network:
        started = time.monotonic()
        printed = network.sender.run(*command, timeout=LIMIT_S).stdout
        seconds = time.monotonic() - started
        probes = len(network.finish().tcp(TARGET))
    return printed, probes, seconds


def run_tracer(diamond):
    with tempfile.TemporaryDirectory(prefix="ttr-multipath-") as folder:
        path = os.path.join(folder, "trace.pcapng")
        _, probes, seconds = in_lab(diamond, [
            tracing.built(), "--capture", "--extcap-interface", tracing.INTERFACE, "--fifo", path, "--target", TARGET,
            "--mode", "multipath"])
        trace, = judge.traces(path)
    answers = {(hop["tcptraceroute"]["sport"], hop["probe_ttl"]): hop["addr"] for hop in trace["hops"]}
    return Run(diamond, answers, probes, seconds)


def run_scamper(diamond):
    """Its shortest wait between two probes: 150 ms."""
    printed, probes, seconds = in_lab(diamond, [
        "scamper", "-O", "json", "-I", f"tracelb -P tcp-sport -d 80 -W 15 {TARGET}"], ethernet=True)
    trace, = [record for record in map(json.loads, printed.splitlines()) if record["type"] == "tracelb"]
    return Run(diamond, dict(scamper_answers(trace)), probes, seconds)


def scamper_answers(trace):
    """((flow, TTL), address) of each probe that was answered."""
    for node in trace["nodes"]:
        for link in node["links"]:
            for hop in link:
                for probe in hop.get("probes", ()):
                    if probe["replyc"]:
                        yield (probe["flowid"], probe["ttl"]), hop["addr"]


TOOLS = {"tcptracedump --mode multipath": run_tracer, "scamper tracelb -P tcp-sport": run_scamper}


def repeat(tool, branches, runs, parallel):
    pool = concurrent.futures.ThreadPoolExecutor(parallel)
    try:
        return list(pool.map(lambda seed: TOOLS[tool](Diamond(branches, seed + 1)), range(runs)))
    finally:
        pool.shutdown(cancel_futures=True)      # those that have begun remove their networks


def row(tool, branches, results):
    probes = [run.probes for run in results]
    return (f"| {branches} | {tool} | {sum(run.found_all for run in results)} of {len(results)} "
            f"| {sum(len(run.false_links) for run in results)} | {statistics.mean(probes):.1f} "
            f"| {min(probes)} to {max(probes)} | {statistics.median(run.seconds for run in results):.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=int)
    parser.add_argument("--parallel", type=int, default=1, help="runs at a time, each in a network of its own")
    parser.add_argument("--branches", type=int, nargs="+", default=BRANCHES, choices=range(2, 17))
    parser.add_argument("--tool", choices=TOOLS, action="append")
    arguments = parser.parse_args()
    print("| branches | tool | all found | false links | probes, mean | least to most | seconds, median |\n"
          "|---|---|---|---|---|---|---|", flush=True)
    started = time.monotonic()
    for branches in arguments.branches:
        for tool in arguments.tool or TOOLS:
            if tool.startswith("scamper") and not shutil.which("scamper"):
                print("scamper is not installed", file=sys.stderr)
                continue
            print(row(tool, branches, repeat(tool, branches, arguments.runs, arguments.parallel)), flush=True)
    print(f"\n{arguments.runs} runs each took {time.monotonic() - started:.0f} s, {arguments.parallel} at a time.")


if __name__ == "__main__":
    why = tracing.reason_to_skip()
    if why:
        print(f"SKIP: {why}")
        sys.exit(lab.SKIP)
    lab.end_on_signal()
    with contextlib.suppress(BrokenPipeError):
        main()
