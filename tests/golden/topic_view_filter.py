# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z tcptraceroute,hops,FILTER` and `,tree,FILTER` show the traces of which a frame passes, whole."""
import hop_figures
import support
import topic_hops
import topic_tree


def shown(capture, display_filter):
    arguments = ["-n", "-q", "-2", "-r", capture]
    for view in ("hops", "tree"):
        arguments += ["-z", f"tcptraceroute,{view},{display_filter}"]
    return support.run(arguments).splitlines()


def check_each(capture, seen):
    traces = hop_figures.traces_of(seen)
    if len(traces) < 2:
        return
    for display_filter, chosen in ((f"tcptraceroute.trace == {len(traces) - 1}", traces[-1:]),
                                   ("frame.number == 0", [])):
        lines = shown(capture, display_filter)
        yield from topic_hops.check_lines(lines, chosen, display_filter)
        yield from topic_tree.check_lines(lines, chosen, display_filter, len(traces))
