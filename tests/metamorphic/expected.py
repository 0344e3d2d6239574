# SPDX-License-Identifier: GPL-2.0-or-later
"""expected_failures.json: what today's model gets wrong, by reason.

A list of {"reason": sentence, "failures": {transform: {capture: "seeds"}}}, where a cut's transform is "cut.ASPECT".
"""
import json

UNEXPLAINED = "not looked at yet"


def load(path):
    """{(transform, capture, seed): reason}"""
    found = {}
    for group in json.loads(path.read_text(encoding="utf-8")):
        for transform, captures in group["failures"].items():
            for name, seeds in captures.items():
                for seed in map(int, seeds.split()):
                    if (transform, name, seed) in found:
                        raise ValueError(f"{path}: {transform} {name} {seed} is listed twice")
                    found[transform, name, seed] = group["reason"]
    return found


def save(path, failures):
    """`failures` as load() gives them."""
    by_reason = {}
    for (transform, name, seed), reason in sorted(failures.items()):
        captures = by_reason.setdefault(reason, {}).setdefault(transform, {})
        captures[name] = f"{captures[name]} {seed}" if name in captures else str(seed)
    groups = [{"reason": reason, "failures": by_reason[reason]} for reason in sorted(by_reason)]
    path.write_text(json.dumps(groups, indent=1) + "\n", encoding="utf-8")
