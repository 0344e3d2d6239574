# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z tcptraceroute,hops`: a row for each trace, hop and responder, whose figures are those of the JSON."""
import hop_figures

TITLE = "TCP Traceroute Hops"
SEPARATOR = " |"
COLUMNS = {
    "Trace": int, "Target": str, "Port": int, "Hop": int, "Address": str, "Name": str, "AS": str, "Country": str,
    "Sent": int, "Received": int, "Loss %": float, "Last ms": float, "Average ms": float, "Best ms": float,
    "Worst ms": float, "StDev ms": float, "Jitter ms": float, "State": str, "Labels": str, "Notes": str,
}
DECIMALS = {"Loss %": 1}        # and 3 for all other fractions


def rows_of(lines):
    """The rows that tshark printed, each {column: text}. Fails when there is no table."""
    begin = lines.index(TITLE)
    header = lines[begin - 1].split(SEPARATOR)[:-1]
    end = next(at for at in range(begin, len(lines)) if lines[at].startswith("====="))
    return [dict(zip(header, line.split(SEPARATOR))) for line in lines[begin + 1:end]]


def expected_rows(traces):
    """(row as far as the JSON says it, its trace, its responder or None), in the order of the table."""
    for trace in traces:
        for hop in hop_figures.hops_of(trace):
            for responder in hop.responders or [None]:
                yield expected_row(trace, hop, responder), trace, responder


def expected_row(trace, hop, responder):
    rtts = responder.rtts if responder else []
    values = [trace["tcptraceroute"]["trace"], trace["dst"], trace["dport"], hop.ttl, responder.addr if responder else "",
              "", "", "", hop.sent, len(rtts), hop.loss, *hop_figures.rtt_figures(rtts)]
    row = dict(zip(COLUMNS, values))
    row["State"] = hop_figures.state_words(responder, trace) if responder else "no answer"
    return row


def check_value(column, text, value):
    """`text` is what tshark printed; "" when it is what the JSON says."""
    if column == "State" and isinstance(value, set):
        return "" if set(filter(None, text.split(", "))) == value else f"{text!r}, the JSON says {sorted(value)}"
    try:
        said = COLUMNS[column](text)
    except ValueError:
        return f"{text!r}, which is no number"
    if COLUMNS[column] is not float:
        return "" if said == value else f"{text!r}, the JSON says {value!r}"
    decimals = DECIMALS.get(column, 3)
    if len(text.partition(".")[2]) != decimals or abs(said - value) > 0.5001 * 10 ** -decimals:
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
        kinds = [int if kind is int else (int, float) if kind is float else str for kind in COLUMNS.values()]
        if not all(isinstance(value, kind) for value, kind in zip(row, kinds)):
            yield f"sharkd, hops: row {number} has other types: {row}"
            return
    texts = [{column: text_of(column, value) for column, value in zip(COLUMNS, row)} for row in rows]
    for error in compare(texts, traces):
        yield f"sharkd, hops: {error}"


def text_of(column, value):
    return f"{value:.{DECIMALS.get(column, 3)}f}" if COLUMNS[column] is float else str(value)
