# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the architecture. Each takes a Tree and yields a sentence for each violation.

docs/architecture.md says in words what these check. Those of the tracer stand in tracer_rules.py.
"""
import re

import tracer_rules
from source import (
    ADAPTER, CORE, C_LIBRARY, OUTPUT, OUTSIDE_WORLD, PLUGIN, TRACER, base, code_only, headers, included, includes, uses)

LINES_MAX = 500
LICENSE = "SPDX-License-Identifier: GPL-2.0-or-later"
SOURCE = re.compile(r"\.(c|h|py|sh|cmake)$|(^|/)CMakeLists\.txt$")

# The headers of the core that only read, and what of the adapter is for the plugin.
READING = {"ttr_path.h", "ttr_note.h", "ttr_near.h", "ttr_statistics.h", "ttr_text.h", "ttr_types.h", "ttr_quote.h", "ttr_header.h", "ttr_insight.h"}
CHANGES_STORE = re.compile(r"\bttr_store_(observe|new|free)\b")
DISSECTS = re.compile(
    r"\b(dissector_\w+|heur_dissector_\w+|create_dissector_handle\w*|register_(post)?dissector\w*|"
    r"proto_register_(protocol|field|subtree)\w*|proto_(tree|item)_\w+|expert_\w+|register_tap|tap_queue_packet|"
    r"prefs_register_\w+|tvb_\w+)\s*\(")

# All that the outputs know of Wireshark: how it writes JSON.
JSON_WRITER = "wsutil/json_dumper.h"
OUTPUT_LINKS = re.compile(r"^[ \t]*target_link_libraries\(\s*ttr_output\b([^)]*)\)", re.MULTILINE)
OUTPUT_MAY_LINK = {"PUBLIC", "PRIVATE", "ttr_core", "ttr_glib", "wsutil", "ttr_math"}

WIRESHARK = ("epan/", "wsutil/", "wiretap/")
WIRESHARK_HEADERS = {"wireshark.h"}
VERSION_HEADER = "ttr_wsversion.h"
VERSION_SOURCE = "ws_version.h"
VERSION_TEST = re.compile(
    r"\b(WIRESHARK_VERSION|VERSION_MAJOR|VERSION_MINOR|VERSION_MICRO)\w*|\bTTR_WIRESHARK_IS_\w+|\b__has_include\b|"
    r"\b(epan_get_version|get_ws_vcs_version)\w*|^[ \t]*#[ \t]*(el)?ifn?(def)?\b[^\n]*VERSION",
    re.MULTILINE)
# The plugin names the version it was built for to the loader; that is a statement, not a test.
VERSION_STATEMENT = re.compile(r"\bplugin_want_(major|minor)\b[^;]*;")

CORE_LISTS = f"{CORE}/CMakeLists.txt"
CORE_COMMAND = re.compile(r"^[ \t]*(\w+)\(\s*ttr_core\b([^)]*)\)", re.MULTILINE)
CORE_MAY_USE = {"PUBLIC", "PRIVATE", "${CMAKE_CURRENT_SOURCE_DIR}", "ttr_glib", "ttr_math"}
FOR_ALL_TARGETS = re.compile(r"\b(include_directories|link_libraries)\(")

STRUCT = re.compile(r"^(?:typedef )?(?:struct|union)\s+(\w+)\s*\{(.*?)^\}", re.MULTILINE | re.DOTALL)
POINTER = re.compile(r"\*|\bgc?(?:onst)?pointer\b")
CANDIDATE_TTL = re.compile(r"\.candidate_ttl = (\d+)\b")
STORE = f"{CORE}/ttr_store.c"

VIEW = re.compile(r"^view_(\w+)_register\(void\)\n", re.MULTILINE)
ROW = re.compile(r"^const ttr_output_t ttr_output_(\w+) =", re.MULTILINE)
FIELD = re.compile(r'"(tcptraceroute\.[a-z0-9_.]+)"\s*,\s*(FT_\w+)', re.DOTALL)


def core_includes_only_glib_and_itself(tree):
    own = {base(path) for path in tree.c_files(CORE)}
    for path in tree.c_files(CORE):
        for header in includes(tree.text(path)):
            if not (header in own or header in C_LIBRARY or header == "glib.h" or header.startswith("glib/")):
                yield f"{path}: includes {header}; the core knows GLib, the C library and itself"


def core_does_not_touch_the_world(tree):
    for path, _, match in uses(tree, CORE, OUTSIDE_WORLD):
        yield f"{path}: uses {match.group(1)}; the core prints nothing and has no clock, file or socket"


def core_is_built_with_glib_alone(tree):
    for path in tree.cmake_files():
        text = re.sub(r"#[^\n]*", "", tree.text(path))
        for command, words in CORE_COMMAND.findall(text):
            if command == "add_library":
                foreign = [] if words.split()[0] == "STATIC" else [words.split()[0]]
            elif path == CORE_LISTS:
                foreign = [word for word in words.split() if word not in CORE_MAY_USE]
            else:
                foreign = [command]
            if foreign:
                yield f"{path}: {command}(ttr_core ... {' '.join(foreign)}); it is static, on GLib and its own folder"
        if not path.startswith("tests/"):
            for match in FOR_ALL_TARGETS.finditer(text):
                yield f"{path}: {match.group(1)}() is for every target, the core too"


def observation_holds_no_pointer(tree):
    core = headers(tree, CORE)
    starts = [path for name, path in core.items() if name == "ttr_observation.h"]
    for path in sorted({*starts, *(core[name] for name in included(tree, starts, core))}):
        for name, members in STRUCT.findall(code_only(tree.text(path))):
            if POINTER.search(members):
                yield f"{path}: {name} has a pointer; an observation is plain values"


def candidate_limit_stands_in_one_place(tree):
    limit = CANDIDATE_TTL.search(tree.text(STORE)) if STORE in tree.files else None
    if limit is None:
        yield f"{STORE}: has no `.candidate_ttl = NUMBER`, the one place where the limit stands"
        return
    again = re.compile(rf"\b\w*ttl\w*(?:[ \t]+|\s*(?:[=!<>]=|[=<>])\s*){limit.group(1)}u?\b", re.IGNORECASE)
    for folder in (CORE, OUTPUT, ADAPTER, PLUGIN, TRACER):
        for path, _, match in uses(tree, folder, again):
            if path != STORE or match.start() != limit.start() + 1:
                yield f"{path}: {match.group()!r}; the candidate limit stands in {STORE}"


def views_and_outputs_read_the_model(tree):
    core = headers(tree, CORE)
    starts = tree.c_files(PLUGIN) + tree.c_files(OUTPUT)
    for name, by in included(tree, starts, headers(tree, PLUGIN, OUTPUT, ADAPTER, CORE)).items():
        if name in core and name not in READING and base(by) not in core.keys() - READING:
            yield f"{by}: includes {name}; {PLUGIN} and {OUTPUT} have the headers of the core that only read"


def views_and_outputs_do_not_change_the_model(tree):
    for folder in (PLUGIN, OUTPUT):
        for path, _, match in uses(tree, folder, CHANGES_STORE):
            yield f"{path}: calls {match.group()}; only dissector/epan changes the store"


def output_includes_what_it_may(tree):
    own = {**headers(tree, CORE), **headers(tree, OUTPUT)}
    for path in tree.c_files(OUTPUT):
        for header in includes(tree.text(path)):
            if not (header in own or header in C_LIBRARY or header in ("glib.h", JSON_WRITER)):
                yield f"{path}: includes {header}; {OUTPUT} knows the core, GLib, {JSON_WRITER} and the C library"


def output_does_not_touch_the_world(tree):
    for path, _, match in uses(tree, OUTPUT, OUTSIDE_WORLD):
        yield f"{path}: uses {match.group(1)}; the outputs append to a string, and have no clock, file or socket"


def output_is_built_without_wireshark(tree):
    for path in tree.cmake_files():
        for words in OUTPUT_LINKS.findall(re.sub(r"#[^\n]*", "", tree.text(path))):
            foreign = [word for word in words.split() if word not in OUTPUT_MAY_LINK]
            if foreign:
                yield f"{path}: ttr_output links {' '.join(foreign)}; it needs the core, GLib and wsutil"


def outputs_have_a_file_each(tree):
    """And what belongs to one output, as ttr_NAME.h and ttr_NAME_*.h say by their names, is for that output."""
    outputs = set()
    for path in tree.c_files(OUTPUT):
        for name in ROW.findall(code_only(tree.text(path))):
            outputs.add(name)
            if path != f"{OUTPUT}/ttr_output_{name}.c":
                yield f"{path}: has the row of {name}, which has the file ttr_output_{name}.c"
    for path in tree.c_files(OUTPUT) + tree.c_files(PLUGIN):
        for header in includes(tree.text(path)):
            owner = next((name for name in outputs if re.match(rf"ttr_{name}[_.]", header)), None)
            if owner and not re.match(rf"ttr_(output_)?{owner}[_.]", base(path)):
                yield f"{path}: includes {header}, which is a part of the output {owner}"


def plugin_uses_one_header_of_the_adapter(tree):
    adapter = headers(tree, ADAPTER).keys()
    allowed = {"ttr_dissector.h", VERSION_HEADER}
    for path in tree.c_files(PLUGIN):
        for header in includes(tree.text(path)):
            if base(header) in adapter - allowed:
                yield f"{path}: includes {header}; ttr_dissector.h is the adapter's one header for the plugin"


def plugin_leaves_dissecting_to_the_adapter(tree):
    for path, _, match in uses(tree, PLUGIN, DISSECTS):
        yield f"{path}: calls {match.group(1)}(); only {ADAPTER} hooks in, reads bytes and shows fields"


def adapter_and_plugin_include_what_they_may(tree):
    core = headers(tree, CORE)
    for folder, others, more in ((ADAPTER, (), set()), (PLUGIN, (ADAPTER, OUTPUT), {"stdio.h"})):
        own = {**core, **headers(tree, folder, *others)}
        for path in tree.c_files(folder):
            for header in includes(tree.text(path)):
                if header == VERSION_SOURCE and base(path) == VERSION_HEADER:
                    continue
                if not (header in own or header in C_LIBRARY | WIRESHARK_HEADERS | more or header == "glib.h" or
                        header.startswith(WIRESHARK)):
                    yield f"{path}: includes {header}; {folder} knows the core, Wireshark, GLib and the C library"


def version_tests_stand_in_one_header(tree):
    for folder in (CORE, OUTPUT, ADAPTER, PLUGIN):
        for path in tree.c_files(folder):
            if base(path) == VERSION_HEADER:
                continue
            code = VERSION_STATEMENT.sub(" ", code_only(tree.text(path)))
            for match in VERSION_TEST.finditer(code):
                yield f"{path}: {match.group().strip()!r}; version tests stand in {VERSION_HEADER} only"


def views_have_a_file_each(tree):
    """And what belongs to one view, as view_NAME_*.h says by its name, is for that view."""
    views = set()
    for path in tree.c_files(PLUGIN):
        for name in VIEW.findall(code_only(tree.text(path))):
            views.add(name)
            if path != f"{PLUGIN}/view_{name}.c":
                yield f"{path}: registers the view {name}, which has the file view_{name}.c"
    for path in tree.c_files(PLUGIN):
        for header in includes(tree.text(path)):
            owner = next((name for name in views if re.match(rf"view_{name}[_.]", header)), None)
            if owner and not re.match(rf"view_{owner}[_.]", base(path)):
                yield f"{path}: includes {header}, which is a part of the view {owner}"


def fields_are_the_documented_ones(tree):
    registered = {}
    for path in tree.c_files(ADAPTER):
        registered.update(FIELD.findall(tree.text(path)))
    for name, kind in tree.contract_fields().items():
        if registered.get(name) != kind:
            yield f"{ADAPTER}: {name} is registered as {registered.get(name)}, the contract has {kind}"
    for name in sorted(registered.keys() - tree.contract_fields().keys()):
        yield f"{ADAPTER}: {name} is registered and not in tests/golden/contract.py"


def nobody_includes_the_tracer(tree):
    tracer = headers(tree, TRACER)
    for folder in (CORE, OUTPUT, ADAPTER, PLUGIN):
        for path in tree.c_files(folder):
            for header in includes(tree.text(path)):
                if "tracer/" in header or (header in tracer and f"{folder}/{header}" not in tree.files):
                    yield f"{path}: includes {header} of {TRACER}/"


def is_source(tree, path):
    return bool(SOURCE.search(path)) or ("." not in base(path) and tree.text(path).startswith("#!"))


def folders_have_a_readme(tree):
    """Every folder with sources, every folder above one, and every folder of docs/ and packaging/.

    Data is spoken for by the folder that uses it, and what Debian lays out by packaging/debian.
    """
    folders = set()
    for path in tree.files:
        parts = path.split("/")
        above = ["/".join(parts[:count]) for count in range(1, len(parts))]
        if is_source(tree, path) and not path.startswith("."):
            folders.update(above)
        elif parts[0] in ("docs", "packaging"):
            folders.update(above[:2])
    for folder in sorted(folders):
        if not folder.startswith("packaging/debian/") and f"{folder}/README.md" not in tree.files:
            yield f"{folder}: no README.md"


def c_files_are_short(tree):
    for path in tree.c_files():
        count = tree.text(path).count("\n")
        if count > LINES_MAX:
            yield f"{path}: {count} lines, more than {LINES_MAX}"


def sources_name_their_license(tree):
    for path in sorted(tree.files):
        if is_source(tree, path) and LICENSE not in "\n".join(tree.text(path).splitlines()[:5]):
            yield f"{path}: no line with {LICENSE}"


RULES = (
    core_includes_only_glib_and_itself, core_does_not_touch_the_world, core_is_built_with_glib_alone,
    observation_holds_no_pointer, candidate_limit_stands_in_one_place, views_and_outputs_read_the_model,
    views_and_outputs_do_not_change_the_model, output_includes_what_it_may, output_does_not_touch_the_world,
    output_is_built_without_wireshark, outputs_have_a_file_each, plugin_uses_one_header_of_the_adapter,
    plugin_leaves_dissecting_to_the_adapter,
    adapter_and_plugin_include_what_they_may, version_tests_stand_in_one_header, views_have_a_file_each,
    fields_are_the_documented_ones, nobody_includes_the_tracer, folders_have_a_readme, c_files_are_short,
    sources_name_their_license, *tracer_rules.RULES,
)
