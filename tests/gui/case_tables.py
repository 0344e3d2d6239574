# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics > TCP Traceroute: the hop table and the tree of paths."""
import screen
import truth

WINDOW = screen.Box(0, 0, 1280, 620)


class NotRegistered(Exception):
    """The view is not part of this build."""


def need_view(name):
    if not truth.has_view(name):
        raise NotRegistered(f"this plugin has no view {name}")


def open_hops(wireshark):
    return wireshark.open_window("TCP Traceroute Hops", WINDOW)


def expect_hosts(stage, capture):
    trace, = truth.traces(capture)
    stage.screen.wait_for(*truth.hosts(trace)[1:], box=WINDOW)


def hops(stage):
    need_view("tcptraceroute,hops")
    capture = stage.capture("tt_open.pcap")
    with stage.wireshark("-z", "tcptraceroute,hops", "-r", capture) as wireshark:
        open_hops(wireshark)
        expect_hosts(stage, capture)
        stage.screen.wait_for("Address", "Loss", "Sent", "Received", "Last", "Notes", "open", box=WINDOW)
        stage.keep("hops", WINDOW)
        wireshark.check_alive()


def open_paths(wireshark):
    wireshark.menu("Statistics", "TCP Traceroute", "Paths")
    return wireshark.open_window("Paths", WINDOW)


def paths(stage):
    need_view("tcptraceroute,tree")
    capture = stage.capture("tt_open.pcap")
    with stage.wireshark("-r", capture) as wireshark:
        open_paths(wireshark)
        stage.screen.wait_for("Trace 0: 203.0.113.9 port 80, open", "Count", "Average", box=WINDOW)
        expect_hosts(stage, capture)
        stage.keep("paths", WINDOW)
        wireshark.check_alive()
