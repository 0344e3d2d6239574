# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark as an ordinary user, with or without the plugin, and says what it cost."""

import collections
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

NOBODY = 65534
TIMEOUT_S = 1200  # a run that takes longer does not terminate, for our purposes

Cost = collections.namedtuple("Cost", "user wall rss_kib stderr_lines")


class BenchError(Exception):
    """Something that makes the figures worthless."""


class Home:
    """A home directory for tshark: with the plugin in its personal folder, or with nothing in it."""

    def __init__(self, path, version, plugin=None):
        self.path = path
        os.makedirs(path)
        if plugin is not None:
            folder = os.path.join(path, ".local/lib/wireshark/plugins", version, "epan")
            os.makedirs(folder)
            shutil.copy(plugin, folder)
        for folder, _, files in os.walk(path):
            for name in [folder] + [os.path.join(folder, file) for file in files]:
                os.chmod(name, 0o755)
                if os.geteuid() == 0:
                    os.chown(name, NOBODY, NOBODY)

    def command(self, *words):
        # Root never loads personal plugins. Nothing of the caller's environment may reach tshark: it
        # would let the two homes differ, or a personal profile change what is dissected.
        environment = ["HOME=" + self.path, "XDG_CONFIG_HOME=" + self.path + "/.config",
                       "XDG_RUNTIME_DIR=" + self.path, "PATH=" + os.environ["PATH"], "LC_ALL=C.UTF-8", "TZ=UTC"]
        user = []
        if os.geteuid() == 0:
            user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        return user + ["env", "-i"] + environment + list(words)


def output(command):
    """What the command prints to stdout."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if done.returncode != 0:
        raise BenchError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def measure(command, stdout=subprocess.DEVNULL):
    """Runs the command; the figures are its own, not those of all children so far.

    `env` and `setpriv` replace themselves by tshark, so the child that is waited for is tshark.
    """
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=stdout, stderr=said)
        killer = threading.Timer(TIMEOUT_S, child.kill)
        killer.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        killer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        lines = said.read().splitlines()
    if child.returncode == -signal.SIGKILL and wall >= TIMEOUT_S:
        raise BenchError(f"tshark had not ended after {TIMEOUT_S} s")
    if child.returncode != 0:
        raise BenchError(f"tshark ended with status {child.returncode}: {lines[0] if lines else ''}")
    return Cost(usage.ru_utime, wall, usage.ru_maxrss, lines)


def instructions(home, capture, fixed_seed):
    """Instructions of one summary pass over the capture, start-up included.

    Not -q: that dissects nothing unless a tap asks for it. `fixed_seed`: see fixed_seed.c.
    """
    command = home.command("env", "LD_PRELOAD=" + fixed_seed, "valgrind", "--tool=cachegrind", "--cache-sim=no", "--vgdb=no",
                           "--cachegrind-out-file=/dev/null", "tshark", "-r", capture)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          timeout=TIMEOUT_S, check=False)
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or found is None:
        raise BenchError(f"valgrind: {done.stderr[-500:]}")
    return int(found[1].replace(",", ""))


def has_plugin(home, file_name):
    listed = output(home.command("tshark", "-G", "plugins"))
    return any(line.split("\t")[0].strip() == file_name for line in listed.splitlines())
