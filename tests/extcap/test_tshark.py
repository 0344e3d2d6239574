#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tracer among the interfaces of a real tshark, run by an ordinary user, who may not send probes."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import grammar  # noqa: E402
import tool  # noqa: E402

WRAP = tool.TOP / "tests" / "support" / "tshark-wrap"
PREFIX = f"extcap.{tool.INTERFACE}."
# Writes down how it is called, one line a call, and is the tracer.
SPY = """#!/bin/sh
printf '%s\\037' "$@" >> {log}
echo >> {log}
exec {program} "$@"
"""


class TsharkCase(unittest.TestCase):
    def setUp(self):
        folder = tool.folder_for_all(self)
        self.extcaps = folder / "extcap"
        self.extcaps.mkdir()
        self.extcaps.chmod(0o755)
        self.program = tool.copy_for_all(self.extcaps)
        self.log = folder / "calls"

    def spy(self):
        real = self.program.with_name("real")
        real.mkdir()
        real.chmod(0o755)
        moved = self.program.rename(real / self.program.name)
        self.program.write_text(SPY.format(log=self.log, program=moved), encoding="ascii")
        self.program.chmod(0o755)

    def calls(self):
        return [line.split("\x1f")[:-1] for line in self.log.read_text(encoding="utf-8").splitlines()]

    def tshark(self, *arguments):
        return subprocess.run([str(WRAP), "--stock", *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300, check=False,
                              env={**os.environ, "WIRESHARK_EXTCAP_DIR": str(self.extcaps)})

    @staticmethod
    def options():
        """Each option with a value that it may have."""
        for one in grammar.read_config(tool.ask_about("--extcap-config").stdout):
            value = one["values"][-1]["value"] if one["values"] else one.get("default", tool.TARGET)
            yield one["call"], grammar.preference(one["call"]), value


class Tshark(TsharkCase):
    def test_interface_is_listed_once_without_a_complaint(self):
        done = self.tshark("-D")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = [line.partition(". ")[2] for line in done.stdout.splitlines()]
        self.assertEqual(lines.count("tcptraceroute (TCP traceroute)"), 1)
        self.assertEqual([line for line in done.stdout.splitlines() if not line[:1].isdigit()], [])

    def test_link_type_is_listed(self):
        done = self.tshark("-i", tool.INTERFACE, "-L")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("RAW (As the network device has it)", done.stdout)

    def test_every_option_is_a_preference(self):
        done = self.tshark(*[part for _, name, value in self.options() for part in ("-o", f"{PREFIX}{name}:{value}")],
                           "-D")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = self.tshark("-o", f"{PREFIX}nosuch:1", "-D")
        self.assertIn("unknown preference", done.stderr)

    def test_every_preference_reaches_the_tracer(self):
        self.spy()
        said = [part for _, name, value in self.options() for part in ("-o", f"{PREFIX}{name}:{value}")]
        self.tshark("-i", tool.INTERFACE, *said)
        call, = [call for call in self.calls() if "--capture" in call]
        for option, name, value in self.options():
            with self.subTest(name):
                self.assertIn(option, call)
                self.assertEqual(call[call.index(option) + 1], value)
        self.assertNotIn("--extcap-control-in", call)

    def test_a_missing_permission_is_said_and_nothing_else(self):
        done = self.tshark("-i", tool.INTERFACE, "-o", f"{PREFIX}target:{tool.TARGET}", "-T", "json")
        self.assertNotIn("There is no device named", done.stderr)
        self.assertNotIn("ARG sentence", done.stdout)
        self.assertEqual(done.stderr.count("tcptracedump: no permission to send probes."), 1, done.stderr)
        self.assertIn(f"sudo setcap cap_net_raw=ep '{self.program}'", done.stderr)
        self.assertEqual("".join(done.stdout.split()), "[]")


if __name__ == "__main__":
    if shutil.which("tshark") is None:
        print("skipped: tshark is not installed")
        sys.exit(tool.SKIPPED)
    unittest.main()
