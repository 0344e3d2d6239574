# SPDX-License-Identifier: GPL-2.0-or-later
"""`tshark -2 -R FILTER`: a frame that the filter rejects has the number of the next one, and must not lend it its note."""
import pathlib

import support

CAPTURE = pathlib.Path(__file__).parent.parent / "captures" / "tcptr_open.pcap"


def check_once():
    """The kernel's three RSTs stand each behind a reply, belong to no trace, and so must stay without a subtree."""
    with support.readable_folder() as folder:
        copy = support.readable_copy(CAPTURE, folder)
        shown = support.run(["-n", "-2", "-R", "tcp.flags.reset == 1", "-r", copy, "-T", "fields",
                             "-e", "frame.number", "-e", "tcptraceroute.reply_to"]).splitlines()
    expected = ["1\t", "2\t", "3\t"]
    if shown != expected:
        yield f"-2 -R: {shown}, expected {expected}"
