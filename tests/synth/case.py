# SPDX-License-Identifier: GPL-2.0-or-later
"""A case: one phenomenon, why it is there, how its worlds are made and how they are captured."""

from dataclasses import dataclass, field
from typing import Callable, List

import target
from path import standard_path
from sim import Capture, World

START = 1_000_000                       # microseconds into the capture at which a tool starts


@dataclass
class Case:
    name: str
    why: str                            # one sentence
    build: Callable[[str], List[World]]
    capture: Capture = field(default_factory=Capture)
    undecided: bool = False             # the contract leaves even the number of traces open: nothing is compared
    decidable: str = ""                 # one sentence: what in the capture decides it
    undecidable: bool = False           # `decidable` says why not: only that no exact match is wrong is compared
    timed: bool = True                  # the truth knows probes in flight, stretches and equal probes


def behaviour(name: str, v6: bool):
    """A fresh target; `prohibited` and `port-unreach` are its own ICMP errors."""
    return {
        "open": target.open_port,
        "closed": target.closed_port,
        "silent": target.silent,
        "prohibited": lambda: target.unreachable(*((1, 1) if v6 else (3, 13))),
        "port-unreach": lambda: target.unreachable(*((1, 4) if v6 else (3, 3))),
        "lone-syn": target.lone_syn,
        "bare-ack": target.bare_ack,
        "half-open": target.half_open,
        "repeating": target.open_repeating,
    }[name]()


def case(name, why, tool, v6=False, answer="open", routers=3, points=((0, 0),), loss=0.0, shape=None,
         capture=None, site=0, **options) -> Case:
    """One tool on one standard path. `shape(path)` changes the path; `options` go to the tool."""
    def build(seed):
        path = standard_path(v6, behaviour(answer, v6), routers, site)
        if shape:
            shape(path)
        world = World(seed, path, points, loss)
        tool(world, START, **options)
        return [world]
    return Case(name, why, build, capture or Capture())
