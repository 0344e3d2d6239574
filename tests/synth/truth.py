# SPDX-License-Identifier: GPL-2.0-or-later
"""What the contract says of a simulated capture: from who caused what (sim.py), never from the code under test.

The keys are the contract's, RTTs in whole microseconds. A key that is missing is not compared; `open_probes` and
`open_replies` name frames whose pairing the contract leaves open; `copies` and `retransmissions` are for the fields.
"""

from packet import ACK, ECE, CWR, RST, SYN, encode, header_length, ip_length
from path import true_extension
from sim import Probe, Reply

MARKS = {0: "!N", 1: "!H", 2: "!P", 3: "!p", 4: "!F", 5: "!S", 6: "!U", 7: "!U", 8: "!I", 9: "!A", 13: "!A",
         10: "!C", 11: "!T", 12: "!T"}
FILTERED_CODES = (0, 1, 2, 3, 9, 10, 13)


class Seen:
    """A probe or reply as captured: frame number, time and packet of the sighting that counts."""
    def __init__(self, number, frame):
        self.number, self.time, self.ip, self.what = number, frame.time, frame.ip, frame.what
        self.point, self.place = frame.point, (frame.time, number)


class View:
    """What of the capture the truth about one run depends on."""
    def __init__(self, case, frames):
        self.snap, self.timed = case.capture.snap, case.timed
        self.end = max((frame.time for frame in frames), default=0)
        self.mixed = case.capture.any_sighting


def _kind(reply, v6):
    if reply.segment:
        flags = reply.segment.flags & ~(ECE | CWR)
        named = {SYN | ACK: "syn-ack", SYN: "syn", ACK: "ack"}
        return "rst" if flags & RST else named.get(flags, "other-tcp")
    if v6:
        return {3: "time-exceeded", 1: "unreachable", 2: "packet-too-big"}.get(reply.kind, "other-icmp")
    return {11: "time-exceeded", 3: "unreachable"}.get(reply.kind, "other-icmp")


def _quote(reply_seen):
    """The quoted packet's fields, read back from the bytes the simulator wrote."""
    data = reply_seen.ip.body.data
    if data[0] >> 4 == 6:
        return {"ttl": data[7], "ipl": int.from_bytes(data[4:6], "big"),
                "tos": int.from_bytes(data[0:2], "big") >> 4 & 0xFF, "src": data[8:24], "dst": data[24:40], "id": None}
    size = (data[0] & 15) * 4
    return {"ttl": data[8], "ipl": int.from_bytes(data[2:4], "big"), "tos": data[1], "src": data[12:16],
            "dst": data[16:20], "id": int.from_bytes(data[4:6], "big"), "ports": data[size:size + 4],
            "seq": data[size + 4:size + 8]}


def _quote_match(probe, reply):
    quote, want = _quote(reply), _quote_of(probe)
    if quote["id"] is None:
        return "ports-seq" if quote["src"] == want["src"] and quote["dst"] == want["dst"] else "seq-only"
    same_flow = all(quote[key] == want[key] for key in ("src", "dst", "ports"))
    same_id = quote["id"] == want["id"]
    if same_flow:
        return "ip-id" if same_id else "ports-seq"
    return "ip-id-seq" if same_id else "seq-only"


def _quote_of(probe):
    data = encode(probe.ip)
    if probe.ip.v6:
        return {"src": data[8:24], "dst": data[24:40]}
    size = header_length(probe.ip)
    return {"src": data[12:16], "dst": data[16:20], "id": probe.ip.ident, "ports": data[size:size + 4],
            "seq": data[size + 4:size + 8]}


def _equal(one, other):
    """Whether two probes are the same packet but for the TTL, in all that a quote brings back."""
    a, b = one.body, other.body
    return (one.src, one.dst, one.ident, one.flow, a.sport, a.dport, a.seq) == (
        other.src, other.dst, other.ident, other.flow, b.sport, b.dport, b.seq)


def _timed_quote_match(probe, reply, probes, answered):
    """As _quote_match, where probes may be equal or seqs rewritten; None where the contract does not settle it."""
    equal = [p for p in probes if p is not probe and p.place < reply.place and _equal(p.ip, probe.ip)]
    recent = 2 * max([reply.time - probe.time] + [answered[p][0] - p.time for p in answered])
    flying = [p for p in equal if answered.get(p, (reply.time + 1,))[0] > reply.time and p.time > reply.time - recent]
    if flying and all(p.ip.body.data == probe.ip.body.data for p in flying):
        return "order"
    run = probe.what.run.probes
    if equal or any(_equal(p.ip, probe.ip) for p in run if p is not probe.what):
        return None
    quote, want, tcp = _quote(reply), _quote_of(probe), probe.ip.body
    start = header_length(probe.ip) + (4 if probe.ip.v6 else 0)
    seq = reply.ip.body.data[start:start + 4] if probe.ip.v6 else quote["seq"]
    own_ports = sum((p.ip.body.sport, p.ip.body.dport) == (tcp.sport, tcp.dport) for p in run) == 1
    if seq != tcp.seq.to_bytes(4, "big"):
        same_flow = all(quote[key] == want[key] for key in ("src", "dst", "ports") if key in quote)
        return "ports" if same_flow and own_ports and (probe.ip.v6 or quote["id"] != want["id"]) else None
    match = _quote_match(probe, reply)
    if match == "ip-id" and probe.ip.ident == 0:
        return ["ip-id", "ports-seq"]   # an ID that was never chosen agrees, and decides nothing
    own_seq = own_ports or sum((p.ip.body.sport, p.ip.body.seq) == (tcp.sport, tcp.seq) for p in run) == 1
    return match if own_seq or match in ("ip-id", "ip-id-seq") else None


def _tcp_match(probe, reply, probes, timed=False):
    """None where the contract does not settle it."""
    asked, got = probe.ip.body, reply.what.segment
    with_reset = got.flags & RST and not got.flags & ACK
    key = (lambda t: (t.sport, t.dport, t.ack)) if with_reset else (lambda t: (t.sport, t.dport, t.seq))
    rivals = [p for p in probes if p.place < reply.place and key(p.ip.body) == key(asked)]
    if timed and len(rivals) == 1 and any(p is not probe.what and key(p.ip.body) == key(asked)
                                          for p in probe.what.run.probes):
        return None                     # a rival may have been sent and not been captured
    if any(p.what.retransmission for p in rivals):
        return None
    if got.options.startswith(b"\x01\x01\x05"):
        return "sack"
    if len(rivals) > 1:
        return "order"
    if with_reset:
        return "seq" if got.seq == asked.ack else None
    fits = got.ack == (asked.seq + 1 + len(asked.data)) & 0xFFFFFFFF
    return "ack" if fits and asked.flags & SYN and got.flags & ACK else None


def _probe_entry(probe, attempt):
    return {"probe_ttl": probe.ip.ttl, "probe_id": attempt, "probe_frame": probe.number,
            "probe_size": ip_length(probe.ip)}


def _hop(probe, attempt, reply, probes, view, answered):
    what, v6 = reply.what, probe.ip.v6
    hop = _probe_entry(probe, attempt)
    hop.update(addr=reply.ip.src, reply_frame=reply.number, kind=_kind(what, v6), rtt_us=reply.time - probe.time,
               reply_ttl=reply.ip.ttl, reply_size=ip_length(reply.ip), reply_tos=reply.ip.tos,
               sport=probe.ip.body.sport)
    if not v6:
        hop.update(reply_ipid=reply.ip.ident, probe_ip_id=probe.ip.ident)
    if view.mixed or view.timed and probe.point != reply.point:
        hop = {key: value for key, value in hop.items() if key not in ("rtt_us", "reply_ttl")}
    if what.segment:
        hop["tcp_flags"] = what.segment.flags
        match = _tcp_match(probe, reply, probes, view.timed)
        if match:
            hop["match"] = match
        return hop
    quote = _quote(reply)
    hop.update(icmp_type=what.kind, icmp_code=what.code, icmp_q_ttl=quote["ttl"], icmp_q_ipl=quote["ipl"],
               icmp_q_tos=quote["tos"])
    snap = view.snap
    if not snap or snap >= 112 or not v6 and snap >= 76 + header_length(probe.ip) - 20:
        match = _timed_quote_match(probe, reply, probes, answered) if view.timed else _quote_match(probe, reply)
        hop.update({"match": match} if match else {})
    if hop["kind"] == "unreachable" and not v6:
        hop["mark"] = MARKS.get(what.code, f"!<{what.code}>")
    if true_extension(what.hop) and not snap:
        hop["icmpext"] = true_extension(what.hop)
    return hop


def _longest_rtt(pairs):
    """Of the first answers; None where the further ones would say otherwise, or nothing was answered."""
    first, every = {}, [reply.time - probe.time for probe, reply in pairs]
    for probe, reply in pairs:
        first[probe] = min(first.get(probe, reply.time), reply.time)
    return max((time - probe.time for probe, time in first.items()), default=None), max(every, default=None)


def _in_flight(probe, pairs, view):
    """Whether an unanswered probe is younger at the end than answers take here; None where it is a near thing."""
    if not view.timed:
        return False
    limits = {1_000_000 if rtt is None else 2 * rtt for rtt in _longest_rtt(pairs)}
    age = view.end - probe.time
    if all(age < limit * 0.9 for limit in limits):
        return True
    return False if all(age > limit * 1.1 for limit in limits) else None


def _state(probes, replies, reached):
    """The contract's list, in its order; `replies` are (probe, reply) pairs, further answers included."""
    kinds = [(_kind(r.what, r.ip.v6), p, r) for p, r in replies]
    if any(kind in ("syn-ack", "syn") for kind, _, _ in kinds):
        return "open"
    for kind, probe, _ in kinds:
        if kind == "rst":
            return "unfiltered" if probe.ip.body.flags & ACK else "closed"
    if any(kind == "unreachable" and (r.ip.v6 or r.what.code in FILTERED_CODES) for kind, _, r in kinds):
        return "filtered"
    last = max((p.ip.ttl for p, _ in replies), default=0)
    if not reached and max((p.ip.ttl for p in probes), default=0) > last:
        return "filtered"
    return "unknown"


def _ghost(probe, reply, probes):
    """A repeated answer which several probes fit: whose it is, only time could say."""
    return reply.what.segment and reply.what.nth > 0 and sum(
        p.ip.body.sport == probe.ip.body.sport and p.ip.body.seq == probe.ip.body.seq for p in probes) > 1


def _silence(probe, attempt, flying):
    entry = _probe_entry(probe, attempt)
    if flying.get(probe) is not None:
        entry["in_flight"] = flying[probe]
    return entry


def trace(run, seen, view):
    """The truth about one run, or None when too little of it was captured to be a trace."""
    probes = sorted((seen[p] for p in run.probes if p in seen), key=lambda s: s.place)
    ttls = [p.ip.ttl for p in probes]
    if len(set(ttls)) < 2:
        return None
    attempt = {p: ttls[:i + 1].count(p.ip.ttl) for i, p in enumerate(probes)}
    answers = {p: [] for p in probes}
    for what, reply in seen.items():
        if isinstance(what, Reply) and what.probe in seen and what.probe.run is run:
            answers[seen[what.probe]].append(reply)
    hops, extra, silent, pairs, open_probes, open_replies = [], [], [], [], [], []
    everything = [(p, r) for p in probes for r in answers[p]]
    answered = {p: min(r.place for r in answers[p]) for p in probes if answers[p]}
    flying = {p: _in_flight(p, everything, view) for p in probes if not answers[p]}
    for probe in sorted(probes, key=lambda p: (p.ip.ttl, p.place)):
        got = sorted(answers[probe], key=lambda r: r.place)
        pairs += [(probe, r) for r in got]
        if probe.what.ip.ttl in run.open_ttls:
            open_probes.append(probe.number)
            open_replies += [r.number for r in got]
            continue
        if not got:
            silent.append(_silence(probe, attempt[probe], flying if view.timed else {}))
        for nth, reply in enumerate(got):
            entry = _hop(probe, attempt[probe], reply, probes, view, answered)
            if nth and _ghost(probe, reply, probes):
                entry = {key: entry[key] for key in ("addr", "reply_frame", "kind")}
            elif nth:
                entry.pop("match", None)
            (extra if nth else hops).append(entry)
    landed = [p for p in probes if not flying.get(p)]
    return _summary(run, probes, pairs, landed, dict(hops=hops, extra_hops=extra, no_hops=silent,
                                                     open_probes=open_probes, open_replies=open_replies))


def _at_target(run, pairs):
    """TTLs at which the target itself answered, in the last stretch: what expired at a router did not arrive."""
    expired = {p for p, r in pairs if _kind(r.what, r.ip.v6) == "time-exceeded"}
    return [p.ip.ttl for p, r in pairs if (r.what.segment or _kind(r.what, r.ip.v6) == "unreachable"
                                           and r.ip.src == p.ip.dst)
            and p not in expired and p.time >= run.last_stretch]


def _summary(run, probes, pairs, landed, lists):
    first, ttls = probes[0], [p.ip.ttl for p in probes]
    at_target = _at_target(run, pairs)
    refusals = {r.what.code for _, r in pairs if _kind(r.what, r.ip.v6) == "unreachable"}
    state = _state(landed, pairs, bool(at_target))
    out = {"src": first.ip.src, "dst": first.ip.dst, "sport": first.ip.body.sport, "dport": first.ip.body.dport,
           "first_frame": min(p.number for p in probes), "family": 6 if first.ip.v6 else 4, "state": state,
           "reached": bool(at_target),
           "method": "tcp-ack" if first.ip.body.flags & ACK else "tcp", "probe_count": len(probes),
           "probe_size": ip_length(first.ip), "firsthop": min(ttls), "hoplimit": max(ttls),
           "attempts": max(ttls.count(t) for t in ttls),
           "hop_count": min(at_target) if at_target else max(ttls), "stop_data": 0}
    if at_target:
        out["path_length"] = min(at_target)
    if any(r.what.segment for _, r in pairs):
        out["stop_reason"] = "COMPLETED"
    elif refusals:
        out["stop_reason"], out["stop_data"] = "UNREACH", min(refusals)
        if len(refusals) > 1:
            del out["stop_data"]
    else:
        out["stop_reason"] = "GAPLIMIT" if state == "filtered" else "NONE"
    out.update((key, value) for key, value in lists.items() if value or not key.startswith("open_"))
    if run.told:
        out["told"] = True
    for key in run.omit:
        out.pop(key, None)
    if "path_length" in run.omit:
        out["open_length"] = True
    return out


def _sightings(case, frames):
    """The sighting of each probe and reply that counts, the frames that are copies, and all groups."""
    groups = {}
    for number, frame in enumerate(frames, 1):
        if isinstance(frame.what, (Probe, Reply)):
            groups.setdefault(frame.what, []).append(Seen(number, frame))
    seen, copies = {}, []
    for what, group in groups.items():
        counts = min(group, key=lambda s: s.point) if case.capture.nearest else group[0]
        seen[what] = counts
        copies += [(what, other.number) for other in group if other is not counts]
    return seen, copies, [[s.number for s in group] for group in groups.values() if len(group) > 1]


def _undecidable(case, seen):
    """No traces, but which frame answers which: an exact match must not say anything else."""
    causes = {str(s.number): seen[what.probe].number if what.probe in seen else None
              for what, s in seen.items() if isinstance(what, Reply)}
    return {"why": case.why, "undecidable": case.decidable, "causes": causes}


def truth(case, worlds, frames):
    """The JSON beside a capture: frames are those in the file, in its order."""
    seen, copies, groups = _sightings(case, frames)
    if case.undecidable:
        return _undecidable(case, seen)
    view, traces = View(case, frames), []
    for world in worlds:
        for run in world.runs:
            found = trace(run, seen, view)
            if found:
                mine = [n for w, n in copies if (w if isinstance(w, Probe) else w.probe).run is run]
                if mine and not case.capture.any_sighting:
                    found["copies"] = mine
                if case.capture.any_sighting:
                    found["first_frame"] = min([found["first_frame"]] + [n for w, n in copies if w in run.probes])
                repeated = sorted(seen[p].number for p in run.probes if p in seen and p.retransmission)
                if repeated:
                    found["retransmissions"] = repeated
                traces.append(found)
    traces.sort(key=lambda t: t["first_frame"])
    out = {"why": case.why, "traces": traces}
    if case.decidable:
        out["decidable"] = case.decidable
    if case.capture.any_sighting:
        out["sightings"] = groups
    return out
