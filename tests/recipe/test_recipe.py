#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_recipe.py TREE TSHARK-WRAP CMAKE-OPTION...: another output, made by the recipe of dissector/output/README.md.

TTR_HOMES is what tests/support made for the plugin of the build tree.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FOLDER = "dissector/output"
NAME = "sketch"
LEFT_OUT = shutil.ignore_patterns("build", ".git", "__pycache__", "captures", "seeds")
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def follow_recipe(folder):
    blocks = COMMANDS.findall((folder / "README.md").read_text(encoding="utf-8"))
    if len(blocks) != 1:
        sys.exit(f"{FOLDER}/README.md: {len(blocks)} blocks of commands, 1 is the recipe")
    run("sh", "-e", "-c", blocks[0].replace("NAME", NAME), cwd=folder)


def build(tree, options):
    """The plugin of the tree."""
    run("cmake", "-S", tree, "-B", tree / "build", "-D", "BUILD_TESTING=OFF", *options)
    run("cmake", "--build", tree / "build", "--target", "tcptraceroute")
    return tree / "build/plugin/tcptraceroute.so"


def homes_with(plugin, homes):
    """A copy of the test's homes with this plugin instead."""
    shutil.copytree(os.environ["TTR_HOMES"], homes, symlinks=True)
    places = list(homes.rglob("tcptraceroute.so"))
    if len(places) != 1:
        sys.exit(f"{len(places)} plugins in TTR_HOMES, not 1")
    shutil.copy(plugin, places[0])
    return homes


def printed(wrap, homes, capture, view):
    """What tshark prints, or None when it has no such view."""
    done = subprocess.run(
        [wrap, "-q", "-n", "-r", capture, "-z", f"tcptraceroute,{view}"], env=dict(os.environ, TTR_HOMES=str(homes)),
        capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def main():
    tree, wrap, *options = sys.argv[1:]
    tree = pathlib.Path(tree)
    capture = tree / "tests/captures/tt_open.pcap"
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "tree"
        shutil.copytree(tree, copy, ignore=LEFT_OUT)
        follow_recipe(copy / FOLDER)
        run(sys.executable, copy / "tests/arch/check_architecture.py", copy)
        homes = homes_with(build(copy, options), pathlib.Path(folder) / "homes")
        before = printed(wrap, os.environ["TTR_HOMES"], capture, NAME)
        after = printed(wrap, homes, capture, NAME)
        paths = printed(wrap, homes, capture, "paths")
    if before is not None:
        sys.exit(f"the plugin of the build tree prints {NAME} already:\n{before}")
    if not paths or "Tracing the path to" not in paths:
        sys.exit(f"paths: tshark prints {paths!r}")
    if after != paths:
        sys.exit(f"{NAME} began as a copy of paths, and tshark prints\n{after}\nnot\n{paths}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
