# SPDX-License-Identifier: GPL-2.0-or-later
"""What the reader's JSON of a changed capture says, put in the terms of the capture it was made from, and compared."""
import copy

LISTS = ("hops", "extra_hops", "no_hops")
FRAME_KEYS = ("probe_frame", "reply_frame")
# A line of the output says them, and nothing else of it depends on them.
INDEX = "trace"
INDEX_OF_OTHER = "other_trace"


def entries(trace, lists=LISTS):
    """Every probe and every answer of a trace."""
    return [entry for key in lists for entry in trace.get(key, ())]


def frames_of(trace):
    return [entry["tcptraceroute"][key] for entry in entries(trace) for key in FRAME_KEYS
            if key in entry["tcptraceroute"]]


def first_frame(trace):
    return min(frames_of(trace), default=0)


def without_index(trace):
    """A copy without the numbers of traces, and with a finding's frames in ascending order."""
    trace = copy.deepcopy(trace)
    trace["tcptraceroute"].pop(INDEX, None)
    for finding in trace["tcptraceroute"].get("findings", ()):
        finding.pop(INDEX_OF_OTHER, None)
        finding["frames"] = sorted(finding.get("frames", ()))
    return trace


def by_itself(trace):
    """A copy without what compares it with another trace: such findings, and the sentence that says them, too."""
    trace = copy.deepcopy(trace)
    ours = trace["tcptraceroute"]
    ours.pop("diagnosis", None)
    ours["findings"] = [finding for finding in ours.get("findings", ()) if INDEX_OF_OTHER not in finding]
    return trace


def translated(trace, number_of):
    """A copy without the numbers of traces, whose frames have the numbers number_of(frame)."""
    trace = without_index(trace)
    for entry in entries(trace):
        ours = entry["tcptraceroute"]
        for key in FRAME_KEYS:
            if key in ours:
                ours[key] = number_of(ours[key])
    for finding in trace["tcptraceroute"].get("findings", ()):
        finding["frames"] = sorted(number_of(frame) for frame in finding["frames"])
    return trace


def in_order(traces):
    return sorted(traces, key=lambda trace: (first_frame(trace), trace["src"], trace["dst"], trace["dport"]))


def differences(got, wanted, close=()):
    """A sentence for each trace that differs. `close`: {key: how far two numbers may be apart}."""
    got, wanted = in_order(got), in_order(wanted)
    if len(got) != len(wanted):
        yield f"{len(got)} traces {list(map(_name, got))}, alone {len(wanted)} {list(map(_name, wanted))}"
        return
    for one, other in zip(got, wanted):
        if one != other:
            found = first_difference(one, other, dict(close))
            if found:
                yield f"trace from frame {first_frame(other)}: {found}"


def _name(trace):
    return f"{trace['src']} > {trace['dst']} from frame {first_frame(trace)}, {trace['probe_count']} probes"


def first_difference(got, wanted, close, where=""):
    """The first place where two values differ, as text; None where they are the same."""
    if type(got) is not type(wanted) and not _are_numbers(got, wanted):
        return f"{where}: {got!r}, alone {wanted!r}"
    if isinstance(got, dict):
        return _first_of_keys(got, wanted, close, where)
    if isinstance(got, list):
        if len(got) != len(wanted):
            return f"{where}: {len(got)} of them, alone {len(wanted)}"
        found = (first_difference(*pair, close, f"{where}[{at}]") for at, pair in enumerate(zip(got, wanted)))
        return next(filter(None, found), None)
    allowed = close.get(where.rpartition(".")[2], 0)
    if got == wanted or allowed and _are_numbers(got, wanted) and abs(got - wanted) <= allowed:
        return None
    return f"{where}: {got!r}, alone {wanted!r}"


def _first_of_keys(got, wanted, close, where):
    for key in wanted:
        if key not in got:
            return f"{where}: no {key}, alone {wanted[key]!r}"[:300]
        found = first_difference(got[key], wanted[key], close, f"{where}.{key}")
        if found:
            return found
    more = [key for key in got if key not in wanted]
    return f"{where}: {more[0]} is {got[more[0]]!r}, alone there is none"[:300] if more else None


def _are_numbers(*values):
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def ties(traces, lists=("hops", "extra_hops")):
    """{reply frame: [(probe frame, match)]}: which probes an answer is said to be for."""
    found = {}
    for trace in traces:
        for entry in entries(trace, lists):
            ours = entry["tcptraceroute"]
            found.setdefault(ours["reply_frame"], []).append((ours["probe_frame"], ours["match"]))
    return found
