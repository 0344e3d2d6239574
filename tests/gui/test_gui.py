#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_gui.py CASE: runs one case in a real Wireshark on a screen of its own. 77: it cannot run here.

A failure leaves a picture of the screen and what Wireshark said in $TTR_GUI_PICTURES.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import case_flow
import case_packets
import case_retap
import case_tables
import case_tools
import case_tracer
import screen
import tracing
import wireshark

SKIPPED = 77
PROGRAMS = ("wireshark", "Xvfb", "xdotool", "tesseract", "import", "convert")
CASES = {
    "packets": case_packets.packets,
    "flow": case_flow.flow,
    "flow_with_many_hosts": case_flow.many_hosts,
    "tools": case_tools.tools,
    "conversation": case_tools.conversation,
    "tools_that_do_not_apply": case_tools.does_not_apply,
    "hops": case_tables.hops,
    "paths": case_tables.paths,
    "retap_graph": case_retap.graph,
    "retap_tables": case_retap.table,
    "tracer_options": case_tracer.options,
    "tracer_running": case_tracer.running,
    "tracer_error": case_tracer.error,
    "tracer_three_times": lambda stage: case_tracer.many_times(stage, 3),
    "tracer_three_short": lambda stage: case_tracer.many_short(stage, 3),
    "tracer_twenty_times": lambda stage: case_tracer.many_times(stage, 20),
    "tracer_twenty_short": lambda stage: case_tracer.many_short(stage, 20),
}


def why_not():
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "not installed: setpriv"
    if not (wireshark.HOMES / "READABLE").exists():
        return f"{wireshark.HOMES}: not built"
    return None


class Stage:
    """What a case gets: a screen, a folder that everyone can read, and captures in it."""

    def __init__(self, on, folder):
        self.screen = on
        self.folder = folder
        self.pictures = pathlib.Path(os.environ.get("TTR_GUI_PICTURES", folder))

    def capture(self, name):
        return self.readable(wireshark.CAPTURES / name)

    def readable(self, path):
        copy = self.folder / path.name
        shutil.copyfile(path, copy)
        copy.chmod(0o644)
        return copy

    def wireshark(self, *arguments):
        return wireshark.Wireshark(self.screen, self.folder, *arguments)

    def keep(self, name, box):
        """A picture for a reader, where pictures are wanted."""
        if "TTR_GUI_PICTURES" in os.environ:
            shutil.copyfile(self.screen.picture("keep", box), self.pictures / f"{name}.png")

    def keep_failure(self, name):
        picture = self.folder / "failed.png"
        log = self.folder / "wireshark.log"
        if picture.exists():
            shutil.copyfile(picture, self.pictures / f"{name}-failed.png")
        print(log.read_text(errors="replace") if log.exists() else "Wireshark was not started", file=sys.stderr)


def run(name):
    with tempfile.TemporaryDirectory(prefix="ttr-gui-") as path:
        folder = pathlib.Path(path)
        folder.chmod(0o755)
        with screen.Screen(folder) as on:
            stage = Stage(on, folder)
            stage.pictures.mkdir(parents=True, exist_ok=True)
            try:
                CASES[name](stage)
            except Exception:
                stage.keep_failure(name)
                raise


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in CASES:
        sys.exit(f"usage: test_gui.py {'|'.join(CASES)}")
    reason = why_not()
    try:
        if reason is None:
            run(arguments[0])
    except (case_tables.NotRegistered, tracing.CannotTrace) as missing:
        reason = str(missing)
    except (screen.NotOnScreen, wireshark.Died, AssertionError) as failure:
        sys.exit(f"{arguments[0]}: {failure}")
    except subprocess.CalledProcessError as failure:
        sys.exit(f"{arguments[0]}: {failure}: {failure.stderr}")
    if reason is not None:
        print(f"{arguments[0]}: skipped: {reason}")
        return SKIPPED
    print(f"{arguments[0]}: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
