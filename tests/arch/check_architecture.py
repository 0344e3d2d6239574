#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_architecture.py ROOT [--plugin FILE]: reports what breaks the architecture of the tree, and of the plugin.

Exit status: 0 nothing, 1 something.
"""
import argparse
import pathlib
import runpy
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import rules  # noqa: E402

IGNORED = ("build", "__pycache__", ".git", ".cache")
EXPORTS_REQUIRED = {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register"}
EXPORTS_ALLOWED = EXPORTS_REQUIRED | {"plugin_describe"}


class Tree:
    """The files of a source tree, by their path from its root."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = set()
        for path in self.root.rglob("*"):
            relative = path.relative_to(self.root)
            if path.is_file() and not any(part in IGNORED for part in relative.parts[:-1]):
                self.files.add(relative.as_posix())

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def c_files(self, folder=""):
        prefix = f"{folder}/" if folder else ""
        return sorted(path for path in self.files if path.startswith(prefix) and path.endswith((".c", ".h")))

    def cmake_files(self):
        return sorted(path for path in self.files if path.endswith((".cmake", "CMakeLists.txt")))

    def contract_fields(self):
        """{filter name: type}, as the golden tests have it."""
        contract = self.root / "tests/golden/contract.py"
        return runpy.run_path(str(contract))["FIELDS"] if contract.is_file() else {}


def exported_symbols(plugin):
    listing = subprocess.run(["nm", "-D", "--defined-only", plugin], check=True, capture_output=True, text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in listing.splitlines() if line.strip()}
    # AddressSanitizer adds a marker beside each exported variable
    return {name for name in names if not name.startswith("__odr_asan.")}


def check_exports(symbols):
    for name in sorted(symbols - EXPORTS_ALLOWED):
        yield f"the plugin exports {name}"
    for name in sorted(EXPORTS_REQUIRED - symbols):
        yield f"the plugin does not export {name}"


def check_tree(root):
    tree = Tree(root)
    for rule in rules.RULES:
        yield from rule(tree)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root")
    parser.add_argument("--plugin")
    arguments = parser.parse_args()
    errors = list(check_tree(arguments.root))
    if arguments.plugin:
        errors += check_exports(exported_symbols(arguments.plugin))
    for error in errors:
        print(error)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
