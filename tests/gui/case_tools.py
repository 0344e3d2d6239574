# SPDX-License-Identifier: GPL-2.0-or-later
"""Tools > TCP Traceroute. In tt_drop, which is all here, packet 4 is a probe, 5 its reply, 20 the first probe without one, 1 neither."""
import contextlib
import pathlib
import stat
import time
import urllib.parse

import screen
import truth

CAPTURE = "tt_drop.pcap"
MENU = ("Tools", "TCP Traceroute")
OPENED = "opened"       # in the home: what the browser was told
MESSAGE = screen.Box(200, 110, 800, 520)


def tools(stage):
    capture = stage.capture(CAPTURE)
    trace, = truth.traces(capture)
    with stage.wireshark("-r", capture) as wireshark:
        wireshark.select(4)
        wireshark.menu(*MENU, "Go to the reply")
        wireshark.expect_selected(5)
        wireshark.menu(*MENU, "Go to the probe")
        wireshark.expect_selected(4)
        wireshark.menu(*MENU, "Next unanswered probe")
        wireshark.expect_selected(20)
        wireshark.menu(*MENU, "Next unanswered probe")
        wireshark.expect_selected(24)
        shows_path(stage, wireshark)
        opens_report(stage, wireshark)
        wireshark.menu(*MENU, "Filter the trace of the selected packet")
        stage.screen.wait_for("tcptraceroute.trace == 0", box=screen.Box(0, 64, 600, 22))
        stage.screen.wait_for(f"Displayed: {trace['probe_count'] + len(trace['hops'])}", box=wireshark.STATUS)
        wireshark.check_alive()


def shows_path(stage, wireshark):
    wireshark.menu(*MENU, "Show this path as text")
    box = screen.Box(100, 100, 900, 640)
    window = wireshark.open_window("TCP Traceroute 0 to 203.0.113.9", box)
    stage.screen.wait_for("Tracing the path to 203.0.113.9 on TCP port 82, 6 hops max", "1 192.0.2.2 0.026 ms 0.006 ms",
                          "Destination not reached", box=box)
    stage.keep("path", box)
    stage.screen.focus(window)
    stage.screen.key("Escape")


def wait_for_file(wireshark, path, what):
    until = time.monotonic() + screen.WAIT_S
    while not path.exists() or not path.read_text():
        wireshark.check_alive()
        assert time.monotonic() < until, f"{what}: no {path.name}"
        time.sleep(0.1)


def opens_report(stage, wireshark):
    """In what the system calls a browser; here a program that says what it was told to open."""
    for entry in ("Open the report of this path in the browser", "Open the report of all paths in the browser"):
        with contextlib.suppress(FileNotFoundError):
            (wireshark.home / OPENED).unlink()
        wireshark.menu(*MENU, entry)
        wait_for_file(wireshark, wireshark.home / OPENED, entry)
        page = pathlib.Path(urllib.parse.unquote((wireshark.home / OPENED).read_text().strip().removeprefix("file://")))
        try:
            assert stat.S_IMODE(page.stat().st_mode) == 0o600, oct(page.stat().st_mode)
            text = page.read_text(encoding="utf-8")
            assert text.startswith("<!DOCTYPE html>") and "203.0.113.9" in text and "</html>" in text, text[:200]
        finally:
            page.unlink()


def expect_message(stage, wireshark, *phrases):
    """Waits for the message box, and closes it."""
    stage.screen.wait_for(*phrases, box=MESSAGE)
    stage.screen.key("Return")          # a message box has the keys
    stage.screen.wait_until_gone(phrases[0], box=MESSAGE)
    wireshark.check_alive()


def conversation(stage):
    """The right click's way to the trace of a packet: packet 4."""
    capture = stage.capture(CAPTURE)
    trace, = truth.traces(capture)
    with stage.wireshark("-r", capture) as wireshark:
        wireshark.context_menu(4, "Conversation Filter", "TCP Traceroute")
        stage.screen.wait_for("tcptraceroute.trace == 0", box=screen.Box(0, 64, 600, 22))
        stage.screen.wait_for(f"Displayed: {trace['probe_count'] + len(trace['hops'])}", box=wireshark.STATUS)


def does_not_apply(stage):
    with stage.wireshark("-r", stage.capture(CAPTURE)) as wireshark:
        wireshark.select(1)
        wireshark.menu(*MENU, "Filter the trace of the selected packet")
        expect_message(stage, wireshark, "Packet 1 is not part of a TCP traceroute")
        wireshark.select(5)
        wireshark.menu(*MENU, "Go to the reply")
        expect_message(stage, wireshark, "Packet 5 is a reply itself", "answers packet 4, hop 1")
        wireshark.select(4)
        wireshark.menu(*MENU, "Go to the probe")
        expect_message(stage, wireshark, "Packet 4 is a probe itself")
        wireshark.menu(*MENU, "Next unanswered probe")
        wireshark.expect_selected(20)
        wireshark.menu(*MENU, "Go to the reply")
        expect_message(stage, wireshark, "Packet 20 has no reply", "probe 1 of hop 4")
        wireshark.filter("tcptraceroute.probe")
        stage.screen.wait_for("Displayed: 18", box=wireshark.STATUS)
        wireshark.select_row(2)
        wireshark.menu(*MENU, "Go to the reply")
        expect_message(stage, wireshark, "The reply is packet 5, which is not displayed")
