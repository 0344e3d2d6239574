#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_checks.py FOLDER: each case changes one thing in documents that are right; the checks must find it.

Exit status: 0 all found, 1 one was not, 77 cannot run here (and why).
"""
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
import test_pictures as pictures  # noqa: E402
import page  # noqa: E402
import support  # noqa: E402
import topic_dot  # noqa: E402
import topic_hostile  # noqa: E402
import topic_html  # noqa: E402
import topic_profile  # noqa: E402

CAPTURE = "ecmp_packet_tt.pcap"     # load-balanced: several responders in a hop
SILENT = "tt_drop.pcap"             # silent hops, never reached

# What is wrong, and how it comes about: the first such words become others.
PAGES = {
    "another state": ("<span class=\"state open\">open", "<span class=\"state open\">closed"),
    "another title": ("<title>TCP traceroute to", "<title>TCP traceroute from"),
    "another port": ("<h2>203.0.113.9 port 80", "<h2>203.0.113.9 port 81"),
    "another count": ("<td>3</td>", "<td>4</td>"),
    "another responder": ("198.51.100.130</td>", "198.51.100.131</td>"),
    "another kind of answer": ("<td>time-exceeded", "<td>unreachable"),
    "another frame": ("\u2192", "\u21921"),
    "another letter": ("<b class=\"r1\">B", "<b class=\"r1\">A"),
    "another place of a dot": (" cx=\"", " cx=\"1"),
    "another loss": ("<td>0.0</td>", "<td>33.3</td>"),
    "a hop less on the path": ("<li><small>1</small> 192.0.2.2</li>", ""),
    "a row less": ("<tr class=\"one\">", "<tr class=\"one\"></tr><tr>"),
    "a script": ("<main>", "<main><script>1</script>"),
    "a handler": ("<main>", "<main onclick=\"1\">"),
    "a link to elsewhere": ("<main>", "<main><a href=\"//198.51.100.1/\">x</a>"),
    "what is not closed": ("</h2>", ""),
}
GRAPHS = {
    "another host": ("198.51.100.130", "198.51.100.131"),
    "another loss": ("\", tooltip=\"", "  7.0% lost\", tooltip=\""),
    "another count": ("answers this way", "1 answers this way"),
    "an edge less": ("  n0 -> n1", "  n0 -> n2"),
    "another state": (" open", " closed"),
    "a fact that is only possible": (" probes of the hop lost\"", " probes of the hop lost\", style=\"dashed\""),
}
SILENCES = {
    "silence is a host": ("* * *", "192.0.2.77"),
    "it was reached": (", not reached\"", "\""),
    "less was lost": ("100.0% lost", "90.0% lost"),
}


def changed(name, text, change):
    before, after = change
    if before not in text:
        raise ValueError(f"{name}: {before!r} is not there to be changed")
    return text.replace(before, after, 1)


def page_errors(traces, text):
    return list(topic_html.check_page(page.read(text), traces))


def graph_errors(traces, text):
    drawn, complaints = pictures.tool(["dot", "-Tjson0"], text)
    return complaints or list(topic_dot.check_graph(drawn, traces))


def not_found(errors_of, traces, text, changes):
    """What is wrong with the checks."""
    for error in errors_of(traces, text):
        yield f"a sound document has an error: {error}"
    for name, change in changes.items():
        if not errors_of(traces, changed(name, text, change)):
            yield f"not found: {name}"


def hostile_not_found(captures, folder):
    """Names that read otherwise than they should."""
    _, capture, wanted = next(topic_hostile.cases(captures, folder))
    _, text, graph = pictures.documents(capture, ("-N", "n"))
    if not list(topic_hostile.check_page(page.read(text.replace("&lt;script", "<script")), wanted)):
        yield "not found: a script in a name"
    drawn, _ = pictures.tool(["dot", "-Tsvg"], graph.replace("\\\\N", "\\N"))
    if not list(topic_hostile.check_graph(drawn, wanted)):
        yield "not found: an escape in a name"


def profile_not_found(capture):
    """Colours of frames that the JSON says nothing of; a button that chooses others."""
    traces, _, _ = pictures.documents(capture)
    if not list(topic_profile.check_colours(capture, topic_profile.Frames([], set()))):
        yield "not found: colours that should not be"
    frames = topic_profile.Frames(traces, set())
    names = {name: ("TRUE", name, "tcptraceroute.probe", "") for name in frames.buttons()}
    if len(list(topic_profile.check_buttons(capture, frames, names.values()))) < len(names) - 1:
        yield "not found: buttons that choose others"


def errors_in(captures, folder):
    by_name = {capture.name: capture for capture in captures}
    traces, text, graph = pictures.documents(by_name[CAPTURE])
    yield from not_found(page_errors, traces, text, PAGES)
    yield from not_found(graph_errors, traces, graph, GRAPHS)
    traces, _, graph = pictures.documents(by_name[SILENT])
    yield from not_found(graph_errors, traces, graph, SILENCES)
    yield from hostile_not_found(captures, folder)
    yield from profile_not_found(by_name[SILENT])


def main():
    for program in ("tshark", "dot"):
        if shutil.which(program) is None:
            return pictures.skip(f"there is no {program} here")
    names = {CAPTURE, SILENT, *topic_hostile.CAPTURES}
    captures = [capture for capture in support.captures_in(sys.argv[1:]) if capture.name in names]
    with support.readable_folder() as folder:
        errors = list(errors_in([support.readable_copy(capture, folder) for capture in captures], folder))
    print(*errors, f"{len(PAGES) + len(GRAPHS) + len(SILENCES) + 4} faults, {len(errors)} errors", sep="\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
