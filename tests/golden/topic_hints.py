# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said on stderr beside the views: that there is no trace, and what came near; that a filter needs -2."""
import pathlib

import support

CAPTURES = pathlib.Path(__file__).parent.parent / "captures"
VIEWS = ("paths", "json", "hops", "tree")
NONE = "there is no TCP traceroute in this capture"
TWO_PASSES = "-2 is needed"
# Nine errors quote probes that were cut out of the capture; a scanner sent all its SYNs with TTL 2.
SENTENCES = {
    "none_web": NONE,
    "tt_replies_only": f"{NONE}; 9 ICMP errors quote TCP segments that are not in it with a TTL of 32 or less",
    "none_scan_ttl2": f"{NONE}; 1 series of segments has one TTL only",
    "tt_open": None,
}
OURS = "tcptraceroute.hop == 1"
# (options, filter): is a second pass asked for?
FILTERS = {
    ((), OURS): True,
    (("-2",), OURS): False,
    ((), "tcp"): False,
    ((), 'frame contains "tcptraceroute"'): False,
}


def said(copy, view, options=()):
    """Lines on stderr that speak of what is asked here."""
    lines = support.run_both(["-n", "-q", *options, "-r", copy, "-z", f"tcptraceroute,{view}"])[1].splitlines()
    return [line.removeprefix("tshark: ") for line in lines if NONE in line or TWO_PASSES in line]


def check_once():
    with support.readable_folder() as folder:
        for name, sentence in SENTENCES.items():
            copy = support.readable_copy(CAPTURES / f"{name}.pcap", folder)
            for view in VIEWS if name == "tt_replies_only" else VIEWS[:1]:
                lines = said(copy, view)
                if lines != ([sentence] if sentence else []):
                    yield f"{name}, {view}: {lines}, expected {sentence!r}"
        copy = support.readable_copy(CAPTURES / "tt_open.pcap", folder)
        for (options, display_filter), is_asked in FILTERS.items():
            for view in VIEWS if display_filter == OURS else VIEWS[:1]:
                lines = said(copy, f"{view},{display_filter}", options)
                if len(lines) != is_asked or any(TWO_PASSES not in line for line in lines):
                    yield f"{view}, {options}, {display_filter}: {lines}"
