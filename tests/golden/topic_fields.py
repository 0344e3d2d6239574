# SPDX-License-Identifier: GPL-2.0-or-later
"""The fields of probes and replies agree with each other, with the JSON, and with what one pass knew."""
from decimal import Decimal

import contract
import topic_json
from support import OURS, TIME

MANY_REPLIES = 16       # with so many records a pair was computed, and its traces numbered, while frames passed
SO_FAR = ("tcptraceroute.trace.state",)     # one pass says what is known by then


def value(row, name):
    """The field's only value without the protocol's prefix in `name`; None when it is absent."""
    found = row.get(f"tcptraceroute.{name}")
    return found[0] if found else None


def number(row, name):
    found = value(row, name)
    return None if found is None else int(found)


def is_multiple(row):
    """Did several packets of one frame take part?"""
    return any(len(values) > 1 for name, values in row.items() if name in OURS)


def check_each(_capture, seen):
    yield from check_subset(seen.one_rows, seen.two_rows)
    yield from check_links(seen.one_rows, seen.two_rows)
    rows = {frame: row for frame, row in seen.two_rows.items() if any(name in row for name in OURS)}
    if any(is_multiple(row) for row in rows.values()):
        rows_to_check = {frame: row for frame, row in rows.items() if not is_multiple(row)}
    else:
        rows_to_check = rows
        yield from check_json(seen.json_lines, rows)
    for frame, row in rows_to_check.items():
        for error in check_row(frame, row, rows):
            yield f"frame {frame}: {error}"


def check_subset(one, two):
    """What one pass says, two passes say as well."""
    for frame, row in one.items():
        for name in set(OURS) - set(SO_FAR):
            missing = set(row.get(name, ())) - set(two[frame].get(name, ()))
            if missing:
                yield f"frame {frame}: {name} is {sorted(missing)} in one pass, {two[frame].get(name)} in two"


def check_links(one, two):
    """A reply that shows its probe in one pass shows the RTT, too; and some replies do."""
    for frame, row in one.items():
        if "tcptraceroute.reply" in row and not row.keys() >= {"tcptraceroute.reply_to", "tcptraceroute.rtt"}:
            yield f"frame {frame}: a reply without probe or RTT in one pass"
    replies = [sum("tcptraceroute.reply" in row for row in rows.values()) for rows in (one, two)]
    if replies[1] >= MANY_REPLIES and not replies[0]:
        yield f"one pass shows none of {replies[1]} replies"


def check_row(frame, row, rows):
    if number(row, "trace") is None or number(row, "hop") is None:
        yield "no trace or hop"
    is_probe, is_reply = value(row, "probe") is not None, value(row, "reply") is not None
    if value(row, "teardown") is not None:
        yield from absent(row, ("probe", "reply", "reply_to", "reply_in", "kind", "match", "rtt"))
        refused = number(row, "teardown_of")
        if refused not in rows or value(rows[refused], "kind") != "syn-ack" or refused > frame:
            yield f"teardown_of is {refused}, which is no SYN/ACK before it"
    elif is_probe == is_reply:
        yield "neither a probe nor a reply, or both"
    elif is_probe:
        yield from check_probe(frame, row, rows)
    else:
        yield from check_reply(frame, row, rows)


def check_probe(frame, row, rows):
    yield from absent(row, ("reply", "reply_to", "kind", "match", "state", "duplicate", "responder", "responder6"))
    if value(row, "copy_of") is None and not (number(row, "probe.attempt") or 0) >= 1:
        yield "a probe without attempt"
    answer = number(row, "reply_in")
    if answer is None:
        if value(row, "rtt") is not None:
            yield "an RTT and no reply"
        return
    if answer not in rows or number(rows[answer], "reply_to") != frame:
        yield f"reply_in is {answer}, which does not link back"
    elif value(row, "rtt") != value(rows[answer], "rtt"):
        yield f"rtt is {value(row, 'rtt')}, its reply has {value(rows[answer], 'rtt')}"


def check_reply(frame, row, rows):
    yield from absent(row, ("probe", "probe.attempt", "probe.retransmission", "reply_in"))
    if value(row, "kind") not in contract.KINDS or value(row, "match") not in contract.MATCHES:
        yield f"kind {value(row, 'kind')}, match {value(row, 'match')}"
    if value(row, "state") not in (None, *contract.STATES):
        yield f"state {value(row, 'state')}"
    sent = number(row, "reply_to")
    if sent not in rows or value(rows[sent], "probe") is None:
        yield f"reply_to is {sent}, which is not a probe"
        return
    probe = rows[sent]
    for name in ("trace", "hop", "target", "target6"):
        if value(probe, name) != value(row, name):
            yield f"{name} is {value(row, name)}, its probe has {value(probe, name)}"
    if Decimal(value(row, "rtt") or -1) != Decimal(row[TIME][0]) - Decimal(probe[TIME][0]):
        yield f"rtt is {value(row, 'rtt')}, not the difference of the times of capture"
    if value(row, "duplicate") is None and value(row, "copy_of") is None and number(probe, "reply_in") != frame:
        yield f"neither duplicate nor copy, but its probe's reply_in is {number(probe, 'reply_in')}"


def absent(row, names):
    for name in names:
        if value(row, name) is not None:
            yield f"{name} on the wrong kind of frame"


def hop_row(entry, trace):
    ours = entry["tcptraceroute"]
    return (trace, entry["probe_ttl"], entry["probe_id"], ours["probe_frame"], ours["reply_frame"], ours["kind"],
            ours["match"])


def answered_rows(rows):
    """One tuple for each probe with its first answer, as the fields have it."""
    for frame, row in rows.items():
        answer = number(row, "reply_in")
        if answer in rows and value(row, "copy_of") is None:
            yield (number(row, "trace"), number(row, "hop"), number(row, "probe.attempt"), frame, answer,
                   value(rows[answer], "kind"), value(rows[answer], "match"))


def check_json(lines, rows):
    """The JSON's hops, extra_hops and no_hops are the probes and replies that the fields name."""
    hops, extra, silent = set(), set(), set()
    for trace in map(topic_json.parse, lines):
        yield from check_insight(trace, rows)
        index = trace["tcptraceroute"]["trace"]
        hops |= {hop_row(entry, index) for entry in trace.get("hops", [])}
        extra |= {hop_row(entry, index)[3:5] for entry in trace.get("extra_hops", [])}
        silent |= {entry["tcptraceroute"]["probe_frame"] for entry in trace.get("no_hops", [])}
    yield from same("hops", hops, set(answered_rows(rows)))
    yield from same("extra_hops", extra, {
        (number(row, "reply_to"), frame) for frame, row in rows.items()
        if value(row, "duplicate") is not None and value(row, "copy_of") is None})
    yield from same("no_hops", silent, {
        frame for frame, row in rows.items()
        if value(row, "probe") is not None and value(row, "copy_of") is None and value(row, "reply_in") is None})


def check_insight(trace, rows):
    """Each frame of the trace names the tool, the silence of its hop, and what was first seen changed there."""
    ours = trace["tcptraceroute"]
    silence = {hop["ttl"]: hop.get("silence") for hop in ours["hop_stats"]}
    mine = {frame: row for frame, row in rows.items() if number(row, "trace") == ours["trace"]}
    for frame, row in mine.items():
        said = value(row, "tool"), value(row, "silence")
        right = ours["tool"]["name"], silence.get(number(row, "hop"))
        if said != right:
            yield f"frame {frame}: tool and silence are {said}, the JSON says {right}"
    found = {(frame, field) for frame, row in mine.items() for field in row.get("tcptraceroute.changed_first", ())}
    # What a SYN/ACK says of the SYN's ECN field, no quote shows.
    quoted = [finding for finding in ours.get("findings", ()) if "field" in finding and finding["kind"] != "ecn-arrival"]
    yield from same("changed_first", {first_changed(mine, finding) for finding in quoted}, found)


def first_changed(rows, finding):
    """The first answer of the hop behind the change that shows it, as the fields have them."""
    frames = [frame for frame, row in rows.items()
              if finding["field"] in row.get("tcptraceroute.changed", ()) and number(row, "hop") == finding["at_hop"]
              and value(row, "duplicate") is None and value(row, "copy_of") is None and value(row, "match") != "order"]
    return (min(frames, default=0), finding["field"])


def same(what, json_says, fields_say):
    if json_says != fields_say:
        yield (f"{what}: only in the JSON {sorted(json_says - fields_say)[:3]}, "
               f"only in the fields {sorted(fields_say - json_says)[:3]}")
