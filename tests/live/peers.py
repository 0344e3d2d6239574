# SPDX-License-Identifier: GPL-2.0-or-later
"""The tools that are measured: how each is called, and which RTTs it tells.

A reader turns what a tool printed into {TTL: [RTT in ms, or None for a star]} in the order of its probes; or, where
the tool names the source port of each probe, into {source port: RTT}. The tracer's capture is read with the dissector.
"""
import dataclasses
import json
import os
import re
import shutil
import typing

import judge
import lab

TRACER = "tcptracedump"


def read_traceroute(printed):
    """traceroute and tcptraceroute: " 3  198.51.100.3  15.016 ms * 15.026 ms"."""
    rtts = {}
    for line in printed.splitlines():
        match = re.match(r"\s*(\d+)\s+(.*)", line)
        if match and "hops max" not in line:
            values = re.findall(r"([0-9.]+) ms|(\*)", match.group(2))
            rtts[int(match.group(1))] = [float(ms) if ms else None for ms, _ in values]
    return rtts


def read_mtr(printed):
    """mtr --raw: "p POSITION MICROSECONDS PORT"."""
    words = (line.split() for line in printed.splitlines() if line.startswith("p "))
    return {"ports": {int(port): int(us) / 1000 for _, _, us, port in words}}


def read_nmap(printed):
    """nmap: "3   15.11 ms 198.51.100.3"."""
    return {int(hop): [float(ms)] for hop, ms in re.findall(r"^(\d+)\s+([0-9.]+) ms ", printed, re.MULTILINE)}


def read_scamper(printed):
    rtts = {}
    for line in printed.splitlines():
        record = json.loads(line)
        for hop in record.get("hops", ()) if record["type"] == "trace" else ():
            answers = rtts.setdefault(hop["probe_ttl"], [])
            answers += [None] * (hop["probe_id"] - 1 - len(answers))
            answers.append(hop["rtt"])
    return rtts


def read_lft(printed):
    """lft: " 3  198.51.100.3 15.1/15.1/15.2ms"; it does not say which probe a value is of when some got no answer."""
    return {int(hop): [float(ms) for ms in values.split("/")]
            for hop, values in re.findall(r"^\s*(\d+)\s.* ([0-9./]+)ms$", printed, re.MULTILINE)}


def read_tracer(capture):
    rtts = {}
    for trace in judge.traces(capture):
        for entry in judge.by_probe(trace):
            rtts.setdefault(entry["probe_ttl"], []).append(entry.get("rtt"))
    return rtts


@dataclasses.dataclass
class Peer:
    """`command` has {target} and {fifo} to fill in. `reads_capture`: the reader gets the name of what was
    read from the fifo."""
    name: str
    command: str
    read: typing.Callable
    program: str = ""
    reads_capture: bool = False

    def arguments(self, target, fifo):
        # scamper takes its command as one argument.
        words = re.findall(r"'[^']*'|\S+", self.command.format(target=target, fifo=fifo))
        return [self.path(), *(word.strip("'") for word in words[1:])]

    def path(self):
        """Where the program is, or None."""
        name = self.program or self.command.split()[0]
        if name != TRACER:
            return shutil.which(name)
        path = os.environ.get("TTR_TRACER") or os.path.join(lab.build_folder(), "tracer", TRACER)
        return path if os.access(path, os.X_OK) else None


PEERS = (
    Peer("tcptracedump", f"{TRACER} --capture --extcap-interface tcptraceroute --fifo {{fifo}} --target {{target}} "
         "--port 80", read_tracer, TRACER, True),
    Peer("traceroute -T", "traceroute -T -n {target}", read_traceroute),
    Peer("traceroute -T -N 30 -w 1", "traceroute -T -n -N 30 -w 1 {target}", read_traceroute),
    Peer("tcptraceroute", "tcptraceroute -n {target} 80", read_traceroute),
    Peer("mtr --tcp -c 3", "mtr --tcp -P 80 -n --raw -c 3 {target}", read_mtr),
    Peer("nmap --traceroute", "nmap -n -Pn -p 80 --traceroute {target}", read_nmap),
    Peer("scamper trace -P tcp -q 3 -Q", "scamper -O json -I 'trace -P tcp -d 80 -q 3 -Q {target}'", read_scamper),
    Peer("lft -m 3", "lft -n -m 3 {target}:80", read_lft),
)
