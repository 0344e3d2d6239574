#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_parse.py PRINT_PACKETS TSHARK CAPTURE-FOLDER: the tracer reads each packet of the captures as tshark does.

All captures are merged into one file, so that tshark starts once. Exit status 77: mergecap is not there.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

FIELDS = """
frame.number frame.protocols ip.src ip.dst ip.ttl ip.dsfield ip.id ip.flags.df ip.len ip.frag_offset ip.proto
ipv6.src ipv6.dst ipv6.hlim ipv6.tclass ipv6.flow ipv6.plen ipv6.nxt
tcp.srcport tcp.dstport tcp.seq tcp.ack tcp.flags tcp.window_size_value tcp.len
tcp.hdr_len ip.hdr_len
icmp.type icmp.code icmpv6.type icmpv6.code
""".split()
OPTIONS = ["ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
           "tcp.analyze_sequence_numbers:FALSE", "tcp.relative_sequence_numbers:FALSE"]
ERRORS_IPV4 = {3, 11, 12}       # unreachable, time exceeded, parameter problem
ERRORS_IPV6 = {1, 2, 3, 4}
EXTENSIONS = {"ipv6.hopopts", "ipv6.routing", "ipv6.fraghdr", "ipv6.dstopts", "ah"}


def number(text):
    return int(text, 0) if text not in ("True", "False") else int(text == "True")


class Frame:
    """What tshark says of one frame; the first value of a field is of the outermost header."""

    def __init__(self, line):
        self.values = dict(zip(FIELDS, line.split("\t")))
        protocols = self.values["frame.protocols"].split(":")
        self.is_ipv6 = "ipv6" in protocols and ("ip" not in protocols or protocols.index("ipv6") < protocols.index("ip"))
        name = "ipv6" if self.is_ipv6 else "ip"
        rest = protocols[protocols.index(name) + 1:] if name in protocols else []
        while rest and rest[0] in EXTENSIONS:
            rest.pop(0)
        self.carried = rest[0] if rest else ""

    def texts(self, field):
        return self.values[field].split(",") if self.values[field] else []

    def first(self, field, at=0):
        texts = self.texts(field)
        return number(texts[at]) if len(texts) > at else 0

    def head(self):
        if self.is_ipv6:
            return ["6", self.texts("ipv6.src")[0], self.texts("ipv6.dst")[0], self.first("ipv6.hlim"),
                    self.first("ipv6.tclass"), 0, 0, self.first("ipv6.flow"), self.first("ipv6.plen") + 40]
        return ["4", self.texts("ip.src")[0], self.texts("ip.dst")[0], self.first("ip.ttl"), self.first("ip.dsfield"),
                self.first("ip.id"), self.first("ip.flags.df"), 0, self.first("ip.len")]

    def tcp(self):
        fields = ("tcp.srcport", "tcp.dstport", "tcp.seq", "tcp.ack", "tcp.flags", "tcp.window_size_value")
        payload = self.first("tcp.len")
        if not self.is_ipv6:    # tshark 4.0 leaves the payload of a SYN out of tcp.len
            payload = self.first("ip.len") - self.first("ip.hdr_len") - self.first("tcp.hdr_len")
        return ["tcp"] + [self.first(field) for field in fields] + [payload]

    def quotes_tcp(self):
        """An error whose quote is of the same family, begins a TCP segment and holds its ports at least."""
        if self.is_ipv6:
            is_error = self.first("icmpv6.type") in ERRORS_IPV6
            return is_error and len(self.texts("ipv6.src")) == 2 and bool(self.texts("tcp.srcport"))
        is_error = self.first("icmp.type") in ERRORS_IPV4
        return is_error and len(self.texts("ip.src")) == 2 and bool(self.texts("tcp.srcport"))

    def icmp(self):
        name = "icmpv6" if self.is_ipv6 else "icmp"
        ip, ttl = ("ipv6", "ipv6.hlim") if self.is_ipv6 else ("ip", "ip.ttl")
        return ["icmp", self.first(f"{name}.type"), self.first(f"{name}.code"), self.first("tcp.srcport"),
                self.first("tcp.dstport"), self.first("tcp.seq"), self.first(ttl, 1),
                0 if self.is_ipv6 else self.first("ip.id", 1), self.texts(f"{ip}.src")[1], self.texts(f"{ip}.dst")[1]]

    def expected(self):
        if self.carried == "tcp" and self.texts("tcp.srcport"):
            return "\t".join(str(value) for value in self.head() + self.tcp())
        if self.carried == ("icmpv6" if self.is_ipv6 else "icmp") and self.quotes_tcp():
            return "\t".join(str(value) for value in self.head() + self.icmp())
        return "-"


def run_tshark(tshark, captures):
    with tempfile.TemporaryDirectory() as folder:
        merged = pathlib.Path(folder) / "all.pcapng"
        subprocess.run(["mergecap", "-a", "-w", merged, *captures], check=True)
        pathlib.Path(folder).chmod(0o755)
        merged.chmod(0o644)
        command = [tshark, "-n", "-r", merged, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
        for option in OPTIONS:
            command += ["-o", option]
        for field in FIELDS:
            command += ["-e", field]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def main():
    printer, tshark, folder = sys.argv[1:4]
    if shutil.which("mergecap") is None:
        print("mergecap is not installed")
        return 77
    captures = sorted(pathlib.Path(folder).glob("*.pcap"))
    ours = subprocess.run([printer, *captures], check=True, capture_output=True, text=True).stdout.splitlines()
    frames = [Frame(line) for line in run_tshark(tshark, captures)]
    assert len(ours) == len(frames), (len(ours), len(frames))
    wrong = 0
    kinds = {"tcp": 0, "icmp": 0, "-": 0}
    for line, frame in zip(ours, frames):
        there, expected = line.split("\t", 1)[1], frame.expected()
        kinds["-" if expected == "-" else expected.split("\t")[9]] += 1
        if there != expected:
            wrong += 1
            print(f"frame {frame.values['frame.number']} {frame.values['frame.protocols']}\n ours {there}\n tshark {expected}")
    print(f"{len(captures)} captures: {kinds['tcp']} segments, {kinds['icmp']} errors, {kinds['-']} others; {wrong} differ")
    return 1 if wrong or not kinds["tcp"] or not kinds["icmp"] else 0


if __name__ == "__main__":
    sys.exit(main())
