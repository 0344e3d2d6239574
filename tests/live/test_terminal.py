#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tracer as it is typed: tcptracedump HOST [PORT], by an ordinary user, with pipes and in a terminal."""
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import describe
import lab
import tracing

ROUTERS = 3
TARGET = describe.TARGET[4]
FRAME = re.compile(rb"\033\[H(.*?)\033\[K\033\[J", re.DOTALL)
END_OF_LINE = "\033[K\r\n"


class TerminalCase(tracing.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chain = lab.ChainLab(ROUTERS)
        cls.addClassCleanup(cls.chain.__exit__)
        cls.chain.__enter__()
        for router in cls.chain.nodes[1:-1]:       # the traces follow each other at once
            router.sysctl(net__ipv4__icmp_ratelimit=0, net__ipv6__icmp__ratelimit=0)

    def command(self, *arguments, installation=None):
        installation = installation or self.installation
        return tracing.ordinary(*installation.environment(), installation.tracer, *map(str, arguments))

    def trace(self, *arguments, **options):
        return self.chain.sender.run(*self.command(*arguments, **options), check=False)

    def read(self, path, output):
        return self.chain.sender.run(*self.command("--read", path, output)).stdout


class Typed(TerminalCase):
    def test_path_as_it_is_in_the_packets_that_were_kept(self):
        for family in (4, 6):
            with self.subTest(family=family):
                target, path = self.chain.target_address(family), self.new_path("kept.pcapng")
                done = self.trace("-n", "-w", path, target, self.chain.OPEN)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                shown, _, more = done.stdout.partition("\n\n")
                heading, *hops = shown.splitlines()
                self.assertEqual(heading, f"Tracing the path to {target} on TCP port 80, 30 hops max")
                self.assertEqual(hops, self.read(path, "--paths").splitlines()[1:])
                self.assertEqual([re.match(r" *(\d+)  (\S+)", line).groups() for line in hops],
                                 [(str(hop), self.chain.address(hop, family)) for hop in range(1, ROUTERS + 2)])
                self.assertRegex(more, r"^port 80 open at hop 4, ")

    def test_other_outputs_are_those_of_the_packets(self):
        for output in ("--json", "--report", "--findings", "--dot"):
            with self.subTest(output=output):
                path = self.new_path("kept.pcapng")
                done = self.trace("-n", "-w", path, self.chain.target_address(), "80", output, "--rounds", 1)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertNotEqual(done.stdout, "")
                self.assertEqual(done.stdout, self.read(path, output))

    def test_report_has_as_many_rounds_as_it_is_told(self):
        done = self.trace("-n", "--report", "-c", 2, "--interval", "0.1", self.chain.target_address())
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split() for line in done.stdout.splitlines() if "|--" in line]
        self.assertEqual([(row[1], row[3]) for row in rows[:ROUTERS]],
                         [(self.chain.address(hop), "2") for hop in range(1, ROUTERS + 1)])

    def test_exit_status(self):
        target = self.chain.target_address()
        for arguments, status in (((target, self.chain.OPEN), 0), ((target, self.chain.CLOSED), 0),
                                  ((target, self.chain.REJECTED), 0), ((target, self.chain.FILTERED), 1),
                                  (("no-such-host.invalid",), 1), ((target, "0"), 2), (("--jsno", target), 2)):
            with self.subTest(arguments=arguments):
                done = self.trace("-n", "--last-ttl", 8, "--timeout", 300, *arguments)
                self.assertEqual(done.returncode, status, done.stdout + done.stderr)
                if status == 2:
                    self.assertEqual(done.stdout, "")

    def test_without_permission(self):
        done = self.trace(self.chain.target_address(), installation=self.install(""))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("setcap cap_net_raw=ep", done.stderr)

    def test_names(self):
        hosts = "".join(f"{self.chain.address(hop)} hop{hop}.example\n" for hop in range(1, ROUTERS + 2))
        with tracing.etc(self.chain.sender, hosts=hosts, nsswitch_conf="hosts: files\n"):
            named, bare = (self.trace(*more, "hop4.example") for more in ((), ("-n",)))
        self.assertEqual((named.returncode, bare.returncode), (0, 0), named.stderr + bare.stderr)
        for hop in range(1, ROUTERS + 1):
            self.assertIn(f"{hop}  hop{hop}.example ({self.chain.address(hop)})  ", named.stdout)
            self.assertIn(f"{hop}  {self.chain.address(hop)}  ", bare.stdout)
        self.assertIn(f"the path to hop4.example ({self.chain.target_address()}) on", named.stdout)


class Growing(tracing.Case):
    def test_lines_come_while_the_trace_goes_on(self):
        """Nobody answers behind hop 2, so it takes the whole time-out."""
        with lab.SimLab(describe.line(4, {3: {"silent": True}}, answer="silent")) as network:
            process = network.sender.start(*tracing.ordinary(
                *self.installation.environment(), self.installation.tracer, "-n", "--timeout", "10000", TARGET),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            lines = [process.stdout.readline() for _ in range(3)]
            self.assertIsNone(process.poll())
            self.assertEqual([line[:20].split()[0] for line in lines], ["Tracing", "1", "2"])
            tracer = tracing.named(tracing.NAME, [process.pid, *tracing.children(process.pid)])
            os.kill(tracer, signal.SIGINT)
            rest = process.stdout.read()
            self.assertEqual(process.wait(lab.WAIT_S), 1)
            self.assertIn("Destination not reached\n", rest)


class Live(TerminalCase):
    """What is on the screen: the drawings are cut out of what a pseudo-terminal gets."""

    @contextlib.contextmanager
    def screen(self, width, *arguments, height=24):
        self.seen = b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        before = termios.tcgetattr(slave)
        process = subprocess.Popen(self.chain.sender.command(*self.command(*arguments)), stdin=slave, stdout=slave,
                                   stderr=slave)
        try:
            yield process
            self.assertEqual(termios.tcgetattr(slave), before, "the terminal is not as it was")
        finally:
            lab.stop(process)
            os.close(slave)
            os.close(self.master)

    def look(self):
        """The lines of the last whole drawing."""
        while select.select([self.master], [], [], 0)[0]:
            self.seen += os.read(self.master, 65536)
        drawings = FRAME.findall(self.seen)
        return drawings[-1].decode().split(END_OF_LINE) if drawings else []

    def see(self, holds, what):
        until = time.monotonic() + lab.WAIT_S
        while not holds(self.look()):
            self.assertLess(time.monotonic(), until, f"{what}: {self.look()}")
            select.select([self.master], [], [], 0.2)
        return self.look()

    def press(self, key):
        os.write(self.master, key.encode())

    def end(self, process):
        """Its exit status, and what stands on the page that was there before."""
        self.press("q")
        while process.poll() is None:
            self.look()
            select.select([self.master], [], [], 0.2)
        self.look()
        return process.returncode, self.seen.decode().rpartition("\033[?25h\033[?1049l")[2]

    def has_target(self, family):
        return lambda lines: any(f"{self.chain.target_address(family)} [open]" in line for line in lines)

    def test_table_and_keys(self):
        for width, family in ((80, 4), (140, 6)):
            with self.subTest(width=width, family=family), \
                    self.screen(width, "-n", "--live", "--interval", "0.2", self.chain.target_address(family)) as process:
                lines = self.see(self.has_target(family), "the target in the table")
                self.assertLessEqual(max(map(len, lines)), width)
                self.assertIn("port 80, round ", lines[0])
                self.assertIn("Loss%   Snt    Last     Avg    Best   Worst", lines[1])
                self.assertEqual([line.split()[:2] for line in lines[2:2 + ROUTERS]],
                                 [[str(hop), self.chain.address(hop, family)] for hop in range(1, ROUTERS + 1)])
                self.press("d")
                self.see(lambda lines: "Worst" not in lines[1] and "Last probes" in lines[1], "the round trips of the last probes")
                self.press("d")
                self.see(lambda lines: "Worst" in lines[1], "figures again")
                self.press("p")
                self.see(lambda lines: ", paused " in lines[0], "a pause")
                self.press("r")
                self.see(lambda lines: len(lines) == 1, "nothing is left of what was before")
                self.press("p")
                self.see(self.has_target(family), "the table again")
                status, left = self.end(process)
                self.assertEqual(status, 0)
                self.assertRegex(left, r"^Start: [^\r]*\r\nHOST: ")

    def test_screen_that_is_too_small(self):
        for width, height in ((20, 24), (80, 5), (1, 1)):
            with self.subTest(width=width, height=height), \
                    self.screen(width, "-n", "--live", "--interval", "0.2", self.chain.target_address(), height=height) as process:
                lines = self.see(bool, "anything")
                self.assertLessEqual(len(lines), height)
                self.assertIn(self.end(process)[0], (0, 1))

    def test_without_a_screen_each_round_is_printed(self):
        done = self.trace("-n", "--live", "-c", 3, "--interval", "0.2", self.chain.target_address())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("\033", done.stdout)
        self.assertEqual(len(re.findall(r"^HOST: ", done.stdout, re.MULTILINE)), 3)


if __name__ == "__main__":
    tracing.main()
