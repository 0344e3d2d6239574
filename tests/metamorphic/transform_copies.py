# SPDX-License-Identifier: GPL-2.0-or-later
"""Every frame twice: the traces stay what they are, and no copy counts.

"twice.same": as on a mirror port. "twice.checksum": as before and behind the network card that sums up segments.
"twice.ttl": as on both interfaces of the first router, which sends no copy of what expires in it or comes from it.
"""
import ipaddress
import re
import struct

import compare
import layers
from transform import Transform, Unfit

INITIAL_TTLS = (32, 64, 128, 255)       # what comes with one of them comes from a neighbour
APART = 5000                    # nanoseconds, at most, between a frame and its copy
COPIES = re.compile(r"a frame is in the capture twice|\d+ frames are in the capture more than once")
# On a capture of all devices the last of equal sightings of an answer is the nearest to who traces.
COOKED = (layers.SLL, layers.SLL2)
# What the copy that came first may say otherwise: a reply is 5 us earlier where its TTL is one higher.
CLOSE = {"rtt": APART / 1e6 + 0.0006, "reply_ttl": 1}


def gaps(frames):
    """For each frame the time to the next, 0 where that is not later."""
    times = [frame.time for frame in frames]
    return [max(0, after - before) for before, after in zip(times, [*times[1:], times[-1] + APART])] if times else []


def distance(gap, unit):
    """How long before or behind a frame its copy may stand without meeting the copy of a neighbour."""
    return min(APART, gap // 3) // unit * unit


def doubled(source, copy_of):
    """The frames with their copies, and for each the number of the original. copy_of(index, frame): (frame, time
    from the original's) or None."""
    frames, origin = [], []
    gap, unit = gaps(source.frames), source.capture.unit
    for index, frame in enumerate(source.frames):
        copy = copy_of(index, frame)
        pair = [frame]
        if copy is not None:
            data, is_before = copy
            apart = -distance(gap[index - 1] if index else APART, unit) if is_before else distance(gap[index], unit)
            pair.insert(0 if is_before else 1, frame._replace(time=frame.time + apart, data=data))
        frames += pair
        origin += [index + 1] * len(pair)
    return frames, origin


def without_count(trace):
    """The trace without the note that says how many copies there are, in its place."""
    notes = [note for note in trace["tcptraceroute"].pop("notes", []) if not COPIES.fullmatch(note)]
    if notes:
        trace["tcptraceroute"]["notes"] = notes
    return trace


def has_fragmented_probe(source):
    """Each fragment twice is still one packet that was put together once: its copy is seen by nobody."""
    probes = {entry["tcptraceroute"]["probe_frame"] for trace in source.traces for entry in compare.entries(trace)}
    return any(header.depth == 0 and layers.fragment_of(source.frames[number - 1].data, header)
               for number in probes for header in source.walks[number - 1].headers)


def make(source, copy_of, close=()):
    if not source.frames:
        raise Unfit("no frame")
    if has_fragmented_probe(source):
        raise Unfit("probes in fragments, of which no copy is put together")
    frames, origin = doubled(source, copy_of)
    if source.capture.link in COOKED:
        close = CLOSE.items()

    def check(files):
        got = [without_count(compare.translated(trace, lambda frame: origin[frame - 1])) for trace in files[0]]
        return compare.differences(got, [without_count(compare.without_index(trace)) for trace in source.traces], close)
    return [source.capture._replace(frames=frames)], check


def make_same(source, _seed, _sources):
    return make(source, lambda _, frame: (frame.data, False))


def other_checksum(frame, walk):
    """The frame with the TCP checksum that a sender leaves to the card, which is the sum of the pseudo header alone;
    where it has that, with the right one, unless the capture has cut the segment."""
    header = layers.carried(walk)
    if header is None or header.protocol != layers.TCP or header.transport is None:
        return frame.data
    place = next((item for item in walk.sums if item.start == header.transport and item.pseudo), None)
    if place is None:
        return frame.data
    first, size = place.pseudo
    end = layers.wire_end(frame.data, header)
    pseudo = sum(struct.unpack_from(f"!{size // 2}H", frame.data, first)) + layers.TCP + end - header.transport
    partial = pseudo % 0xFFFF
    data = bytearray(frame.data)
    struct.pack_into("!H", data, place.at, partial)
    if data == frame.data and end == header.end:
        struct.pack_into("!H", data, place.at, 0)
        total = sum(struct.unpack(f"!{(place.end - place.start + 1) // 2}H",
                                  data[place.start:place.end] + b"\0" * ((place.end - place.start) % 2)))
        struct.pack_into("!H", data, place.at, ~((pseudo + total) % 0xFFFF) & 0xFFFF)
    return bytes(data)


def make_checksum(source, _seed, _sources):
    return make(source, lambda index, frame: (other_checksum(frame, source.walks[index]), False))


def _first_router(traces):
    """The addresses of who answered the probes that got no further."""
    return {ipaddress.ip_address(entry["addr"]).packed for trace in traces
            for entry in compare.entries(trace, ("hops", "extra_hops")) if entry["probe_ttl"] == 1}


def _senders(source):
    """The addresses of who traces; where there is no trace, of who sent the first TCP segment."""
    senders, targets = ({ipaddress.ip_address(trace[key]).packed for trace in source.traces} for key in ("src", "dst"))
    if senders & targets:
        raise Unfit("traces both ways")
    for frame, walk in zip(source.frames, source.walks):
        header = layers.carried(walk)
        if not senders and header is not None and header.protocol == layers.TCP:
            senders = {frame.data[header.addresses[0][0]:][:header.addresses[1]]}
    return senders


def forwarded(frame, walk, link, ttl):
    """The frame with another TTL, and link addresses of another segment."""
    header = layers.carried(walk)
    data = bytearray(frame.data)
    data[header.ttl_at] = ttl
    layers.refresh(frame.data, data, walk)
    if link == layers.ETHERNET:
        data[5] ^= 0x80
        data[11] ^= 0x80
    return bytes(data)


def make_ttl(source, _seed, _sources):
    senders = _senders(source)
    if any(COPIES.fullmatch(note) for trace in source.traces for note in trace["tcptraceroute"].get("notes", ())):
        raise Unfit("its frames are there more than once")
    if any(header.depth and not header.is_quoted for walk in source.walks for header in walk.headers):
        raise Unfit("a tunnel, whose routers see another TTL")
    router = _first_router(source.traces)

    def copy_of(index, frame):
        walk = source.walks[index]
        header = layers.carried(walk)
        if header is None:
            return None
        (at, _), size = header.addresses
        sender, ttl = frame.data[at:at + size], frame.data[header.ttl_at]
        is_back = sender not in senders
        new = ttl + 1 if is_back else ttl - 1
        if sender in router or new == 0 or is_back and ttl in INITIAL_TTLS:
            return None
        return forwarded(frame, walk, source.capture.link, new), is_back
    return make(source, copy_of, CLOSE.items())


TRANSFORMS = (
    Transform("twice.same", make_same, (1,), (1,)),
    Transform("twice.checksum", make_checksum, (1,), (1,)),
    Transform("twice.ttl", make_ttl, (1,), (1,)),
)
