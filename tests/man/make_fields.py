#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_fields.py WRAP PAGE [--write]: docs/fields.md from what the plugin registers.

Without --write it compares. Exit status: 0 the page is what the plugin says, 1 it is not, 77 cannot run here (and why).
"""
import pathlib
import re
import shutil
import subprocess
import sys

SKIP = 77
HEAD = """# Fields, expert items and preferences

Made from what the plugin registers: `tests/man/make_fields.py WRAP docs/fields.md --write`; a test compares.
What each value means stands in `guide/reading.md`.
"""
TYPES = {
    "FT_BOOLEAN": "boolean", "FT_FRAMENUM": "frame number", "FT_IPv4": "IPv4 address", "FT_IPv6": "IPv6 address",
    "FT_RELATIVE_TIME": "relative time, s", "FT_STRING": "string", "FT_UINT8": "unsigned integer",
    "FT_UINT32": "unsigned integer"}


def run(wrap, *arguments):
    return subprocess.run([wrap, *arguments], capture_output=True, text=True, timeout=600, check=True).stdout


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def page(wrap):
    rows = [line.split("\t") for line in run(wrap, "-G", "fields").splitlines()]
    names = [(f"`{row[2]}`", row[1]) for row in rows if row[0] == "P" and row[2].startswith("tcptraceroute.")]
    rows = [row for row in rows if row[0] == "F" and row[2].startswith("tcptraceroute.")]
    fields = [(f"`{row[2]}`", TYPES[row[3]], row[7]) for row in rows if ".expert." not in row[2]]
    experts = [(f"`{row[2]}`", row[1]) for row in rows if ".expert." in row[2]]
    found = re.findall(r"^# (.*)\n# .*\n#(tcptraceroute\.\S+): (.*)$", run(wrap, "-G", "defaultprefs"), re.MULTILINE)
    settings = [(f"`{name}`", value, words) for words, name, value in found]
    if not fields or not names or not experts or not settings:
        raise SystemExit("the plugin registers nothing; is it loaded?")
    return "\n".join((
        HEAD, "## Fields\n", table(("field", "type", "meaning"), fields), "## Protocols\n",
        table(("filter", "the frame is"), names), "## Expert items\n",
        table(("field", "meaning"), experts), "## Preferences\n", table(("preference", "default", "meaning"), settings)))


def main():
    wrap, path = sys.argv[1], pathlib.Path(sys.argv[2])
    if shutil.which("tshark") is None:
        print("SKIP: tshark is not installed")
        return SKIP
    text = page(wrap)
    if "--write" in sys.argv[3:]:
        path.write_text(text, encoding="utf-8")
        return 0
    if path.read_text(encoding="utf-8") != text:
        print(f"FAILED: {path} is not what the plugin registers; see its second line")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
