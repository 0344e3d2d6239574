# SPDX-License-Identifier: GPL-2.0-or-later
"""Two captures in one file, by time, say what each said alone.

"merged.addresses": no address is in both. "merged.ports": from the same host to the same target, by other ports; there
each says besides what it shows compared with the other, which is left out. Both end at the same time, so that what is in
flight at the end of one is in flight at the end of both.
"""
import hashlib
import ipaddress

import compare
import renumber
from transform import Transform, Unfit
from transform_copies import COPIES
from transform_numbers import free_shift

NETWORKS = range(4, 252, 8)
PORTS = range(3000, 30000, 1500)


def partner(source, seed, sources, is_fit):
    """Another capture of the same link type; a new capture changes few pairs."""
    def rank(other):
        return hashlib.sha1(f"{seed} {source.name} {other.name}".encode(), usedforsecurity=False).digest()
    fitting = [other for other in sources if other is not source and other.frames and
               other.capture.link == source.capture.link and is_fit(source, other)]
    if not fitting or not source.frames:
        raise Unfit("no other capture that goes with it" if source.frames else "no frame")
    return min(fitting, key=rank)


def is_any(_source, _other):
    return True


def has_copies(source):
    return any(COPIES.fullmatch(note) for trace in source.traces for note in trace["tcptraceroute"].get("notes", ()))


def is_same_family(source, other):
    """And neither was captured twice: no capture point sees one trace of two hosts twice and another one once."""
    if has_copies(source) or has_copies(other):
        return False
    families = [trace["tcptraceroute"]["family"] for item in (source, other) for trace in item.traces[:1]]
    return len(families) == 2 and families[0] == families[1]


def other_network(one, two):
    """How to move the second capture's addresses where the first has none."""
    taken = renumber.addresses_of(one.frames, one.walks)
    own = {address for address in renumber.addresses_of(two.frames, two.walks) if not renumber.is_fixed(address)}
    for network in NETWORKS:
        shift, known = renumber.Shift(network, 0, {}), {}
        if taken.isdisjoint(renumber.moved(address, shift, known) for address in own):
            return shift
    raise Unfit("addresses everywhere")


def other_ports(one, two):
    """How to give the second capture the first one's sender and target, and ports that the first has not."""
    ends = [_ends(source) for source in (one, two)]
    taken, own = (renumber.ports_of(source.frames, source.walks) for source in (one, two))
    for wish in PORTS:
        port = free_shift(own, wish)
        if port is not None and taken.isdisjoint(number + port for number in own):
            network = other_network(one, two).network
            return renumber.Shift(network, port, dict(zip(ends[1], ends[0])))
    raise Unfit("no ports are free")


def _ends(source):
    trace = source.traces[0]
    return [ipaddress.ip_address(trace[key]).packed for key in ("src", "dst")]


def merged(one, two):
    """The frames of both by time, and for each [whose it is, its number there]."""
    numbered = [(frame.time, which, number, frame) for which, frames in enumerate((one, two))
                for number, frame in enumerate(frames, 1)]
    # The order within each capture stays what it is, also where it is not that of time.
    latest = [None, None]
    for at, (time, which, number, frame) in enumerate(numbered):
        latest[which] = time if latest[which] is None else max(latest[which], time)
        numbered[at] = (latest[which], which, number, frame)
    numbered.sort(key=lambda item: item[:3])
    return [item[3] for item in numbered], [item[1:3] for item in numbered]


def make(source, seed, sources, find_shift, is_fit, as_alone=compare.without_index):
    other = partner(source, seed, sources, is_fit)
    shift = find_shift(source, other)
    moved = renumber.frames(other.frames, other.walks, shift)
    delta = max(frame.time for frame in source.frames) - max(frame.time for frame in moved)
    moved = [frame._replace(time=frame.time + delta) for frame in moved]
    together, origin = merged(source.frames, moved)
    snap, unit = max(source.capture.snap, other.capture.snap), min(source.capture.unit, other.capture.unit)
    captures = [source.capture._replace(snap=snap, unit=unit, frames=frames) for frames in (together, moved)]

    def check(files):
        alone = [[as_alone(trace) for trace in traces] for traces in (source.traces, files[1])]
        return check_merged([as_alone(trace) for trace in files[0]], alone, origin, ("", f"of {other.name}: "))
    return captures, check


def check_merged(traces, alone, origin, titles):
    """`origin`: for each frame [which of the two captures, number there]."""
    parts = ([], [])
    for trace in traces:
        owners = {origin[frame - 1][0] for frame in compare.frames_of(trace)}
        if len(owners) != 1:
            yield f"a trace of frames of both, {trace['src']} > {trace['dst']} port {trace['dport']}"
            return
        parts[owners.pop()].append(compare.translated(trace, lambda frame: origin[frame - 1][1]))
    for got, wanted, title in zip(parts, alone, titles):
        for problem in compare.differences(got, [compare.without_index(trace) for trace in wanted]):
            yield title + problem


def make_addresses(source, seed, sources):
    return make(source, seed, sources, other_network, is_any)


def make_ports(source, seed, sources):
    if not source.traces:
        raise Unfit("no trace, so neither sender nor target")
    return make(source, seed, sources, other_ports, is_same_family, compare.by_itself)


TRANSFORMS = (
    Transform("merged.addresses", make_addresses, (1, 2), (1,)),
    Transform("merged.ports", make_ports, (1, 2), (1,)),
)
