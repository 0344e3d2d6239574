# SPDX-License-Identifier: GPL-2.0-or-later
"""How a test calls the tracer: as Wireshark 4.0 does, by an ordinary user or as the caller."""
import os
import pathlib
import shutil
import subprocess
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BUILT = pathlib.Path(os.environ.get("TTR_TRACER", TOP / "build" / "check" / "tracer" / "tcptracedump"))
INTERFACE = "tcptraceroute"
ORDINARY = 65534
SKIPPED = 77
TARGET = "192.0.2.1"        # of tests that send nothing


def as_user(command):
    """The command as an ordinary user, without any capability; no change for who is one already."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", "--inh-caps=-all", *command]


def folder_for_all(case):
    """A folder that goes with the test case, and that an ordinary user can use."""
    folder = tempfile.TemporaryDirectory(prefix="ttr-extcap-")
    case.addCleanup(folder.cleanup)
    os.chmod(folder.name, 0o777)
    return pathlib.Path(folder.name)


def copy_for_all(folder):
    """The tracer where an ordinary user can start it; it has no capability there."""
    copy = pathlib.Path(folder) / BUILT.name
    shutil.copyfile(BUILT, copy)
    copy.chmod(0o755)
    return copy


def ask(*arguments, program=BUILT, timeout=120):
    """Runs it to the end; the CompletedProcess with text of stdout and stderr."""
    return subprocess.run([str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=timeout, check=False)


def ask_about(question, *arguments):
    """A question about the interface, with the arguments in Wireshark's order."""
    return ask(question, "--extcap-interface", INTERFACE, *arguments)
