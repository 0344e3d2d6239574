#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""However the tracer is stopped: the file is a valid pcapng with every packet that was captured, the program ends in
time, and nothing is left behind. What was captured is known from a second capture on the same device."""
import contextlib
import fcntl
import os
import signal
import struct
import subprocess
import termios
import threading
import time

import blocks
import describe
import lab
import tracing

TARGET = describe.TARGET[4]
STUCK_S = 5         # nobody waits for who does not read: 0.05 s, on a machine that does much else more
IN_TIME_S = 60      # how long it takes here is printed; a busy machine has its own time
F_SETPIPE_SZ, F_GETPIPE_SZ = 1031, 1032
PACKET_BLOCK = 200  # bytes in the file, of an answer with its quote
MOMENTS_MS = (0, 1, 2, 5, 10, 20, 35, 50, 80)
# Fills what the kernel keeps for the tracer: packets that pass its filter, but are not of its trace.
FLOOD = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
packet = bytes.fromhex("450000280001400001060000c0000201cb007109") + bytes.fromhex("0009005000000001000000005002200000000000")
for _ in range(int(sys.argv[1])):
    s.sendto(packet, ("203.0.113.9", 0))
"""


def pcap_packets(path):
    """[(time_ns, data)] of a pcap file with nanoseconds."""
    with open(path, "rb") as file:
        content = file.read()
    if struct.unpack_from("<I", content)[0] != 0xA1B23C4D:
        raise blocks.FormatError("no pcap with nanoseconds")
    found, at = [], 24
    while at + 16 <= len(content):
        seconds, fraction, captured, _ = struct.unpack_from("<IIII", content, at)
        found.append((seconds * 10**9 + fraction, content[at + 16:at + 16 + captured]))
        at += 16 + captured
    return found


class Reader(threading.Thread):
    """Reads a pipe into a file, from when `go` is set."""

    def __init__(self, fifo, path, pipe_size=None):
        super().__init__(daemon=True)
        self.fd = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(self.fd, True)
        if pipe_size:
            fcntl.fcntl(self.fd, F_SETPIPE_SZ, pipe_size)
        self.path = path
        self.go = threading.Event()
        self.has_header = threading.Event()

    def run(self):
        self.go.wait()
        with open(self.path, "wb") as file:
            while True:
                data = os.read(self.fd, 65536)
                if data:
                    file.write(data)
                    file.flush()
                    self.has_header.set()
                elif self.has_header.is_set():
                    return
                else:
                    time.sleep(0.0005)      # nobody has opened it for writing yet

    def is_stuck(self):
        """Is there no room for another packet in the pipe?"""
        waiting = struct.unpack("i", fcntl.ioctl(self.fd, termios.FIONREAD, b"\0" * 4))[0]
        return waiting > fcntl.fcntl(self.fd, F_GETPIPE_SZ) - PACKET_BLOCK

    def close(self):
        os.close(self.fd)


class StopCase(tracing.Case):
    def setUp(self):
        self.path = self.new_path("out.pcapng")
        self.fifo = self.new_path("fifo")
        self.witness = self.new_path("witness.pcap")
        os.mkfifo(self.fifo, 0o666)
        os.chmod(self.fifo, 0o666)

    @contextlib.contextmanager
    def lab(self, description=None):
        """A network, with a second capture on its device."""
        with lab.SimLab(description or describe.line(10)) as network:
            tcpdump = network.sender.start(
                "tcpdump", "-n", "-i", lab.DEVICE, "-s", "2048", "-B", "16384", "--immediate-mode", "-U", "-Z", "root",
                "--time-stamp-precision=nano", "-w", self.witness, stderr=subprocess.PIPE)
            if "listening" not in tcpdump.stderr.readline():
                raise lab.LabError("tcpdump did not start")
            try:
                yield network
                network.settle()
                lab.wait_for_sleep(tcpdump)
            finally:
                lab.stop(tcpdump, signal.SIGINT)

    def start(self, network, **options):
        """The tracer alone, writing to the pipe."""
        return network.sender.start(*self.installation.direct(TARGET, self.fifo, **options), stderr=subprocess.PIPE)

    def ends(self, process, seconds=IN_TIME_S):
        """Waits; returns what was written to stderr."""
        began = time.monotonic()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.fail(f"it had not ended after {seconds} s")
        finally:
            process.kill()
        print(f"{self.id().split('.')[-1]}: ended after {1000 * (time.monotonic() - began):.0f} ms", flush=True)
        with process.stderr as stream:
            return stream.read()

    def is_whole(self, stopped_ns, path=None):
        """Valid, and holds all that was captured up to `stopped_ns`. Returns the file."""
        path = path or self.path
        file = blocks.File(path)
        seen = subprocess.run(["capinfos", "-c", path], capture_output=True, text=True, check=False)
        self.assertEqual((seen.returncode, seen.stderr), (0, ""))
        written = {(packet.time_ns, packet.data) for packet in file.packets}
        witness = {(when, data) for when, data in pcap_packets(self.witness) if self.is_of_the_trace(data)}
        self.assertEqual(len(written), len(file.packets), "a packet was written twice")
        self.assertEqual(written - witness, set(), "there was no such packet on the device")
        missing = [when for when, _ in witness - written if when < stopped_ns]
        self.assertEqual(missing, [], f"{len(missing)} packets that were captured are not in the file")
        return file

    def is_whole_up_to_its_last_packet(self):
        """For a trace that ended by itself: when it read last, no clock but its own knows."""
        file = self.is_whole(blocks.File(self.path).packets[-1].time_ns)
        self.assertEqual(file.dropped(), 0)
        self.assertEqual({data[8] for data in self.sent(file)} & set(range(1, 11)), set(range(1, 11)), "TTLs in the file")
        return file

    @staticmethod
    def sent(file):
        """The probes."""
        return [packet.data for packet in file.packets if blocks.packet_addresses(packet.data)[1] == TARGET]

    def wait_for_packets_in(self, path, count):
        """Until so many are in the file."""
        self.wait_until(lambda: self.has_packets(path, count), f"fewer than {count} packets in the file")

    @staticmethod
    def is_of_the_trace(data):
        """Nothing but the trace is in these networks, and IPv6's multicast."""
        return data[0] >> 4 == 4 and data[9] in (1, 6)


class Signals(StopCase):
    def check(self, number, moment_ms, **options):
        reader = Reader(self.fifo, self.path)
        reader.start()
        reader.go.set()
        with self.lab() as network:
            process = self.start(network, **options)
            self.assertTrue(reader.has_header.wait(lab.WAIT_S))
            time.sleep(moment_ms / 1000)
            stopped_ns = time.time_ns()
            process.send_signal(number)
            self.assertEqual(self.ends(process), "")
            reader.join(lab.WAIT_S)
        self.assertEqual(process.returncode, 0)
        file = self.is_whole(stopped_ns)
        if file.interfaces:
            self.assertEqual(file.kinds[-1], blocks.STATISTICS)
        return len(file.packets)

    def test_at_many_moments(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            counts = []
            for moment_ms in MOMENTS_MS:
                with self.subTest(signal=number, moment_ms=moment_ms):
                    counts.append(self.check(number, moment_ms, rounds=0))
            print(f"{number.name} after {MOMENTS_MS} ms: {counts} packets", flush=True)
            self.assertGreater(max(counts), 0)

    def test_right_after_its_start(self):
        """Before the header is written there is nothing to keep."""
        for moment_ms in (0, 1, 2, 3, 5, 10, 20):
            with self.subTest(moment_ms=moment_ms):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self.path)
                with self.lab() as network:
                    process = network.sender.start(*self.installation.direct(TARGET, self.path),
                                                   stderr=subprocess.PIPE)
                    time.sleep(moment_ms / 1000)
                    stopped_ns = time.time_ns()
                    process.terminate()
                    self.assertEqual(self.ends(process), "")
                self.assertIn(process.returncode, (0, -signal.SIGTERM))
                if os.path.exists(self.path) and os.path.getsize(self.path):
                    self.is_whole(stopped_ns)

    def test_by_itself(self):
        reader = Reader(self.fifo, self.path)
        reader.start()
        reader.go.set()
        with self.lab() as network:
            process = self.start(network)
            self.assertEqual(self.ends(process), "")
            reader.join(lab.WAIT_S)
        self.assertEqual(process.returncode, 0)
        self.is_whole_up_to_its_last_packet()


class Pipes(StopCase):
    def test_reader_goes_away(self):
        """Nothing is traced for nobody."""
        for moment_ms in (0, 5, 50):
            with self.subTest(moment_ms=moment_ms):
                reader = Reader(self.fifo, self.path)
                with self.lab() as network:
                    process = self.start(network, rounds=0)
                    self.assertEqual(len(os.read(reader.fd, 4) or self.first(reader.fd)), 4)
                    time.sleep(moment_ms / 1000)
                    reader.close()
                    self.assertEqual(self.ends(process), "")
                self.assertEqual(process.returncode, 0)

    def first(self, fd):
        until = time.monotonic() + lab.WAIT_S
        while time.monotonic() < until:
            data = os.read(fd, 4)
            if data:
                return data
            time.sleep(0.001)
        return b""

    def test_reader_that_pauses_loses_nothing(self):
        reader = Reader(self.fifo, self.path, pipe_size=4096)
        reader.start()
        with self.lab() as network:
            process = self.start(network, rounds=3, interval=0.3)
            self.wait_until(reader.is_stuck, "all of it went into a pipe of 4096 bytes?")
            lab.wait_for_sleep(process)
            reader.go.set()
            self.assertEqual(self.ends(process), "")
            reader.join(lab.WAIT_S)
        self.assertEqual(process.returncode, 0)
        self.is_whole_up_to_its_last_packet()
        self.assertGreater(os.path.getsize(self.path), 4 * 4096)

    def test_reader_that_never_reads(self):
        """What cannot be written is given up; what was is whole."""
        for rounds in (0, 1):       # stopped while it traces, and while it waits for the reader
            with self.subTest(rounds=rounds):
                reader = Reader(self.fifo, self.path, pipe_size=4096)
                with self.lab() as network:
                    process = self.start(network, rounds=rounds)
                    self.wait_until(reader.is_stuck, "all of it went into a pipe of 4096 bytes?")
                    lab.wait_for_sleep(process)
                    self.assertIsNone(process.poll())
                    process.terminate()
                    self.assertEqual(self.ends(process, STUCK_S), "")
                self.assertEqual(process.returncode, 0)
                with open(self.path, "wb") as file:
                    file.write(os.read(reader.fd, 65536))
                reader.close()
                self.assertGreater(len(blocks.File(self.path).packets), 20)

    def test_standing_still_loses_nothing(self):
        """500 packets come while the program does not run."""
        with self.lab() as network:
            process = network.sender.start(*self.installation.direct(TARGET, self.path, rounds=0, interval=0.2),
                                           stderr=subprocess.PIPE)
            self.wait_for_packets_in(self.path, 60)
            process.send_signal(signal.SIGSTOP)
            network.sender.run("python3", "-c", FLOOD, "500")
            network.settle()
            before = len(blocks.File(self.path).packets)
            process.send_signal(signal.SIGCONT)
            self.wait_for_packets_in(self.path, before + 30)
            process.terminate()
            self.assertEqual(self.ends(process), "")
        self.assertEqual(blocks.File(self.path).dropped(), 0)


class Tshark(StopCase):
    """The whole chain: tshark, dumpcap and the tracer."""

    def start_tshark(self, network, *arguments, **options):
        return network.sender.start(*self.installation.live(TARGET, "-w", self.path, *arguments, **options),
                                    stderr=subprocess.PIPE, stdout=subprocess.PIPE)

    def family(self, process):
        """The pids of tshark, dumpcap and the tracer, once all are there."""
        until = time.monotonic() + lab.WAIT_S
        while time.monotonic() < until:
            pids = [process.pid, *tracing.children(process.pid)]
            if tracing.named(tracing.NAME, pids):
                return pids
            time.sleep(0.002)
        self.fail("the tracer did not start")
        return []

    def all_end(self, pids, seconds=IN_TIME_S):
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(map(tracing.is_alive, pids)):
            time.sleep(0.02)
        left = [pid for pid in pids if tracing.is_alive(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(left, [], "processes are left")

    def wait_for_packets(self):
        until = time.monotonic() + lab.WAIT_S
        while not (os.path.exists(self.path) and os.path.getsize(self.path) > 1000):
            self.assertLess(time.monotonic(), until, "nothing was captured")
            time.sleep(0.005)

    def test_interrupted(self):
        for moment_ms in (0, 10, 50, 300):
            with self.subTest(moment_ms=moment_ms):
                with self.lab() as network:
                    process = self.start_tshark(network, rounds=0)
                    pids = self.family(process)
                    self.wait_for_packets()
                    time.sleep(moment_ms / 1000)
                    process.send_signal(signal.SIGINT)
                    process.communicate(timeout=lab.WAIT_S)
                    self.all_end(pids)
                self.assertEqual(process.returncode, 0)
                self.assertGreater(len(self.is_whole(0).packets), 0)
                os.unlink(self.path)

    def test_after_a_number_of_packets(self):
        with self.lab() as network:
            process = self.start_tshark(network, "-c", "7", rounds=0)
            pids = self.family(process)
            process.communicate(timeout=lab.WAIT_S)
            self.all_end(pids)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(len(self.is_whole(0).packets), 7)

    def test_after_a_time(self):
        with self.lab() as network:
            started = time.monotonic()
            process = self.start_tshark(network, "-a", "duration:2", rounds=0, interval=0.2)
            pids = self.family(process)
            process.communicate(timeout=lab.WAIT_S)
            self.all_end(pids)
            self.assertGreater(time.monotonic() - started, 1.9)
        self.assertEqual(process.returncode, 0)
        self.assertGreater(len(self.is_whole(0).packets), 0)

    def test_killed(self):
        """kill -9 of tshark or of dumpcap: the others end by themselves."""
        for name in ("tshark", "dumpcap"):
            with self.subTest(name=name):
                with self.lab() as network:
                    process = self.start_tshark(network, rounds=0, interval=0.2)
                    self.family(process)
                    self.wait_for_packets()
                    pids = [process.pid, *tracing.children(process.pid)]
                    os.kill(tracing.named(name, pids), signal.SIGKILL)
                    process.communicate(timeout=lab.WAIT_S)
                    self.all_end(pids)
                os.unlink(self.path)


class Devices(StopCase):
    """The network goes away for good; test_tracer_outage.py has what comes back."""

    def check(self, *command):
        with self.lab() as network:
            process = network.sender.start(*self.installation.direct(TARGET, self.path, rounds=0, interval=0.2),
                                           stderr=subprocess.PIPE)
            self.wait_for_packets_in(self.path, 40)
            self.assertIsNone(process.poll())
            stopped_ns = time.time_ns()
            network.sender.run(*command)
            said = self.ends(process)
            self.assertEqual(process.returncode, 1)
        self.is_whole(stopped_ns)
        return said

    def test_deleted(self):
        self.assertEqual(self.check("ip", "link", "delete", lab.DEVICE),
                         f"tcptracedump: capture on {lab.DEVICE} ended: The interface disappeared\n")


if __name__ == "__main__":
    tracing.main("tcpdump")
