#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes ../captures/expected.json from what the tools printed (NAME.txt) and from the table in ../captures/README.md.

It looks at no packet, and says only what the tool says. For each capture:

    {"tool": "...", "traces": n,                     of the table; "traces_max" where the table has a range
     "dst": "...", "dport": n, "src": "...", "sport": n, "probe": "ack" where the command asks for ACK probes,
     "hops": {"1": ["addr", ...]},                   every address the tool names for that TTL, in the order of its text
     "stars": {"2": 3},                              probes without answer; 0 is not listed
     "marks": {"4": ["!A"]},                         each once
     "state": "open",                                the tool's own word, or the flags it prints: "syn,ack"
     "stop_reason": "UNREACH", "stop_data": 13}      scamper

A capture of several runs has {"tool", "traces", "runs": [...]} with the other keys in each run. TTLs are the capture's (the
tool's less the table's shift); hops that end before the capture's place are left out. Where the table says `part` there is
only the number of traces; where it says `more`, no stars and no state. Exit 1 when text and table disagree about the number.
"""
import json
import re
import shlex
import sys
from pathlib import Path

CAPTURES = Path(__file__).resolve().parent.parent / "captures"


class Run:
    """One trace as one tool tells it."""

    def __init__(self, tool, dst=None, dport=None, src=None, sport=None, tcp=True):
        self.tool, self.dst, self.dport, self.src, self.sport, self.tcp = tool, dst, dport, src, sport, tcp
        self.hops, self.stars, self.marks, self.more = {}, {}, {}, {}
        self.state = None

    def answer(self, ttl, address):
        addresses = self.hops.setdefault(ttl, [])
        if address and address not in addresses:
            addresses.append(address)

    def star(self, ttl, count=1):
        if count:
            self.stars[ttl] = self.stars.get(ttl, 0) + count
        self.hops.setdefault(ttl, [])

    def mark(self, ttl, text):
        marks = self.marks.setdefault(ttl, [])
        if text not in marks:
            marks.append(text)

    def end_at_target(self):
        """For tools that list what they sent beyond the target."""
        reached = [ttl for ttl, addresses in self.hops.items() if self.dst in addresses]
        if reached:
            for table in (self.hops, self.stars, self.marks):
                for ttl in [ttl for ttl in table if ttl > min(reached)]:
                    del table[ttl]


ADDRESS = r"[0-9a-f]*[.:][0-9a-f.:]+"
TOKEN = re.compile(rf"""
      (?P<star>\*)
    | \[(?P<state>[^\]]*)\]
    | <(?P<flags>[^>]*)>
    | (?P<rtt>-?\d+\.\d+)\ ms
    | (?P<mark>!\S*)
    | (?P<address>{ADDRESS})
    | '-?\d+'
""", re.X)


def hop_tokens(run, ttl, text):
    """The part of a hop line behind its TTL; tcptraceroute and traceroute write the same things."""
    run.hops.setdefault(ttl, [])
    for token in TOKEN.finditer(text):
        if token["star"]:
            run.star(ttl)
        elif token["address"]:
            run.answer(ttl, token["address"])
        elif token["mark"]:
            run.mark(ttl, token["mark"])
        elif token["state"] or token["flags"]:
            run.state = run.state or token["state"] or token["flags"]


def read_hop_lines(command, lines):
    """tcptraceroute, traceroute, scamper's text."""
    run, runs, ttl, source, port = None, [], None, (None, None), None
    tcp_traceroute = "-T" in command or "tcpconn" in command or "tcptraceroute.db" in command
    for line in lines:
        if m := re.match(rf"Selected device \S+, address ({ADDRESS}?)(?:, port (\d+))? for outgoing", line):
            source = (m[1], int(m[2]) if m[2] else None)
        elif m := re.match(rf"Tracing the path to .*?({ADDRESS})\)? on TCP port (\d+)", line):
            run = Run("tcptraceroute", m[1], int(m[2]), *source)
            runs.append(run)
        elif m := re.match(r"\ttraceroute .* -p (\d+)", line):
            port = int(m[1])
        elif m := re.match(rf"traceroute to \S+ \(({ADDRESS})\), (\d+) hops", line):
            run = Run("traceroute", m[1], port or option(command, "-p", 80), tcp=tcp_traceroute)
            runs.append(run)
        elif m := re.match(rf"traceroute from ({ADDRESS}) to ({ADDRESS})", line):
            run = Run("scamper", m[2], option(command, "-d", None), m[1])
            runs.append(run)
        elif run and (m := re.match(r"([ \d]\d)  (.*)", line)):
            ttl = int(m[1])
            hop_tokens(run, ttl, m[2])
        elif run and ttl and (m := re.match(rf"    ({ADDRESS}.*)", line)):
            hop_tokens(run, ttl, m[1])
    return runs


def read_mtr(command, lines):
    run = Run("mtr", command[-1], option(command, "-P", 80), tcp="-T" in command)
    sent, answered = {}, {}
    text = "\n".join(lines)
    if text.lstrip().startswith("{"):
        for hub in json.loads(text)["report"]["hubs"]:
            mtr_hop(run, hub["count"], hub["host"], hub["Snt"], hub["Loss%"])
    for line in lines:
        if m := re.match(r" *(\d+)\.\|-- (\S+) +([\d.]+)%? +(\d+)", line):
            mtr_hop(run, int(m[1]), m[2], int(m[4]), float(m[3]))
        elif line.startswith("MTR."):
            cells = line.split(",")
            mtr_hop(run, int(cells[4]), cells[5], int(cells[7]), float(cells[6]))
        elif m := re.match(r"x (\d+) (\d+)$", line):
            sent.setdefault(int(m[1]) + 1, set()).add(m[2])
        elif m := re.match(rf"h (\d+) ({ADDRESS})$", line):
            run.answer(int(m[1]) + 1, m[2])
        elif m := re.match(r"p (\d+) \d+ (\d+)$", line):
            answered.setdefault(int(m[1]) + 1, set()).add(m[2])
    for ttl, ports in sent.items():
        if ttl not in run.hops or ttl in answered:
            run.star(ttl, len(ports - answered.get(ttl, set())))
    run.end_at_target()
    return [run] if run.hops else []


def mtr_hop(run, ttl, host, sent, loss):
    run.answer(ttl, None if host == "???" else host)
    run.star(ttl, round(sent * loss / 100))


def read_nmap(command, lines):
    runs, run, target, states, same = [], None, None, {}, []
    for line in lines:
        if m := re.match(r"Nmap scan report for (\S+)", line):
            target, states, run = m[1], {}, None
        elif m := re.match(r"(\d+)/tcp +(\S+)", line):
            states[int(m[1])] = m[2]
        elif m := re.match(r"TRACEROUTE \(using port (\d+)/tcp\)", line):
            run = Run("nmap", target, int(m[1]))
            run.state = states.get(int(m[1]))
            runs.append(run)
        elif line.startswith("TRACEROUTE"):
            run = None
        elif run and (m := re.match(rf"(\d+) +[\d.]+ ms ({ADDRESS})", line)):
            run.answer(int(m[1]), m[2])
        elif run and (m := re.match(r"(\d+) +\.\.\.(?: (\d+))?$", line)):
            for ttl in range(int(m[1]), int(m[2] or m[1]) + 1):
                run.star(ttl, 0)  # how many were sent it does not say
        elif run and (m := re.match(r"- +Hops? (\d+)(?:-(\d+))? (?:is|are) the same as for (\S+)", line)):
            same.append((run, range(int(m[1]), int(m[2] or m[1]) + 1), m[3]))
    for run, ttls, other in same:
        for ttl in ttls:
            for address in next(one for one in runs if one.dst == other).hops.get(ttl, []):
                run.answer(ttl, address)
    return runs


def read_scamper(command, lines):
    runs = []
    for line in lines:
        if not line.startswith("{"):
            continue
        record = json.loads(line)
        if record["type"] not in ("trace", "tracelb"):
            continue
        run = Run("scamper", record["dst"], record["dport"], record["src"], record["sport"], tcp=record["method"].startswith("tcp"))
        runs.append(run)
        if record["type"] == "tracelb":
            read_tracelb(run, record)
            continue
        run.more = {"stop_reason": record["stop_reason"], "stop_data": record["stop_data"]}
        last = {}
        for hop in record.get("hops", []):
            run.answer(hop["probe_ttl"], hop["addr"])
            last.setdefault(hop["probe_ttl"], []).append(hop["probe_id"])
            if hop["addr"] == record["dst"] and "tcp_flags" in hop:
                run.state = {18: "open", 20: "closed"}.get(hop["tcp_flags"])
        for ttl in range(record["firsthop"], record["hop_count"] + 1):
            answers = last.get(ttl, [])
            sent = record["attempts"] if not answers or "-Q" in line_words(command) else max(answers)
            run.star(ttl, sent - len(answers))
    return runs


def line_words(command):
    return " ".join(command).split()


def read_tracelb(run, record):
    for node in record["nodes"]:
        for links in node.get("links", []):
            for link in links:
                for probe in link["probes"]:
                    if probe["replyc"]:
                        run.answer(probe["ttl"], link["addr"])
    run.answer(record["firsthop"], record["nodes"][0]["addr"])


def read_hping(command, lines):
    if "--traceroute" not in command:
        return []
    run = Run("hping3", command[-1], option(command, "-p", 0))
    for line in lines:
        if m := re.search(rf"hop=(\d+) TTL 0 during transit from ip=({ADDRESS})", line):
            run.answer(int(m[1]), m[2])
        elif m := re.search(rf"len=\d+ ip=({ADDRESS}) .*flags=(\S+)", line):
            run.state = run.state or {"SA": "open", "RA": "closed"}.get(m[2])
            if m[1] == run.dst and not any(run.dst in addresses for addresses in run.hops.values()):
                run.answer(max(run.hops, default=0) + 1, m[1])
    # Text that another buffer broke in two: "hop=3 " ... "TTL 0 during transit from ip=".
    text = "\n".join(lines)
    for m in re.finditer(rf"hop=(\d+) \n.*?\nTTL 0 during transit from ip=({ADDRESS})", text, re.S):
        run.hops[int(m[1])] = [m[2]]
        if run.state:
            run.answer(int(m[1]) + 1, run.dst)
    return [run]


def read_nping(command, lines):
    run = None
    ttl = None
    for line in lines:
        if m := re.match(rf"SENT .* TCP \[?({ADDRESS}):(\d+) > ({ADDRESS}):(\d+) \S+ (?:ttl|hopl)=(\d+)", line):
            run = run or Run("nping", m[3], int(m[4]), m[1], int(m[2]))
            ttl = int(m[5])
            run.star(ttl)
        elif run and (m := re.match(rf"RCVD .* ICMP \[({ADDRESS}) > ", line)):
            run.answer(ttl, m[1])
            run.star(ttl, -1)
        elif run and (m := re.match(rf"RCVD .* TCP ({ADDRESS}):\d+ > \S+ (\S+) ", line)):
            run.answer(ttl, m[1])
            run.star(ttl, -1)
            run.state = run.state or {"SA": "open", "RA": "closed"}.get(m[2])
    if run:
        run.stars = {ttl: count for ttl, count in run.stars.items() if count > 0}
        run.end_at_target()
    return [run] if run else []


def read_lft(command, lines):
    run = None
    for line in lines:
        if m := re.match(rf"TTL LFT trace to ({ADDRESS}):(\d+)(?:-\d+)?/tcp", line):
            run = Run("lft", m[1], int(m[2]))
        elif m := re.match(rf'<event code="11" ip="({ADDRESS})" .*dport="(\d+)"', line):
            run = Run("lft", m[1], int(m[2]))
        elif run and (m := re.match(r" *(\d+)  (?:\[([^\]]*)\] )?(\d[\d.]+)", line)):
            run.answer(int(m[1]), m[3])
            lft_state(run, m[2])
        elif run and (m := re.match(rf'<event code="16" index=" *(\d+)" (?:trgstate="(\w+)" )?ip="({ADDRESS})"', line)):
            run.answer(int(m[1]), m[3])
            lft_state(run, m[2])
    return [run] if run else []


def lft_state(run, text):
    if text:
        run.state = text.replace("target ", "")


def option(command, name, default):
    """The number that follows an option, or is glued to it."""
    words = line_words(command)
    for i, word in enumerate(words):
        if word == name and i + 1 < len(words) and words[i + 1].isdigit():
            return int(words[i + 1])
        if name != "-d" and word.startswith(name) and word[len(name):].isdigit():
            return int(word[len(name):])
    return default


READERS = {"mtr": read_mtr, "nmap": read_nmap, "hping3": read_hping, "nping": read_nping, "lft": read_lft}


def read_text(tool, text):
    """All runs of a NAME.txt. A command of several tools is read by each tool's reader in turn."""
    first, _, rest = text.partition("\n")
    lines = rest.split("\n")
    command = shlex.split(first.split(">")[0].split(";")[0] if "& wait" in first else first)
    if "for t in" in first:
        command = first.replace(";", " ").split()
    runs = []
    for name in tool.split("+"):
        if name in READERS:
            runs += READERS[name](command, lines)
        elif name == "scamper" and "-O json" in first:
            runs += read_scamper(command, lines)
        elif name in ("tcptraceroute", "tcptraceroute.db", "traceroute", "scamper"):
            if not any(run.tool in ("tcptraceroute", "traceroute") for run in runs):
                runs += read_hop_lines(line_words([first]), lines)
    return [run for run in runs if run.tcp], first


def as_expected(run, shift, place, sees, first):
    entry = {"dst": run.dst, "dport": run.dport}
    if place == "s" and run.src:
        entry["src"] = run.src
        if run.sport and run.tool != "nping":
            entry["sport"] = run.sport
    if re.search(r"(^|\s)-A(\s|$)|tcp-ack|-O ack|-sA|-PA", first) and run.tool != "mtr":
        entry["probe"] = "ack"

    def moved(table):
        return {str(ttl - shift): value for ttl, value in sorted(table.items()) if ttl > shift and value}

    entry["hops"] = moved(run.hops)
    if sees == "all":
        entry["stars"] = moved(run.stars)
        if run.state:
            entry["state"] = run.state
    entry["marks"] = moved(run.marks)
    entry.update(run.more)
    return {key: value for key, value in entry.items() if value not in (None, {}, [])}


# One TTL, and yet a trace: see docs/decisions/0002-recognition.md.
ONE_TTL = {"cookie_sport", "norst_sport", "norst_tcptr", "ratelimit", "tt_beyond"}


def table_rows():
    for line in (CAPTURES / "README.md").read_text().split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 7 and cells[0] != "name":
            name, tool, _, traces, place, shift, sees = cells
            low, _, high = traces.partition("..")
            yield name, tool, int(low), int(high or low), place, int(shift), sees


def main():
    expected, complaints = {}, 0
    for name, tool, traces, traces_max, place, shift, sees in table_rows():
        text_path = CAPTURES / f"{name}.txt"
        if not text_path.exists() or not (CAPTURES / f"{name}.pcap").exists():
            print(f"{name}: in the table, but there is no capture", file=sys.stderr)
            complaints += 1
            continue
        runs, first = read_text(tool, text_path.read_text())
        entry = {"tool": tool, "traces": traces}
        if traces_max != traces:
            entry["traces_max"] = traces_max
        long_enough = [run for run in runs if len([ttl for ttl in run.hops if ttl > shift]) > 1]
        if sees == "all" and len(long_enough) != traces and name not in ONE_TTL:
            print(f"{name}: the table says {traces}, the text has {len(long_enough)} of two TTLs or more", file=sys.stderr)
            complaints += 1
        if sees != "part" and traces:
            if traces == 1 and len(runs) == 1:
                entry.update(as_expected(runs[0], shift, place, sees, first))
            else:
                entry["runs"] = [{"tool": run.tool, **as_expected(run, shift, place, sees, first)} for run in long_enough]
        expected[name] = entry
    for path in sorted(CAPTURES.glob("*.pcap")):
        if path.stem not in expected:
            print(f"{path.name}: not in the table", file=sys.stderr)
            complaints += 1
    with open(CAPTURES / "expected.json", "w") as output:
        output.write("{\n")
        output.write(",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in sorted(expected.items())))
        output.write("\n}\n")
    print(f"{len(expected)} captures, {complaints} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
