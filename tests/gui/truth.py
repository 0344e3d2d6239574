# SPDX-License-Identifier: GPL-2.0-or-later
"""What `tshark -z tcptraceroute,json` says of a capture: windows are compared with it."""
import json
import subprocess

import wireshark

WRAP = wireshark.TOP / "tests" / "support" / "tshark-wrap"


def traces(capture):
    done = subprocess.run([WRAP, "-n", "-q", "-r", capture, "-z", "tcptraceroute,json"],
                          capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def hosts(trace):
    """Sender, and everyone who answered, in the order of the path."""
    return list(dict.fromkeys([trace["src"], *(hop["addr"] for hop in trace["hops"])]))


def has_view(name):
    done = subprocess.run([WRAP, "-z", "help"], capture_output=True, text=True, check=False)
    return name in (done.stdout + done.stderr).split()
