#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tracer says of itself, before anything is traced. Wireshark asks at each start, for every user, whether or
not he means to trace: the answers must come fast, be right, and be nothing but the answer."""
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import grammar  # noqa: E402
import tool  # noqa: E402

LIMIT_S = 0.1       # of a processor
PATIENCE_S = 3      # by the clock, on a machine that does much else: whoever takes longer waits for somebody
# As Wireshark 4.0 says them.
INTERFACES = ["--extcap-interfaces", "--extcap-version=4.0"]
CONFIG = ["--extcap-config", "--extcap-interface", tool.INTERFACE]
DLTS = ["--extcap-dlts", "--extcap-interface", tool.INTERFACE]
FILTER = ["--extcap-capture-filter", "tcp port 80", "--extcap-interface", tool.INTERFACE]


def arguments():
    return grammar.read_config(tool.ask(*CONFIG).stdout)


def argument(call):
    found, = [one for one in arguments() if one["call"] == call]
    return found


def dialog_values():
    """All values as the dialog has them when the user presses "reload"."""
    said = []
    for one in arguments():
        chosen = [value["value"] for value in one["values"] if value["default"]]
        said += [one["call"], chosen[0] if chosen else one.get("default", tool.TARGET)]
    return said


QUESTIONS = {
    "interfaces": lambda: INTERFACES,
    "interfaces, of a version that does not say its own": lambda: INTERFACES[:1],
    "configuration": lambda: CONFIG,
    "link types": lambda: DLTS,
    "reload": lambda: [*CONFIG, "--extcap-reload-option", "device", *dialog_values()],
    "capture filter": lambda: FILTER,
    "cleanup": lambda: ["--extcap-cleanup-postkill", "--extcap-interface", tool.INTERFACE],
}


class Answers(unittest.TestCase):
    def ask(self, *said):
        done = tool.ask(*said)
        self.assertEqual((done.returncode, done.stderr), (0, ""), said)
        return done.stdout

    def test_each_question_is_answered_without_a_complaint(self):
        for what, said in QUESTIONS.items():
            with self.subTest(what):
                self.ask(*said())

    def test_there_is_one_interface_with_a_toolbar(self):
        program, interfaces, controls = grammar.read_interfaces(self.ask(*INTERFACES))
        self.assertEqual(interfaces, [{"value": "tcptraceroute", "display": "TCP traceroute"}])
        self.assertEqual(program["display"], "TCP traceroute", "what the menu of toolbars says")
        self.assertRegex(program["help"], r"^file:///.*\.html$")
        self.assertEqual(program["version"], self.ask("--version").split()[1])
        self.assertEqual([(control["type"], control.get("role")) for control in controls],
                         [("string", None), ("selector", None), ("button", None), ("button", None), ("button", None),
                          ("button", "logger"), ("button", "help")])

    def test_an_old_wireshark_gets_the_same_interfaces(self):
        self.assertEqual(self.ask(INTERFACES[0]), self.ask(*INTERFACES))

    def test_the_toolbar_has_the_modes_of_the_dialog(self):
        _, _, controls = grammar.read_interfaces(self.ask(*INTERFACES))
        self.assertEqual(controls[1]["values"], argument("--mode")["values"])

    def test_options_stand_in_four_tabs(self):
        tabs = list(dict.fromkeys(one["group"] for one in arguments()))
        self.assertEqual(tabs, ["Target", "Probing", "Packet", "Names"])
        for one in arguments():
            self.assertIn("tooltip", one)

    def test_only_the_target_is_required(self):
        self.assertEqual([one["call"] for one in arguments() if one.get("required") == "true"], ["--target"])

    def test_a_target_is_any_name_or_address_but_no_markup(self):
        valid = re.compile(argument("--target")["validation"])
        for text in ("www.example.net", "192.0.2.9", "2001:db8::1", "fe80::1%eth0", "192.0.2.1, 192.0.2.2"):
            self.assertTrue(valid.search(text), text)
        for text in ("", "<b>", "a\"b", "a'b"):
            self.assertFalse(valid.search(text), text)

    def test_there_is_a_link_type_with_the_number_that_files_have(self):
        self.assertEqual([dlt["number"] for dlt in grammar.read_dlts(self.ask(*DLTS))], ["101"])

    def test_devices_are_those_of_this_host(self):
        expected = ["auto", "any", *[name for _, name in socket.if_nameindex()]]
        device = argument("--device")
        self.assertEqual(sorted(value["value"] for value in device["values"]), sorted(expected))
        self.assertEqual(device["reload"], "true")

    def test_devices_are_looked_up_again(self):
        device = argument("--device")
        for name in ("device", "--device"):
            again = self.ask(*CONFIG, "--extcap-reload-option", name, *dialog_values())
            self.assertEqual(grammar.read_reload(again, device), device["values"])

    def test_what_cannot_be_reloaded_has_nothing_new(self):
        for name in ("nothing", "target"):
            self.assertEqual(self.ask(*CONFIG, "--extcap-reload-option", name, *dialog_values()), "")

    def test_flags_may_have_a_value_or_none(self):
        sound = self.ask(*CONFIG)
        for said in (["--names"], ["--names", "true"], ["--names=false"], ["--names", "false", "--dont-fragment"]):
            self.assertEqual(self.ask(*said, *CONFIG), sound, said)

    def test_what_is_not_known_is_passed_over(self):
        sound = self.ask(*CONFIG)
        self.assertEqual(self.ask("--log-level", "debug", "--colour", *CONFIG, "--log-file=/nowhere/a"), sound)

    def test_values_of_a_dialog_that_are_wrong_do_not_spoil_it(self):
        self.assertEqual(self.ask(*CONFIG, "--port", "none", "--target", ""), self.ask(*CONFIG))

    def test_a_valid_filter_gets_no_answer(self):
        for text in ("tcp", "icmp or tcp port 443", "ip6", "host 192.0.2.1"):
            self.assertEqual(self.ask(FILTER[0], text, *FILTER[2:]), "", text)

    def test_a_wrong_filter_gets_one_line(self):
        for text in ("tcp port", "nonsense words", "port 99999999"):
            self.assertRegex(self.ask(FILTER[0], text, *FILTER[2:]), r"^[^\n]+\n$", text)

    def test_a_call_without_arguments_is_helped(self):
        self.assertTrue(self.ask().startswith("Usage: tcptracedump "))
        self.assertEqual(self.ask(), self.ask("--help"))


def processor_time():
    """That the children which have ended used, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Effort(unittest.TestCase):
    """Of no question may anyone notice that it was asked."""

    def test_each_answer_costs_little(self):
        """Of a processor: how long it takes depends on what else the machine does."""
        for what, said in QUESTIONS.items():
            words = said()
            used, took = [], []
            for _ in range(7):
                before, begin = processor_time(), time.monotonic()
                tool.ask(*words)
                used.append(processor_time() - before)
                took.append(time.monotonic() - begin)
            print(f"{what}: {1000 * min(used):.0f} ms of a processor, answered after {1000 * min(took):.0f} ms", flush=True)
            with self.subTest(what):
                self.assertLess(min(used), LIMIT_S)
                self.assertLess(min(took), PATIENCE_S)

    def calls_of(self, *said):
        """The system calls of a run that have to do with networks."""
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "calls")
            command = ["strace", "-f", "-o", log, "-e", "trace=%network", str(tool.BUILT), *said]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if "ptrace" in done.stderr:
                self.skipTest(done.stderr.strip())
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(log, encoding="utf-8") as file:
                return [line for line in file if re.match(r"[0-9]+ +[a-z0-9_]+\(", line)]

    def test_no_question_touches_the_network(self):
        """The list of devices comes from the kernel, by netlink; that is all."""
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        for what, said in QUESTIONS.items():
            calls = self.calls_of(*said())
            sockets = [call for call in calls if " socket(" in call or " socketpair(" in call]
            with self.subTest(what):
                self.assertEqual([call for call in sockets if "AF_NETLINK" not in call], [])
                self.assertEqual(bool(sockets), what in ("configuration", "reload"))
                self.assertEqual([call for call in calls if "sa_family=" in call and "AF_NETLINK" not in call], [])

    def test_no_question_needs_a_permission(self):
        folder = tool.folder_for_all(self)
        program = tool.copy_for_all(folder)
        for what, said in QUESTIONS.items():
            words = said()
            done = subprocess.run(tool.as_user([str(program), *words]), stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, check=False)
            with self.subTest(what):
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(done.stdout, tool.ask(*words).stdout)


if __name__ == "__main__":
    unittest.main()
