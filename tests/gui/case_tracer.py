# SPDX-License-Identifier: GPL-2.0-or-later
"""The interface "TCP traceroute": its options, a trace that runs, its errors, and starting and stopping."""
import re
import time

import screen
import tracing

OPTIONS = ("-o", f"extcap.tcptraceroute.target:{tracing.TARGET}")
FOR_EVER = ("-o", "extcap.tcptraceroute.rounds:0")
AT_ONCE = ("-i", "tcptraceroute", "-k")
START, RUNNING, STOPPED = tracing.START, "^Capturing from TCP traceroute", r"^\*TCP traceroute: tcptraceroute$"
START_BUTTON, STOP_BUTTON = (20, 41), (53, 41)
INTERFACES = screen.Box(0, 180, 1280, 300)
DIALOG = screen.Box(0, 0, 620, 440)
TABS = screen.Box(0, 0, 620, 40)
TOOLBAR = screen.Box(0, 92, 1280, 30)
LIST = screen.Box(0, 124, 1265, 236)        # below the toolbar
# What stands in each tab, with some of the values that apply unless the user says otherwise.
IN_TABS = {
    "Target": ("Target", "host or", "Port", "IP version", "Either"),
    "Probing": ("First TTL", "Last TTL", "Probes per hop", "Rounds", "Interval (s)", "Mode", "Fixed flow",
                "Time-out (ms)", "1000", "Pacing (ms)", "Gap limit"),
    "Packet": ("Probe", "SYN", "Source address", "Device", "Automatic", "Look again", "Source port", "DSCP",
               "Don't fragment", "Packet length", "TCP options", "As the system's own"),
    "Names": ("Look up names of hops",),
}


def options(stage):
    """The list of interfaces, the dialog with each of its tabs, and a trace started from there."""
    with tracing.network(tracing.PATH) as network, tracing.wireshark(stage, network) as wireshark:
        row = stage.screen.wait_for("TCP traceroute: tcptraceroute", box=INTERFACES)
        stage.screen.click(row.middle, times=2)
        dialog = wireshark.open_window("Interface Options: TCP traceroute", DIALOG)
        for tab, texts in IN_TABS.items():
            stage.screen.click_on(tab, box=TABS)
            stage.screen.wait_for(*texts, box=DIALOG, scattered=True)
            stage.keep(f"tracer-options-{tab.lower()}", DIALOG)
        stage.screen.click_on("Target", box=TABS)
        stage.screen.click_on("host or", box=DIALOG, scattered=True)
        stage.screen.type(tracing.TARGET)
        stage.screen.wait_for(tracing.TARGET, box=DIALOG, scattered=True)
        stage.screen.focus(dialog)
        stage.screen.click_on("Start", box=screen.Box(300, 390, 320, 50))
        wireshark.place_main(STOPPED)       # after one round
        wireshark.filter("ip.src == 198.51.100.11")     # which part of the list is shown depends on how fast it filled
        wireshark.select_row(1)
        stage.screen.wait_for("198.51.100.11", "[TCP Traceroute", box=screen.Box(0, 90, 1280, 500))
        assert not wireshark.processes("tcptracedump"), "the tracer is still there"


def running(stage):
    """A trace with its toolbar: what it shows, its log, its buttons."""
    with tracing.network(tracing.PATH) as network, \
            tracing.wireshark(stage, network, *OPTIONS, *FOR_EVER, *AT_ONCE) as wireshark:
        show_toolbar(stage, wireshark)
        stage.screen.wait_for("Target", tracing.TARGET, "Mode", "Fixed flow", "Pause", "Next round", "12 hops,",
                              "ms, open, round", "Log", "Help", box=TOOLBAR)
        stage.screen.wait_for("198.51.100.9", "Time-to-live exceeded", "[hop 9 of trace 0", box=LIST)
        stage.keep("tracer-running", screen.Box(0, 0, 1280, 620))
        see_log(stage, wireshark)
        see_summary(stage, wireshark)
        pause(stage, wireshark)
        stop(stage, wireshark)


def show_toolbar(stage, wireshark):
    wireshark.menu("View", "Interface Toolbars")
    entry = stage.screen.wait_for("Interface Toolbars", box=screen.Box(80, 22, 400, 300))
    # The submenu stands beside the menu, at the same height.
    stage.screen.click_on("TCP traceroute", box=screen.Box(490, entry.top - 12, 300, 40))


def see_log(stage, wireshark):
    stage.screen.click_on("Log", box=TOOLBAR)
    window = screen.Box(1280, 0, 480, 400)
    log = wireshark.open_window("tcptraceroute Log", window)
    stage.screen.wait_for(f"{tracing.TARGET} hop 11: 198.51.100.11", f"hop 12: {tracing.TARGET}", "target",
                          box=window)
    stage.screen.focus(log)
    stage.screen.key("Escape")
    stage.screen.wait_until_gone("tcptraceroute Log")


def see_summary(stage, wireshark):
    stage.screen.focus(wireshark.main)
    stage.screen.click_on("12 hops", box=TOOLBAR)
    stage.screen.wait_for(f"{tracing.TARGET}: 12 hops", "probes sent", box=screen.Box(200, 122, 900, 400))
    stage.screen.key("Return")


def pause(stage, wireshark):
    """Nothing is sent any more until the same button is pressed again."""
    stage.screen.focus(wireshark.main)
    stage.screen.click_on("Pause", box=TOOLBAR)
    stage.screen.wait_for("Continue", box=TOOLBAR)
    wireshark.network.settle()
    before = len(wireshark.network.truth().probes)
    time.sleep(2)                           # a round is a second
    assert len(wireshark.network.truth().probes) == before, "it goes on"
    stage.screen.click_on("Continue", box=TOOLBAR)
    stage.screen.wait_for("Pause", box=TOOLBAR)


def stop(stage, wireshark):
    stage.screen.click(STOP_BUTTON)
    stage.screen.wait_for_window(STOPPED)
    wireshark.wait_for_end()


def error(stage):
    """Without the permission the user reads the command that gives it, and nothing else."""
    with tracing.network(tracing.PATH) as network, \
            tracing.wireshark(stage, network, *OPTIONS, *AT_ONCE, may_send=False) as wireshark:
        words = screen.Box(0, 0, 1280, 620)
        stage.screen.wait_for("tcptracedump: no permission to send", "probes. An administrator can allow it with:",
                              "sudo setcap", f"cap_net_raw=ep '{wireshark.program}'", box=words)
        text = stage.screen.text(words)
        assert "no device named" not in text, text
        stage.keep("tracer-error", words)
        stage.screen.key("Return")
        wireshark.wait_for_end()
        stage.screen.wait_until_gone(RUNNING)
        wireshark.check_alive()


def many_times(stage, count):
    """Started and stopped: no window that stands still, no process that is left over."""
    with tracing.network(tracing.PATH) as network, \
            tracing.wireshark(stage, network, *OPTIONS, *FOR_EVER, *AT_ONCE) as wireshark:
        for _ in range(count):
            stage.screen.wait_for_window(RUNNING)
            wireshark.wait_for_packets(10)
            stop(stage, wireshark)
            stage.screen.click(START_BUTTON)
        stage.screen.wait_for_window(RUNNING)
        wireshark.wait_for_packets(10)
        stop(stage, wireshark)
        wireshark.wait_until(lambda: re.search("Packets: [1-9]", stage.screen.text(wireshark.STATUS)), "no packets")


def many_short(stage, count):
    """Traces that are over before the window has opened its pipes."""
    near = tracing.describe.line(1, hop_rtt_us=1000)
    with tracing.network(near) as network, tracing.wireshark(stage, network, *OPTIONS, *AT_ONCE,
                                                             title=STOPPED) as wireshark:
        for number in range(1, count + 1):
            wireshark.wait_for_probes(3 * number)
            stage.screen.wait_for_window(STOPPED)
            wireshark.wait_for_end()
            stage.screen.click(START_BUTTON)
        wireshark.wait_for_probes(3 * count + 3)
        wireshark.wait_for_end()
