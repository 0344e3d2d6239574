# SPDX-License-Identifier: GPL-2.0-or-later
"""Names that would be markup, escapes or direction marks if they were not kept text, in name resolution blocks."""
import pathlib
import struct
import subprocess
import sys
import xml.etree.ElementTree

CAPTURES = ("ecmp_flow_tr.pcap", "tt_drop.pcap", "nmap_targets.pcap", "mtr_T_drop.pcap", "ecmp_flow_tr6.pcap")

# A name that routers send in an extension (RFC 5837), as long as the simulator's own, and how it must read.
INTERFACE = (b"ge-0/0/1", b'<b>"\\N\n&', '<b>"\\N\u240a&')
EXTENDED = "ext-interface-rfc4884-v4"

# Bytes of a name, and how it must read: controls as their pictures, what is unseen or no UTF-8 as U+FFFD.
NAMES = (
    (b"<script>document.title='ran'</script>", "<script>document.title='ran'</script>"),
    (b'"><img src=x onerror="document.title=1">', '"><img src=x onerror="document.title=1">'),
    (b"</td></tr></table></style></title>", "</td></tr></table></style></title>"),
    (b"&lt;b&gt; &amp; &#60;i&#62;", "&lt;b&gt; &amp; &#60;i&#62;"),
    (b"\\N \\G \\E \\l \\", "\\N \\G \\E \\l \\"),
    (b'"]; evil [label="x', '"]; evil [label="x'),
    (b"two\nlines\tand\x1bescape\x7f", "two\u240alines\u2409and\u241bescape\u2421"),
    (b"exe.\xe2\x80\xaegnp.\xe2\x81\xa6\xe2\x80\x8e", "exe.\ufffdgnp.\ufffd\ufffd"),
    (b"no \xff\xfe utf-8 \xc3", "no \ufffd\ufffd utf-8 \ufffd"),
    (b"W" * 60, "W" * 60),
    ("שלום.מארח".encode(), "שלום.מארח"),
    (b"javascript:alert(1)//--><!--", "javascript:alert(1)//--><!--"),
)
# The addresses of the captures' hosts that get them, the sender's last.
ADDRESSES = ("192.0.2.2", "198.51.100.2", "198.51.100.66", "198.51.100.130", "203.0.113.9", "192.0.2.1")


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def packets(data):
    """(link type, [(time in µs, frame)]) of a classic pcap file with microseconds, little endian."""
    magic, _, _, _, _, _, link = struct.unpack_from("<IHHiIII", data)
    if magic != 0xa1b2c3d4:
        raise ValueError("not a little-endian pcap file with microseconds")
    at, frames = 24, []
    while at < len(data):
        seconds, micros, size, _ = struct.unpack_from("<IIII", data, at)
        frames.append((seconds * 1000000 + micros, data[at + 16:at + 16 + size]))
        at += 16 + size
    return link, frames


def with_names(data, names):
    """The capture as pcapng, with a name resolution block. `names`: {IPv4 address: bytes}."""
    link, frames = packets(data)
    records = b""
    for address, name in names.items():
        value = bytes(map(int, address.split("."))) + name + b"\0"
        records += struct.pack("<HH", 1, len(value)) + value + b"\0" * (-len(value) % 4)
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", link, 0, 262144)) + block(4, records + struct.pack("<HH", 0, 0))
    for time, frame in frames:
        out += block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xffffffff, len(frame), len(frame)) + frame)
    return out


def cases(captures, folder):
    """(name, capture, {address: how its name must read}); every name stands at least once in them."""
    plain = next(capture for capture in captures if capture.name == CAPTURES[0]).read_bytes()
    for first in range(0, len(NAMES), len(ADDRESSES)):
        chosen = dict(zip(ADDRESSES, NAMES[first:first + len(ADDRESSES)]))
        path = folder / f"hostile-{first}.pcapng"
        path.write_bytes(with_names(plain, {address: name for address, (name, _) in chosen.items()}))
        path.chmod(0o644)
        yield str(first), path, {address: words for address, (_, words) in chosen.items()}


def rename(data, at, before, after):
    """Puts the name `after` in the place of `before`, and the difference into the structure's checksum (RFC 1624): a
    structure with a wrong one shows nothing."""
    start = data.rfind(b"\x20\x00", 0, at)            # version 2 (RFC 4884 section 7)
    words = {offset & ~1 for offset in range(at - start, at - start + len(before))}
    old = sum(int.from_bytes(data[start + word:start + word + 2], "big") for word in words)
    data[at:at + len(after)] = after
    new = sum(int.from_bytes(data[start + word:start + word + 2], "big") for word in words)
    total = (~int.from_bytes(data[start + 2:start + 4], "big") & 0xFFFF) + new - old
    data[start + 2:start + 4] = (~(total % 0xFFFF) & 0xFFFF).to_bytes(2, "big")


def with_interface_name(folder):
    """A simulated capture whose routers' interface has a hostile name."""
    before, after, _ = INTERFACE
    synth = pathlib.Path(__file__).resolve().parent.parent / "synth"
    subprocess.run([sys.executable, synth / "generate.py", folder / "synth", "--only", EXTENDED], check=True,
                   capture_output=True)
    data = bytearray((folder / "synth" / f"{EXTENDED}.pcap").read_bytes())
    at = data.find(before)
    while at >= 0:
        rename(data, at, before, after)
        at = data.find(before, at)
    path = folder / "hostile-interface.pcap"
    path.write_bytes(data)
    path.chmod(0o644)
    return path


def check_interface(page):
    """The last cell of a router's row is on its extensions."""
    yield from page.errors
    cells = [row[-1] for trace in page.traces for row in trace.rows[:-1]]
    if not cells or any(f"in: {INTERFACE[2]} index 7" not in cell for cell in cells):
        yield f"the interface reads {cells}"


def check_page(page, wanted):
    yield from page.errors
    for words in wanted.values():
        if words not in page.names:
            yield f"no name reads {words!r}: {sorted(set(page.names))}"
    for name in set(page.names) - set(wanted.values()):
        yield f"a name reads {name!r}"
    if not page.title.startswith("TCP traceroute to "):
        yield f"the title is {page.title!r}"


def check_text(text, wanted):
    """What a terminal gets: each responder's name reads as it must, and no sign of it moves the cursor."""
    for address, words in wanted.items():
        if address != ADDRESSES[-1] and words not in text:
            yield f"no line reads {words!r}: {text!r}"
    for sign in sorted({sign for sign in text if sign != "\n" and not sign.isprintable()}):
        yield f"there is a {sign!r}: {text!r}"


def check_graph(svg, wanted):
    """The words of the drawing, as Graphviz made them out of the labels."""
    top = xml.etree.ElementTree.fromstring(svg)
    lines = ["".join(element.itertext()) for element in top.iter("{http://www.w3.org/2000/svg}text")]
    for words in wanted.values():
        if words not in [line.replace("\u00a0", " ") for line in lines]:
            yield f"no line of the graph reads {words!r}: {lines}"
    nodes = [group for group in top.iter("{http://www.w3.org/2000/svg}g") if group.get("class") == "node"]
    if len(nodes) != len(wanted):
        yield f"the graph has {len(nodes)} nodes"
