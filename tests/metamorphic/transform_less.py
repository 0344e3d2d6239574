# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that lack frames: some in between ("removed.N", N percent), or all behind one ("cut").

What is said of the less must not be contradicted by what is said of the whole, and what the whole says by exact keys
counts as the truth. A cut is judged by aspects:

none   a probe of the part is a probe of the whole
tie    an answer that an exact key ties to a probe is not tied to another in the whole
lost   a probe that counts as lost is not answered later, as long as that answer may be expected (docs: in flight)
state  open, closed, unfiltered stay; no port is "filtered" for want of an answer that is only still to come
path   the target that was reached stays reached, and by no longer path
"""
import collections
import functools

import compare
import layers
from transform import Transform, Unfit

RATES = {"removed.1": 0.01, "removed.5": 0.05, "removed.12": 0.12}
CUTS = 12
SHORTEST_WAIT = 1.0             # seconds that an answer may take where the longest RTT is not known
ASPECTS = ("none", "tie", "lost", "state", "path")


def kept(source, transform, seed):
    """The indices of the frames that stay: at least one goes."""
    count = len(source.frames)
    chance = source.random(transform, seed)
    ranks = sorted((chance.random(), index) for index in range(count))
    gone = {index for _, index in ranks[:max(1, round(RATES[transform] * count))]}
    return [index for index in range(count) if index not in gone]


def identity(source, number):
    """What is the same in every copy of a packet: the packet without TTL, checksums, and values of TCP options."""
    data = source.frames[number - 1].data
    header = layers.carried(source.walks[number - 1])
    if header is None:
        return data
    blank = bytearray(data)
    blank[header.ttl_at] = 0
    for item in source.walks[number - 1].sums:
        if item.start in (header.at, header.transport) and header.protocol != layers.ICMP:
            blank[item.at:item.at + 2] = b"\0\0"
    if header.protocol == layers.TCP and header.transport is not None and header.transport + 20 <= header.end:
        options = header.transport + 20, min(header.end, header.transport + (data[header.transport + 12] >> 4) * 4)
        blank[options[0]:options[1]] = bytes(max(0, options[1] - options[0]))
    if header.version == 4:
        blank[header.at + 10:header.at + 12] = b"\0\0"
    return bytes(blank[header.at:header.end])


def wrong_ties(traces, number_of, source):
    """A sentence for each answer that an exact key ties to a probe that it did not answer in the whole capture."""
    truth = compare.ties(source.traces)
    named = functools.lru_cache(None)(lambda number: identity(source, number))
    for reply, found in compare.ties(traces).items():
        for probe, match in found:
            reply_number, probe_number = number_of(reply), number_of(probe)
            known = truth.get(reply_number, [])
            if match == "order" or any(right == probe_number or by == "order" for right, by in known):
                continue
            if not _is_copy_of_true(named, reply_number, probe_number, truth):
                yield (f"answer {reply_number} is tied to probe {probe_number} by {match}, in the whole capture to "
                       f"{known or 'none'}")


def by_order(traces, number_of, source):
    """A word for each answer that is tied by the order of sending: why no key told its probes apart."""
    truth = compare.ties(source.traces)
    for trace in traces:
        sent = collections.Counter(entry["tcptraceroute"].get("sport", 0) for entry in compare.entries(trace, ("hops",)))
        for entry in compare.entries(trace, ("hops", "extra_hops")):
            ours = entry["tcptraceroute"]
            if ours["match"] != "order":
                continue
            known = [match for _, match in truth.get(number_of(ours["reply_frame"]), [])]
            what = "quote" if "icmp_type" in entry else "segment"
            if not known:
                yield f"{what}, tied to nothing in the whole capture"
            elif "order" not in known:
                yield f"{what}, named by {known[0]} in the whole capture"
            else:
                yield f"{what}, {'several probes' if sent[ours['sport']] > 1 else 'one answered probe'} of its source port"


def _is_copy_of_true(named, reply, probe, truth):
    """Whether copies of the two belong together, or of the answer nothing is known but the order."""
    for other, known in truth.items():
        if named(other) == named(reply):
            if any(by == "order" or named(right) == named(probe) for right, by in known):
                return True
    return False


def make_removed(transform, source, seed, _sources):
    if len(source.frames) < 2:
        raise Unfit("fewer than two frames")
    left = kept(source, transform, seed)

    def check(files):
        return wrong_ties(files[0], lambda frame: left[frame - 1] + 1, source)

    def why_order(files):
        return by_order(files[0], lambda frame: left[frame - 1] + 1, source)
    return [source.capture._replace(frames=[source.frames[index] for index in left])], check, why_order


def make_cut(source, seed, _sources):
    count = len(source.frames) * seed // (CUTS + 1)
    if count == 0:
        raise Unfit("no frame before the cut")
    frames = source.frames[:count]

    def check(files):
        return contradictions(files[0], source, max(frame.time for frame in frames) / 1e9)
    return [source.capture._replace(frames=frames)], check


def contradictions(part, source, end):
    """`end`: the time of the last frame of the part, in seconds."""
    for problem in wrong_ties(part, lambda frame: frame, source):
        yield f"tie: {problem}"
    probes = {entry["tcptraceroute"]["probe_frame"]: (trace, entry) for trace in source.traces
              for entry in compare.entries(trace, ("hops", "no_hops"))}
    for trace in part:
        sent = [entry["tcptraceroute"]["probe_frame"] for entry in compare.entries(trace, ("hops", "no_hops"))]
        strange = [frame for frame in sent if frame not in probes]
        if strange:
            yield f"none: frame {strange[0]} is a probe of {trace['dst']}, in the whole capture it is none"
            continue
        whole = probes[min(sent)][0]
        hasty = [entry for entry in early_losses(trace, end) if "reply_frame" in
                 probes[entry["tcptraceroute"]["probe_frame"]][1]["tcptraceroute"]]
        for entry in hasty[:1]:
            yield f"lost: probe {entry['tcptraceroute']['probe_frame']} counts as lost and is answered later"
        yield from other_state(trace, whole, hasty)
        yield from other_path(trace, whole)


def early_losses(trace, end):
    """The entries of probes that count as lost though their answers may still come."""
    rtts = [entry["rtt"] / 1000 for entry in compare.entries(trace, ("hops",))]
    wait = 2 * max(rtts) if rtts else SHORTEST_WAIT
    for entry in trace.get("no_hops", ()):
        age = end - entry["tx"]["sec"] - entry["tx"]["usec"] / 1e6
        if not entry.get("in_flight") and age < wait - 1e-5:
            yield entry


def other_state(trace, whole, hasty):
    part, state = (item["tcptraceroute"]["state"] for item in (trace, whole))
    is_wrong = part in ("open", "closed", "unfiltered") and state != part
    if part == "filtered" and trace["stop_reason"] == "GAPLIMIT" and state != part:
        is_wrong = any(entry["probe_ttl"] > last_answered(trace) for entry in hasty)
    if is_wrong:
        yield f"state: {part}, of the whole capture {state}"


def last_answered(trace):
    return max((entry["probe_ttl"] for entry in trace.get("hops", ())), default=0)


def other_path(trace, whole):
    part, all_of_it = trace["tcptraceroute"], whole["tcptraceroute"]
    if part["reached"] and not all_of_it["reached"]:
        yield "path: reached, of the whole capture not"
    elif part["reached"] and all_of_it["path_length"] > part["path_length"]:
        yield f"path: {part['path_length']} hops, of the whole capture {all_of_it['path_length']}"


TRANSFORMS = (
    *(Transform(name, functools.partial(make_removed, name), (1, 2, 3, 4, 5), (1,)) for name in RATES),
    Transform("cut", make_cut, tuple(range(1, CUTS + 1)), (4, 8, 11)),
)
