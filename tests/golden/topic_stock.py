# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing that stock Wireshark prints is changed: the plugin adds a subtree and a suffix of Info, no more."""
import itertools
import re
import subprocess

import selection
import support

OUR_SUBTREE = re.compile(r"\[?TCP Traceroute\b")
DISABLED = ["--disable-protocol", "tcptraceroute"]
PARENTS = ("tcp", "icmp", "icmpv6")
# Made for the table "ip.proto", where a PDU leaves no protocol in frame.protocols; called by us it does, and what is quoted
# in an error then counts as another conversation. Nothing else gets to the table without an IP header.
NOT_OURS = "none-exported-pdu"


def details(capture, *, two_pass, stock=False, options=()):
    """Summary line and whole tree of every frame."""
    arguments = ["-n", "-r", capture, "-P", "-V", *(["-2"] if two_pass else []), *options]
    return support.run(arguments, stock=stock).splitlines()


def without_subtree(lines):
    """The lines without our subtree: its heading, and what is indented below it."""
    inside = False
    for line in lines:
        if inside and line.startswith(" ") and not is_summary(line):
            continue
        inside = OUR_SUBTREE.match(line) is not None
        if not inside:
            yield line


def is_summary(line):
    """Is this the line of `-P`? A number, and a time with its decimals."""
    return re.match(r" *\d+ +-?\d+\.\d+ ", line) is not None


def compare(plugin_lines, stock_lines):
    """The first line that differs, but for a suffix of a summary line."""
    for number, (ours, theirs) in enumerate(itertools.zip_longest(without_subtree(plugin_lines), stock_lines), 1):
        if ours == theirs:
            continue
        if ours and theirs and is_summary(theirs) and ours.startswith(theirs):
            continue
        yield f"line {number} without our subtree: {ours!r}, stock has {theirs!r}"
        return


def protocols(capture, *, stock):
    return support.run(["-n", "-r", capture, "-T", "fields", "-e", "frame.protocols"], stock=stock).splitlines()


def check_parents(captures, folder):
    """Whoever disables TCP or ICMP gets what stock gives him, and without TCP there are no traces."""
    joined = join(selection.chosen(captures), folder / "few.pcapng")
    for parent in PARENTS:
        options = ["--disable-protocol", parent]
        ours, stock = (details(joined, two_pass=False, stock=is_stock, options=options) for is_stock in (False, True))
        for error in compare(ours, stock):
            yield f"without {parent}: {error}"
        if (ours == stock) != (parent == "tcp"):
            yield f"without {parent}: " + ("no subtree of ours" if ours == stock else "a subtree of ours")


def join(captures, joined):
    subprocess.run(["mergecap", "-a", "-w", joined, *captures], check=True)
    joined.chmod(0o644)
    return joined


def check_all(captures, folder):
    """Over all captures one behind the other: what the frames are part of does not matter here."""
    captures = [capture for capture in captures if not capture.name.startswith(NOT_OURS)]
    joined = join(captures, folder / "joined.pcapng")
    yield from check_parents(captures, folder)
    for two_pass in (False, True):
        mode = "two passes" if two_pass else "one pass"
        stock_lines = details(joined, two_pass=two_pass, stock=True)
        for error in compare(details(joined, two_pass=two_pass), stock_lines):
            yield f"{mode}: {error}"
        disabled_lines = details(joined, two_pass=two_pass, options=DISABLED)
        difference = support.first_difference(disabled_lines, stock_lines, ("disabled", "stock"))
        if difference:
            yield f"{mode}: {difference}"
    difference = support.first_difference(
        protocols(joined, stock=False), protocols(joined, stock=True), ("plugin", "stock"))
    if difference:
        yield f"frame.protocols: {difference}"
