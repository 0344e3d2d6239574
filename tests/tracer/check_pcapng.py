#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_pcapng.py TRACER_PCAPNG TSHARK: the blocks that the tracer writes, read from their bytes and by tshark."""
import pathlib
import struct
import subprocess
import sys
import tempfile

TIME = 1800000000123456789


def blocks(data):
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0 and struct.unpack_from("<I", data, at + length - 4)[0] == length, (at, kind, length)
        yield kind, data[at + 8:at + length - 4]
        at += length
    assert at == len(data)


def options(data):
    found, at = {}, 0
    while True:
        code, length = struct.unpack_from("<HH", data, at)
        if code == 0:
            assert length == 0 and at + 4 == len(data), "end of options is not the end"
            return found
        found[code] = data[at + 4:at + 4 + length]
        padding = data[at + 4 + length:at + 4 + (length + 3) // 4 * 4]
        assert not any(padding)
        at += 4 + (length + 3) // 4 * 4


def when(words):
    high, low = struct.unpack("<II", words)
    return high << 32 | low


def check_bytes(data):
    there = list(blocks(data))
    kinds = [kind for kind, _ in there]
    assert kinds == [0x0a0d0d0a, 1, 1] + [6] * 65 + [4, 4, 5], kinds
    section = there[0][1]
    assert struct.unpack_from("<IHHq", section) == (0x1a2b3c4d, 1, 0, -1)
    assert options(section[16:]) == {4: b"a program 1.0"}
    assert struct.unpack_from("<HHI", there[1][1]) == (1, 0, 65535)
    assert options(there[1][1][8:]) == {2: b"eth0", 3: b"TCP path", 9: b"\x09", 11: b"\0tcp port 80"}
    assert struct.unpack_from("<HHI", there[2][1]) == (101, 0, 1)
    second = options(there[2][1][8:])
    assert set(second) == {2, 9, 11} and second[2] == b"tun0" and second[11].startswith(b"\0xxx")
    for size, (_, body) in enumerate(there[3:68]):
        interface, captured, length = struct.unpack("<I8xII", body[:20])
        assert (interface, captured, length) == (size % 2, size, size + 7)
        assert when(body[4:12]) == TIME + size
        end = 20 + (size + 3) // 4 * 4
        assert body[20:20 + size] == bytes([size]) * size and not any(body[20 + size:end])
        assert (options(body[end:]) if size % 3 == 1 else body[end:]) == ({1: b"a remark"} if size % 3 == 1 else b"")
    assert options(there[68][1]) == {1: b"\xc6\x33\x64\x07hop7.example\0"}
    assert options(there[69][1]) == {2: bytes.fromhex("20010db8" + "00" * 11 + "07") + b"n" * 1023 + b"\0"}
    statistics = there[70][1]
    assert struct.unpack_from("<I", statistics)[0] == 1 and when(statistics[4:12]) == 1800000009000000002
    found = options(statistics[12:])
    assert when(found[2]) == 1800000000000000001 and when(found[3]) == 1800000009000000002
    assert [struct.unpack("<Q", found[code])[0] for code in (4, 6, 7)] == [0x100000005, 65, 3]


def check_tshark(tshark, path):
    command = [tshark, "-n", "-r", path, "-T", "fields"]
    for field in ("time_epoch", "cap_len", "len", "interface_name", "interface_description"):
        command += ["-e", f"frame.{field}"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(lines) == 65, len(lines)
    for size, line in enumerate(lines):
        time = TIME + size
        name, description = ("tun0", "") if size % 2 else ("eth0", "TCP path")
        stamp = f"{time // 10**9}.{time % 10**9:09}"
        assert line.split("\t") == [stamp, str(size), str(size + 7), name, description], line


def main():
    writer, tshark = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "blocks.pcapng"
        subprocess.run([writer, path], check=True)
        pathlib.Path(folder).chmod(0o755)
        path.chmod(0o644)
        check_bytes(path.read_bytes())
        check_tshark(tshark, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
