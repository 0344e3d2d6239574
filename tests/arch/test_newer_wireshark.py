#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_newer_wireshark.py ROOT CC: with a Wireshark newer than the last one tested the plugin does not build in silence.

Compiles the header that declares Wireshark's types once more, with another ws_version.h in front of Wireshark's own.
Exit status: 0, 1 with what was wrong, 77 when it cannot run here (and why).
"""
import pathlib
import subprocess
import sys
import tempfile

SKIP = 77
SOURCE = '#include "wireshark_sequence.h"\nint of_any_use;\n'
MESSAGE = "compared with Wireshark 4.0 to 4.6 only"
# version: does it build, and does it when the builder says that the types fit?
CASES = {(4, 0): (True, True), (4, 6): (True, True), (4, 7): (False, True), (4, 8): (False, True), (5, 0): (False, True)}


def compile_with(root, compiler, flags, version, *defines):
    """What the compiler said, and whether it built."""
    with tempfile.TemporaryDirectory() as folder:
        words = (f"#define WIRESHARK_VERSION_{name} {number}\n"
                 for name, number in zip(("MAJOR", "MINOR", "MICRO"), (*version, 0)))
        pathlib.Path(folder, "ws_version.h").write_text("".join(words), encoding="utf-8")
        command = [compiler, "-std=c11", "-fsyntax-only", "-x", "c", "-I", folder, "-I", f"{root}/dissector/epan",
                   "-I", f"{root}/plugin", *flags, *defines, "-"]
        done = subprocess.run(command, input=SOURCE, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode == 0, done.stderr


def main():
    root, compiler = sys.argv[1:]
    found = subprocess.run(["pkg-config", "--cflags", "wireshark", "glib-2.0"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        print(f"SKIP: pkg-config does not know Wireshark: {found.stderr.strip()}")
        return SKIP
    errors = []
    for version, (plain, allowed) in CASES.items():
        built, said = compile_with(root, compiler, found.stdout.split(), version)
        if built != plain or (not built and MESSAGE not in said):
            errors.append(f"{version}: {'builds' if built else said}")
        built, said = compile_with(root, compiler, found.stdout.split(), version, "-DTTR_REDECLARED_TYPES_FIT")
        if built != allowed:
            errors.append(f"{version}, said to fit: {'builds' if built else said}")
    print(*errors, f"{len(CASES)} versions, {len(errors)} errors", sep="\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
