# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's side of the pipes: the window that opens the toolbar's two, and dumpcap that opens the one for packets.

As Wireshark 4.0 does: the window stands still until somebody reads what it writes to, a thread of it reads what comes
back, and dumpcap does not wait.
"""
import os
import pathlib
import select
import struct
import subprocess
import tempfile
import threading
import time

import tool

INITIALIZED, SET, ADD, STATUS_BAR, INFORMATION, WARNING, ERROR = 0, 1, 2, 6, 7, 8, 9
TARGET, MODE, PAUSE, NEXT_ROUND, STATUS, LOG = range(6)     # numbers of the controls
SECTION, INTERFACE, NAMES, STATISTICS, PACKET = 0x0A0D0D0A, 1, 4, 5, 6
WAIT_S = 120       # a busy machine


class Stuck(Exception):
    """What Wireshark waits for did not happen. A user's window would stand still."""


def message(control, command, payload=b""):
    return b"T" + struct.pack(">I", len(payload) + 2)[1:] + bytes([control, command]) + payload


def take_messages(data):
    """Whole messages at the start of `data`, which loses them: control, command, text."""
    while len(data) >= 6:
        if data[:1] != b"T":
            raise AssertionError(f"no message begins with {bytes(data[:16])!r}")
        length = int.from_bytes(data[1:4], "big")
        if len(data) < 4 + length:
            return
        yield data[4], data[5], data[6:4 + length].decode()
        del data[:4 + length]


def blocks(data):
    """A pcapng file's blocks: type and body. Raises an AssertionError for what is none, or cut short."""
    found = []
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0 and 12 <= length <= len(data) - at, f"a block of {length} bytes at {at} of {len(data)}"
        assert struct.unpack_from("<I", data, at + length - 4)[0] == length, f"two lengths of the block at {at}"
        found.append((kind, data[at + 8:at + length - 4]))
        at += length
    assert found and found[0][0] == SECTION, "no section at the start"
    return found


def kinds(data):
    return [kind for kind, _ in blocks(data)]


class Wireshark:
    """A tracer with pipes, started; and Wireshark's three ways to open them. Ends with the `with` block."""

    def __init__(self, *options, program=tool.BUILT, toolbar=True, wrap=list):
        """`wrap` may put something before the command: another user, another network."""
        self._folder = tempfile.TemporaryDirectory(prefix="ttr-pipes-")
        os.chmod(self._folder.name, 0o777)
        folder = pathlib.Path(self._folder.name)
        self.fifo, self.to_tracer, self.from_tracer = (folder / name for name in ("fifo", "in", "out"))
        pipes = [self.fifo, self.to_tracer, self.from_tracer] if toolbar else [self.fifo]
        for pipe in pipes:
            os.mkfifo(pipe)
            pipe.chmod(0o666)
        controls = ["--extcap-control-out", self.from_tracer, "--extcap-control-in", self.to_tracer] if toolbar else []
        self.command = wrap([str(part) for part in (
            program, "--capture", "--extcap-interface", tool.INTERFACE, "--fifo", self.fifo, *controls, *options)])
        self.messages = []              # when it came, control, command, text
        self.packets = bytearray()
        self._changed = threading.Condition()
        self._threads = []
        self._write_end = None
        self._is_over = False

    def __enter__(self):
        self.begin = time.monotonic()
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        self.process.terminate()        # it writes down which lines it ran, where they are counted
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        self._is_over = True
        self._join()
        if self._write_end is not None:
            os.close(self._write_end)
        self._folder.cleanup()

    def _join(self):
        """Ends the threads of a tracer that has ended. One that waits for a pipe to be opened is let go; one that only comes
        to it now, the next time."""
        end = time.monotonic() + WAIT_S
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < end:
            for pipe in (self.to_tracer, self.from_tracer):
                if pipe.exists():
                    os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))
            time.sleep(0.01)

    # Opening

    def open_window(self):
        """The toolbar's pipe to the tracer: the window does nothing else until this is done."""
        opened = threading.Thread(target=self._open_to_write, daemon=True)
        self._threads.append(opened)
        opened.start()
        opened.join(WAIT_S)
        if self._write_end is None:
            raise Stuck("nobody opened --extcap-control-in")

    def _open_to_write(self):
        self._write_end = os.open(self.to_tracer, os.O_WRONLY)

    def open_reader(self):
        """The toolbar's pipe from the tracer."""
        self._start(self._read_messages)

    def open_dumpcap(self):
        """In a thread; one that nobody ever wrote to ends with the `with` block."""
        self._start(self._read_packets)

    def open_all(self):
        """As Wireshark 4.0 does."""
        self.open_dumpcap()
        self.open_window()
        self.open_reader()

    def _start(self, function):
        thread = threading.Thread(target=function, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _read_messages(self):
        data = bytearray()
        fd = os.open(self.from_tracer, os.O_RDONLY)
        try:
            while part := os.read(fd, 4096):
                data += part
                with self._changed:
                    self.messages += [(time.monotonic(), *found) for found in take_messages(data)]
                    self._changed.notify_all()
        finally:
            os.close(fd)

    def _read_packets(self):
        self.dumpcap = os.open(self.fifo, os.O_RDONLY | os.O_NONBLOCK)
        waiting = select.poll()
        waiting.register(self.dumpcap, select.POLLIN)
        while not self._is_over:
            if not waiting.poll(500):
                continue
            try:
                part = os.read(self.dumpcap, 65536)
            except OSError:         # closed by close_dumpcap()
                return
            if not part:
                os.close(self.dumpcap)
                return
            with self._changed:
                self.packets += part
                self._changed.notify_all()

    # Talking

    def say(self, control, command, payload=b""):
        os.write(self._write_end, message(control, command, payload))

    def initialize(self):
        """The window is ready, and says so as the last thing when it opens the toolbar."""
        self.say(0, INITIALIZED)

    def wait_until(self, holds, what, wait_s=WAIT_S):
        """`holds` looks at messages and packets."""
        with self._changed:
            if not self._changed.wait_for(holds, wait_s):
                raise Stuck(f"{what} did not come; messages: {[found[1:] for found in self.messages[-20:]]}, "
                            f"{len(self.packets)} bytes of packets, returned {self.process.poll()}")

    def wait_for_section(self):
        self.wait_until(lambda: len(self.packets) >= 28, "the section")

    def said(self, control, command):
        """What the tracer said with this command to this control, in order."""
        return [text for _, number, order, text in self.messages if (number, order) == (control, command)]

    def wait_for_message(self, control, command, holds, what, after=0, wait_s=WAIT_S):
        """The first message that `holds` of those that came behind the first `after`; its number in order."""
        def find():
            for at, (_, number, order, text) in enumerate(self.messages):
                if at >= after and (number, order) == (control, command) and holds(text):
                    return at
            return None
        self.wait_until(lambda: find() is not None, what, wait_s)
        return find()

    def wait_for_pipes(self, *pipes):
        """Until the tracer has these open."""
        end = time.monotonic() + WAIT_S
        while not set(map(str, pipes)) <= self.open_files():
            if time.monotonic() > end:
                raise Stuck(f"only {self.open_files()} are open")
            time.sleep(0.02)

    def open_files(self):
        found = set()
        folder = f"/proc/{self.process.pid}/fd"
        for name in os.listdir(folder):
            try:
                found.add(os.readlink(f"{folder}/{name}"))
            except FileNotFoundError:
                pass
        return found

    # Ending

    def finish(self, wait_s=WAIT_S):
        """Waits for the end: status, stdout, stderr. What had been in the pipes is read."""
        try:
            out, error = self.process.communicate(timeout=wait_s)
        except subprocess.TimeoutExpired as late:
            raise Stuck(f"still there after {wait_s} s") from late
        self._join()
        return self.process.returncode, out.decode(), error.decode()
