#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""In which order the tracer opens its pipes, and how it fails.

A window of Wireshark stands still for ever when an extcap with a toolbar ends before it opened its pipe, and shows a
message of its own, which means nothing to a user, when one ends before it wrote a section.
"""
import itertools
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import pretend  # noqa: E402
import tool  # noqa: E402

SHOWN_BYTES = 1024          # of stderr, in Wireshark 4.0
INITIALIZED_S = 5           # how long the tracer waits for the window
AT_ONCE_S = 3               # on a machine that does much else; what waits for the window waits longer
TARGET = ("--target", tool.TARGET)
NO_PERMISSION = ("tcptracedump: no permission to send probes. An administrator can allow it with: "
                 "sudo setcap cap_net_raw=ep '{}'\n")


def in_empty_network(command):
    """In a network namespace where there is nothing, with the right to send packets in it."""
    return ["unshare", "-n" if os.geteuid() == 0 else "-Urn", *command]


class PipesCase(unittest.TestCase):
    def setUp(self):
        self.program = tool.copy_for_all(tool.folder_for_all(self))

    def without_permission(self, *options, **more):
        return pretend.Wireshark(*TARGET, *options, program=self.program, wrap=tool.as_user, **more)

    def check_permission_error(self, result):
        self.assertEqual(result, (1, "", NO_PERMISSION.format(self.program)))


class Opening(PipesCase):
    def test_toolbar_comes_before_packets(self):
        with self.without_permission() as gui:
            gui.wait_for_pipes(gui.to_tracer, gui.from_tracer)
            self.assertNotIn(str(gui.fifo), gui.open_files())
            gui.open_window()
            self.assertIsNone(gui.process.poll())

    def test_window_that_comes_first_is_not_kept_waiting(self):
        with self.without_permission() as gui:
            gui.open_window()       # or it is stuck
            print(f"the window was kept waiting for {time.monotonic() - gui.begin:.3f} s, the start included", flush=True)
            self.assertIsNone(gui.process.poll())

    def test_every_order_of_opening_ends_with_the_message(self):
        for order in itertools.permutations(("open_window", "open_reader", "open_dumpcap")):
            with self.subTest(order), self.without_permission() as gui:
                for step in order:
                    getattr(gui, step)()
                    time.sleep(0.1)
                gui.initialize()
                self.check_permission_error(gui.finish())
                self.assertEqual(pretend.kinds(bytes(gui.packets)), [pretend.SECTION])

    def test_window_that_opens_long_after_dumpcap_is_not_kept_waiting(self):
        with self.without_permission() as gui:
            gui.open_dumpcap()
            gui.wait_for_section()
            time.sleep(2)
            gui.open_window()
            gui.initialize()
            self.check_permission_error(gui.finish())

    def test_it_can_be_ended_while_it_waits_for_dumpcap(self):
        for pipes in (True, False):
            with self.subTest(toolbar=pipes), self.without_permission(toolbar=pipes) as gui:
                time.sleep(0.5)
                gui.process.send_signal(signal.SIGTERM)
                gui.finish()


class Failing(PipesCase):
    def test_section_is_written_before_the_message(self):
        with self.without_permission() as gui:
            gui.open_dumpcap()
            gui.open_window()
            gui.wait_for_section()
            time.sleep(0.5)
            self.assertIsNone(gui.process.poll())
            os.set_blocking(gui.process.stderr.fileno(), False)
            self.assertIsNone(gui.process.stderr.read(), "nothing is said before the window is ready")

    def test_message_waits_for_the_window(self):
        with self.without_permission() as gui:
            gui.open_all()
            time.sleep(1)
            self.assertIsNone(gui.process.poll())
            gui.initialize()
            begin = time.monotonic()
            self.check_permission_error(gui.finish())
            self.assertLess(time.monotonic() - begin, AT_ONCE_S)

    def test_message_waits_five_seconds_at_most(self):
        for opens in (True, False):
            with self.subTest(window_opens=opens), self.without_permission() as gui:
                gui.open_dumpcap()
                if opens:
                    gui.open_window()
                self.check_permission_error(gui.finish())
                took = time.monotonic() - gui.begin
                self.assertGreater(took, INITIALIZED_S - 0.5)
                print(f"the message came after {took:.3f} s", flush=True)

    def test_values_that_come_before_the_window_is_ready_do_not_hasten_the_message(self):
        with self.without_permission() as gui:
            gui.open_all()
            gui.say(pretend.TARGET, pretend.SET, b"203.0.113.9")
            gui.say(pretend.MODE, pretend.SET, b"classic")
            time.sleep(1)
            self.assertIsNone(gui.process.poll())
            gui.initialize()
            self.check_permission_error(gui.finish())

    def test_window_that_goes_away_is_not_waited_for_longer(self):
        with self.without_permission() as gui:
            gui.open_all()
            os.close(gui._write_end)
            gui._write_end = None
            self.check_permission_error(gui.finish())

    def test_without_a_toolbar_nothing_is_waited_for(self):
        with self.without_permission(toolbar=False) as gui:
            gui.open_dumpcap()
            self.check_permission_error(gui.finish())
            self.assertLess(time.monotonic() - gui.begin, AT_ONCE_S)
            self.assertEqual(pretend.kinds(bytes(gui.packets)), [pretend.SECTION])

    def test_a_file_instead_of_a_pipe_is_valid_too(self):
        file = self.program.parent / "a.pcapng"
        done = subprocess.run(tool.as_user([str(self.program), "--capture", "--fifo", str(file), *TARGET]),
                              capture_output=True, text=True, check=False)
        self.check_permission_error((done.returncode, done.stdout, done.stderr))
        self.assertEqual(pretend.kinds(file.read_bytes()), [pretend.SECTION])

    def test_pipes_that_are_not_there_are_named(self):
        for option in ("--fifo", "--extcap-control-in", "--extcap-control-out"):
            with self.subTest(option):
                words = {"--fifo": os.devnull, "--extcap-control-in": os.devnull, "--extcap-control-out": os.devnull,
                         option: "/nowhere/pipe"}
                done = subprocess.run(
                    tool.as_user([str(self.program), "--capture", *TARGET, *itertools.chain(*words.items())]),
                    capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertRegex(done.stderr, r"^tcptracedump: [^\n]*/nowhere/pipe: No such file or directory\n$")

    def test_without_a_file_it_says_what_is_missing(self):
        done = tool.ask("--capture", *TARGET)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^tcptracedump: --fifo is missing: [^\n]*\n$")


# What the user said, and what he must read.
MISTAKES = {
    "nothing": ([], r"--target is missing"),
    "an empty target": (["--target", " , "], r"--target is missing"),
    "too many targets": (["--target", ",".join(f"192.0.2.{last}" for last in range(1, 66))], r"65 targets are too many"),
    "a port that is none": ([*TARGET, "--port", "http"], r"--port: 'http' is not a whole number from 1 to 65535"),
    "a port out of range": ([*TARGET, "--port", "65536"], r"--port: '65536' is not"),
    "a fraction of a probe": ([*TARGET, "--probes", "1.5"], r"--probes: '1.5' is not a whole number"),
    "no number": ([*TARGET, "--gap", "nan"], r"--gap: 'nan' is not a number from 0"),
    "an unknown mode": ([*TARGET, "--mode", "slow"], r"--mode: 'slow' is not one of fixed, classic, multipath"),
    "no truth": ([*TARGET, "--names", "maybe"], r"--names: 'maybe' is not true or false"),
    "a value that is missing": ([*TARGET, "--port"], r"--port: a value is missing"),
    "TTLs the wrong way round": ([*TARGET, "--first-ttl", "9", "--last-ttl", "3"], r"--first-ttl 9 is above --last-ttl 3"),
    "another interface": ([*TARGET, "--extcap-interface", "sshdump"], r"there is no 'sshdump'"),
    "a device that is not there": ([*TARGET, "--device", "nosuch0"], r"there is no network device 'nosuch0'"),
    "a device with a long name": ([*TARGET, "--device", "d" * 4000], r"there is no network device 'ddd"),
    "a source that is no address": ([*TARGET, "--source", "here"], r"--source"),
    "no route": ([*TARGET], r"192\.0\.2\.1.*(route|unreachable)|(route|unreachable).*192\.0\.2\.1"),
    "a name that is none": (["--target", "nosuch.invalid"], r"nosuch\.invalid"),
    "a long text": ([*TARGET, "--mode", "x" * 5000], r"--mode: 'xxx"),
    "a text of several lines": ([*TARGET, "--mode", "a\nb\x1b[31m"], r"--mode: 'a\\nb\\033\[31m'"),
    **{f"control characters in {option}": (
        ([] if option == "--target" else [*TARGET]) + [option, "a\x1b]2;x\x07\u202ec\x9b"],
        r"a\\033\]2;x\\007\\342\\200\\256c\\302\\233") for option in
       ("--target", "--target-file", "--device", "--source", "--extcap-interface", "--length")},
    "a text that is no UTF-8": ([*TARGET, "--mode", b"\xff\xfe"], r"--mode: '\\377\\376'"),
}


class Mistakes(PipesCase):
    def setUp(self):
        super().setUp()
        probe = subprocess.run(in_empty_network(["true"]), capture_output=True, text=True, check=False)
        if probe.returncode != 0:
            self.skipTest(f"no network namespace here: {probe.stderr.strip()}")

    def run_with(self, options):
        words = [part if isinstance(part, bytes) else part.encode() for part in options]
        with pretend.Wireshark(wrap=lambda command: in_empty_network([*command, *words])) as gui:
            gui.open_all()
            gui.initialize()
            return gui.finish(), bytes(gui.packets)

    def test_each_mistake_is_said_in_one_line(self):
        for what, (options, expected) in MISTAKES.items():
            with self.subTest(what):
                (status, printed, said), packets = self.run_with(options)
                self.assertEqual((status, printed), (1, ""), said)
                self.assertRegex(said, rf"^tcptracedump: .*({expected})")
                self.assertRegex(said, r"^[^\n]+\n$")
                self.assertTrue(said[:-1].isprintable(), said)
                self.assertLess(len(said.encode()), SHOWN_BYTES)
                self.assertEqual(pretend.kinds(packets)[0], pretend.SECTION)


if __name__ == "__main__":
    unittest.main()
