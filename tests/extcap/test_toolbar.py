#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The toolbar at work: what it shows of a trace, and what its buttons do to one. Root is needed, for a simulated
network of its own."""
import os
import pathlib
import re
import signal
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent.parent / "live")]
import describe  # noqa: E402
import lab  # noqa: E402
import pretend  # noqa: E402
import tool  # noqa: E402

TARGET, OTHER, THIRD = "203.0.113.9", "203.0.113.10", "203.0.113.11"
PATH = describe.line(12, prefixes="203.0.113.0/24")
SHORT = describe.line(3, prefixes="203.0.113.0/24")
FOR_EVER = ("--rounds", "0")
SUMMARY = r"12 hops, [0-9]+\.[0-9] ms, open"
AT_ONCE_S = 3       # on a machine that does much else


def processor_time(pid):
    """In seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def inside(network):
    """What puts a command into the sender of a network."""
    return lambda command: network.sender.command(*command)


class ToolbarCase(unittest.TestCase):
    def start(self, path, *options, target=TARGET):
        """A tracer in a network, with the toolbar open."""
        network = self.enterContext(lab.SimLab(path))
        self.network = network
        gui = self.enterContext(pretend.Wireshark("--target", target, *options, wrap=inside(network)))
        gui.open_all()
        gui.initialize()
        return gui

    def probes(self, target=TARGET):
        return self.network.truth().tcp(target)

    def at_least(self, count, what):
        """Waits until the network has seen so many probes. Looking takes a tenth of a second."""
        end = time.monotonic() + pretend.WAIT_S
        while len(self.probes()) < count:
            self.assertLess(time.monotonic(), end, f"{what}: {len(self.probes())} probes, not {count}")

    def nothing_is_sent(self, count, seconds):
        """The network has seen so many probes, and sees no other for that long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.assertEqual(len(self.probes()), count)

    def quiet(self, gui, seconds=0.5):
        """Waits until the tracer has had nothing to do for that long; how many probes the network has seen by then."""
        end = time.monotonic() + pretend.WAIT_S
        count, since = len(self.probes()), time.monotonic()
        while time.monotonic() - since < seconds:
            self.assertLess(time.monotonic(), end, "it goes on")
            if not lab.sleeps(gui.process.pid) or len(self.probes()) != count:
                count, since = len(self.probes()), time.monotonic()
            time.sleep(0.02)
        return count

    def status(self, gui, pattern, after=0):
        return gui.wait_for_message(pretend.STATUS, pretend.SET, lambda text: re.fullmatch(pattern, text),
                                    f"a status like {pattern}", after)

    def check_ends_well(self, result, gui):
        self.assertEqual(result, (0, "", ""))
        self.assertEqual(pretend.kinds(bytes(gui.packets))[-1], pretend.STATISTICS)


class Shown(ToolbarCase):
    def test_a_trace_that_ended_says_what_it_found(self):
        gui = self.start(PATH)
        self.check_ends_well(gui.finish(), gui)
        self.assertRegex(gui.said(pretend.STATUS, pretend.SET)[-1], f"^{SUMMARY}$")
        self.assertEqual(gui.said(pretend.TARGET, pretend.SET), [TARGET])
        self.assertEqual({(number, command) for _, number, command, _ in gui.messages},
                         {(pretend.TARGET, pretend.SET), (pretend.STATUS, pretend.SET), (pretend.LOG, pretend.ADD)})

    def test_log_has_a_line_for_each_answer(self):
        gui = self.start(PATH)
        gui.finish()
        lines = "".join(gui.said(pretend.LOG, pretend.ADD)).splitlines()
        for hop in range(1, 13):
            where, end = (describe.address(hop), "") if hop < 12 else (TARGET, ", target")
            pattern = rf"{re.escape(TARGET)} hop {hop}: {re.escape(where)} [0-9]+\.[0-9]{{3}} ms{end}"
            self.assertEqual(len([line for line in lines if re.fullmatch(pattern, line)]), 3, (pattern, lines))

    def test_no_more_than_four_updates_a_second(self):
        slow = describe.line(20, hop_rtt_us=120000, prefixes=TARGET)
        gui = self.start(slow, "--timeout", "10000", "--probes", "1")
        gui.finish()
        took = time.monotonic() - gui.begin
        # 20 answers in 2.4 s. The first update and the last one are said at once.
        updates = len(gui.said(pretend.LOG, pretend.ADD))
        print(f"{updates} updates in {took:.1f} s", flush=True)
        self.assertGreater(updates, 2, "there was not enough to say")
        self.assertLessEqual(updates, 4 * took + 2)

    def test_the_same_text_is_not_said_again(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "60")
        self.status(gui, "3 hops.*round 1")
        time.sleep(1.5)
        texts = gui.said(pretend.STATUS, pretend.SET)
        self.assertEqual(len(texts), len(set(texts)))

    def test_the_status_button_tells_more(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "60")
        self.status(gui, "3 hops.*")
        sent = self.quiet(gui)
        gui.say(pretend.STATUS, pretend.SET)
        gui.wait_for_message(pretend.STATUS, pretend.INFORMATION, lambda text: re.search(
            rf"^{re.escape(TARGET)}: 3 hops, .* open, round 1; {sent} probes sent, {sent} answered$", text, re.MULTILINE),
            "a summary")


class Window(ToolbarCase):
    def test_a_window_that_goes_away_costs_no_time(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "3600")
        self.status(gui, "3 hops.*")
        os.close(gui._write_end)
        gui._write_end = None
        self.quiet(gui)
        before = processor_time(gui.process.pid)
        time.sleep(1)
        self.assertLess(processor_time(gui.process.pid) - before, 0.2)
        gui.process.send_signal(signal.SIGTERM)
        self.check_ends_well(gui.finish(), gui)

    def test_it_shows_the_mode_of_the_command_line(self):
        gui = self.start(SHORT, *FOR_EVER, "--mode", "classic")
        self.status(gui, "3 hops.*")
        self.assertEqual(gui.said(pretend.MODE, pretend.SET), ["classic"])


class Pressed(ToolbarCase):
    def test_pause_stops_sending_and_goes_on(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "0.2")
        self.status(gui, "3 hops.*round [2-9]")
        gui.say(pretend.PAUSE, pretend.SET)
        gui.wait_for_message(pretend.PAUSE, pretend.SET, lambda text: text == "Continue", "a button to continue")
        before = self.quiet(gui)
        self.nothing_is_sent(before, 1.5)
        gui.say(pretend.PAUSE, pretend.SET)
        gui.wait_for_message(pretend.PAUSE, pretend.SET, lambda text: text == "Pause", "a button to pause")
        self.at_least(before + 1, "probes after the pause")

    def test_a_paused_trace_can_be_stopped(self):
        gui = self.start(SHORT, *FOR_EVER)
        self.status(gui, "3 hops.*")
        gui.say(pretend.PAUSE, pretend.SET)
        gui.wait_for_message(pretend.PAUSE, pretend.SET, lambda text: text == "Continue", "a button to continue")
        gui.process.send_signal(signal.SIGTERM)
        self.check_ends_well(gui.finish(), gui)

    def test_next_round_does_not_wait_for_its_time(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "3600")
        self.status(gui, "3 hops.*round 1")
        before = self.quiet(gui)
        gui.say(pretend.NEXT_ROUND, pretend.SET)
        self.status(gui, "3 hops.*round 2")
        self.at_least(before + 9, "a whole round")
        self.nothing_is_sent(before + 9, 0.7)

    def test_another_target_is_traced_instead(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "0.2")
        self.status(gui, "3 hops.*")
        gui.say(pretend.TARGET, pretend.SET, OTHER.encode())
        after = gui.wait_for_message(pretend.TARGET, pretend.SET, lambda text: text == OTHER, "the other target")
        self.status(gui, "3 hops.*open.*", after)
        self.network.settle()
        self.nothing_is_sent(len(self.probes()), 1)
        self.assertTrue(self.probes(OTHER))

    def test_too_many_targets_are_refused_and_the_trace_goes_on(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "0.2")
        self.status(gui, "3 hops.*")
        for text in (",".join(f"203.0.113.{last}" for last in range(1, 66)), " , "):
            gui.say(pretend.TARGET, pretend.SET, text.encode())
        gui.wait_for_message(pretend.STATUS, pretend.ERROR, lambda text: "65 targets are too many" in text, "an error")
        before = len(self.probes())
        self.at_least(before + 1, "probes to the old target")
        self.assertEqual(gui.said(pretend.TARGET, pretend.SET), [TARGET])

    def test_a_target_that_is_none_is_refused_and_may_be_corrected(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "0.2")
        self.status(gui, "3 hops.*")
        gui.say(pretend.TARGET, pretend.SET, b"192.0.2.256")
        after = gui.wait_for_message(pretend.STATUS, pretend.ERROR, lambda text: "192.0.2.256" in text, "an error")
        gui.wait_until(lambda: gui.said(pretend.STATUS, pretend.SET)[-1] == "No target", "a status that says so")
        self.assertIsNone(gui.process.poll())
        gui.say(pretend.TARGET, pretend.SET, OTHER.encode())
        self.status(gui, "3 hops.*open.*", after)
        self.assertTrue(self.probes(OTHER))

    def test_several_targets_may_be_typed(self):
        gui = self.start(SHORT, *FOR_EVER)
        self.status(gui, "3 hops.*")
        gui.say(pretend.TARGET, pretend.SET, f"{OTHER}, {THIRD}".encode())
        self.status(gui, r"3 hops.* \(1 of 2 targets\)")
        self.assertTrue(self.probes(OTHER))
        self.assertTrue(self.probes(THIRD))

    def test_classic_mode_changes_the_source_port(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "3600")
        self.status(gui, "3 hops.*")
        self.quiet(gui)
        fixed = self.probes()
        # Routers are asked from the trace's own port, what may be the target from others.
        self.assertEqual(len({probe["sport"] for probe in fixed[:3]}), 1)
        self.assertEqual(sorted(probe["ttl"] for probe in fixed[:3]), [1, 2, 3])
        gui.say(pretend.MODE, pretend.SET, b"classic")
        self.at_least(len(fixed) + 9, "nine probes more")
        classic = self.probes()[len(fixed):]
        self.assertEqual(len({probe["sport"] for probe in classic}), len(classic))

    def test_the_mode_that_it_has_changes_nothing(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "3600")
        self.status(gui, "3 hops.*")
        before = self.quiet(gui)
        for mode in (b"fixed", b"no such mode", b""):
            gui.say(pretend.MODE, pretend.SET, mode)
        self.nothing_is_sent(before, 1)

    def test_a_window_that_goes_away_does_not_end_the_trace(self):
        gui = self.start(SHORT, "--rounds", "4", "--interval", "0.3")
        self.status(gui, "3 hops.*")
        os.close(gui._write_end)
        gui._write_end = None
        self.check_ends_well(gui.finish(), gui)
        self.assertGreaterEqual(len(self.probes()), 36)

    def test_noise_on_the_pipe_is_passed_over(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "3600")
        self.status(gui, "3 hops.*round 1")
        os.write(gui._write_end, b"noise \x00\xff T\xff\xff\xff" + pretend.message(77, 99, b"x" * 300))
        gui.say(pretend.NEXT_ROUND, pretend.SET)
        self.status(gui, "3 hops.*round 2")


class Ending(ToolbarCase):
    def test_a_trace_that_is_faster_than_the_window_waits_for_it(self):
        """A window that opens its pipe when the tracer is gone stands still for ever."""
        for stopped in (False, True):
            with self.subTest(stopped=stopped), lab.SimLab(describe.line(1, hop_rtt_us=1000)) as network, \
                    pretend.Wireshark("--target", TARGET, "--rounds", "0" if stopped else "1",
                                      wrap=inside(network)) as gui:
                gui.open_dumpcap()
                gui.wait_for_section()
                if stopped:
                    gui.process.send_signal(signal.SIGTERM)
                time.sleep(1.5)
                gui.open_window()
                gui.open_reader()
                gui.initialize()
                begin = time.monotonic()
                self.assertEqual(gui.finish(), (0, "", ""))
                pretend.blocks(bytes(gui.packets))
                self.assertLess(time.monotonic() - begin, AT_ONCE_S)

    def test_stopped_at_once_the_file_is_whole(self):
        for delay in (0, 0.005, 0.02, 0.05, 0.2):
            with self.subTest(delay):
                gui = self.start(PATH, *FOR_EVER)
                gui.wait_for_section()
                time.sleep(delay)
                gui.process.send_signal(signal.SIGTERM)
                self.assertEqual(gui.finish(), (0, "", ""))
                pretend.blocks(bytes(gui.packets))

    def test_dumpcap_that_goes_away_ends_the_trace(self):
        gui = self.start(SHORT, *FOR_EVER, "--interval", "3600")
        self.status(gui, "3 hops.*round 1")
        os.close(gui.dumpcap)
        status, printed, said = gui.finish()
        self.assertEqual((status, printed, said), (0, "", ""))

    def test_a_reader_of_the_toolbar_that_stands_still_does_not_hold_it_up(self):
        with lab.SimLab(SHORT) as network, pretend.Wireshark(
                "--target", TARGET, "--rounds", "3", "--interval", "0.1", wrap=inside(network)) as gui:
            gui.open_dumpcap()
            gui.open_window()       # and nobody reads what the toolbar is told
            self.check_ends_well(gui.finish(), gui)


class Defaults(unittest.TestCase):
    def sent(self, *options):
        with lab.SimLab(SHORT) as network:
            with pretend.Wireshark("--target", TARGET, *options, toolbar=False, wrap=inside(network)) as gui:
                gui.open_dumpcap()
                self.assertEqual(gui.finish(), (0, "", ""))
            # How many go beyond the target depends on how fast it answered.
            return sorted([probe[key] for key in ("ttl", "dport", "flags", "length", "flow_label")]
                          for probe in network.finish().tcp(TARGET) if probe["ttl"] <= 3)

    def test_an_option_that_is_not_said_has_the_value_that_is_advertised(self):
        """Wireshark says only what differs from the default that it was told."""
        import grammar
        said = []
        for one in grammar.read_config(tool.ask_about("--extcap-config").stdout):
            chosen = [value["value"] for value in one["values"] if value["default"]]
            if one["call"] != "--target" and (chosen or "default" in one):
                said += [one["call"], chosen[0] if chosen else one["default"]]
        sent = self.sent()
        self.assertEqual(len(sent), 9)
        self.assertEqual(sent, self.sent(*said))


if __name__ == "__main__":
    reason = lab.reason_to_skip()
    if reason:
        print(f"skipped: {reason}")
        sys.exit(tool.SKIPPED)
    lab.end_on_signal()
    unittest.main()
