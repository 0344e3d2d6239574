# SPDX-License-Identifier: GPL-2.0-or-later
"""What the families of cases_principles_*.py have in common: members, worlds, and what is done to a capture's frames.

A member says in one sentence what it is (`why`) and in one what in the capture decides it (`decides`); one that nothing
decides says so, and then no match but `order` may tie an answer to another probe than its own.
"""

import random

from case import START, Case, behaviour
from packet import Icmp, Tcp
from path import standard_path
from sim import Capture, Probe, Reply, World

MS, SECOND = 1000, 1_000_000


def member(family, name, why, decides, build, capture=None, undecidable=False):
    """`build(seed)` returns the worlds."""
    return Case(f"principles-{family}-{name}", why, build, capture or Capture(), decidable=decides,
                undecidable=undecidable)


def a_world(seed, v6=False, answer="open", routers=3, site=0, points=((0, 0),), loss=0.0, shape=None):
    path = standard_path(v6, behaviour(answer, v6), routers, site)
    if shape:
        shape(path)
    return World(seed, path, points, loss)


def alone(tool, options=None, **world):
    """One tool on one path: what `build` of a member wants."""
    def build(seed):
        made = a_world(seed, **world)
        tool(made, START, **(options or {}))
        return [made]
    return build


def together(*tools, step=1_700, **world):
    """Several tools at once on one pair of hosts; each is a function, or a function and its options."""
    def build(seed):
        made = []
        for n, tool in enumerate(tools):
            function, options = tool if isinstance(tool, tuple) else (tool, {})
            made.append(a_world(f"{seed}{n}", **world))
            function(made[-1], START + n * step, **options)
        return made
    return build


def back_to_back(tool, pause, times=2, options=None, **world):
    """The same tool again `pause` after its end."""
    def build(seed):
        made, now = [], START
        for n in range(times):
            made.append(a_world(f"{seed}{n}", **world))
            now = tool(made[-1], now, **(options or {})) + pause
        return made
    return build


# shapes of paths

def every(**attributes):
    def shape(path):
        for hop in path.hops:
            for name, value in attributes.items():
                setattr(hop, name, value)
    return shape


def one(index, **attributes):
    def shape(path):
        for name, value in attributes.items():
            setattr(path.hops[index], name, value)
    return shape


def box(at, **attributes):
    """A box that rewrites packets behind router number `at`."""
    from path import Nat
    return lambda path: path.nats.append(Nat(at, **attributes))


def shapes(*several):
    def shape(path):
        for each in several:
            each(path)
    return shape


# what a capture lacks

def without_probes(seed, share=0.15, below=4, least=1):
    """An `edit` that takes out some of the probes that a router answers (TTL below `below`), never their answers."""
    def edit(frames):
        rng = random.Random(seed)
        answered = {f.what.probe for f in frames if isinstance(f.what, Reply)}
        probes = [f.what for f in frames if isinstance(f.what, Probe) and f.what in answered and f.ip.ttl < below]
        gone = set(rng.sample(probes, max(least, int(share * len(probes)))))
        return [f for f in frames if f.what not in gone]
    return edit


def without(test):
    """An `edit` that takes out every frame for which test(frame) holds."""
    return lambda frames: [f for f in frames if not test(f)]


def only_probes_to(*targets):
    """What a filter `host TARGET or icmp` leaves."""
    return lambda frame: isinstance(frame.ip.body, Icmp) or frame.ip.dst in targets or frame.ip.src in targets


def cut_after(count):
    """The capture ends with frame number `count`."""
    return lambda frames: frames[:count]


def is_segment(frame):
    return isinstance(frame.ip.body, Tcp)
