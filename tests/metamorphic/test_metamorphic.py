#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_metamorphic.py [OPTIONS] READER FOLDER...: captures that were changed say what they have to say after it.

READER is tcptracedump. Every pcap file of the folders goes through every transform; what fails must be listed in
expected_failures.json, and what is listed must fail.
Exit status: 0 all as expected, 1 not so.
"""
import argparse
import collections
import fnmatch
import json
import pathlib
import shlex
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
import capture as pcap  # noqa: E402
import expected  # noqa: E402
import transform_copies  # noqa: E402
import transform_less  # noqa: E402
import transform_merge  # noqa: E402
import transform_numbers  # noqa: E402
import transform_order  # noqa: E402
from reader import Reader  # noqa: E402
from transform import Case, Source, Unfit  # noqa: E402

TRANSFORMS = (*transform_order.TRANSFORMS, *transform_numbers.TRANSFORMS, *transform_copies.TRANSFORMS,
              *transform_less.TRANSFORMS, *transform_merge.TRANSFORMS)
LIST = HERE / "expected_failures.json"
CHUNK = 800                     # cases whose captures and JSON are held at once


def sources_of(folders, pattern):
    paths = sorted(path for folder in folders for path in pathlib.Path(folder).glob("*.pcap"))
    paths = [path for path in paths if fnmatch.fnmatch(path.stem, pattern)]
    sources = [Source(path) for path in paths if not pcap.is_pcapng(path)]
    if len(sources) < len(paths):
        print(f"{len(paths) - len(sources)} captures not taken, pcapng")
    names = collections.Counter(source.name for source in sources)
    if not sources or max(names.values()) > 1:
        sys.exit(f"no captures, or two of one name, in {folders}: {names.most_common(1)}")
    return sources


def cases_of(transforms, sources, is_quick, unfit):
    """Every Case. What a transform cannot take is added to `unfit`: {(transform, why): names}."""
    for transform in transforms:
        for source in sources:
            for seed in transform.quick if is_quick else transform.seeds:
                try:
                    yield Case(transform.name, source.name, seed, *transform.make(source, seed, sources))
                except Unfit as why:
                    unfit[transform.name, str(why)].add(source.name)


def chunks(items, size):
    part = []
    for item in items:
        part.append(item)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def judge(cases, reader, folder, orders):
    """{(transform, capture, seed): [what is wrong]} of some cases; those that hold have an empty list.
    Adds to `orders` how many answers are tied by order, {(transform, why): count}."""
    files = []
    for case in cases:
        own = [folder / f"{len(files) + at}.pcap" for at in range(len(case.captures))]
        for path, changed in zip(own, case.captures):
            pcap.write(path, changed)
        files += own
        case.captures = own
    traces = reader.read(files).traces
    found = {}
    for case in cases:
        said = [traces[str(path)] for path in case.captures]
        problems = list(case.check(said))
        orders.update((case.transform, why) for why in case.why_order(said))
        for key, sentences in by_aspect(case, problems).items():
            found[key] = sentences
    for path in files:
        path.unlink()
    return found


def by_aspect(case, problems):
    transform, name, seed = case.key
    if transform != "cut":
        return {case.key: problems}
    return {(f"cut.{aspect}", name, seed): [problem for problem in problems if problem.startswith(f"{aspect}: ")]
            for aspect in transform_less.ASPECTS}


def run(options, sources):
    """(what judge() found of all cases, {(transform, why not): names}, {(transform, why): answers tied by order})"""
    reader = Reader(shlex.split(options.reader))
    found, unfit, orders = {}, collections.defaultdict(set), collections.Counter()
    transforms = [item for item in TRANSFORMS if fnmatch.fnmatch(item.name, options.transform)]
    with tempfile.TemporaryDirectory(prefix="ttr-metamorphic-") as name:
        folder = pathlib.Path(name)
        for source, traces in zip(sources, reader.read([source.path for source in sources]).traces.values()):
            source.traces = traces
        for cases in chunks(cases_of(transforms, sources, not options.all, unfit), CHUNK):
            found.update(judge(cases, reader, folder, orders))
    return found, unfit, orders


def report(found, listed, unfit, limit):
    """Prints all that is not as expected; how many that are."""
    wrong = 0
    for key, problems in sorted(found.items()):
        if bool(problems) == (key in listed):
            continue
        wrong += 1
        if wrong <= limit:
            print(*key, "fails:" if problems else "holds, take it off the list:", problems[0] if problems else
                  listed[key])
    counts = collections.Counter((key[0], "listed" if key in listed else "held") for key in found)
    for transform in sorted({key[0] for key in found}):
        print(f"{transform}: {counts[transform, 'held']} must hold, {counts[transform, 'listed']} are listed")
    for (transform, why), names in sorted(unfit.items()):
        print(f"{transform}: {len(names)} captures not taken, {why}: {' '.join(sorted(names))}")
    print(f"{len(found)} cases, {wrong} not as expected")
    return wrong


def stale(found, listed, options, sources):
    """What is listed of these captures and was not tried, though all was."""
    names = {source.name for source in sources}
    if not options.all or options.only != "*":
        return 0
    left = sorted(key for key in set(listed) - set(found) if key[1] in names and
                  fnmatch.fnmatch(key[0].partition(".")[0] if key[0].startswith("cut.") else key[0], options.transform))
    for key in left[:options.limit]:
        print(*key, "is listed, and there is no such case")
    return len(left)


def update(found, listed):
    """Writes the list anew, with the reasons that are known."""
    kept = {key: reason for key, reason in listed.items() if key not in found}
    kept.update({key: listed.get(key, expected.UNEXPLAINED) for key, problems in found.items() if problems})
    expected.save(LIST, kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", help="the command, e.g. build/check/tracer/tcptracedump")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--all", action="store_true", help="all seeds and cuts, not only those of a quick run")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="captures by name, as in the shell")
    parser.add_argument("--transform", default="*", metavar="PATTERN")
    parser.add_argument("--limit", type=int, default=40, help="how many surprises to print (default 40)")
    parser.add_argument("--problems", metavar="FILE", help="write all that fails there, listed or not")
    parser.add_argument("--update", action="store_true", help="write what fails to the list")
    options = parser.parse_args()
    sources = sources_of(options.folders, options.only)
    found, unfit, orders = run(options, sources)
    for (transform, why), count in sorted(orders.items()):
        print(f"{transform}: {count} answers are tied by order: {why}")
    listed = expected.load(LIST)
    if options.problems:
        failing = [[*key, problems] for key, problems in sorted(found.items()) if problems]
        pathlib.Path(options.problems).write_text("\n".join(map(json.dumps, failing)) + "\n", encoding="utf-8")
    if options.update:
        update(found, listed)
        listed = expected.load(LIST)
    wrong = report(found, listed, unfit, options.limit) + stale(found, listed, options, sources)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
