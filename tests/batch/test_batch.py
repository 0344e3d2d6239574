#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_batch.py WRAP: runs the commands of docs/guide/batch.md, with WRAP for tshark, on good and broken captures.

Exit status: 0 passed, 1 failed, 77 cannot run here (and why).
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide" / "batch.md"
SKIP = 77
GOOD = ("tcptr_open", "tcptr_closed", "tr_T_open", "tr_T6")


def commands():
    """The blocks that are marked `sh batch`, in their order."""
    return re.findall(r"^```sh batch\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def fill(folder):
    """Captures, one of them with a name that shells do not like, one cut off, one that is none, one empty."""
    folder.mkdir()
    for name in GOOD:
        shutil.copy(ROOT / "tests" / "captures" / f"{name}.pcap", folder)
    (folder / "a 'name' with $signs.pcap").write_bytes((folder / "tcptr_open.pcap").read_bytes())
    whole = (folder / "tr_T_open.pcap").read_bytes()
    (folder / "cut.pcap").write_bytes(whole[:len(whole) - 20])
    (folder / "broken.pcap").write_bytes(bytes(range(200, 256)) * 40)
    (folder / "empty.pcap").write_bytes(b"")
    for number in range(50):   # more than one shell gets to do
        os.link(folder / "tcptr_closed.pcap", folder / f"more-{number}.pcapng")


def check(there, message):
    if not there:
        print(f"FAILED: {message}")
    return bool(there)


def check_lines(work):
    lines = [json.loads(line) for line in (work / "traces.jsonl").read_text(encoding="utf-8").splitlines()]
    files = [line["file"] for line in lines]
    errors = "".join(path.read_text(encoding="utf-8", errors="replace") for path in (work / "out").glob("errors.*"))
    wanted = {f"captures/{name}.pcap" for name in GOOD} | {"captures/a 'name' with $signs.pcap", "captures/cut.pcap"}
    wanted |= {f"captures/more-{number}.pcapng" for number in range(50)}
    return (check(sorted(files) == sorted(wanted), f"files {sorted(set(files) ^ wanted)} are missing or too many") and
            check(all(line["type"] == "trace" and line["dst"] for line in lines), "a line is no trace") and
            check("broken.pcap" in errors, f"no error names broken.pcap: {errors!r}") and
            check("cut.pcap" in errors, f"no error names cut.pcap: {errors!r}"))


def check_frames(lines):
    """Elasticsearch's bulk form: a line that says where to, and one for the frame.

    The target answered three of the 12 probes with a SYN/ACK, and the sender's kernel sent a RST to each of those.
    """
    layers = [json.loads(line)["layers"]["tcptraceroute"] for line in lines[1::2]]
    hops = {int(fields["tcptraceroute_tcptraceroute_hop"]) for fields in layers}
    return (check(len(layers) == 12 + 12 + 3, f"{len(layers)} frames of tcptr_open.pcap") and
            check(hops == {1, 2, 3, 4}, f"the frames' hops are {hops}"))


def main():
    wrap = pathlib.Path(sys.argv[1]).resolve()
    if not shutil.which("jq"):
        print("SKIP: jq is not installed")
        return SKIP
    with tempfile.TemporaryDirectory(prefix="ttr-batch-") as name:
        work = pathlib.Path(name)
        work.chmod(0o755)
        fill(work / "captures")
        outputs = []
        for text in commands():
            script = re.sub(r"\btshark\b", str(wrap), text)
            done = subprocess.run(["sh", "-c", script], cwd=work, capture_output=True, text=True, timeout=3600, check=False)
            if not check(done.returncode in (0, 123), f"exit {done.returncode} of\n{text}{done.stderr}"):
                return 1
            outputs.append(done.stdout)
        closed = [line for line in outputs[1].splitlines() if line.endswith("\tclosed")]
        passed = (check(len(outputs) == 6, f"{len(outputs)} commands in the guide") and check_lines(work) and
                  check(len(closed) == 51, f"{len(closed)} closed ports") and
                  check(outputs[2].startswith(("10.0.", "fd00:")), f"slowest routers: {outputs[2]!r}") and
                  check("tcptr_open.pcap trace 0: " in outputs[3], f"notes: {outputs[3][:200]!r}") and
                  check_frames((work / "frames.ek").read_text(encoding="utf-8").splitlines()) and
                  check(len((work / "bulk.ndjson").read_text().splitlines()) == 2 * 56, "bulk.ndjson"))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
