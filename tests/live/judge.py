# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture says (this project's dissector, through tshark) against what the simulator did."""
import json
import os
import re
import statistics
import subprocess

import lab

WRAP = os.path.join(lab.ROOT, "tests", "support", "tshark-wrap")
CHECK_SUMS = ("ip.check_checksum", "tcp.check_checksum")
BAD_SUMS = ("ip.checksum.status == 0 || tcp.checksum.status == 0 || icmp.checksum.status == 0 || "
            "icmpv6.checksum.status == 0 || icmp.ext.checksum.status == 0")
# From the probe's stamp to the simulator's read, and from its write to the reply's stamp: 10 to 50 us on a machine
# with nothing else to do; on a busy one as long as the simulator waits for a processor. How exact the times are,
# benchmarks say (bench_speed.py); a test only sees that an answer was not timed against another probe.
ROOM_NS = 1_000_000_000


def tshark(*arguments):
    done = subprocess.run([WRAP, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                          timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"tshark {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def traces(capture):
    """The traces of a capture, by index."""
    return read(capture)[0]


def read(capture):
    """The traces of a capture; and the packets from the simulated network that have a wrong checksum, a line each."""
    options = [part for name in CHECK_SUMS for part in ("-o", f"{name}:TRUE")]
    received = f"(ip.dst == {lab.SOURCE[4]} || ipv6.dst == {lab.SOURCE[6]}) && ({BAD_SUMS})"
    lines = tshark("-n", *options, "-r", capture, "-Y", received, "-z", "tcptraceroute,json").splitlines()
    objects = [json.loads(line) for line in lines if line.startswith("{")]
    return ([{"hops": [], "extra_hops": [], "no_hops": [], **trace} for trace in objects],
            [line for line in lines if not line.startswith("{")])


def by_probe(trace):
    """The entries of a trace, answered or not, in the order in which their probes were sent."""
    return sorted(trace["hops"] + trace["no_hops"], key=lambda entry: entry["tcptraceroute"]["probe_frame"])


def differences(trace, probes):
    """What the dissector's trace and the simulator's probes do not agree about, one sentence each."""
    entries = by_probe(trace)
    if len(entries) != len(probes):
        yield f"the trace has {len(entries)} probes, the simulator read {len(probes)}"
        return
    errors = []
    for number, (entry, probe) in enumerate(zip(entries, probes), 1):
        for what, said, true in compared(entry, probe):
            if said != true:
                yield f"probe {number}, TTL {probe['ttl']}: {what} is {said}, was {true}"
        if "addr" in entry and "rtt_ns" in probe:
            errors.append(entry["rtt"] * 1e6 - probe["rtt_ns"])
    # Stamps have microseconds here and there: no RTT in a capture is shorter than the true one by more than that.
    if errors and min(errors) < -2000:
        yield f"an RTT is {-min(errors):.0f} ns shorter than the true one"
    if errors and statistics.median(errors) > ROOM_NS:
        yield f"RTTs are {statistics.median(errors) / 1e6:.0f} ms too long at the median"


def compared(entry, probe):
    """Pairs to compare: what, as the dissector says, as it was."""
    answered = probe["outcome"] == "answered"
    yield "TTL", entry["probe_ttl"], probe["ttl"]
    yield "responder", entry.get("addr"), probe["from"] if answered else None
    if answered and "addr" in entry:
        yield "kind", entry["tcptraceroute"]["kind"], probe["answer"]
        yield "source port", entry["tcptraceroute"]["sport"], probe["sport"]
        if probe["family"] == 4:
            yield "IP ID", entry["tcptraceroute"]["probe_ip_id"], probe["ip_id"]


def printed_path(text):
    """What traceroute and tcptraceroute print: {hop: [(address, ms)...]}."""
    path = {}
    for line in text.splitlines():
        match = re.match(r"\s*(\d+)\s+(.*)", line)
        if not match or "hops max" in line:
            continue
        address = None
        answers = path.setdefault(int(match.group(1)), [])
        for word, ms in re.findall(r"([0-9a-f.:]+(?=\s)(?!\s+ms))|([0-9.]+) ms", match.group(2)):
            address = word or address
            if ms:
                answers.append((address, float(ms)))
    return path
