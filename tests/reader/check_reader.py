# SPDX-License-Identifier: GPL-2.0-or-later
"""check_reader.py TCPTRACEDUMP TSHARK-WRAP: what the reader prints, byte for byte against tshark, for a file of each
encapsulation and each file format; what it says of files that are broken, and of its command line."""
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, "..", "synth")]
import encapsulations as links    # noqa: E402
import formats    # noqa: E402
import traces    # noqa: E402

OUTPUTS = ("paths", "json", "report", "dot", "html")
READER, WRAP = sys.argv[1:3]


def read(*arguments, stdin=None):
    return subprocess.run([READER, *arguments], input=stdin, capture_output=True, check=False, timeout=120)


def tshark(path, output="json"):
    return subprocess.run([WRAP, "-n", "-q", "-r", path, "-z", f"tcptraceroute,{output}"], capture_output=True, check=False,
                          timeout=120).stdout


def wireshark():
    """The release: (4, 0)."""
    said = subprocess.run([WRAP, "--version"], capture_output=True, check=True, timeout=120).stdout.decode()
    return tuple(int(number) for number in re.search(r"(\d+)\.(\d+)", said).groups())


def sources(lines):
    return {json.loads(line)["src"] for line in lines.splitlines()}


class Reader(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        os.chmod(self.folder.name, 0o755)

    def write(self, content, name="capture"):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as out:
            out.write(content)
        os.chmod(path, 0o644)
        return path

    def capture_of(self, names):
        """One file with an interface for each, and in it a traceroute of each version of IP."""
        numbers = {name: number + 1 for number, name in enumerate(names)}
        content = traces.section() + b"".join(traces.interface(links.LINKS[name][0]) for name in names)
        for name in names:
            for is_v6 in (False, True):
                for time, frame in traces.frames(numbers[name], is_v6, links.LINKS[name][1]):
                    stamp = (formats.START * 1000 + time) * 1000
                    content += traces.enhanced(numbers[name] - 1, stamp, frame)
        return self.write(content), numbers

    def check_encapsulations(self, names, words):
        """What the reader and tshark see in a capture of these; words: what tshark must."""
        path, numbers = self.capture_of(names)
        done = read("--read", path, "--json")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        seen = sources(tshark(path))
        ours = sources(done.stdout)
        for name in names:
            for is_v6, one in ((False, links.ONLY4), (True, links.ONLY6)):
                source = str(ipaddress.ip_address(traces.addresses(numbers[name], is_v6)[0]))
                with self.subTest(name=name, is_v6=is_v6):
                    self.assertEqual(source in seen, words[name] in (links.READ, one), "tshark")
                    self.assertEqual(source in ours, links.LINKS[name][2] in (links.READ, one), "the reader")
        return path

    def test_encapsulations(self):
        later = {name: word for name, (release, word) in links.LATER.items() if wireshark() >= release}
        if later:
            self.check_encapsulations(list(later), later)
        words = {name: row[2] for name, row in links.LINKS.items() if row[2] != links.COUNTED and name not in later}
        path = self.check_encapsulations(list(words), words)
        for output in OUTPUTS:
            with self.subTest(output=output):
                self.assertEqual(read("--read", path, f"--{output}").stdout, tshark(path, output))

    def test_capture_points(self):
        """A host with a bridge, captured on all devices: each probe goes out through bridge and port, each answer comes
        in through port and bridge. What counts is the answer at the device where the probe counts: the last sighting."""
        for name, (link, wrap) in links.DEVICES.items():
            for is_v6 in (False, True):
                content = traces.section() + traces.interface(link)
                for number, (time, data) in enumerate(traces.packets(1, is_v6)):
                    devices = (3, 2) if number % 2 == 0 else (2, 3)
                    for later, device in enumerate(devices):
                        stamp = (formats.START * 1000 + time) * 1000 + later * 100
                        content += traces.enhanced(0, stamp, wrap(device, data))
                with self.subTest(name=name, is_v6=is_v6):
                    path = self.write(content)
                    printed = read("--read", path, "--json").stdout
                    self.assertEqual(printed, tshark(path))
                    hops = json.loads(printed)["hops"]
                    self.assertEqual([(hop["probe_ttl"], hop["rtt"]) for hop in hops],
                                     [(ttl, 7 * ttl + (0.1 if name != "one device" else 0)) for ttl in range(1, traces.HOPS + 1)])

    def test_what_only_tshark_reads_is_counted(self):
        names = [name for name in links.LINKS if links.LINKS[name][2] == links.COUNTED]
        path, _ = self.capture_of(names)
        done = read("--read", path, "--json")
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        said = done.stderr.decode().splitlines()
        self.assertEqual(said[-1], f"tcptracedump: {path}: there is no TCP traceroute in this capture")
        self.assertEqual(len(said) - 1, len(names), said)
        for line in said[:-1]:
            self.assertRegex(line, f"^tcptracedump: {path}: only tshark reads 16 frames of [A-Za-z]")
        self.assertEqual(len(sources(tshark(path))), 2 * len(names))

    def test_formats(self):
        for name, content in formats.GOOD.items():
            with self.subTest(format=name):
                path = self.write(content)
                expected = tshark(path)
                self.assertEqual(expected == b"", "no packets" in name or "no interfaces" in name)
                done = read("--read", path, "--json")
                self.assertEqual(done.stdout.decode(), expected.decode())
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_times_in_fine_units(self):
        for name, (content, plain) in formats.FINE.items():
            with self.subTest(units=name):
                expected = read("--read", self.write(plain), "--json").stdout.decode()
                self.assertIn('"rtt":', expected)
                self.assertEqual(read("--read", self.write(content), "--json").stdout.decode(), expected)

    def test_broken_files_are_printed_up_to_there(self):
        for name, content in formats.BROKEN.items():
            with self.subTest(file=name):
                path = self.write(content)
                done = read("--read", path, "--json")
                self.assertEqual(done.stdout.decode(), tshark(path).decode())
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr.decode(), f"^tcptracedump: {path}: .+\n$")

    def test_foreign_files(self):
        for name, (content, reason) in formats.FOREIGN.items():
            with self.subTest(file=name):
                path = self.write(content)
                done = read("--read", path, "--html")
                self.assertEqual((done.stdout, done.returncode), (b"", 1))
                self.assertRegex(done.stderr.decode(), f"^tcptracedump: {path}: .*{reason}.*\n$")

    def test_other_files_are_read(self):
        good = self.write(formats.GOOD["pcap"], "good")
        broken = self.write(formats.BROKEN["pcapng, cut in a packet"], "broken")
        missing = os.path.join(self.folder.name, "missing")
        done = read("--read", missing, broken, self.folder.name, good, "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([json.loads(line)["file"] for line in done.stdout.splitlines()], [broken, good])
        self.assertTrue(all(line.startswith(b'{"file":') for line in done.stdout.splitlines()))
        said = done.stderr.decode().splitlines()
        self.assertEqual(len(said), 3)
        self.assertEqual(said[0], f"tcptracedump: {missing}: No such file or directory")
        self.assertEqual(said[2], f"tcptracedump: {self.folder.name}: Is a directory")

    def test_several_files_are_printed_one_after_the_other(self):
        paths = [self.write(formats.GOOD[name], name) for name in ("pcap", "pcapng")]
        for output in ("paths", "report", "dot", "html"):
            with self.subTest(output=output):
                self.assertEqual(read("--read", *paths, f"--{output}").stdout, b"".join(tshark(path, output) for path in paths))

    def test_standard_input(self):
        for name in ("pcap", "pcapng", "gzip"):
            with self.subTest(format=name):
                path = self.write(formats.GOOD[name])
                self.assertEqual(read("--read", "-", stdin=formats.GOOD[name]).stdout, tshark(path, "paths"))

    def test_a_name_of_a_file_moves_no_terminal(self):
        done = read("--read", os.path.join(self.folder.name, "a\x1b]0;x\x07\u202e\n\x7f"))
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(rb"a\033]0;x\007\342\200\256\012\177", done.stderr)
        self.assertTrue(done.stderr[:-1].decode().isprintable(), done.stderr)

    def test_full_disk_is_an_error(self):
        path = self.write(formats.GOOD["pcap"])
        with open("/dev/full", "wb") as full:
            done = subprocess.run([READER, "--read", path], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left", done.stderr)

    def test_command_line(self):
        path = self.write(formats.GOOD["pcap"])
        for arguments, said in (
                (["--read"], "--read: a file is missing"),
                (["--read", "--json"], "--read: a file is missing"),
                (["--json"], "the target is missing"),
                (["--json", path], "no host has such a name; what reads a file is --read"),
                (["--read", path, "--json", "--dot"], "--dot: there is --json already"),
                (["--read", path, "--jsno"], "--jsno: there is no such option"),
                (["--read", path, "-x"], "-x: there is no such option"),
                (["--read", path, "--json=1"], "--json=1: this option takes no value"),
                (["--read", path, "--port", "80"], "--port: this option is for tracing"),
                (["--read="], "--read: a file has no name"),
                (["--raed", path], "--raed: there is no such option"),
                ([path], "no host has such a name; what reads a file is --read"),
                (["192.0.2.1", "0"], "--port: '0' is not"),
                (["192.0.2.1", "80", "81"], "81: what is this"),
                (["192.0.2.1", "-w"], "-w: a value is missing"),
                (["192.0.2.1", "-c", "x"], "--rounds: 'x' is not"),
                (["192.0.2.1", "--live=1"], "--live=1: this option takes no value"),
                (["192.0.2.1", "--json", "--dot"], "--dot: there is --json already"),
                (["--live"], "the target is missing"),
                (["--capture", "--fifo", path, "--target", "192.0.2.1", "--port"], "--port: a value is missing"),
                (["--capture", "--target", "192.0.2.1", "--fifo"], "--fifo: a value is missing"),
                (["--capture", "--fifo", path, "--target", "192.0.2.1", "80"], "80: what is this"),
                (["--read", "\x1b]0;x\x07", "--nonsense\x1b[31m"], "--nonsense\\033[31m: there is no such option"),
        ):
            with self.subTest(arguments=arguments):
                done = read(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertEqual(done.stderr.count(b"\n"), 1)
                self.assertIn(said, done.stderr.decode())
        expected = read("--read", path, "--json").stdout
        self.assertNotEqual(expected, b"")
        for arguments in (["--json", "--read", path], [f"--read={path}", "--json", "--json"], ["--json", "--read", "--", path]):
            with self.subTest(arguments=arguments):
                self.assertEqual(read(*arguments).stdout, expected)

    def test_wireshark_may_say_what_is_not_known(self):
        done = read("--extcap-interfaces", "--extcap-version=9.9", "--something-new", "x")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(b"interface {value=tcptraceroute}", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
