# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes of order and time that say nothing of the path: days later, neighbours the other way round."""
import datetime

import compare
import layers
from transform import Transform, Unfit

SECOND = 1_000_000_000
DAYS = {1: 37, 2: -1000}
NEAR = 1_000_000                # nanoseconds


def later(trace, seconds):
    """A trace of which everything is later, in its place."""
    trace["start"]["sec"] += seconds
    start = datetime.datetime.fromtimestamp(trace["start"]["sec"], datetime.timezone.utc)
    trace["start"]["ftime"] = start.strftime("%Y-%m-%d %H:%M:%S")
    for entry in compare.entries(trace):
        entry["tx"]["sec"] += seconds
    return trace


def make_shifted(source, seed, _sources):
    seconds = DAYS[seed] * 86400
    changed = source.capture._replace(
        frames=[frame._replace(time=frame.time + seconds * SECOND) for frame in source.frames])

    def check(files):
        wanted = [later(compare.without_index(trace), seconds) for trace in source.traces]
        return compare.differences([compare.without_index(trace) for trace in files[0]], wanted)
    return [changed], check


def fragment(source, index):
    headers = source.walks[index].headers if source.capture.link in layers.LINKS else ()
    return next((layers.fragment_of(source.frames[index].data, header) for header in headers[:1]), None)


def are_of_one_packet(source, index):
    """Whether this frame and the next are fragments of one packet. Its frame and time are those of the fragment that
    stands last: in the other order it is another frame."""
    return fragment(source, index) is not None and fragment(source, index) == fragment(source, index + 1)


def swapped(source, seed):
    """The order in which frames stand in the file, as indices: every second pair of near neighbours, on average."""
    order, chance = list(range(len(source.frames))), source.random("swapped", seed)
    at = 0
    while at + 1 < len(order):
        gap = source.frames[at + 1].time - source.frames[at].time
        if 0 < gap <= NEAR and chance.random() < 0.5 and not are_of_one_packet(source, at):
            order[at], order[at + 1] = order[at + 1], order[at]
            at += 1
        at += 1
    return order


def make_swapped(source, seed, _sources):
    """As where two queues of a network card are read in turn. Each frame keeps its time."""
    order = swapped(source, seed)
    if order == sorted(order):
        raise Unfit("no two neighbours within 1 ms")
    changed = source.capture._replace(frames=[source.frames[index] for index in order])

    def check(files):
        got = [compare.translated(trace, lambda frame: order[frame - 1] + 1) for trace in files[0]]
        return compare.differences(got, [compare.without_index(trace) for trace in source.traces])
    return [changed], check


TRANSFORMS = (
    Transform("shifted", make_shifted, (1, 2), (1,)),
    Transform("swapped", make_swapped, (1, 2, 3), (1,)),
)
