# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark with the plugin of the build tree, as an ordinary user with an empty home.

As ../support/tshark-wrap does it for tshark. A window needs a home that it can write to, so this one is a copy.
"""
import os
import pathlib
import re
import shutil
import subprocess
import time

import screen

ORDINARY = 65534
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
CAPTURES = TOP / "tests" / "captures"
HOMES = pathlib.Path(os.environ.get("TTR_HOMES", TOP / "build" / "check" / "homes"))
MAIN = screen.Box(0, 0, 1280, 620)
# Nothing that asks, nothing that moves, nothing that looks into the network.
SETTINGS = {
    "gui.ask_unsaved": "FALSE", "gui.update.enabled": "FALSE", "gui.geometry.save.position": "FALSE",
    "gui.geometry.save.size": "FALSE", "nameres.network_name": "FALSE", "nameres.transport_name": "FALSE",
    "gui.layout_content_3": "NONE", "gui.packet_list_colorize": "FALSE",
}


class Died(Exception):
    """Wireshark ended while it was in use."""


def as_user(command):
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", *command]


def give(path):
    """To the ordinary user, with all that is in it."""
    if os.geteuid() == 0:
        for entry in [path, *path.rglob("*")]:
            os.chown(entry, ORDINARY, ORDINARY, follow_symlinks=False)


class Wireshark:
    """One run on a screen. Ends with the `with` block."""

    def __init__(self, on, folder, *arguments):
        self.screen = on
        self.home = folder / "home"
        self.arguments = arguments
        self.log = folder / "wireshark.log"
        self.folder = folder

    def _environment(self):
        environment = {key: value for key, value in self.screen.environment.items() if not key.startswith("XDG_")}
        for key in ("WIRESHARK_CONFIG_DIR", "WIRESHARK_DATA_DIR", "TTR_STOCK"):
            environment.pop(key, None)
        runtime = self.home / "run"
        runtime.mkdir(mode=0o700)
        return {**environment, "HOME": str(self.home), "XDG_RUNTIME_DIR": str(runtime), "LC_ALL": "C.UTF-8",
                "TZ": "UTC", "LIBGL_ALWAYS_SOFTWARE": "1", "QT_QPA_PLATFORM": "xcb", "NO_AT_BRIDGE": "1",
                "PATH": f"{self.home}/bin:{os.environ['PATH']}", "WIRESHARK_PLUGIN_DIR": str(self.home / "system")}

    def _make_browser(self):
        """What Qt takes for one writes down what it is to open."""
        program = self.home / "bin" / "xdg-open"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho \"$1\" >'{self.home}/opened'\n")
        program.chmod(0o755)

    def _command(self, options):
        return as_user(["wireshark", *options, *map(str, self.arguments)])

    def _title(self):
        """Of the main window: it has the name of its capture."""
        return f"^{re.escape(pathlib.Path(self.arguments[-1]).name)}$"

    def __enter__(self):
        shutil.copytree(HOMES / "plugin", self.home)
        shutil.copytree(HOMES / "system", self.home / "system")
        self._make_browser()
        environment = self._environment()
        give(self.home)
        options = [part for name, value in SETTINGS.items() for part in ("-o", f"{name}:{value}")]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self._command(options), env=environment, stdout=log, stderr=log,
                                            cwd=self.home)
        self.place_main()
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.screen.picture("failed")
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def place_main(self, title=None):
        """Waits for the main window."""
        title = title or self._title()
        end = time.monotonic() + screen.WAIT_S
        while not self.screen.windows(title):
            self.check_alive()
            if time.monotonic() > end:
                raise screen.NotOnScreen(f"no main window; on the screen: {self.screen.text()!r}")
            time.sleep(screen.LOOK_S)
        self.main = self.screen.windows(title)[0]
        self.screen.place(self.main, MAIN)

    def check_alive(self):
        if self.process.poll() is not None:
            raise Died(f"wireshark ended with {self.process.returncode}: {self.log.read_text(errors='replace')[-800:]}")

    def open_window(self, name, box):
        """Waits for a window and places it where `box` says; its id."""
        window = self.screen.wait_for_window(name)
        self.check_alive()
        self.screen.place(window, box)
        return window

    # The parts of the main window

    MENU_BAR = screen.Box(0, 0, 900, 24)
    FILTER_FIELD = (500, 75)
    LIST = screen.Box(0, 110, 1228, 232)
    TREE = screen.Box(0, 346, 1280, 250)
    STATUS = screen.Box(0, 598, 1280, 22)
    FIRST_ROW = (600, 120)
    ROW = 18

    def menu(self, *path):
        """Opens a menu, and submenus, and clicks on the last entry. Entries are found where they can be read."""
        bar = self.screen.click_on(path[0], box=self.MENU_BAR)
        left = bar.left - 10
        for entry in path[1:]:
            box = screen.Box(left, 22, min(430, screen.SIZE[0] - left), screen.SIZE[1] - 22)
            place = self.screen.wait_for(entry, box=box, entire=True, scattered=(False, True))
            self.screen.click(place.middle)
            left = place.left + place.width
        self.check_alive()

    def context_menu(self, row, *path):
        """The same from the right click on a row of the packet list, counted from 1."""
        self.screen.click((self.FIRST_ROW[0], self.FIRST_ROW[1] + self.ROW * (row - 1)), button=3)
        left = self.FIRST_ROW[0]
        for entry in path:
            box = screen.Box(left, 22, min(640, screen.SIZE[0] - left), screen.SIZE[1] - 22)
            place = self.screen.wait_for(entry, box=box, entire=True, scattered=(False, True))
            self.screen.click(place.middle)
        self.check_alive()

    def select(self, packet):
        """Selects a packet, all being displayed."""
        self.select_row(packet)
        self.expect_selected(packet)

    def select_row(self, row):
        """Selects the packet in a row of the list, counted from 1."""
        self.screen.focus(self.main)
        self.screen.click(self.FIRST_ROW)
        self.screen.key("Home", *["Down"] * (row - 1))

    def expect_selected(self, packet):
        """The packet tree begins with the frame's number, once a packet is selected and dissected."""
        self.screen.wait_for(f"Frame {packet}:", box=self.TREE)
        self.check_alive()

    def open_file(self, capture):
        """By the dialog, as a user does."""
        self.screen.focus(self.main)
        self.screen.key("ctrl+o")
        dialog = self.screen.wait_for_window("Open Capture File")
        self.screen.focus(dialog)
        self.screen.type(str(capture))
        self.screen.key("Return")
        self.screen.wait_for_window(f"^{re.escape(capture.name)}$")
        self.check_alive()

    def close_file(self):
        self.screen.focus(self.main)
        self.screen.key("ctrl+w")
        self.screen.wait_for_window("^The Wireshark Network Analyzer$")
        self.check_alive()

    def filter(self, text):
        """Applies a display filter, or none."""
        self.screen.focus(self.main)
        self.screen.click(self.FILTER_FIELD, times=3)
        self.screen.key("ctrl+a", "BackSpace")
        if text:
            self.screen.type(text)
        self.screen.key("Escape", "Return")
        self.screen.click(self.STATUS.middle)       # closes the list of proposals, should it have come again
        self.check_alive()
