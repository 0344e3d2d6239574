# SPDX-License-Identifier: GPL-2.0-or-later
"""The tracer as users run it: tshark and dumpcap as an ordinary user, the extcap with a file capability and no more."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import blocks
import lab

USER = 65534
INTERFACE = "tcptraceroute"
NAME = "tcptracedump"


def built():
    """The tracer of the build tree."""
    return os.environ.get("TTR_TRACER") or os.path.join(lab.build_folder(), "tracer", NAME)


def is_linked_with(library):
    """Whether the tracer was built with a library that it can do without."""
    return library in subprocess.run(["readelf", "-d", built()], capture_output=True, text=True, check=True).stdout


def reason_to_skip(*programs):
    reason = lab.reason_to_skip("tshark", "dumpcap", "setcap", "setpriv", "capinfos", *programs)
    if not reason and not os.access(built(), os.X_OK):
        reason = f"{built()} was not built"
    return reason


def main(*programs):
    """The end of a test file: runs its tests, or says why they cannot run here."""
    reason = reason_to_skip(*programs)
    if reason:
        print(f"SKIP: {reason}")
        sys.exit(lab.SKIP)
    lab.end_on_signal()
    unittest.main(verbosity=2)


def ordinary(*command):
    """The command, run by an ordinary user without any capability."""
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--inh-caps=-all", *map(str, command)]


class Installation:
    """What a package installs, where an ordinary user can read it. A context manager; `out` is writable for him."""

    def __init__(self, capability="cap_net_raw=ep"):
        self.capability = capability
        self.folder = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="ttr-tracer-")
        os.chmod(self.folder, 0o755)
        homes = os.environ.get("TTR_HOMES") or os.path.join(lab.build_folder(), "homes")
        shutil.copytree(homes, os.path.join(self.folder, "homes"))
        os.mkdir(os.path.join(self.folder, "extcap"))
        shutil.copy(built(), self.tracer)
        subprocess.run(["chmod", "-R", "a+rX", self.folder], check=True)
        if self.capability:
            subprocess.run(["setcap", self.capability, self.tracer], check=True)
        for name in ("out", "tmp"):
            os.mkdir(os.path.join(self.folder, name))
            os.chown(os.path.join(self.folder, name), USER, USER)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def tracer(self):
        return os.path.join(self.folder, "extcap", NAME)

    def path(self, name):
        return os.path.join(self.folder, "out", name)

    def environment(self):
        keep = [f"LD_PRELOAD={os.environ['TTR_PRELOAD']}"] if os.environ.get("TTR_PRELOAD") else []
        keep += [f"GCOV_PREFIX={os.environ['GCOV_PREFIX']}"] if os.environ.get("GCOV_PREFIX") else []
        return ["env", "-i", f"PATH={os.environ['PATH']}", "LC_ALL=C.UTF-8", "TZ=UTC",
                f"HOME={self.folder}/homes/plugin", f"WIRESHARK_PLUGIN_DIR={self.folder}/homes/system",
                f"WIRESHARK_EXTCAP_DIR={self.folder}/extcap", f"TMPDIR={self.folder}/tmp", *keep]

    def tshark(self, *arguments):
        """A command line."""
        return ordinary(*self.environment(), "tshark", *arguments)

    def live(self, target, *more, **options):
        """The command line of a live trace; options as of the tracer, "_" for "-"."""
        settings = []
        for name, value in {"target": target, **options}.items():
            settings += ["-o", f"extcap.{INTERFACE}.{name.replace('_', '')}:{value}"]
        return self.tshark("-n", "-i", INTERFACE, *settings, *more)

    def direct(self, target, fifo, *more, **options):
        """The command line of the tracer alone."""
        settings = []
        for name, value in {"target": target, **options}.items():
            settings += [f"--{name.replace('_', '-')}", str(value)]
        return ordinary(*self.environment(), self.tracer, "--capture", "--extcap-interface", INTERFACE,
                        "--fifo", fifo, *settings, *more)


class Case(unittest.TestCase):
    """Tests of one installation."""
    installation = None

    @classmethod
    def setUpClass(cls):
        cls.installation = cls.install("cap_net_raw=ep")

    @classmethod
    def install(cls, capability):
        """One more, for as long as the class is tested."""
        made = Installation(capability)
        cls.addClassCleanup(made.__exit__)
        return made.__enter__()

    def new_path(self, name):
        """Where an ordinary user may write, and no file is yet."""
        path = self.installation.path(name)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        return path

    def wait_until(self, holds, what):
        until = time.monotonic() + lab.WAIT_S
        while not holds():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.02)

    @staticmethod
    def has_packets(path, count, is_wanted=lambda packet: True):
        """Does the file, which is still written, hold so many of these packets?"""
        with contextlib.suppress(FileNotFoundError, blocks.FormatError):      # or in the middle of a block
            return sum(map(is_wanted, blocks.File(path).packets)) >= count
        return False


@contextlib.contextmanager
def etc(namespace, **files):
    """Files of /etc as the programs of a namespace see them; "_" stands for ".": nsswitch_conf."""
    folder = f"/etc/netns/{namespace.name}"
    os.makedirs(folder)
    try:
        for name, text in files.items():
            with open(f"{folder}/{name.replace('_', '.')}", "w", encoding="ascii") as file:
                file.write(text)
        yield
    finally:
        shutil.rmtree(folder)
        with contextlib.suppress(OSError):      # others may have theirs
            os.rmdir("/etc/netns")


def read_traces(text):
    """What `-z tcptraceroute,json` prints."""
    return [{"hops": [], "extra_hops": [], "no_hops": [], **json.loads(line)} for line in text.splitlines()]


def children(pid):
    """Processes that `pid` started, and those that they did."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and parent(int(entry)) == pid:
            found += [int(entry), *children(int(entry))]
    return found


def parent(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def named(name, pids):
    """The pid of the process of this name among `pids`, or None."""
    for pid in pids:
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as file:
                if file.read().strip() == name[:15]:
                    return pid
        except OSError:
            pass
    return None


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
