#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tracer may do at each moment, as the kernel says of each of its threads: while it waits for its pipe, looks
up names, traces; started by an ordinary user and by root."""
import contextlib
import os
import subprocess
import sys

import describe
import lab
import tracing

sys.path.insert(0, os.path.join(lab.ROOT, "tests", "extcap"))
import pretend  # noqa: E402

TARGET = describe.TARGET[4]
NONE, NET_RAW = "0" * 16, f"{1 << 13:016x}"

# A name server that says when it is asked, and nothing else.
SILENT_SERVER = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
print("ready", flush=True)
while s.recv(512):
    print("asked", flush=True)
"""


def status(pid, task):
    """None: the thread has ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").replace("\t", " ").split(": ", 1)
                    for line in file if ": " in line.replace("\t", " "))
    return None


class RightsCase(tracing.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.generous = cls.install("cap_net_raw,cap_net_admin,cap_dac_read_search=ep")
        cls.network = lab.SimLab(describe.line(5))
        cls.addClassCleanup(cls.network.__exit__)
        cls.network.__enter__()

    def commands(self, target, fifo, **options):
        """By whom it is started: the user's number and the command."""
        for installation in (self.installation, self.generous):
            yield tracing.USER, installation.direct(target, fifo, **options)
        as_user = self.installation.direct(target, fifo, **options)
        yield 0, as_user[len(tracing.ordinary()):]

    def check_rights(self, pid, user, permitted=NONE, is_filtered=True):
        """Of each thread, `permitted` being what the first one may raise. Returns how many there are. A new thread has not
        given up anything before its first statement, and those that look up names come and go."""
        def is_dropped(task):
            found = status(pid, task)
            return found is None or found["CapPrm"] == NONE

        tasks = os.listdir(f"/proc/{pid}/task")
        for task in tasks:
            if int(task) != pid:
                self.wait_until(lambda: is_dropped(task), "a thread that keeps a capability")
            found = status(pid, task)
            if found is None:
                continue
            with self.subTest(thread=found["Name"], user=user):
                self.assertEqual(found["CapEff"], NONE)
                self.assertEqual(found["CapPrm"], permitted if int(task) == pid else NONE)
                self.assertEqual((found["CapInh"], found["CapAmb"]), (NONE, NONE))
                self.assertEqual(found["NoNewPrivs"], "1")
                if tracing.is_linked_with("libseccomp"):
                    self.assertEqual(found["Seccomp"], "2" if is_filtered else "0")
                self.assertEqual(found["Uid"].split(), [str(user)] * 4)
        return len(tasks)


class Rights(RightsCase):
    def test_while_it_waits_for_its_pipe(self):
        fifo = self.installation.path("fifo")
        os.mkfifo(fifo)
        os.chmod(fifo, 0o666)
        self.addCleanup(os.unlink, fifo)
        for user, command in self.commands(TARGET, fifo):
            process = self.network.sender.start(*command)
            try:
                self.wait_until(lambda: self.waits_for(process, "wait_for_partner"), "it does not wait for the pipe")
                self.check_rights(process.pid, user, NET_RAW, is_filtered=False)
            finally:
                lab.stop(process)

    @staticmethod
    def has_thread(process, name):
        """Of the tracer: until it runs there is the program that starts it."""
        found = [status(process.pid, task) for task in os.listdir(f"/proc/{process.pid}/task")]
        return name in [one["Name"] for one in found if one is not None]

    @staticmethod
    def waits_for(process, function):
        with contextlib.suppress(OSError), open(f"/proc/{process.pid}/wchan", encoding="ascii") as file:
            return file.read() == function and tracing.named(tracing.NAME, [process.pid]) is not None
        return False

    def test_while_it_traces(self):
        path = self.installation.path("rights.pcapng")
        for user, command in self.commands(TARGET, path, rounds=0, names="true"):
            if user == 0:
                command[command.index(path)] = path = os.path.join(self.installation.folder, "root.pcapng")
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            process = self.network.sender.start(*command)
            try:
                self.wait_until(lambda: self.has_packets(path, 10), "nothing was captured")
                self.wait_until(lambda: self.has_thread(process, "names"), "no name is looked up")
                self.assertGreaterEqual(self.check_rights(process.pid, user), 2, "threads")
            finally:
                lab.stop(process)
            self.assertEqual(process.returncode, 0)

    def test_while_it_traces_with_a_toolbar(self):
        """Which may ask for another device: that is what the right is kept for."""
        with pretend.Wireshark("--target", TARGET, "--rounds", "0", "--names", "true", program=self.installation.tracer,
                               wrap=lambda command: self.network.sender.command(*tracing.ordinary(*command))) as gui:
            gui.open_all()
            gui.initialize()
            gui.wait_until(lambda: len(gui.packets) > 2000, "packets")
            self.assertGreaterEqual(self.check_rights(gui.process.pid, tracing.USER, NET_RAW), 2, "threads")

    def test_while_a_name_is_looked_up(self):
        """Nothing but sockets comes before they are dropped: not the resolver, which reads what strangers send."""
        with tracing.etc(self.network.sender, resolv_conf="nameserver 127.0.0.1\n", nsswitch_conf="hosts: dns\n"):
            server = self.network.sender.start("python3", "-c", SILENT_SERVER, stdout=subprocess.PIPE)
            self.addCleanup(lab.stop, server)
            self.assertEqual(server.stdout.readline(), "ready\n")
            for user, command in self.commands("never.example", "/dev/null"):
                process = self.network.sender.start(*command)
                try:
                    self.wait_until(lambda: self.has_thread(process, "resolve"), "nothing is looked up")
                    self.assertEqual(server.stdout.readline(), "asked\n")
                    self.assertEqual(self.check_rights(process.pid, user, NET_RAW), 2, "threads")
                finally:
                    lab.stop(process)


if __name__ == "__main__":
    tracing.main()
