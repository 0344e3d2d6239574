#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_man.py WRAP PAGE: compares the plugin's manual page with the plugin.

Exit status: 0 they agree, 1 they do not, 77 cannot run here (and why).
"""
import pathlib
import re
import shutil
import subprocess
import sys

SKIP = 77
TYPES = {
    "FT_BOOLEAN": "boolean", "FT_FRAMENUM": "frame number", "FT_IPv4": "IPv4 address", "FT_IPv6": "IPv6 address",
    "FT_RELATIVE_TIME": "relative time", "FT_STRING": "string", "FT_UINT8": "unsigned integer",
    "FT_UINT32": "unsigned integer", "FT_DOUBLE": "floating point"}
ENTRY = re.compile(r'^\.BR? (tcptraceroute[.,]\S+)(?: " \((.*)\)")?$')
SECTIONS = ("OUTPUTS", "FIELDS", "EXPERT ITEMS", "PREFERENCES")


def page_entries(text):
    """{section: {name: what stands in brackets behind it, or ""}}: what follows .TP, and any further names."""
    entries = {section: {} for section in SECTIONS}
    section, previous = None, ""
    for line in text.splitlines():
        if line.startswith(".SH "):
            section = line[4:].strip('"')
        found = ENTRY.match(line)
        if found and previous == ".TP" and section in entries:
            entries[section][found.group(1)] = found.group(2) or ""
        previous = line
    return entries


def run(wrap, *arguments):
    done = subprocess.run([wrap, *arguments], capture_output=True, text=True, timeout=600, check=False)
    return done.stdout + done.stderr


def program_entries(wrap):
    rows = [line.split("\t") for line in run(wrap, "-G", "fields").splitlines()]
    fields = {row[2]: row[3] for row in rows if row[0] == "F" and row[2].startswith("tcptraceroute.")}
    experts = {name: "" for name in fields if name.startswith("tcptraceroute.expert.")}
    settings = re.findall(r"^#?(tcptraceroute\.\S+): (.*)$", run(wrap, "-G", "defaultprefs"), re.MULTILINE)
    outputs = re.findall(r"^\s+(tcptraceroute,\w+)", run(wrap, "-z", "help"), re.MULTILINE)
    return {
        "OUTPUTS": {name: "" for name in outputs},
        "FIELDS": {name: TYPES.get(kind, kind) for name, kind in fields.items() if name not in experts},
        "EXPERT ITEMS": experts,
        "PREFERENCES": dict(settings),
    }


def differences(page, program):
    for section in SECTIONS:
        there, here = program[section], page[section]
        if not there:
            yield f"{section}: the program names none; is the plugin loaded?"
        for name in sorted(there.keys() - here.keys()):
            yield f"{section}: {name} has no entry in the page"
        for name in sorted(here.keys() - there.keys()):
            yield f"{section}: the page has {name}, the program does not"
        for name in sorted(here.keys() & there.keys()):
            if here[name] != there[name]:
                yield f"{section}: {name} is '{there[name]}', the page says '{here[name]}'"


def self_test():
    """A name too few, one too many and another default must all be found."""
    program = {"OUTPUTS": {"tcptraceroute,a": ""}, "FIELDS": {"tcptraceroute.b": "string"},
               "EXPERT ITEMS": {"tcptraceroute.expert.c": ""}, "PREFERENCES": {"tcptraceroute.d": "1"}}
    text = ('.SH OUTPUTS\n.TP\n.B tcptraceroute,x\n.SH FIELDS\n.TP\n.BR tcptraceroute.b " (boolean)"\n'
            '.SH "EXPERT ITEMS"\n.TP\n.B tcptraceroute.expert.c\n.SH PREFERENCES\n.TP\n.BR tcptraceroute.d " (2)"\n')
    found = list(differences(page_entries(text), program))
    assert len(found) == 4, found


def main():
    wrap, page = sys.argv[1:]
    if shutil.which("tshark") is None:
        print("SKIP: there is no tshark here")
        return SKIP
    self_test()
    entries = page_entries(pathlib.Path(page).read_text(encoding="utf-8"))
    errors = list(differences(entries, program_entries(wrap)))
    print(*errors, f"{sum(map(len, entries.values()))} entries, {len(errors)} errors", sep="\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
