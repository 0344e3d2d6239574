# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z tcptraceroute,hops`: a row for each trace and hop, and for each of its responders where there are several, whose
figures are those of the JSON."""
import hop_figures

TITLE = "TCP Traceroute Hops"
SEPARATOR = " |"
# A fraction may be missing; it and "Sent" are text, with blanks in front.
COLUMNS = {
    "Hop": int, "Address": str, "Name": str, "Loss %": float, "Sent": float, "Received": int, "Last ms": float,
    "Average ms": float, "Best ms": float, "Worst ms": float, "StDev ms": float, "Jitter ms": float, "State": str,
    "Notes": str, "Labels": str, "AS": str, "Country": str, "Trace": int, "Target": str, "Port": int,
}
DECIMALS = {"Loss %": 1, "Sent": 0}        # and 3 for all other fractions


def rows_of(lines):
    """The rows that tshark printed, each {column: text}. Fails when there is no table."""
    begin = lines.index(TITLE)
    header = lines[begin - 1].split(SEPARATOR)[:-1]
    end = next(at for at in range(begin, len(lines)) if lines[at].startswith("====="))
    return [dict(zip(header, line.split(SEPARATOR))) for line in lines[begin + 1:end]]


def expected_rows(traces):
    """(row as far as the JSON says it, its trace, its responder or None), in the order of the table."""
    for trace in traces:
        hops = hop_figures.hops_of(trace)
        for place, hop in enumerate(hops):
            only = hop.responders[0] if len(hop.responders) == 1 else None
            entries = sorted((entry for each in hop.responders for entry in each.entries), key=lambda entry: entry["probe_id"])
            row = expected_row(trace, hop.ttl, only, [entry["rtt"] for entry in entries])
            row["Sent"], row["Loss %"] = hop.sent, hop.loss if hop.sent > hop.in_flight else None
            if len(hop.responders) > 1:
                row["Address"] = f"{len(hop.responders)} responders"
            if not hop.responders:
                row["State"] = words_of_silence(trace, hops, place)
            yield row, trace, only
            for responder in hop.responders if only is None else []:
                yield expected_row(trace, hop.ttl, responder, responder.rtts), trace, responder


def expected_row(trace, ttl, responder, rtts):
    """None: the cell is empty."""
    row = dict.fromkeys(COLUMNS)
    row.update({"Trace": trace["tcptraceroute"]["trace"], "Target": trace["dst"], "Port": trace["dport"], "Hop": ttl,
                "Received": len(rtts), "Address": responder.addr if responder else "", "State": ""})
    if rtts:
        row.update(zip(list(COLUMNS)[6:12], hop_figures.rtt_figures(rtts)))
    if responder:
        row["State"] = hop_figures.state_words(responder, trace)
    for column in ("Notes", "Labels"):
        del row[column]
    return row


def words_of_silence(trace, hops, place):
    """The first of the hops behind the last that answered says why the port is filtered, where no answer says it."""
    said = [responder for hop in hops for responder in hop.responders
            if "filtered" in str(hop_figures.state_words(responder, trace)).split()]
    is_last = not any(hop.responders for hop in hops[place:]) and (place == 0 or hops[place - 1].responders)
    is_why = is_last and trace["tcptraceroute"]["state"] == "filtered" and not said
    return "filtered: no answer from here on" if is_why else "no answer"


def check_value(column, text, value):
    """`text` is what tshark printed; "" when it is what the JSON says."""
    if value is None:
        return f"{text!r}, which should be empty" if text else ""
    if column == "State" and isinstance(value, set):
        return "" if set(filter(None, text.split(", "))) == value else f"{text!r}, the JSON says {sorted(value)}"
    try:
        said = COLUMNS[column](text)
    except ValueError:
        return f"{text!r}, which is no number"
    if COLUMNS[column] is float and text != f"{said:{12 if column.endswith('ms') else 8 if column == 'Sent' else 6}.{DECIMALS.get(column, 3)}f}":
        return f"{text!r}, which does not stand right"
    if COLUMNS[column] is not float:
        return "" if said == value else f"{text!r}, the JSON says {value!r}"
    if abs(said - value) > 0.5001 * 10 ** -DECIMALS.get(column, 3):
        return f"{text}, the JSON says {value}"
    return ""


def check_words(row, trace, responder, is_first):
    """Labels and notes."""
    labels = hop_figures.mpls_words(responder) if responder else ""
    if labels not in row["Labels"] or ("MPLS:" in row["Labels"]) != bool(labels):
        yield f"Labels is {row['Labels']!r}, the JSON says {labels!r}"
    notes = "; ".join(trace["tcptraceroute"].get("notes", [])) if is_first else ""
    if row["Notes"].partition("trace: ")[2] != notes:
        yield f"Notes is {row['Notes']!r}, the JSON says {notes!r}"


def compare(rows, traces):
    """What is wrong with rows of text."""
    expected = list(expected_rows(traces))
    if len(rows) != len(expected):
        yield f"{len(rows)} rows, the JSON says {len(expected)}"
        return
    seen = set()
    for number, (row, (wanted, trace, responder)) in enumerate(zip(rows, expected), 1):
        if list(row) != list(COLUMNS):
            yield f"row {number}: columns {list(row)}"
            continue
        wrong = {column: check_value(column, row[column], value) for column, value in wanted.items()}
        yield from (f"row {number}: {column} is {error}" for column, error in wrong.items() if error)
        for error in check_words(row, trace, responder, trace["tcptraceroute"]["trace"] not in seen):
            yield f"row {number}: {error}"
        seen.add(trace["tcptraceroute"]["trace"])


def check_lines(lines, traces, what):
    """`lines` hold the table of these traces."""
    if TITLE not in lines:
        yield f"hops, {what}: no table"
        return
    for error in compare(rows_of(lines), traces):
        yield f"hops, {what}: {error}"


def check_each(_capture, seen):
    traces = hop_figures.traces_of(seen)
    yield from check_lines(seen.one_statistics, traces, "one pass")
    yield from check_lines(seen.two_statistics, traces, "two passes")


def check_sharkd(answer, traces):
    """`answer`: what sharkd says of its tap nstat:tcptraceroute,hops. Its values have types."""
    rows = answer["tables"][0]["i"]
    if [field["c"] for field in answer["fields"]] != list(COLUMNS):
        yield "sharkd, hops: other columns"
        return
    for number, row in enumerate(rows, 1):
        if not all(isinstance(value, int if kind is int else str) for value, kind in zip(row, COLUMNS.values())):
            yield f"sharkd, hops: row {number} has other types: {row}"
            return
    for error in compare([dict(zip(COLUMNS, map(str, row))) for row in rows], traces):
        yield f"sharkd, hops: {error}"
