# SPDX-License-Identifier: GPL-2.0-or-later
"""What is printed at the end of the file is the same in one pass, in two, and when nothing else is printed."""
import support


def check_each(capture, seen):
    difference = support.first_difference(seen.one_statistics, seen.two_statistics, ("one pass", "two passes"))
    if difference:
        yield f"all -z outputs: {difference}"
    shown = [line for line in seen.one_statistics if line.startswith('{"type"')]
    difference = support.first_difference(seen.json_lines, shown, ("-q", "printing frames"))
    if difference:
        yield f"-z tcptraceroute,json: {difference}"
    if len(seen.json_lines) > 1:
        yield from check_filters(capture, seen.json_lines)


def check_filters(capture, lines):
    """A filter chooses traces, and a trace that is chosen is shown whole."""
    for trace in (0, len(lines) - 1):
        if support.json_lines(capture, f"tcptraceroute.trace == {trace}", ["-2"]) != [lines[trace]]:
            yield f"-z tcptraceroute,json,tcptraceroute.trace == {trace}: not exactly line {trace + 1} of the whole"
    if support.json_lines(capture, "frame.number == 0"):
        yield "a filter that no frame passes shows a trace"
