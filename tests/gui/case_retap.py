# SPDX-License-Identifier: GPL-2.0-or-later
"""Filter, open another capture, close it, with our windows open meanwhile."""
import case_flow
import case_tables
import case_tools
import screen
import truth

LIMIT = screen.Box(0, 730, 400, 32)


def graph(stage):
    """The flow graph."""
    first, second = stage.capture("tt_open.pcap"), stage.capture("tt_drop.pcap")
    with stage.wireshark("-r", first) as wireshark:
        window = case_flow.open_flow(stage, wireshark)
        stage.screen.wait_for(case_flow.count_text(5, 24), box=case_flow.COUNTS)
        wireshark.filter("tcptraceroute.hop == 1")
        stage.screen.wait_for("Displayed: 6", box=wireshark.STATUS)
        stage.screen.place(window, case_flow.WINDOW)
        stage.screen.click_on("Limit to display filter", box=LIMIT)
        stage.screen.wait_for(case_flow.count_text(2, 6), box=case_flow.COUNTS)
        wireshark.open_file(second)
        still_shows(stage, wireshark, window)
        wireshark.close_file()
        still_shows(stage, wireshark, window)
        nothing_is_open(stage, wireshark)


def still_shows(stage, wireshark, window):
    """A graph outlives its capture. It was drawn of texts that Wireshark keeps."""
    stage.screen.place(window, case_flow.WINDOW)
    stage.screen.wait_for(case_flow.count_text(2, 6), box=case_flow.COUNTS)
    stage.screen.wait_for("hop 1, probe 1", "hop 1, 0.303 ms", box=case_flow.GRAPH, scattered=True)
    wireshark.check_alive()


def nothing_is_open(stage, wireshark):
    stage.screen.focus(wireshark.main)
    wireshark.menu(*case_tools.MENU, "Next unanswered probe")
    case_tools.expect_message(stage, wireshark, "There is no trace", "No capture is open")


def table(stage):
    """The hop table and the tree of paths, both open."""
    case_tables.need_view("tcptraceroute,hops")
    case_tables.need_view("tcptraceroute,tree")
    first, second = stage.capture("tt_open.pcap"), stage.capture("tt_drop.pcap")
    with stage.wireshark("-z", "tcptraceroute,hops", "-r", first) as wireshark:
        hops = case_tables.open_hops(wireshark)
        case_tables.expect_hosts(stage, first)
        stage.screen.focus(wireshark.main)
        paths = case_tables.open_paths(wireshark)
        wireshark.filter("tcptraceroute.hop == 1")
        stage.screen.wait_for("Displayed: 6", box=wireshark.STATUS)
        for window in (hops, paths):
            stage.screen.place(window, case_tables.WINDOW)
            stage.screen.wait_for("203.0.113.9", box=case_tables.WINDOW)
        wireshark.open_file(second)
        wireshark.close_file()
        for window in (hops, paths):
            stage.screen.place(window, case_tables.WINDOW)
            stage.screen.wait_for("203.0.113.9", box=case_tables.WINDOW)
        wireshark.check_alive()
        nothing_is_open(stage, wireshark)
