#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_pictures.py TEST [FOLDER...]: what `-z tcptraceroute,html` and `-z tcptraceroute,dot` draw.

TEST is captures (every capture of the folders: valid, and the numbers are those of the JSON), hostile (names that are
markup), browser (Chromium shows it whole and runs nothing), profile (Wireshark's profile: columns, colours, buttons).
Exit status: 0 all hold, 1 something is wrong, 77 cannot run here (and why).
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "golden")]
import browser  # noqa: E402
import page  # noqa: E402
import selection  # noqa: E402
import support  # noqa: E402
import topic_browser  # noqa: E402
import topic_dot  # noqa: E402
import topic_hostile  # noqa: E402
import topic_html  # noqa: E402
import topic_profile  # noqa: E402

SKIP = 77
PROGRAMS = {"captures": ("tshark", "tidy", "dot"), "hostile": ("tshark", "tidy", "dot"), "browser": ("tshark",),
            "profile": ("tshark",)}
CHOSEN = {"hostile": topic_hostile.CAPTURES, "browser": topic_hostile.CAPTURES, "profile": topic_profile.CAPTURES}


def documents(capture, options=("-n",)):
    """(JSON objects, HTML, DOT) of one capture, from one run: each knows where the next begins."""
    text = support.run([*options, "-q", "-r", capture, *(
        word for view in ("json", "html", "dot") for word in ("-z", f"tcptraceroute,{view}"))])
    start, end = text.index("<!DOCTYPE html>"), text.index("</html>\n") + len("</html>\n")
    page_text, rest = text[start:end], text[:start] + text[end:]
    start = rest.index("digraph ")
    end = rest.index("\n}\n", start) + 3
    lines = (rest[:start] + rest[end:]).splitlines()
    return [json.loads(line) for line in lines if line], page_text, rest[start:end]


def tool(arguments, text):
    """Standard output of a program that reads `text`, and what it has to complain of."""
    done = subprocess.run(arguments, input=text, capture_output=True, text=True, encoding="utf-8", check=False)
    complaints = [line for line in done.stderr.splitlines() if line.strip()]
    return done.stdout, complaints or ([f"exit {done.returncode}"] if done.returncode else [])


def check_validity(page_text, dot_text):
    for complaint in tool(["tidy", "-e", "-q", "-utf8"], page_text)[1]:
        yield f"tidy: {complaint}"
    for complaint in tool(["dot", "-Tsvg"], dot_text)[1]:
        yield f"dot: {complaint}"


def examine(capture):
    try:
        traces, page_text, dot_text = documents(capture)
        errors = [*check_validity(page_text, dot_text), *topic_html.check_page(page.read(page_text), traces),
                  *topic_dot.check_graph(tool(["dot", "-Tjson0"], dot_text)[0], traces)]
        return [f"{capture.name}: {error}" for error in errors]
    except (support.ToolFailed, ValueError) as failed:
        return [f"{capture.name}: {failed!r}"]


def errors_of_captures(captures, _folder):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [error for errors in pool.map(examine, captures) for error in errors]


def errors_of_hostile(captures, folder):
    errors = []
    for name, capture, wanted in topic_hostile.cases(captures, folder):
        _, page_text, dot_text = documents(capture, ("-N", "n"))
        found = [*check_validity(page_text, dot_text), *topic_hostile.check_page(page.read(page_text), wanted),
                 *topic_hostile.check_graph(tool(["dot", "-Tsvg"], dot_text)[0], wanted)]
        for view in ("paths", "report", "tree", "hops"):
            text = support.run(["-N", "n", "-q", "-r", capture, "-z", f"tcptraceroute,{view}"])
            found += [f"{view}: {error}" for error in topic_hostile.check_text(text, wanted)]
        errors += [f"{name}: {error}" for error in found]
    _, page_text, dot_text = documents(topic_hostile.with_interface_name(folder))
    found = [*check_validity(page_text, dot_text), *topic_hostile.check_interface(page.read(page_text))]
    return errors + [f"interface: {error}" for error in found]


def errors_of_browser(captures, folder):
    pages = []
    for capture in captures:
        pages.append(folder / f"{capture.name}.html")
        pages[-1].write_text(documents(capture)[1], encoding="utf-8")
    for name, capture, _ in topic_hostile.cases(captures, folder):
        pages.append(folder / f"hostile-{name}.html")
        pages[-1].write_text(documents(capture, ("-N", "n"))[1], encoding="utf-8")
    with browser.Browser() as window:
        errors = [*topic_browser.check_that_it_finds(window, folder)]
        for one in pages:
            errors += [f"{one.name}: {error}" for error in topic_browser.check_page(window, one)]
    return errors


def examine_with_profile(capture):
    profile = HERE.parent.parent / "packaging" / "profile" / topic_profile.PROFILE
    try:
        traces = [json.loads(line) for line in support.json_lines(capture)]
        frames = topic_profile.Frames(traces, topic_profile.chosen(capture, "tcptraceroute.copy_of"))
        errors = [
            *topic_profile.check_columns(capture), *topic_profile.check_colours(capture, frames),
            *topic_profile.check_buttons(capture, frames, topic_profile.settings(profile / "dfilter_buttons")),
            *topic_profile.check_graphs(capture, frames, topic_profile.settings(profile / "io_graphs"))]
        return [f"{capture.name}: {error}" for error in errors]
    except (support.ToolFailed, ValueError) as failed:
        return [f"{capture.name}: {failed!r}"]


def complaints_of_profile(capture):
    """What tshark has to say of the settings: it must be nothing."""
    done = subprocess.run([support.WRAP, *topic_profile.OPTIONS, "--color", "-r", capture], capture_output=True,
                          text=True, encoding="utf-8", check=False)
    return [f"with the profile tshark says: {line}" for line in done.stderr.splitlines()]


def errors_of_profile(captures, _folder):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        errors = [error for errors in pool.map(examine_with_profile, captures) for error in errors]
    return complaints_of_profile(captures[0]) + errors


TESTS = {"captures": errors_of_captures, "hostile": errors_of_hostile, "browser": errors_of_browser,
         "profile": errors_of_profile}


def skip(reason):
    print(f"SKIP: {reason}")
    return SKIP


def main():
    test, *folders = sys.argv[1:] or [None]
    if test not in TESTS:
        sys.exit(__doc__)
    for program in PROGRAMS[test]:
        if shutil.which(program) is None:
            return skip(f"there is no {program} here")
    if test == "browser" and browser.program() is None:
        return skip("there is no Chromium here")
    captures = support.captures_in(folders)
    if test == "captures":
        captures = selection.chosen(captures)
    else:
        captures = [capture for capture in captures if capture.name in CHOSEN[test]]
    if not captures:
        return skip(f"no captures in {folders}")
    with support.readable_folder() as folder:
        errors = TESTS[test]([support.readable_copy(capture, folder) for capture in captures], folder)
    print(*errors, f"{len(captures)} captures, {len(errors)} errors", sep="\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
