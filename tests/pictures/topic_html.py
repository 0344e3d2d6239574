# SPDX-License-Identifier: GPL-2.0-or-later
"""The HTML document says what the JSON says. Each function yields a sentence for each thing that is wrong."""
import re

import model

DOT = re.compile(r"hop (\d+), probe (\d+): (\d+\.\d{3}) ms, frame (\d+) \u2192 (\d+), (\S+)")
PROBE = re.compile(r"(\d+\.\d{3})(?: ([A-Z]|\d+))?(?: (![A-Za-z]|!<\d+>))? (\d+)\u2192(\d+(?:, \d+)*)")


def expect(what, found, wanted):
    if found != wanted:
        yield f"{what} is {found!r}, the JSON says {wanted!r}"


def near(text, value, decimals=3):
    return abs(float(text) - value) <= 0.51 * 10 ** -decimals


def check_page(page, traces):
    yield from page.errors
    yield from expect("title", page.title, title_of(traces))
    yield from expect("traces", len(page.traces), len(traces))
    for shown, trace in zip(page.traces, traces):
        for error in check_trace(shown, trace):
            yield f"trace {trace['tcptraceroute']['trace']}: {error}"
    yield from expect("whether there is an index", page.index is not None, len(traces) > 1)
    for line, trace in zip(page.index or [], traces):
        yield from check_index(line, trace)


def title_of(traces):
    if len(traces) == 1:
        return f"TCP traceroute to {traces[0]['dst']} port {traces[0]['dport']}"
    return f"{len(traces)} TCP traceroutes"


def check_index(line, trace):
    ours = trace["tcptraceroute"]
    anchor, cells = line
    answered = f"{len(trace.get('hops', []))} of {trace['probe_count']}"
    wanted = [str(ours["trace"]), trace["dst"], str(trace["dport"]), ours["state"],
              str(ours["path_length"]) if ours["reached"] else "not reached", answered, trace["start"]["ftime"]]
    yield from expect("the index line", (anchor, cells), (f"#trace-{ours['trace']}", wanted))


def check_trace(shown, trace):
    ours = trace["tcptraceroute"]
    hops = model.hops_of(trace)
    yield from expect("anchor", shown.anchor, f"trace-{ours['trace']}")
    yield from expect("heading", shown.heading, f"{trace['dst']} port {trace['dport']} {ours['state']}")
    yield from expect("notes", shown.notes, ours.get("notes", []))
    yield from check_facts(shown.facts, trace, hops)
    yield from expect("path", shown.path, path_of(trace, hops))
    yield from check_rows(shown.rows, hops)
    yield from check_probes(shown.probes, trace, hops)
    yield from check_dots(shown, hops)


def check_facts(facts, trace, hops):
    ours = trace["tcptraceroute"]
    entries = trace.get("hops", []) + trace.get("no_hops", [])
    first = min(entry["tcptraceroute"]["probe_frame"] for entry in entries)
    beyond = trace["probe_count"] - sum(len(hop.probes) for hop in hops)
    probes = f"{trace['probe_count']} sent, {len(trace.get('hops', []))} answered"
    length = ours.get("path_length")
    wanted = {
        "Trace": str(ours["trace"]), "From": trace["src"],
        "Start": f"{trace['start']['ftime']}.{trace['start']['usec']:06} UTC, frame {first}",
        "Path": f"{length} hop{'' if length == 1 else 's'}" if ours["reached"] else
                f"target not reached, probed up to TTL {trace['hoplimit']}",
        "Probes": probes + (f"; {beyond} beyond the target are not shown" if beyond else ""),
        "Method": f"{trace['method']}, {trace['probe_size']} bytes, from port {trace['sport']}"}
    yield from expect("facts", facts, wanted)


def path_of(trace, hops):
    """Words of the path's entries; silent hops that follow each other are one."""
    entries, silent = [f"source {trace['src']}"], []

    def end_silence():
        if silent:
            ttls = f"{silent[0]}" if len(silent) == 1 else f"{silent[0]}\u2013{silent[-1]}"
            entries.append(f"{ttls} * * *")
            silent.clear()

    for hop in hops:
        if not hop.responders:
            silent.append(hop.ttl)
            continue
        end_silence()
        others = f"or one of {len(hop.responders) - 8} others" if len(hop.responders) > 8 else ""
        entries.append(f"{hop.ttl} " + "or ".join(hop.responders[:8]) + others)
    end_silence()
    if not trace["tcptraceroute"]["reached"]:
        entries.append(f"not reached {trace['dst']}")
    return entries


def answer_words(hop, addr):
    """What must stand in the cell on the answers of one responder: kinds, marks, in any order."""
    answers = [answer["tcptraceroute"] for answer in hop.answers if answer["addr"] == addr]
    return {answer["kind"] for answer in answers} | {answer["mark"] for answer in answers if "mark" in answer}


def labels_of(hop, addr):
    """MPLS labels of the last answer with extensions."""
    stacks = [answer["icmpext"] for answer in hop.answers if answer["addr"] == addr and "icmpext" in answer]
    return [] if not stacks else [
        f"L={entry['mpls_label']},E={entry['mpls_exp']},S={entry['mpls_s']},T={entry['mpls_ttl']}"
        for part in stacks[-1] for entry in part.get("mpls_labels", [])]


def check_times(cells, figures):
    if not figures:
        yield from expect("RTTs of a hop without answer", cells, [""] * 5)
        return
    for name, cell, value in zip(("last", "avg", "best", "worst", "stdev"), cells, figures):
        if not near(cell, value):
            yield f"{name} is {cell}, the JSON says {value:.6f}"


def check_responder(cells, hop, addr):
    words = re.split(r"[ ,]+", re.sub(r"\b(open|closed|filtered|unfiltered)\b", "", cells[11]).strip())
    yield from expect("answers", set(words), answer_words(hop, addr))
    labels = re.findall(r"L=\d+,E=\d,S=\d,T=\d+", cells[12])
    yield from expect("MPLS labels", labels, labels_of(hop, addr))


def check_hop_row(cells, hop):
    yield from expect("hop", cells[0], str(hop.ttl))
    yield from expect("sent, received", cells[3:5], [str(len(hop.probes)), str(len(hop.answers))])
    if not near(cells[5], hop.loss, 1):
        yield f"loss is {cells[5]}, the JSON says {hop.loss:.3f}"
    yield from check_times(cells[6:11], hop.figures())


def check_rows(rows, hops):
    rows = list(rows)
    for hop in hops:
        several = len(hop.responders) > 1
        wanted = 1 + (len(hop.responders) if several else 0)
        mine, rows = rows[:wanted], rows[wanted:]
        if len(mine) != wanted or any(len(cells) != 13 for cells in mine):
            yield f"hop {hop.ttl}: not {wanted} rows of 13 cells"
            return
        errors = [*check_hop_row(mine[0], hop)]
        if several:
            errors += expect("responders", mine[0][1], f"{len(hop.responders)} responders")
            for number, (cells, addr) in enumerate(zip(mine[1:], hop.responders)):
                errors += expect("responder", cells[1], f"{letter(number)} {addr}")
                count = sum(answer["addr"] == addr for answer in hop.answers)
                errors += expect("its hop, sent, received, loss", [cells[0], *cells[3:6]], ["", "", str(count), ""])
                errors += check_times(cells[6:11], hop.figures(addr))
                errors += check_responder(cells, hop, addr)
        elif hop.responders:
            errors += expect("responder", mine[0][1], hop.responders[0])
            errors += check_responder(mine[0], hop, hop.responders[0])
        else:
            errors += expect("responder", [mine[0][1], *mine[0][11:]], ["* * *", "no answer", ""])
        yield from (f"hop {hop.ttl}: {error}" for error in errors)
    if rows:
        yield f"{len(rows)} rows too many"


def letter(number):
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def check_probes(shown, trace, hops):
    yield from expect("hops of the probes", list(shown), [hop.ttl for hop in hops])
    for hop in hops:
        items = shown.get(hop.ttl, [])
        yield from expect(f"hop {hop.ttl}: number of probes", len(items), len(hop.probes))
        for item, (attempt, answer) in zip(items, hop.probes):
            for error in check_probe(item, trace, hop, attempt, answer):
                yield f"hop {hop.ttl}, probe {attempt}: {error}"


def check_probe(item, trace, hop, attempt, answer):
    if answer is None:
        yield from expect("the probe without answer", item, f"* {hop.frames[attempt]}")
        return
    found = PROBE.fullmatch(item)
    if not found:
        yield f"it reads {item!r}"
        return
    rtt, name, mark, probe, replies = found.groups()
    ours = answer["tcptraceroute"]
    if not near(rtt, float(answer["rtt"])):
        yield f"RTT is {rtt}, the JSON says {answer['rtt']}"
    several = len(hop.responders) > 1
    yield from expect("letter", name, letter(hop.responders.index(answer["addr"])) if several else None)
    yield from expect("mark", mark, ours.get("mark"))
    yield from expect("frames", (int(probe), [int(frame) for frame in replies.split(", ")]),
                      (ours["probe_frame"], [ours["reply_frame"], *model.further_frames(trace, hop.ttl, attempt)]))


def check_dots(shown, hops):
    wanted = [(hop.ttl, attempt, answer) for hop in hops for attempt, answer in hop.probes if answer is not None]
    yield from expect("number of dots", len(shown.dots), len(wanted))
    for (title, percent), (ttl, attempt, answer) in zip(shown.dots, wanted):
        found = DOT.fullmatch(title)
        if not found:
            yield f"a dot reads {title!r}"
            continue
        ours = answer["tcptraceroute"]
        yield from expect("dot", (*map(int, found.group(1, 2, 4, 5)), found[6]),
                          (ttl, attempt, ours["probe_frame"], ours["reply_frame"], answer["addr"]))
        rtt = float(answer["rtt"])
        if not near(found[3], rtt) or abs(percent / 100 * shown.axis_end - rtt) > 0.0001 * shown.axis_end:
            yield f"hop {ttl}, probe {attempt}: a dot at {percent} % of {shown.axis_end} ms, titled {title!r}"
