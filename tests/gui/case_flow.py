# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics > Flow Graph > TCP Traceroute."""
import many_hosts as maker
import screen
import truth

WINDOW = screen.Box(0, 0, 1740, 800)
# Places in a window of that size.
HOSTS = screen.Box(84, 10, 1360, 40)
GRAPH = screen.Box(84, 50, 1360, 636)
COMMENTS = screen.Box(1446, 50, 268, 636)
COUNTS = screen.Box(0, 708, 400, 22)
CONTROLS = screen.Box(400, 730, 900, 32)


def open_flow(stage, wireshark):
    """Opens the graph and chooses ours among the kinds of flow."""
    wireshark.menu("Statistics", "Flow Graph")
    window = wireshark.open_window("Flow", WINDOW)
    kind = stage.screen.click_on("All Flows", box=CONTROLS)
    choices = screen.Box(kind.left - 12, kind.top - 12, 150, screen.SIZE[1] - kind.top + 12)
    stage.screen.click_on("TCP Traceroute", box=choices)
    wireshark.check_alive()
    return window


def count_text(hosts, items):
    return f"{hosts} node(s), {items} item(s)"


def flow(stage):
    capture = stage.capture("tt_open.pcap")
    trace, = truth.traces(capture)
    items = trace["probe_count"] + len(trace["hops"])
    with stage.wireshark("-r", capture) as wireshark:
        open_flow(stage, wireshark)
        stage.screen.wait_for(count_text(len(truth.hosts(trace)), items), box=COUNTS)
        stage.screen.wait_for(*truth.hosts(trace), box=HOSTS)
        # Of odd hops: the labels of even ones are crossed by the line of a host.
        rtts = [f"hop {hop['probe_ttl']}, {hop['rtt']:.3f} ms" for hop in trace["hops"] if hop["probe_ttl"] % 2 == 1]
        stage.screen.wait_for("hop 1, probe 1", "hop 3, probe 3", *rtts, box=GRAPH, scattered=True)
        stage.screen.wait_for("Trace 0, hop 1, probe 1: answered in packet 4", "syn-ack, open", box=COMMENTS)
        stage.keep("flow", WINDOW)
        wireshark.check_alive()


def many_hosts(stage):
    capture = stage.folder / "many.pcap"
    maker.write(capture, hops=45)
    capture.chmod(0o644)
    with stage.wireshark("-r", capture) as wireshark:
        open_flow(stage, wireshark)
        stage.screen.wait_for(count_text(40, 90), box=COUNTS)
        stage.screen.wait_for("[Wireshark draws 40 hosts", box=COMMENTS)
        wireshark.check_alive()
