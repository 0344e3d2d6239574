# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark with the tracer among its interfaces, on a simulated network. The X server is reached through a socket in
the file system, which a network namespace does not hide."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

import screen
import wireshark as basic

sys.path.append(str(basic.TOP / "tests" / "live"))
import describe  # noqa: E402
import lab  # noqa: E402

BUILT = pathlib.Path(os.environ.get("TTR_TRACER", basic.TOP / "build" / "check" / "tracer" / "tcptracedump"))
TARGET = describe.TARGET[4]
PATH = describe.line(12)
START = "^The Wireshark Network Analyzer$"
PROGRAMS = ("tcptracedump", "dumpcap")


class CannotTrace(Exception):
    """No network can be made here."""


def network(description):
    """The simulated network; a context manager."""
    reason = lab.reason_to_skip("setcap") or ("" if BUILT.exists() else f"{BUILT}: not built")
    if reason:
        raise CannotTrace(reason)
    lab.end_on_signal()
    return lab.SimLab(description)


def wireshark(stage, network, *arguments, may_send=True, title=None):
    """Wireshark in the network, with the tracer as a package installs it, or without its capability. It shows the
    list of interfaces unless the arguments say something else; `title` is that of the window to wait for."""
    return Wireshark(stage, network, install(stage.folder, may_send), arguments,
                     title or ("^Capturing from TCP traceroute" if arguments and may_send else START))


def install(folder, may_send):
    extcaps = folder / "extcap"
    extcaps.mkdir()
    extcaps.chmod(0o755)
    program = extcaps / BUILT.name
    shutil.copyfile(BUILT, program)
    program.chmod(0o755)
    if may_send:
        subprocess.run(["setcap", "cap_net_raw=ep", str(program)], check=True)
    return program


class Wireshark(basic.Wireshark):
    """One run inside the sender of a network."""

    def __init__(self, stage, network, program, arguments, title):
        super().__init__(stage.screen, stage.folder, *arguments)
        self.network = network
        self.program = program
        self.title = title

    def _command(self, options):
        return self.network.sender.command(*super()._command(options))

    def _title(self):
        return self.title

    def _environment(self):
        return {**super()._environment(), "WIRESHARK_EXTCAP_DIR": str(self.program.parent)}

    def processes(self, *names):
        """Process ids of the programs of these names in the network."""
        found = subprocess.run(["ip", "netns", "pids", self.network.sender.name], capture_output=True, text=True,
                               check=True).stdout.split()
        return [pid for pid in found if _name(pid) in names]

    def wait_until(self, holds, what, wait_s=screen.WAIT_S):
        end = time.monotonic() + wait_s
        while not holds():
            self.check_alive()
            if time.monotonic() > end:
                raise screen.NotOnScreen(f"{what} after {wait_s} s; on the screen: {self.screen.text()!r}")
            time.sleep(screen.LOOK_S)

    def wait_for_end(self):
        """Of the trace: nothing of it is left."""
        self.wait_until(lambda: not self.processes(*PROGRAMS), "a process is left over")

    def wait_for_probes(self, count):
        self.wait_until(lambda: len(self.network.truth().tcp(TARGET)) >= count, f"fewer than {count} probes")

    def wait_for_packets(self, count):
        """More probes than there are now: the trace that was started last is at work."""
        self.wait_for_probes(len(self.network.truth().tcp(TARGET)) + count)


def _name(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
