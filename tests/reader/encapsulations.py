# SPDX-License-Identifier: GPL-2.0-or-later
"""What carries an IP packet in a capture: one row for each link type and encapsulation.

Pure. A row is name: (LINKTYPE, function of the IP packet's bytes, what the reader does with it). The function returns
the frame, or a list of frames.
"""
import struct

# What Wireshark with its default preferences sees in it, and so does the reader. COUNTED: only tshark takes it apart.
READ, ONLY4, ONLY6, NOTHING, COUNTED = "both versions", "IPv4", "IPv6", "nothing", "counted"
MACS = b"\x02\0\0\0\0\x01" + b"\x02\0\0\0\0\x02"
REAL_MACS = b"\x00\x00\x0c\0\0\x01" + b"\x00\x00\x0c\0\0\x02"     # of a maker that everybody knows
ENDS4 = b"\xc6\x12\x00\x01\xc6\x12\x00\x02"             # 198.18.0.1 > 198.18.0.2
ENDS6 = b"\x20\x01\x0d\xb8" + b"\0" * 11 + b"\xe1" + b"\x20\x01\x0d\xb8" + b"\0" * 11 + b"\xe2"
ODD_MACS = b"\x02\xab\xcd\xef\x12\x34" + b"\x02\xfe\xdc\xba\x43\x21"    # no part of which names a maker


def v6(data):
    return data[0] >> 4 == 6


def kind(data):
    return 0x86DD if v6(data) else 0x0800


def words(*values):
    return struct.pack(f"!{len(values)}H", *values)


def ethernet(data, type_=None, macs=MACS):
    return macs + words(kind(data) if type_ is None else type_) + data


def ip4(protocol, payload, head=b"", ident=0x4242, fragment=0, total=None):
    """An outer header; `head`: options."""
    size = 20 + len(head)
    return struct.pack("!BBHHHBBH", 0x40 | size // 4, 0, size + len(payload) if total is None else total, ident, fragment,
                       63, protocol, 0) + ENDS4 + head + payload


def ip6(protocol, payload):
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 63) + ENDS6 + payload


def over_ip4(protocol, payload):
    return ethernet(ip4(protocol, payload), 0x0800)


def over_ip6(protocol, payload):
    return ethernet(ip6(protocol, payload), 0x86DD)


def udp(port, payload, source=51111, length=None):
    return words(source, port, 8 + len(payload) if length is None else length, 0) + payload


def over_udp(port, payload, **more):
    return over_ip4(17, udp(port, payload, **more))


def gre(flags, type_, *parts):
    return over_ip4(47, words(flags, type_) + b"".join(parts))


def ppp(data):
    return words(0x0057 if v6(data) else 0x0021)


def label(value, bottom=1):
    return struct.pack("!I", value << 12 | bottom << 8 | 64)


def mpls(payload):
    return ethernet(label(16001, 0) + label(24002) + payload, 0x8847)


def pppoe(payload, length=None):
    return ethernet(struct.pack("!BBHH", 0x11, 0, 7, len(payload) if length is None else length) + payload, 0x8864)


def llc(payload):
    return MACS + words(len(payload)) + payload


def snap(organisation, type_):
    return b"\xaa\xaa\x03" + organisation + words(type_)


def sll(protocol, payload, hardware=1):
    return words(4, hardware, 6) + b"\x02\0\0\0\0\x01\0\0" + words(protocol) + payload


def sll2(protocol, payload, device=2):
    return words(protocol, 0) + struct.pack("!IHBB", device, 1, 4, 6) + b"\x02\0\0\0\0\x01\0\0" + payload


def family(data, number):
    return number if v6(data) else 2


def pflog(data, length=61):
    head = struct.pack("!BBBB", length, family(data, 24), 0, 0)
    return head.ljust((length + 3) & ~3, b"\0") + data


def nflog(data, order):
    def option(type_, value):
        return struct.pack(order + "HH", 4 + len(value), type_) + value + b"\0" * (-len(value) % 4)
    return struct.pack("!BBH", family(data, 10), 0, 5) + option(1, words(kind(data), 0)) + option(10, b"log\0") + \
        option(9, data)


def gtp(payload, flags=0x30, optional=b""):
    return over_udp(2152, struct.pack("!BBHI", flags, 0xFF, len(optional) + len(payload), 7) + optional + payload)


def extension(number, data, value):
    """An IPv6 extension header in front of what an IPv6 packet carries; IPv4 as it is."""
    if not v6(data):
        return data
    chain = bytes([data[6]]) + value
    return data[:4] + words(struct.unpack("!H", data[4:6])[0] + len(chain)) + bytes([number]) + data[7:40] + chain + \
        data[40:]


def options(data, value):
    """The same with IPv4 options."""
    if v6(data):
        return data
    total = struct.unpack("!H", data[2:4])[0] + len(value)
    return bytes([data[0] + len(value) // 4]) + data[1:2] + words(total) + data[4:20] + value + data[20:]


def fragments(data, size, order=(0, 1), more=0, skip=(), cut=None):
    """In two fragments, the first of `size` bytes."""
    header = 40 if v6(data) else 20
    pieces = []
    for number, (begin, end) in enumerate(((0, size), (size, len(data) - header))):
        payload = data[header + begin:header + end]
        last = number == 1 and not more
        if v6(data):
            head = data[:4] + words(8 + len(payload)) + b"\x2c" + data[7:40] + bytes([data[6], 0]) + \
                words(begin | (not last)) + struct.pack("!I", hash_of(data))
        else:
            head = data[:2] + words(20 + len(payload)) + data[4:6] + words(begin // 8 | (0 if last else 0x2000)) + \
                data[8:20]
        frame = ethernet(head + payload)
        pieces.append(frame if cut is None else frame[:cut])
    return [pieces[i] for i in order if i not in skip]


def hash_of(data):
    return sum(byte * (i + 1) for i, byte in enumerate(data)) & 0xFFFFFFFF


def jumbo(data):
    """No length in the IP header, as a network card that cuts segments up itself is given it."""
    return data[:4] + b"\0\0" + data[6:] if v6(data) else data[:2] + b"\0\0" + data[4:]


LINKS = {
    "ethernet": (1, ethernet, READ),
    "ethernet, padded": (1, lambda d: ethernet(d).ljust(60, b"\0") + b"\0" * 8, READ),
    "ethernet, wrong type for the version": (1, lambda d: ethernet(d, 0x0800), READ),
    "vlan": (1, lambda d: ethernet(words(42, kind(d)) + d, 0x8100), READ),
    "vlan with llc": (1, lambda d: ethernet(words(42, 8 + len(d)) + snap(b"\0\0\0", kind(d)) + d, 0x8100), READ),
    "qinq 88a8": (1, lambda d: ethernet(words(100, 0x8100, 42, kind(d)) + d, 0x88A8), READ),
    "qinq 88a8 twice": (1, lambda d: ethernet(words(100, 0x88A8, 42, kind(d)) + d, 0x88A8), READ),
    "qinq 8100 twice": (1, lambda d: ethernet(words(100, 0x8100, 42, kind(d)) + d, 0x8100), READ),
    "qinq 9100": (1, lambda d: ethernet(words(100, 0x8100, 42, kind(d)) + d, 0x9100), READ),
    "backbone 88e7": (1, lambda d: ethernet(b"\0\0\0\x07" + ethernet(d), 0x88E7), READ),
    "llc, ip": (1, lambda d: llc(b"\x06\x06\x03" + d), READ),
    "llc, snap": (1, lambda d: llc(snap(b"\0\0\0", kind(d)) + d), READ),
    "llc, snap of cisco": (1, lambda d: llc(snap(b"\0\0\xf8", kind(d)) + d), READ),
    "llc, snap, bridged": (1, lambda d: llc(snap(b"\0\x80\xc2", 7) + b"\0\0" + ethernet(d)), READ),
    "type 1501": (1, lambda d: ethernet(d, 1501), NOTHING),
    "pppoe": (1, lambda d: pppoe(ppp(d) + d), READ),
    "pppoe, compressed protocol": (1, lambda d: pppoe(ppp(d)[1:] + d), READ),
    "pppoe, longer frame": (1, lambda d: pppoe(ppp(d) + d + b"\0" * 9, 2 + len(d)), READ),
    "pppoe, address and control": (1, lambda d: pppoe(b"\xff\x03" + ppp(d) + d), NOTHING),
    "pppoe, c-hdlc": (1, lambda d: pppoe(b"\x0f\0" + words(kind(d)) + d), NOTHING),
    "pppoe, other code": (1, lambda d: ethernet(words(0x1109, 7, 2 + len(d)) + ppp(d) + d, 0x8864), READ),
    "pppoe, longer length": (1, lambda d: pppoe(ppp(d) + d, 90), READ),
    "mpls": (1, mpls, READ),
    "mpls in vlan": (1, lambda d: ethernet(words(42, 0x8847) + label(17) + d, 0x8100), READ),
    "mpls, padded": (1, lambda d: ethernet(label(17) + d, 0x8847) + b"\0" * 9, READ),
    "mpls, explicit null": (1, lambda d: ethernet(label(2 if v6(d) else 0) + d, 0x8847), READ),
    "pseudowire with control word": (1, lambda d: mpls(b"\0\0\0\0" + ethernet(d, macs=ODD_MACS)), READ),
    "pseudowire without": (1, lambda d: mpls(ethernet(d, macs=REAL_MACS)), READ),
    "pseudowire with control word, real cards": (1, lambda d: mpls(b"\0\0\0\0" + ethernet(d, macs=REAL_MACS)), READ),
    "pseudowire without, unknown cards": (1, lambda d: mpls(ethernet(d)), NOTHING),
    "mpls, associated channel": (1, lambda d: ethernet(label(13) + d, 0x8847), NOTHING),
    "bridge 6558": (1, lambda d: ethernet(ethernet(d), 0x6558), READ),
    "hsr": (1, lambda d: ethernet(words(0, 7, kind(d)) + d, 0x892F), READ),
    "llc 8870": (1, lambda d: ethernet(snap(b"\0\0\0", kind(d)) + d, 0x8870), READ),
    "macsec": (1, lambda d: ethernet(b"\0" * 8 + words(kind(d)) + d, 0x88E5), NOTHING),
    "nsh": (1, lambda d: ethernet(struct.pack("!BBBBI", 0, 0x46, 1, 2 if v6(d) else 1, 0x7FF) + b"\0" * 16 + d, 0x894F),
            COUNTED),
    "ppp": (9, lambda d: ppp(d) + d, READ),
    "ppp, address and control": (9, lambda d: b"\xff\x03" + ppp(d) + d, READ),
    "ppp, compressed protocol": (9, lambda d: ppp(d)[1:] + d, READ),
    "ppp, address and control, compressed": (9, lambda d: b"\xff\x03" + ppp(d)[1:] + d, READ),
    "ppp, mpls": (9, lambda d: b"\xff\x03\x02\x81" + label(17) + d, READ),
    "ppp, c-hdlc": (9, lambda d: b"\x0f\0" + words(kind(d)) + d, READ),
    "ppp hdlc": (50, lambda d: b"\xff\x03" + ppp(d) + d, READ),
    "ppp over ethernet": (51, lambda d: pppoe(ppp(d) + d)[14:], READ),
    "ppp with direction 204": (204, lambda d: b"\x01\xff\x03" + ppp(d) + d, READ),
    "c-hdlc": (104, lambda d: b"\x0f\0" + words(kind(d)) + d, READ),
    "c-hdlc, mpls": (104, lambda d: b"\x0f\0\x88\x47" + label(17) + d, READ),
    "frame relay": (107, lambda d: b"\x18\x41\x03" + (b"\x8e" if v6(d) else b"\xcc") + d, COUNTED),
    "sll": (113, lambda d: sll(kind(d), d), READ),
    "sll, vlan": (113, lambda d: sll(0x8100, words(42, kind(d)) + d), READ),
    "sll, llc": (113, lambda d: sll(4, snap(b"\0\0\0", kind(d)) + d), READ),
    "sll, ppp": (113, lambda d: sll(kind(d), d, 512), READ),
    "sll, framed ppp": (113, lambda d: sll(7, b"\xff\x03" + ppp(d) + d, 512), READ),
    "sll, gre device": (113, lambda d: sll(kind(d), d, 778), READ),
    "sll, tunnel device": (113, lambda d: sll(kind(d), d, 768), READ),
    "sll, ethernet": (113, lambda d: sll(3, ethernet(d)), READ),
    "sll2": (276, lambda d: sll2(kind(d), d), READ),
    "sll2, vlan": (276, lambda d: sll2(0x8100, words(42, kind(d)) + d), READ),
    "raw": (101, lambda d: d, READ),
    "raw 12": (12, lambda d: d, READ),
    "raw 14": (14, lambda d: d, READ),
    "raw, ppp": (101, lambda d: b"\xff\x03" + ppp(d) + d, READ),
    "raw, one byte and ppp": (101, lambda d: b"\x01\xff\x03" + ppp(d) + d, READ),
    "raw, zeros": (101, lambda d: b"\0" * 10 + d, READ),
    "ipv4": (228, lambda d: d, READ),
    "ipv6": (229, lambda d: d, ONLY6),
    "null, little endian": (0, lambda d: struct.pack("<I", family(d, 30)) + d, READ),
    "null, big endian": (0, lambda d: struct.pack(">I", family(d, 24)) + d, READ),
    "null, 16 bits": (0, lambda d: struct.pack(">HH", family(d, 28), 0) + d, ONLY4),
    "null, ethertype": (0, lambda d: words(0, kind(d)) + d, READ),
    "null, ppp": (0, lambda d: b"\xff\x03" + ppp(d) + d, READ),
    "loop": (108, lambda d: struct.pack(">I", family(d, 24)) + d, READ),
    "loop, little endian": (108, lambda d: struct.pack("<I", family(d, 24)) + d, NOTHING),
    "enc, little endian": (109, lambda d: struct.pack("<III", family(d, 24), 7, 0) + d, READ),
    "enc, big endian": (109, lambda d: struct.pack(">III", family(d, 24), 7, 0) + d, READ),
    "pflog": (117, pflog, READ),
    "pflog of 64 bytes": (117, lambda d: pflog(d, 64), READ),
    "pflog of 69 bytes": (117, lambda d: pflog(d, 69), READ),
    "pflog of 100 bytes": (117, lambda d: pflog(d, 100), READ),
    "nflog, little endian": (239, lambda d: nflog(d, "<"), READ),
    "nflog, big endian": (239, lambda d: nflog(d, ">"), NOTHING),
    "firewire": (138, lambda d: b"\x02\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\x02" + words(kind(d)) + d, READ),
    "radiotap": (127, lambda d: b"\0\0\x08\0\0\0\0\0" + b"\x08\x02\0\0" + MACS + b"\x02\0\0\0\0\x03\0\0" +
                 snap(b"\0\0\0", kind(d)) + d, COUNTED),
    "wi-fi": (105, lambda d: b"\x08\x02\0\0" + MACS + b"\x02\0\0\0\0\x03\0\0" + snap(b"\0\0\0", kind(d)) + d, COUNTED),
    "ip in ip": (1, lambda d: over_ip4(41 if v6(d) else 4, d), READ),
    "ip in ip, wrong number": (1, lambda d: over_ip4(4 if v6(d) else 41, d), ONLY6),
    "ip in ipv6": (1, lambda d: over_ip6(41 if v6(d) else 4, d), READ),
    "ip in ip in ip": (1, lambda d: over_ip4(4, ip4(41 if v6(d) else 4, d)), READ),
    "ip in ip with options": (1, lambda d: ethernet(ip4(41 if v6(d) else 4, d, b"\x94\x04\0\0"), 0x0800), READ),
    "ah in ipv4": (1, lambda d: ethernet(ip4(51, bytes([41 if v6(d) else 4, 4]) + b"\0" * 22 + d), 0x0800), READ),
    "ethernet in ip": (1, lambda d: over_ip4(143, ethernet(d)), READ),
    "etherip": (1, lambda d: over_ip4(97, b"\x30\0" + ethernet(d)), READ),
    "mpls in ip": (1, lambda d: over_ip4(137, label(17) + d), READ),
    "gre": (1, lambda d: gre(0, kind(d), d), READ),
    "gre in ipv6": (1, lambda d: over_ip6(47, words(0, kind(d)) + d), READ),
    "gre, key": (1, lambda d: gre(0x2000, kind(d), b"\0\0\0\x07", d), READ),
    "gre, checksum": (1, lambda d: gre(0x8000, kind(d), b"\0\0\0\0", d), READ),
    "gre, sequence": (1, lambda d: gre(0x1000, kind(d), b"\0\0\0\x07", d), READ),
    "gre, all": (1, lambda d: gre(0xB000, kind(d), b"\0" * 12, d), READ),
    "gre, routes": (1, lambda d: gre(0x4000, kind(d), b"\0" * 4, words(0x0800, 4) + b"\xc6\x12\0\x09" + b"\0" * 4, d), READ),
    "gre, version 1": (1, lambda d: gre(0x3081, 0x880B, words(2 + len(d), 7), b"\0" * 8, ppp(d), d), READ),
    "gre, ethernet": (1, lambda d: gre(0, 0x6558, ethernet(d)), READ),
    "gre, nvgre": (1, lambda d: gre(0x2000, 0x6558, b"\0\0\x07\x01", ethernet(d)), READ),
    "gre, mpls": (1, lambda d: gre(0, 0x8847, label(17), d), READ),
    "gre, ppp hdlc 8881": (1, lambda d: gre(0, 0x8881, b"\xff\x03", ppp(d), d), NOTHING),
    "gre, eoip": (1, lambda d: gre(0x2001, 0x6400, words(len(d) + 14, 7), ethernet(d)), READ),
    "gre, ppp": (1, lambda d: gre(0, 0x880B, ppp(d), d), READ),
    "gre, ppp framed": (1, lambda d: gre(0, 0x880B, b"\xff\x03", ppp(d), d), READ),
    "ppp 4b": (9, lambda d: b"\x4b" + snap(b"\0\0\0", kind(d)) + d, READ),
    "chdlc, vlan": (104, lambda d: b"\x0f\0\x81\0" + words(42, kind(d)) + d, NOTHING),
    "chdlc, bridge": (104, lambda d: b"\x0f\0\x65\x58" + ethernet(d), READ),
    "ah in ipv4, transport": (1, lambda d: d if v6(d) else ethernet(d[:2] + words(24 + len(d)) + d[4:9] + b"\x33" + d[10:20] + bytes([d[9], 4]) + b"\0" * 22 + d[20:]), NOTHING),
    "gre, ppp c-hdlc": (1, lambda d: gre(0, 0x880B, b"\x0f\0", words(kind(d)), d), READ),
    "gre, version 2": (1, lambda d: gre(2, kind(d), d), READ),
    "vlan, length with wrong ipx": (1, lambda d: ethernet(words(42, 1400) + b"\xff\xff" + d, 0x8100), NOTHING),
    "ethernet of isl": (1, lambda d: ethernet(d, macs=b"\x01\x00\x0c\0\0\x01\x02\0\0\0\0\x02"), READ),
    "llc, longer length": (1, lambda d: MACS + words(900) + snap(b"\0\0\0", kind(d)) + d, READ),
    "llc, shorter length": (1, lambda d: MACS + words(30) + snap(b"\0\0\0", kind(d)) + d, NOTHING),
    "llc, xid": (1, lambda d: llc(b"\x06\x06\xbf" + d), NOTHING),
    "llc, information": (1, lambda d: llc(b"\x06\x06\x02\x04" + d), READ),
    "llc, supervisory": (1, lambda d: llc(b"\x06\x06\x01\x04" + d), NOTHING),
    "llc, snap, xid": (1, lambda d: llc(b"\xaa\xaa\xbf\0\0\0" + words(kind(d)) + d), NOTHING),
    "llc, snap, information": (1, lambda d: llc(b"\xaa\xaa\x02\x04\0\0\0" + words(kind(d)) + d), READ),
    "llc, only dsap snap": (1, lambda d: llc(b"\xaa\xab\x03\0\0\0" + words(kind(d)) + d), NOTHING),
    "sll, irda": (113, lambda d: sll(kind(d), d, 783), READ),
    "sll, netlink": (113, lambda d: sll(kind(d), d, 824), NOTHING),
    "sll, gre device, bridge": (113, lambda d: sll(0x6558, ethernet(d), 778), READ),
    "sll, wifi": (113, lambda d: sll(kind(d), d, 801), READ),
    "sll, wifi radiotap": (113, lambda d: sll(kind(d), d, 803), READ),
    "mpls, longer": (1, lambda d: ethernet(label(17) + d, 0x8847) + b"\0" * 40, READ),
    "mpls, ip with a longer length": (1, lambda d: ethernet(label(17) + d[:2] + (words(600) + d[4:] if not v6(d) else d[2:4] + words(600) + d[6:]), 0x8847), READ),
    "geneve, version 1": (1, lambda d: over_udp(6081, b"\x40\0\x65\x58\0\0\x07\0" + ethernet(d)), READ),
    "gtp, type 1": (1, lambda d: over_udp(2152, b"\x30\x01" + words(len(d)) + b"\0" * 4 + d), NOTHING),
    "gtp, short length": (1, lambda d: over_udp(2152, b"\x30\xff" + words(20) + b"\0" * 4 + d), NOTHING),
    "gtp on 2123": (1, lambda d: over_udp(2123, b"\x30\xff" + words(len(d)) + b"\0" * 4 + d), READ),
    "gtp version 0 on 2152": (1, lambda d: over_udp(2152, b"\x1e\xff" + words(len(d)) + b"\0" * 16 + d), READ),
    "gtp version 1 on 3386": (1, lambda d: over_udp(3386, b"\x30\xff" + words(len(d)) + b"\0" * 4 + d), READ),
    "l2tp over ppp, length short": (1, lambda d: over_udp(1701, words(0x4002, 20, 1, 2) + b"\xff\x03" + ppp(d) + d), NOTHING),
    "udp-lite vxlan": (1, lambda d: over_ip4(136, udp(4789, b"\x08\0\0\0\0\x30\x39\0" + ethernet(d))), READ),
    "pflog of 48 bytes": (117, lambda d: pflog(d, 48), READ),
    "pflog of 28 bytes": (117, lambda d: pflog(d, 28), READ),
    "nflog padded": (239, lambda d: nflog(d, "<") + b"\0" * 7, NOTHING),
    "qinq 9200": (1, lambda d: ethernet(words(100, 0x8100, 42, kind(d)) + d, 0x9200), NOTHING),
    "vlan twice in sll": (113, lambda d: sll(0x88A8, words(100, 0x8100, 42, kind(d)) + d), READ),
    "erspan 2 without sequence": (1, lambda d: gre(0, 0x88BE, b"\x10\x05\0\x07\0\0\0\0", ethernet(d)), NOTHING),
    "erspan version 0 with sequence": (1, lambda d: gre(0x1000, 0x88BE, b"\0\0\0\x01", b"\0\x05\0\x07\0\0\0\0", ethernet(d)), NOTHING),
    "erspan version 3 with sequence": (1, lambda d: gre(0x1000, 0x22EB, b"\0\0\0\x01", b"\x30\x05\0\x07" + b"\0" * 8, ethernet(d)), NOTHING),
    "ip header of 16 bytes": (1, lambda d: d if v6(d) else ethernet(b"\x44" + d[1:]), NOTHING),
    "ip version 5": (1, lambda d: ethernet(bytes([0x50 | d[0] & 15]) + d[1:], kind(d)), NOTHING),
    "ip length below its header": (1, lambda d: d if v6(d) else ethernet(d[:2] + words(10) + d[4:]), NOTHING),
    "ip length longer than the frame": (1, lambda d: ethernet(d[:2] + words(700) + d[4:] if not v6(d) else d[:4] + words(700) + d[6:]), READ),
    "ipv6 no next header": (1, lambda d: ethernet(extension(59, d, b"\0" * 7)), ONLY4),
    "hop-by-hop longer than the packet": (1, lambda d: ethernet(extension(0, d, b"\x20\x01\x04\0\0\0\0")), ONLY4),
    "all extension headers": (1, lambda d: ethernet(extension(0, extension(60, extension(43, extension(51, d, b"\x04" + b"\0" * 22), b"\x02\x04\0\0\0\0\0" + b"\x20\x01" + b"\0" * 14), b"\0\x01\x04\0\0\0\0"), b"\0\x01\x04\0\0\0\0")), READ),
    "options that end": (1, lambda d: ethernet(options(d, b"\x01\x00\x83\x07\x04\xc6\x12\0")), READ),
    "broken option": (1, lambda d: ethernet(options(d, b"\x44\x01\0\0")), READ),
    "option too long": (1, lambda d: ethernet(options(d, b"\x83\x40\x04\0")), READ),
    "strict source route": (1, lambda d: ethernet(options(d, b"\x01\x89\x07\x04\xc6\x12\0\x07")), READ),
    "first fragment of none": (1, lambda d: fragments(d, 16, skip=(0,)), NOTHING),
    "fragments, no last": (1, lambda d: fragments(d, 16, more=1), NOTHING),
    "erspan version 2 in 88be": (1, lambda d: gre(0x1000, 0x88BE, b"\0\0\0\x01", b"\x20\x05\0\x07" + b"\0" * 8, ethernet(d)), READ),
    "erspan version 1 in 22eb": (1, lambda d: gre(0x1000, 0x22EB, b"\0\0\0\x01", b"\x10\x05\0\x07\0\0\0\0", ethernet(d)), READ),
    "erspan 3 without sequence": (1, lambda d: gre(0, 0x22EB, b"\x20\x05\0\x07" + b"\0" * 8, ethernet(d)), READ),
    "sll2, netlink": (276, lambda d: sll2(kind(d), d)[:8] + words(824) + sll2(kind(d), d)[10:], NOTHING),
    "gtp, longer length": (1, lambda d: over_udp(2152, b"\x30\xff" + words(900) + b"\0" * 4 + d), READ),
    "l2tp, longer length": (1, lambda d: over_udp(1701, words(0x4002, 900, 1, 2) + b"\xff\x03" + ppp(d) + d), READ),
    "llc, snap, supervisory": (1, lambda d: llc(b"\xaa\xaa\x01\x04\0\0\0" + words(kind(d)) + d), NOTHING),
    "gre, vlan": (1, lambda d: gre(0, 0x8100, words(42, kind(d)), d), NOTHING),
    "gre, wccp": (1, lambda d: gre(0, 0x883E, d), ONLY4),
    "gre, wccp with header": (1, lambda d: gre(0, 0x883E, b"\0\0\0\0", d), READ),
    "gre in gre": (1, lambda d: gre(0, 0x0800, ip4(47, words(0, kind(d)) + d)), READ),
    "erspan 1": (1, lambda d: gre(0, 0x88BE, ethernet(d)), READ),
    "erspan 2": (1, lambda d: gre(0x1000, 0x88BE, b"\0\0\0\x01", b"\x10\x05\0\x07\0\0\0\0", ethernet(d)), READ),
    "erspan 3": (1, lambda d: gre(0x1000, 0x22EB, b"\0\0\0\x01", b"\x20\x05\0\x07" + b"\0" * 8, ethernet(d)), READ),
    "erspan 3, subheader": (1, lambda d: gre(0x1000, 0x22EB, b"\0\0\0\x01", b"\x20\x05\0\x07" + b"\0" * 7 + b"\x01",
                                             b"\x0c" + b"\0" * 7, ethernet(d)), READ),
    "vxlan": (1, lambda d: over_udp(4789, b"\x08\0\0\0\0\x30\x39\0" + ethernet(d)), READ),
    "vxlan from its port": (1, lambda d: over_udp(51111, b"\x08\0\0\0\0\x30\x39\0" + ethernet(d), source=4789), READ),
    "vxlan without its flag": (1, lambda d: over_udp(4789, b"\0" * 8 + ethernet(d)), READ),
    "vxlan over ipv6": (1, lambda d: over_ip6(17, udp(4789, b"\x08\0\0\0\0\x30\x39\0" + ethernet(d))), READ),
    "vxlan of linux's old port": (1, lambda d: over_udp(8472, b"\x08\0\0\0\0\x30\x39\0" + ethernet(d)), NOTHING),
    "vxlan with a wrong length": (1, lambda d: over_udp(4789, b"\x08\0\0\0\0\x30\x39\0" + ethernet(d), length=20), NOTHING),
    "vxlan without a length": (1, lambda d: over_udp(4789, b"\x08\0\0\0\0\x30\x39\0" + ethernet(d), length=0), NOTHING),
    "vxlan with a longer length": (1, lambda d: over_udp(4789, b"\x08\0\0\0\0\x30\x39\0" + ethernet(d), length=900), READ),
    "vxlan-gpe": (1, lambda d: over_udp(4790, b"\x0c\0\0" + (b"\x02" if v6(d) else b"\x01") + b"\0\0\x07\0" + d), READ),
    "vxlan-gpe, ethernet": (1, lambda d: over_udp(4790, b"\x0c\0\0\x03\0\0\x07\0" + ethernet(d)), READ),
    "geneve": (1, lambda d: over_udp(6081, b"\0\0\x65\x58\0\0\x07\0" + ethernet(d)), READ),
    "geneve, options": (1, lambda d: over_udp(6081, b"\x02\0\x65\x58\0\0\x07\0\x01\x02\x03\x01\0\0\0\0" + ethernet(d)), READ),
    "geneve, ip": (1, lambda d: over_udp(6081, b"\0\0" + words(kind(d)) + b"\0\0\x07\0" + d), READ),
    "gtp": (1, lambda d: gtp(d), READ),
    "gtp, sequence": (1, lambda d: gtp(d, 0x32, b"\0\x01\0\0"), READ),
    "gtp, extension": (1, lambda d: gtp(d, 0x34, b"\0\0\0\x85\x01\x10\x09\0"), READ),
    "gtp, ppp": (1, lambda d: gtp(b"\xff\x03" + ppp(d) + d), NOTHING),
    "gtp, short ppp": (1, lambda d: gtp(ppp(d) + d), NOTHING),
    "gtp, version 0": (1, lambda d: over_udp(3386, b"\x1e\xff" + words(len(d)) + b"\0" * 16 + d), READ),
    "gtp prime": (1, lambda d: over_udp(2152, b"\x20\xff" + words(len(d)) + b"\0" * 4 + d), NOTHING),
    "l2tp": (1, lambda d: over_udp(1701, words(0x4002, 8 + 4 + len(d), 1, 2) + b"\xff\x03" + ppp(d) + d), READ),
    "l2tp, all fields": (1, lambda d: over_udp(1701, words(0x4A02, 18 + 4 + len(d), 1, 2, 3, 4, 2) + b"\0\0\xff\x03" +
                                               ppp(d) + d), READ),
    "l2tp, no fields": (1, lambda d: over_udp(1701, words(0x0002, 1, 2) + ppp(d) + d), READ),
    "teredo": (1, lambda d: over_udp(3544, d), ONLY6),
    "teredo, origin": (1, lambda d: over_udp(3544, b"\0\0\x12\x34\x3f\xed\xff\xfd" + d), ONLY6),
    "gre in udp": (1, lambda d: over_udp(4754, words(0, kind(d)) + d), READ),
    "mpls in udp": (1, lambda d: over_udp(6635, label(17) + d), READ),
    "lisp": (1, lambda d: over_udp(4341, b"\x80\0\0\x01\0\0\0\x01" + d), COUNTED),
    "options": (1, lambda d: ethernet(options(d, b"\x94\x04\0\0")), READ),
    "source route": (1, lambda d: ethernet(options(d, b"\x83\x0b\x04\xc6\x12\0\x07\xcb\0\x71\xfe\0")), READ),
    "source route at its end": (1, lambda d: ethernet(options(d, b"\x83\x0b\x0c\xc6\x12\0\x07\xcb\0\x71\xfe\0")), READ),
    "hop-by-hop": (1, lambda d: ethernet(extension(0, d, b"\x00\x01\x04\0\0\0\0")), READ),
    "destination options": (1, lambda d: ethernet(extension(60, d, b"\x00\x01\x04\0\0\0\0")), READ),
    "routing 0": (1, lambda d: ethernet(extension(43, d, b"\x02\0\x01\0\0\0\0\x20\x01\x0d\xb8" + b"\0" * 11 + b"\x77")), READ),
    "routing 4": (1, lambda d: ethernet(extension(43, d, b"\x02\x04\0\0\0\0\0\x20\x01\x0d\xb8" + b"\0" * 11 + b"\x77")), READ),
    "authentication": (1, lambda d: ethernet(extension(51, d, b"\x04" + b"\0" * 22)), READ),
    "mobility": (1, lambda d: ethernet(extension(135, d, b"\0" * 7)), ONLY4),
    "host identity": (1, lambda d: ethernet(extension(139, d, b"\x04\x01\x11" + b"\0" * 36)), ONLY4),
    "shim6": (1, lambda d: ethernet(extension(140, d, b"\0\x80\0\0\0\0\0")), READ),
    "atomic fragment": (1, lambda d: ethernet(extension(44, d, b"\0\0\0\0\0\0\x07")), READ),
    "two fragments": (1, lambda d: fragments(d, 16), READ),
    "two fragments, swapped": (1, lambda d: fragments(d, 16, (1, 0)), READ),
    "fragment missing": (1, lambda d: fragments(d, 16, skip=(1,)), NOTHING),
    "fragment cut": (1, lambda d: fragments(d, 16, skip=(1,), cut=14 + 20 + 20), NOTHING),
    "fragment twice": (1, lambda d: fragments(d, 16, (0, 0, 1)), READ),
    "without a length": (1, lambda d: ethernet(jumbo(d)), ONLY4),
}

# What later releases of Wireshark see otherwise: from which release on, and what. The reader stays with the table above.
# VXLAN has a second port there; and a pseudowire has a control word if an Ethernet header may follow it (RFC 8469).
LATER = {
    "vxlan of linux's old port": ((4, 4), READ),
    "pseudowire without": ((4, 4), ONLY4),
    "pseudowire without, unknown cards": ((4, 4), ONLY4),
}

# How a capture says on which device it saw a packet: (LINKTYPE, function of the device's number and the packet). The
# first header does not say it, but that the capture may be of all devices; Ethernet shows the addresses of one.
DEVICES = {
    "sll": (113, lambda device, data: sll(kind(data), data)),
    "sll2": (276, lambda device, data: sll2(kind(data), data, device)),
    "ethernet": (1, lambda device, data: ethernet(data, macs=MACS[:11] + bytes([device]))),
    "one device": (1, lambda device, data: ethernet(data)),
}
