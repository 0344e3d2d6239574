#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_pictures.py CAPTURE FOLDER: the pictures of the documentation, from one run of Wireshark.

CAPTURE has one trace with a silent hop: `tests/synth/generate.py` makes `silent-hop-tt.pcap`. Look at the pictures
before you commit them.
"""
import pathlib
import subprocess
import sys
import tempfile

import case_flow
import case_tables
import case_tools
import screen
import test_gui
import truth

MAIN = screen.Box(0, 0, 1280, 620)
COLOURS = 48


def keep(stage, name, box, folder):
    """Few colours: the files stay small."""
    picture = stage.screen.picture("keep", box)
    subprocess.run(["convert", picture, "-strip", "-dither", "None", "-colors", str(COLOURS),
                    f"PNG8:{folder / name}.png"], check=True)


def pictures(stage, capture, folder):
    has_tables = truth.has_view("tcptraceroute,hops") and truth.has_view("tcptraceroute,tree")
    views = ["-z", "tcptraceroute,hops"] if has_tables else []
    with stage.wireshark(*views, "-r", stage.readable(capture)) as wireshark:
        if has_tables:
            tables(stage, wireshark, folder)
        stage.screen.focus(wireshark.main)
        wireshark.select(2)
        place = stage.screen.wait_for("TCP Traceroute, hop 1", box=wireshark.TREE)
        stage.screen.click(place.middle)
        stage.screen.key("Right")
        stage.screen.wait_for("Matched by", box=wireshark.TREE)
        keep(stage, "packets", MAIN, folder)
        open_menu(stage, wireshark)
        keep(stage, "tools-menu", screen.Box(300, 0, 760, 330), folder)
        stage.screen.key("Escape", "Escape", "Escape")
        wireshark.menu(*case_tools.MENU, "Go to the reply")
        stage.screen.wait_for("is a reply itself", box=case_tools.MESSAGE)
        keep(stage, "tools-message", screen.Box(330, 190, 600, 150), folder)
        stage.screen.key("Return")
        wireshark.menu(*case_tools.MENU, "Show this path as text")
        wireshark.open_window("TCP Traceroute 0 to", screen.Box(0, 0, 620, 300))
        stage.screen.wait_for("Tracing the path", box=MAIN)
        keep(stage, "path-as-text", screen.Box(0, 0, 620, 300), folder)
        stage.screen.key("Escape")
        case_flow.open_flow(stage, wireshark)
        stage.screen.wait_for("4 node(s), 21 item(s)", box=case_flow.COUNTS)
        keep(stage, "flow-graph", case_flow.WINDOW, folder)


def open_menu(stage, wireshark):
    bar = stage.screen.click_on("Tools", box=wireshark.MENU_BAR)
    below = screen.Box(bar.left - 10, 22, 430, 700)
    stage.screen.click_on("TCP Traceroute", box=below)
    stage.screen.wait_for("Next unanswered probe")


def tables(stage, wireshark, folder):
    box = screen.Box(0, 0, 1740, 300)
    stage.screen.place(case_tables.open_hops(wireshark), box)
    stage.screen.wait_for("198.51.100.3", box=box)
    keep(stage, "hops", box, folder)
    stage.screen.focus(wireshark.main)
    box = screen.Box(0, 0, 1280, 300)
    stage.screen.place(case_tables.open_paths(wireshark), box)
    stage.screen.wait_for("Trace 0", box=box)
    keep(stage, "paths", box, folder)


def main(capture, folder):
    reason = test_gui.why_not()
    if reason:
        sys.exit(reason)
    with tempfile.TemporaryDirectory(prefix="ttr-gui-") as path:
        run = pathlib.Path(path)
        run.chmod(0o755)
        with screen.Screen(run) as on:
            pictures(test_gui.Stage(on, run), pathlib.Path(capture), pathlib.Path(folder))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
