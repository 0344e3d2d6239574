# SPDX-License-Identifier: GPL-2.0-or-later
"""Several of the principles at once, as captures from the field are: merged and lossy, in disorder, behind boxes, short."""

import random
from dataclasses import replace

import tools_basic as basic
import tools_more as more
import tools_wild as wild
from case import START
from cases_principles_quotes import ALL
from packet import ACK, RST, SYN
from principle import MS, SECOND, a_world, alone, back_to_back, box, every, member, one, shapes, together, without
from sim import Capture, Probe, Reply, is_error

CHOSEN = ("tcptraceroute", "traceroute", "mtr", "scamper", "nexttrace", "bsd", "ttl", "tcpconn", "atlas")


def chosen(*names):
    for name in names or CHOSEN:
        tool, families, options = ALL[name]
        for family in families:
            yield f"{name}-v{family}", tool, family == 6, options


def displaced(seed, most=3 * MS):
    """An `edit`: the order in the file is wrong by up to `most`; each frame keeps its time."""
    def edit(frames):
        rng = random.Random(seed)
        return sorted(frames, key=lambda f: f.time + rng.randrange(most))
    return edit


def mirrored(seed, again=8):
    """An `edit`: a mirror port that writes each frame twice, `again` microseconds apart, the two in any order."""
    def edit(frames):
        rng = random.Random(seed)
        both = []
        for frame in frames:
            both += [frame, replace(frame, time=frame.time + rng.randrange(1, again))]
        return sorted(both, key=lambda f: f.time)
    return edit


def in_turn(*edits):
    def edit(frames):
        for each in edits:
            frames = each(frames)
        return frames
    return edit


def without_answers(seed, share=0.2):
    """An `edit` that takes out some of the answers, and all copies of each."""
    def edit(frames):
        rng = random.Random(seed)
        answers = list(dict.fromkeys(f.what for f in frames if isinstance(f.what, Reply)))
        gone = set(rng.sample(answers, max(1, int(share * len(answers)))))
        return [f for f in frames if f.what not in gone]
    return edit


def disorder():
    """The order in the file is wrong by some milliseconds, as several queues of a card leave it."""
    for name, tool, v6, options in chosen():
        yield member(2, f"displaced-{name}", f"Frames stand up to 3 ms from where they belong ({name}).",
                     "Each frame has its time; the order in the file says nothing.",
                     alone(tool, options, v6=v6, routers=5), Capture(edit=displaced(name)))
        yield member(2, f"displaced-near-{name}", f"The same on a path of 40 us a hop ({name}).",
                     "Each frame has its time; the order in the file says nothing.",
                     alone(tool, options, v6=v6, routers=4, shape=every(delay=20)),
                     Capture(edit=displaced("near" + name, 900)))


def mirrors():
    """A mirror port shows both directions twice."""
    for name, tool, v6, options in chosen():
        for link in ("raw", "ethernet"):
            yield member(2, f"mirrored-{link}-{name}", f"A mirror port writes each frame twice ({link}, {name}).",
                         "Each frame is there twice within microseconds, with all numbers the same.",
                         alone(tool, options, v6=v6, routers=4), Capture(link, edit=mirrored(name)))
    for name, tool, v6, options in chosen("tcptraceroute", "traceroute", "nexttrace"):
        yield member(2, f"mirrored-repeats-{name}", f"The same, and the second router sends each error twice ({name}).",
                     "The errors of one router are there four times, with two IP IDs.",
                     alone(tool, options, v6=v6, routers=4, shape=one(1, repeats=1)), Capture(edit=mirrored(name)))


def merged():
    """Sender's and a router's capture with clocks that are apart, behind a box that rewrites IP IDs or seqs."""
    for name, tool, v6, options in chosen("tcptraceroute", "traceroute", "scamper", "nexttrace", "mtr"):
        for late in (-9 * MS, 4 * MS, 60 * MS):
            yield member(2, f"two-clocks-{late // MS}-{name}", f"Two captures with interfaces of their own, the second clock "
                         f"is {late // MS} ms late ({name}).", "Interfaces tell the capture points apart.",
                         alone(tool, options, v6=v6, routers=5, points=((0, 0), (2, late))),
                         Capture(interfaces=("sender", "router"), nearest=True))


def snaps():
    """Short captures over odd links."""
    for link, snap in (("null", 72), ("sll", 80), ("sll2", 140), ("vlan", 68), ("pppoe", 80), ("mpls", 140)):
        for name, tool, v6, options in chosen("tcptraceroute", "traceroute", "scamper", "nexttrace"):
            if v6 and snap < 140:
                continue
            yield member(3, f"snap-{snap}-{link}-{name}", f"{snap} octets of each frame over {link} ({name}).",
                         "Ports, seq and IP ID of what was quoted are there.",
                         alone(tool, options, v6=v6, routers=4), Capture(link, snap=snap))


def fewer_answers():
    """Answers are missing in the capture, their probes are not."""
    for name, tool, v6, options in chosen():
        yield member(3, f"answers-lost-{name}", f"A fifth of the answers is missing ({name}).",
                     "What is there is named by its own numbers.", alone(tool, options, v6=v6, routers=6),
                     Capture(edit=without_answers(name)))
        yield member(3, f"answers-lost-displaced-{name}", f"The same, and the order in the file is wrong ({name}).",
                     "What is there is named by its own numbers.", alone(tool, options, v6=v6, routers=6),
                     Capture(edit=in_turn(without_answers("d" + name), displaced(name))))


def _shifted(tcp):
    return replace(tcp, seq=tcp.seq + 0x1234567 & 0xFFFFFFFF)


def boxes():
    """Boxes that do two things at once."""
    for name, tool, v6, options in chosen("traceroute", "nexttrace", "mtr", "tcpconn"):
        yield member(3, f"seq-shift-{name}", f"A firewall adds one number to each seq of all flows ({name}).",
                     "Ports or flow are one probe's alone, or the seqs keep their distances.",
                     alone(tool, options, v6=v6, routers=5, shape=box(2, tcp=_shifted)))
    for name, tool, v6, options in chosen("tcptraceroute", "traceroute", "mtr"):
        if v6:
            continue
        yield member(3, f"nat-ids-{name}", f"A NAT rewrites source, port and IP ID, and puts the quote right but for the ID "
                     f"({name}).", "Flow and seq come back as sent.",
                     alone(tool, options, routers=5, shape=box(2, src="203.0.113.177", sport=lambda p: 30000 + p % 30000,
                                                               ident=lambda i: (i * 7919 + 13) & 0xFFFF, fix_quote=True)))


def crowds():
    """Several runs at once, out of order, with answers missing."""
    pairs = (("tcptraceroute", "scamper"), ("traceroute", "nexttrace"), ("mtr", "tcptraceroute"), ("scamper", "mtr"),
             ("nexttrace", "traceroute"), ("tcpconn", "traceroute"))
    for first, second in pairs:
        for family in (4, 6):
            if family not in ALL[first][1] or family not in ALL[second][1]:
                continue
            tools = [(ALL[name][0], {**ALL[name][2], **({"dport": 80} if name in ("nexttrace", "tcpconn") else {})})
                     for name in (first, second)]
            yield member(5, f"displaced-{first}-{second}-v{family}", f"{first} and {second} at once, in wrong order.",
                         "Each tool has its own window, options, ports and rule for seq and IP ID.",
                         together(*tools, v6=family == 6, routers=4), Capture(edit=displaced(first + second)))
            yield member(5, f"mirrored-{first}-{second}-v{family}", f"{first} and {second} at once, each frame twice.",
                         "Each tool has its own window, options, ports and rule for seq and IP ID.",
                         together(*tools, v6=family == 6, routers=4), Capture("raw", edit=mirrored(first + second)))
    for name, tool, v6, options in chosen("tcptraceroute", "traceroute", "scamper", "mtr", "nexttrace"):
        yield member(5, f"again-after-12s-{name}", f"{name} again 12 s after its end, answers are missing.",
                     "The TTLs begin again; ports, seq or counters are others.",
                     back_to_back(tool, 12 * SECOND, options=options, v6=v6, routers=5),
                     Capture(edit=without_answers("a" + name, 0.1)))


def counters():
    """Two counters over each other: of ports that are far apart, and of seqs in one flow."""
    for family in (4, 6):
        for word, capture in (("plain", Capture()), ("displaced", Capture(edit=displaced("trippy-ethr")))):
            yield member(5, f"counters-trippy-ethr-{word}-v{family}", f"trippy and ethr at once ({word}).",
                         "Ports from 33434 and from 8889, each counts on by itself.",
                         together((more.trippy, {}), (wild.ethr, {}), step=37 * MS, v6=family == 6, routers=4), capture)
        yield member(5, f"counters-atlas-twice-v{family}", "Two measurements of one RIPE Atlas probe to one port at once.",
                     "Their seqs count on, each from a number of its own.",
                     together((more.atlas, {}), (more.atlas, {}), v6=family == 6, routers=4))


def one_way():
    """Captures that lack a direction, or the target's segments."""
    for name, tool, v6, options in chosen("tcptraceroute", "traceroute", "mtr", "nexttrace", "bsd"):
        yield member(7, f"errors-only-{name}", f"A filter kept SYNs and errors, not what the target answers ({name}).",
                     "The target never answered in the capture though probes went past the last hop that did.",
                     alone(tool, options, v6=v6, routers=5),
                     Capture(edit=without(lambda f: not is_error(f) and f.ip.body.flags & (RST | ACK))))


def cases():
    for group in (disorder, mirrors, merged, snaps, fewer_answers, boxes, crowds, counters, one_way):
        yield from group()
