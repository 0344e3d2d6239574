# SPDX-License-Identifier: GPL-2.0-or-later
"""What `-z tcptraceroute,json` says of a trace, by hop: the numbers that every picture must show."""
import dataclasses
import statistics


@dataclasses.dataclass
class Hop:
    ttl: int
    probes: list       # (attempt, answer or None), in order of sending; an answer is an entry of "hops"
    frames: dict       # attempt -> probe's frame
    in_flight: int     # probes whose time to be answered was not over when the trace ended: neither answered nor lost

    @property
    def answers(self):
        return [answer for _, answer in self.probes if answer is not None]

    @property
    def responders(self):
        """Addresses in the order of their first answers."""
        return list(dict.fromkeys(answer["addr"] for answer in self.answers))

    def figures(self, addr=None):
        """(last, average, best, worst, standard deviation) in ms, of one responder or of all; () without answers."""
        rtts = [float(answer["rtt"]) for answer in self.answers if addr in (None, answer["addr"])]
        if not rtts:
            return ()
        deviation = statistics.stdev(rtts) if len(rtts) > 1 else 0.0
        return rtts[-1], statistics.fmean(rtts), min(rtts), max(rtts), deviation

    @property
    def settled(self):
        """Probes of which it is known whether they were answered."""
        return len(self.probes) - self.in_flight

    @property
    def lost(self):
        return self.settled - len(self.answers)

    @property
    def loss(self):
        return 100 * self.lost / max(self.settled, 1)


def hops_of(trace):
    """The hops up to the target, by TTL."""
    ours = trace["tcptraceroute"]
    end = ours["path_length"] if ours["reached"] else 255
    hops = {}
    entries = [(entry, True) for entry in trace.get("hops", [])]
    entries += [(entry, False) for entry in trace.get("no_hops", [])]
    for entry, is_answered in sorted(entries, key=lambda pair: (pair[0]["probe_ttl"], pair[0]["probe_id"])):
        if entry["probe_ttl"] > end:
            continue
        hop = hops.setdefault(entry["probe_ttl"], Hop(entry["probe_ttl"], [], {}, 0))
        hop.probes.append((entry["probe_id"], entry if is_answered else None))
        hop.in_flight += entry.get("in_flight", False)
        hop.frames[entry["probe_id"]] = entry["tcptraceroute"]["probe_frame"]
    return list(hops.values())


def further_frames(trace, ttl, attempt):
    """Frames of further answers to one probe."""
    return [entry["tcptraceroute"]["reply_frame"] for entry in trace.get("extra_hops", [])
            if (entry["probe_ttl"], entry["probe_id"]) == (ttl, attempt)]
