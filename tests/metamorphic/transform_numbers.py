# SPDX-License-Identifier: GPL-2.0-or-later
"""Other addresses and ports, which say nothing of the path."""
import compare
import renumber
from transform import Transform, Unfit

NETWORKS = {1: 8, 2: 64}
PORTS = {1: 1000, 2: -77}
# They may name a tool by its ports, or ports in a sentence.
NAMES = ("tool", "diagnosis")


def free_shift(ports, wish):
    """A number to add to each of the ports: `wish`, where none gets beyond the range by it, or one near it."""
    for step in (0, *(sign * distance for distance in range(97, 8000, 97) for sign in (1, -1))):
        if not ports or min(ports) + wish + step > 0 and max(ports) + wish + step < 0x10000:
            return wish + step
    return None


def without_names(trace):
    for name in NAMES:
        trace["tcptraceroute"].pop(name, None)
    for finding in trace["tcptraceroute"].get("findings", ()):
        finding.pop("text", None)
    return trace


def renumbered(trace, shift, known):
    """What has to be said of the trace, in its place."""
    for key in ("src", "dst"):
        trace[key] = renumber.moved_text(trace[key], shift, known)
    for key in ("sport", "dport"):
        trace[key] = renumber.moved_port(trace[key], shift)
    for entry in compare.entries(trace, ("hops", "extra_hops")):
        entry["addr"] = renumber.moved_text(entry["addr"], shift, known)
        entry["tcptraceroute"]["sport"] = renumber.moved_port(entry["tcptraceroute"]["sport"], shift)
    ours = trace["tcptraceroute"]
    for finding in ours.get("findings", ()):
        for key in finding.keys() & {"from", "to"}:
            if finding.get("field") in ("sport", "dport"):
                finding[key] = renumber.moved_port(finding[key], shift)
            elif isinstance(finding[key], str):
                finding[key] = renumber.moved_text(finding[key], shift, known)
    if "notes" in ours:
        ours["notes"] = [renumber.moved_text(note, shift, known) for note in ours["notes"]]
    return without_names(trace)


def make_renumbered(source, seed, _sources):
    if not any(walk.headers for walk in source.walks):
        raise Unfit("no IP header")
    port = free_shift(renumber.ports_of(source.frames, source.walks), PORTS[seed])
    if port is None:
        raise Unfit("TCP ports of the whole range")
    shift, known = renumber.Shift(NETWORKS[seed], port, {}), {}
    changed = source.capture._replace(frames=renumber.frames(source.frames, source.walks, shift))

    def check(files):
        wanted = [renumbered(compare.without_index(trace), shift, known) for trace in source.traces]
        return compare.differences([without_names(compare.without_index(trace)) for trace in files[0]], wanted)
    return [changed], check


TRANSFORMS = (Transform("renumbered", make_renumbered, (1, 2), (1,)),)
