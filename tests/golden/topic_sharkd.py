# SPDX-License-Identifier: GPL-2.0-or-later
"""sharkd, which reads a file as the GUI does, shows the same fields as two passes of tshark."""
import json

import support
from support import OURS

PROGRAM = "sharkd"


def request(number, method, **parameters):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}) + "\n"


def answers(captures):
    """What `frames` answers for each capture, all loaded one after the other into one process.

    No filter: sharkd 4.0 remembers which frames passed it in the file before.
    """
    columns = {f"column{index}": f"{name}:1" for index, name in enumerate(OURS)}
    conversation = ""
    for index, capture in enumerate(captures):
        conversation += request(2 * index + 1, "load", file=str(capture))
        conversation += request(2 * index + 2, "frames", **columns)
    results = {}
    for line in support.run(["-"], program=PROGRAM, stdin=conversation).splitlines():
        answer = json.loads(line)
        if "error" in answer:
            raise support.ToolFailed(f"sharkd: {answer['error']}")
        results[answer["id"]] = answer["result"]
    return [results.get(2 * index + 2, []) for index in range(len(captures))]


def compare(answer, two_rows):
    if len(answer) != len(two_rows):
        yield f"sharkd has {len(answer)} frames, tshark {len(two_rows)}"
    for frame in answer:
        row = two_rows.get(frame["num"], {})
        for name, said in zip(OURS, frame["c"]):
            wanted = plain(row.get(name, [""])[0])
            if plain(said) != wanted:
                yield f"frame {frame['num']}: {name} is {said!r} in sharkd, {wanted!r} in tshark -2"


def plain(text):
    """Columns write a boolean as a word, `-T fields` as a digit."""
    return {"True": "1", "False": "0"}.get(text, text)


def check_all(captures, seen):
    """seen: what support.observe() said of each capture, None where it failed."""
    for capture, answer, one in zip(captures, answers(captures), seen):
        for error in compare(answer, one.two_rows) if one else ():
            yield f"{capture.name}: {error}"
