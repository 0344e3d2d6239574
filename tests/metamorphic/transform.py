# SPDX-License-Identifier: GPL-2.0-or-later
"""What every transform is made of: a capture with what was read of it, and what a transform makes of it."""
import dataclasses
import functools
import random
from typing import Callable, NamedTuple

import capture as pcap
import layers


class Unfit(Exception):
    """A transform cannot take this capture; the message says why, without its name."""


class Source:
    """A capture as it is. `name` as in the list of expected failures; `traces`: what the reader says of it."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        self.capture = pcap.read(path)
        self.traces = []

    @property
    def frames(self):
        return self.capture.frames

    @functools.cached_property
    def walks(self):
        if self.capture.link not in layers.LINKS:
            raise Unfit(f"link type {self.capture.link}")
        return [layers.walk(self.capture.link, frame.data) for frame in self.frames]

    def random(self, transform, seed):
        """The same numbers whenever and wherever the test runs."""
        return random.Random(f"{transform} {self.name} {seed}")


@dataclasses.dataclass
class Case:
    """One changed capture. check(files) says in sentences what is wrong; files: what the reader says of each capture
    in `captures`, in their order. why_order(files) gives a reason for each answer that is tied by the order of sending."""
    transform: str
    name: str
    seed: int
    captures: list
    check: Callable
    why_order: Callable = lambda files: ()

    @property
    def key(self):
        return self.transform, self.name, self.seed


class Transform(NamedTuple):
    """make(source, seed, sources) gives one Case's (captures, check), or raises Unfit. `seeds`: all that there are,
    `quick`: those of a quick run."""
    name: str
    make: Callable
    seeds: tuple
    quick: tuple
