# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z tcptraceroute,paths` and `,report`: the hops up to the target with what the JSON says of them, and no more."""
import dataclasses
import re

import hop_figures

PATH = re.compile(r"Tracing the path to (\S+) on TCP port (\d+), (\d+) hops max")
PATH_HOP = re.compile(r" ?(\d+)  (.*)")
PATH_WORDS = re.compile(r"(?P<star>\*)|(?P<ms>-?\d+\.\d{3}) ms|\[[^]]*\]|!\S+|(?P<host>\S+)")
UNREACHED = "Destination not reached"
REPORT = re.compile(r"HOST: (\S+) -> (\S+) +Loss%   Snt   Last   Avg  Best  Wrst StDev")
REPORT_HOP = re.compile(r" *(\d+)\.\|-- (\S+) +([\d.]+)%? +(\d+) " + r" +(-?[\d.]+)" * 5)
REPORT_HOST = re.compile(r" {8}\|-- (\S+)")


@dataclasses.dataclass
class Text:
    """One trace as printed."""
    title: tuple
    hops: list
    is_reached: bool = True


def paths_of(lines):
    """Hops are [TTL, what stands behind it, further responders' lines included]."""
    found, inside = [], False
    for line in lines:
        title, hop = PATH.fullmatch(line), PATH_HOP.fullmatch(line)
        if title:
            found.append(Text(title.groups(), []))
        elif inside and hop:
            found[-1].hops.append([int(hop[1]), hop[2]])
        elif inside and line.startswith("    "):
            found[-1].hops[-1][1] += line
        elif inside and line == UNREACHED:
            found[-1].is_reached = False
        inside = bool(title or inside and (hop or line.startswith("    ") or line == UNREACHED))
    return found


def reports_of(lines):
    """Hops are (TTL, hosts, figures)."""
    found = []
    for line in lines:
        title, hop, host = REPORT.fullmatch(line), REPORT_HOP.fullmatch(line), REPORT_HOST.fullmatch(line)
        if title:
            found.append(Text(title.groups(), []))
        elif found and hop:
            found[-1].hops.append((int(hop[1]), [hop[2]], [float(figure) for figure in hop.groups()[2:]]))
        elif found and host:
            found[-1].hops[-1][1].append(host[1])
    return found


def probes_of(words):
    """(address, RTT) of each answer, None for each star."""
    host, probes = None, []
    for word in PATH_WORDS.finditer(words):
        host = word["host"] or host
        if word["star"]:
            probes.append(None)
        elif word["ms"]:
            probes.append((host, float(word["ms"])))
    return probes


def expected_probes(hop, trace):
    """The same from the JSON, in order of sending; RTTs with the three decimals that are printed."""
    probes = trace.get("hops", []) + trace.get("no_hops", [])
    return [(probe["addr"], probe["rtt"]) if "addr" in probe else None
            for probe in sorted(probes, key=lambda probe: probe["probe_id"]) if probe["probe_ttl"] == hop.ttl]


def are_close(found, wanted, decimals):
    return len(found) == len(wanted) and all(
        abs(a - b) <= 0.5001 * 10 ** -decimals for a, b in zip(found, wanted))


def compare_path(text, trace):
    if text.title != (trace["dst"], str(trace["dport"]), str(trace["hoplimit"])):
        yield f"the title says {text.title}"
    if text.is_reached != trace["tcptraceroute"]["reached"]:
        yield f"reached is {text.is_reached}"
    hops = hop_figures.hops_of(trace)
    if [ttl for ttl, _ in text.hops] != [hop.ttl for hop in hops]:
        yield f"hops {[ttl for ttl, _ in text.hops]}, the JSON says {[hop.ttl for hop in hops]}"
        return
    for (ttl, words), hop in zip(text.hops, hops):
        found, wanted = probes_of(words), expected_probes(hop, trace)
        hosts, wanted_hosts = ([probe and probe[0] for probe in probes] for probes in (found, wanted))
        rtts, wanted_rtts = ([probe[1] for probe in probes if probe] for probes in (found, wanted))
        if hosts != wanted_hosts or not are_close(rtts, wanted_rtts, 3):
            yield f"hop {ttl}: {found}, the JSON says {wanted}"


def expected_row(hop, trace):
    """Hosts with the one that answered last in front; loss, sent, last, average, best, worst, deviation."""
    answers = [probe for probe in expected_probes(hop, trace) if probe]
    hosts = list(dict.fromkeys(host for host, _ in reversed(answers))) or ["???"]
    figures = hop_figures.rtt_figures([rtt for _, rtt in answers])[:5]
    return hop.ttl, hosts, [hop.loss, hop.sent, *figures]


def compare_report(text, trace):
    target = f"[{trace['dst']}]" if trace["tcptraceroute"]["family"] == 6 else trace["dst"]
    if text.title != (trace["src"], f"{target}:{trace['dport']}"):
        yield f"the title says {text.title}"
    wanted = [expected_row(hop, trace) for hop in hop_figures.hops_of(trace)]
    if [row[:2] for row in text.hops] != [row[:2] for row in wanted]:
        yield f"hops {[row[:2] for row in text.hops]}, the JSON says {[row[:2] for row in wanted]}"
        return
    for (ttl, _, figures), (_, _, right) in zip(text.hops, wanted):
        if not are_close(figures, right, 1):
            yield f"hop {ttl}: {figures}, the JSON says {right}"


def check_lines(lines, traces, what):
    for view, texts, compare in (("paths", paths_of(lines), compare_path),
                                 ("report", reports_of(lines), compare_report)):
        if len(texts) != len(traces):
            yield f"{view}, {what}: {len(texts)} traces, the JSON says {len(traces)}"
            continue
        for text, trace in zip(texts, traces):
            for error in compare(text, trace):
                yield f"{view}, {what}: trace {trace['tcptraceroute']['trace']}: {error}"


def check_each(_capture, seen):
    yield from check_lines(seen.one_statistics, hop_figures.traces_of(seen), "one pass")
