# SPDX-License-Identifier: GPL-2.0-or-later
"""Descriptions for the simulator, put together in a test."""

TARGET = {4: "203.0.113.9", 6: "2001:db8:3::9"}


def address(number, family=4):
    """Of router `number` (1 ... 200)."""
    return f"198.51.100.{number}" if family == 4 else f"2001:db8:1::{number:x}"


def group(kind, name, **keys):
    lines = [f"[{kind} {name}]" if name else f"[{kind}]"]
    lines += [f"{key} = {str(value).lower() if isinstance(value, bool) else value}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


def router(number, **keys):
    """Router rNUMBER with its two addresses."""
    return group("router", f"r{number}", addresses=f"{address(number)};{address(number, 6)}", **keys)


def line(distance, routers=None, every=None, **target):
    """A path of distance - 1 routers in a row and a target. `routers` maps a hop to further keys; `every` has keys
    for all routers. The RTT grows by the same step from hop to hop."""
    routers = routers or {}
    text = ""
    for hop in range(1, distance):
        text += router(hop, **{**(every or {}), **routers.get(hop, {})})
    keys = {"hop_rtt_us": 5000, "path": " ".join(f"r{hop}" for hop in range(1, distance)),
            "prefixes": f"{TARGET[4]};{TARGET[6]}", **target}
    return text + group("target", "web", **keys)
