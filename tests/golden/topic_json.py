# SPDX-License-Identifier: GPL-2.0-or-later
"""Every line of `-z tcptraceroute,json` is a trace as the contract has it, and agrees with itself."""
import datetime
import json
import re

import contract


class Number(float):
    """A number with a fraction, which remembers how it was written."""

    def __new__(cls, text):
        number = super().__new__(cls, text)
        number.text = text
        return number


def parse(line):
    return json.loads(line, parse_float=Number)


def check_shape(value, shape, where):
    """Types, keys and their order, all the way down."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield f"{where}: not an object"
            return
        yield from check_keys(value, shape, where)
        for key in value.keys() & shape.keys():
            yield from check_shape(value[key], shape[key][0], f"{where}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where}: not an array"
            return
        for index, item in enumerate(value):
            yield from check_shape(item, shape[0], f"{where}[{index}]")
    elif isinstance(shape, tuple):
        if type(value) not in shape:
            yield f"{where}: {value!r} is of no type of {shape}"
    elif type(value) is not shape and not (shape is float and isinstance(value, Number)):
        yield f"{where}: {value!r} is not of type {shape.__name__}"


def check_keys(value, shape, where):
    for key, (_, is_required) in shape.items():
        if is_required and key not in value:
            yield f"{where}: no key {key!r}"
    for key in value:
        if key not in shape:
            yield f"{where}: unknown key {key!r}"
    known = [key for key in value if key in shape]
    if known != [key for key in shape if key in value]:
        yield f"{where}: keys in the order {known}"


def check_values(trace):
    yield from one_of(trace, "type", ("trace",))
    yield from one_of(trace, "version", ("0.1",))
    yield from one_of(trace, "method", ("tcp", "tcp-ack"))
    yield from one_of(trace, "stop_reason", contract.STOP_REASONS)
    yield from one_of(trace["tcptraceroute"], "family", (4, 6))
    yield from one_of(trace["tcptraceroute"], "state", contract.STATES + ("unknown",))
    started = datetime.datetime.fromtimestamp(trace["start"]["sec"], datetime.timezone.utc)
    yield from one_of(trace["start"], "ftime", (started.strftime("%Y-%m-%d %H:%M:%S"),))
    if not all(isinstance(note, str) for note in trace["tcptraceroute"].get("notes", [])):
        yield "tcptraceroute.notes: not all are strings"


def one_of(holder, key, allowed):
    if holder[key] not in allowed:
        yield f"{key} is {holder[key]!r}, not one of {allowed}"


def check_counts(trace):
    """The figures of the trace follow from its hops."""
    answered, silent = trace.get("hops", []), trace.get("no_hops", [])
    probes = answered + silent
    if not probes:
        yield "a trace without probes"
        return
    ttls = [probe["probe_ttl"] for probe in probes]
    ours = trace["tcptraceroute"]
    expected = {
        "probe_count": len(probes),
        "attempts": max(ttls.count(ttl) for ttl in ttls),
        "firsthop": min(ttls),
        "hoplimit": max(ttls),
        "hop_count": ours.get("path_length", 0) if ours["reached"] else max(ttls),
    }
    for key, value in expected.items():
        if trace[key] != value:
            yield f"{key} is {trace[key]}, the hops say {value}"
    # The exceptions with one TTL are in docs/decisions/0002-recognition.md: three probes at least.
    if len({probe["probe_ttl"] for probe in probes}) < 2 and len(probes) < 3:
        yield "a trace has probes at two TTLs at least"
    for kind, entries in (("hops", answered), ("no_hops", silent)):
        order = [(entry["probe_ttl"], entry["probe_id"]) for entry in entries]
        if order != sorted(order):
            yield f"{kind} are not in the order of TTL and sending"
    attempts = [(probe["probe_ttl"], probe["probe_id"]) for probe in probes]
    if len(set(attempts)) != len(attempts):
        yield "two probes have the same TTL and probe_id"


def check_path(trace):
    """Path length, reached, stop reason and state fit each other and the hops."""
    ours = trace["tcptraceroute"]
    hops = trace.get("hops", []) + trace.get("extra_hops", [])
    from_target = [
        hop["probe_ttl"] for hop in hops
        if hop["addr"] == trace["dst"] and hop["tcptraceroute"]["kind"] in ("unreachable", *contract.TCP_KINDS)]
    if ours["reached"] != bool(from_target):
        yield f"reached is {ours['reached']}, {len(from_target)} answers came from the target itself"
    elif from_target and ours.get("path_length") != min(from_target):
        yield f"path_length is {ours.get('path_length')}, the target answered at TTL {min(from_target)}"
    kinds = {hop["tcptraceroute"]["kind"] for hop in hops}
    if kinds & set(contract.TCP_KINDS):
        reason = "COMPLETED"
    elif "unreachable" in kinds:
        reason = "UNREACH"
    else:
        reason = "GAPLIMIT" if ours["state"] == "filtered" else "NONE"
    if trace["stop_reason"] != reason:
        yield f"stop_reason is {trace['stop_reason']}, the hops say {reason}"
    if reason != "UNREACH" and trace["stop_data"] != 0:
        yield f"stop_data is {trace['stop_data']} though the reason is {reason}"


def check_hop(hop, family):
    ours = hop["tcptraceroute"]
    yield from one_of(ours, "kind", contract.KINDS)
    yield from one_of(ours, "match", contract.MATCHES)
    is_icmp = ours["kind"] in contract.ICMP_KINDS
    if ("icmp_type" in hop) != is_icmp or ("icmp_code" in hop) != is_icmp or ("tcp_flags" in hop) == is_icmp:
        yield f"the keys do not fit the kind {ours['kind']}"
    if family == 6 and ("reply_ipid" in hop or "probe_ip_id" in ours):
        yield "IPv6 has no IP ID"
    if family == 4 and not ("reply_ipid" in hop and "probe_ip_id" in ours):
        yield "an IP ID is missing"
    if not re.fullmatch(r"-?\d+\.\d{3,}", getattr(hop["rtt"], "text", "")):
        yield f"rtt {hop['rtt']} has not three decimals at least"


def check_trace(trace):
    errors = list(check_shape(trace, contract.TRACE, "trace"))
    if errors:
        yield from errors
        return
    yield from check_values(trace)
    yield from check_counts(trace)
    yield from check_path(trace)
    for kind in ("hops", "extra_hops"):
        for index, hop in enumerate(trace.get(kind, [])):
            for error in check_hop(hop, trace["tcptraceroute"]["family"]):
                yield f"{kind}[{index}]: {error}"


def check_each(_capture, seen):
    for number, line in enumerate(seen.json_lines):
        try:
            trace = parse(line)
        except json.JSONDecodeError as error:
            yield f"line {number + 1}: not JSON: {error}"
            continue
        for error in check_trace(trace):
            yield f"line {number + 1}: {error}"
        if not isinstance(trace, dict) or trace.get("tcptraceroute", {}).get("trace") != number:
            yield f"line {number + 1}: not in the order of trace indices"
