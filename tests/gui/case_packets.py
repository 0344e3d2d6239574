# SPDX-License-Identifier: GPL-2.0-or-later
"""The main window: what the Info column says, and the packet tree."""
import screen

REPLY = 4


def packets(stage):
    with stage.wireshark("-r", stage.capture("tt_open.pcap")) as wireshark:
        # The GUI knows the whole capture: a probe shows its reply.
        stage.screen.wait_for("[hop 1, probe 1, reply in 4]", box=wireshark.LIST)
        wireshark.select(REPLY)
        summary = stage.screen.wait_for("TCP Traceroute, hop 1, attempt 1: time-exceeded from 192.0.2.2",
                                        box=wireshark.TREE)
        stage.screen.click(summary.middle)
        stage.screen.key("Right", "Down", "Down", "Down", "Down", "Down", "Down", "Down", "Down", "Down")
        stage.screen.wait_for("Reply to: 3", "Round-trip time: 0.000303", "Responder: 192.0.2.2",
                              "Kind: time-exceeded", "Matched by: ip-id", box=wireshark.TREE)
        stage.keep("packets", screen.Box(0, 0, 1280, 620))
        wireshark.check_alive()
