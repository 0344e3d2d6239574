# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the architecture. Each takes a Tree and yields a sentence for each violation.

docs/architecture.md says in words what these check.
"""
import re

LINES_MAX = 500
LICENSE = "SPDX-License-Identifier: GPL-2.0-or-later"

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^">]+)[">]', re.MULTILINE)
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)

SOURCE = re.compile(r"\.(c|h|py|sh|cmake)$|(^|/)CMakeLists\.txt$")

CORE = "dissector/core"
ADAPTER = "dissector/epan"
PLUGIN = "plugin"
TRACER = "tracer"

C_LIBRARY = {
    "assert.h", "ctype.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h", "stdarg.h", "stdbool.h",
    "stddef.h", "stdint.h", "stdlib.h", "string.h",
}
VIEW_HEADERS = {
    "ttr_dissector.h", "ttr_path.h", "ttr_note.h", "ttr_statistics.h", "ttr_types.h", "ttr_quote.h",
}
CHANGES_STORE = re.compile(r"\bttr_store_(observe|new|free)\b")
VERSION_TEST = re.compile(
    r"\b(WIRESHARK_VERSION|VERSION_MAJOR|VERSION_MINOR|VERSION_MICRO)\w*|^[ \t]*#[ \t]*(el)?if\b[^\n]*VERSION",
    re.MULTILINE)
VERSION_HEADER = "ttr_wsversion.h"
# The plugin names the version it was built for to the loader; that is a statement, not a test.
VERSION_STATEMENT = re.compile(r"\bplugin_want_(major|minor)\b[^;]*;")
OUTSIDE_WORLD = re.compile(
    r"\b(v?f?printf|puts|fputs|putchar|fputc|perror|g_print|g_printerr|g_message|g_warning|stdout|stderr|time|"
    r"gettimeofday|clock_gettime|clock|g_get_real_time|g_get_monotonic_time|socket|connect|sendto?|recv|recvfrom|"
    r"open|fopen|getenv|g_getenv)\s*(\(|,|\)|;)")
WIRESHARK = ("epan/", "wireshark/", "wsutil/", "wiretap/", "ui/")
PURE_LIBRARY = re.compile(r"add_library\(tracer_pure STATIC([^)]*)\)")
PRINTS = re.compile(
    r"\b(v?printf|v?fprintf|puts|fputs|putchar|fputc|putc|perror|g_print|g_printerr|g_message|g_warning|g_critical|"
    r"stdout|stderr)\s*(\(|,|\)|;)")
PROGRAMS = {"main.c", "manual.c"}   # the second writes the man page when the project is built
STARTS_PROGRAM = re.compile(r"\b(system|popen|fork|vfork|exec[lv]p?e?|execvpe|posix_spawnp?|g_spawn_\w+)\s*\(")


def code_only(text):
    """The text with comments and strings blanked, line breaks kept."""
    return COMMENT_OR_STRING.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def includes(text):
    without_comments = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)
    return INCLUDE.findall(without_comments)


def base(path):
    return path.rsplit("/", 1)[-1]


def core_includes_only_glib_and_itself(tree):
    own = {base(path) for path in tree.c_files(CORE)}
    for path in tree.c_files(CORE):
        for header in includes(tree.text(path)):
            if not (header in own or header in C_LIBRARY or header == "glib.h" or header.startswith("glib/")):
                yield f"{path}: includes {header}; the core knows GLib, the C library and itself"


def core_does_not_touch_the_world(tree):
    for path in tree.c_files(CORE):
        for match in OUTSIDE_WORLD.finditer(code_only(tree.text(path))):
            yield f"{path}: uses {match.group(1)}; the core prints nothing and has no clock, file or socket"


def views_read_the_model(tree):
    core_headers = {base(path) for path in tree.c_files(CORE) if path.endswith(".h")}
    for path in tree.c_files(PLUGIN):
        if not base(path).startswith("view_"):
            continue
        for header in includes(tree.text(path)):
            if base(header) in core_headers and base(header) not in VIEW_HEADERS:
                yield f"{path}: includes {header}, which is not for views"
            elif "dissector/" in header and base(header) not in VIEW_HEADERS:
                yield f"{path}: includes {header}; views reach the dissector through ttr_dissector.h"


def plugin_does_not_change_the_model(tree):
    for path in tree.c_files(PLUGIN):
        for match in CHANGES_STORE.finditer(code_only(tree.text(path))):
            yield f"{path}: calls {match.group()}; only dissector/epan changes the store"


def plugin_uses_one_header_of_the_adapter(tree):
    adapter_headers = {base(path) for path in tree.c_files(ADAPTER) if path.endswith(".h")}
    allowed = {"ttr_dissector.h", VERSION_HEADER}
    for path in tree.c_files(PLUGIN):
        for header in includes(tree.text(path)):
            if base(header) in adapter_headers - allowed:
                yield f"{path}: includes {header}; ttr_dissector.h is the adapter's one header for the plugin"


def adapter_does_not_know_the_plugin(tree):
    plugin_headers = {base(path) for path in tree.c_files(PLUGIN) if path.endswith(".h")}
    for path in tree.c_files(ADAPTER):
        for header in includes(tree.text(path)):
            if base(header) in plugin_headers or "plugin/" in header:
                yield f"{path}: includes {header} of plugin/"


def version_tests_stand_in_one_header(tree):
    for folder in (CORE, ADAPTER, PLUGIN):
        for path in tree.c_files(folder):
            if base(path) == VERSION_HEADER:
                continue
            code = VERSION_STATEMENT.sub(" ", code_only(tree.text(path)))
            for match in VERSION_TEST.finditer(code):
                yield f"{path}: {match.group().strip()!r}; version tests stand in {VERSION_HEADER} only"


def folders_have_a_readme(tree):
    """Every folder with sources, and every folder above one. Data is spoken for by the folder that uses it."""
    sources = [path for path in tree.files if SOURCE.search(path) and not path.startswith(".")]
    for folder in sorted({parent for path in sources for parent in parents(path)}):
        if f"{folder}/README.md" not in tree.files:
            yield f"{folder}: no README.md"


def parents(path):
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def c_files_are_short(tree):
    for path in tree.c_files():
        count = tree.text(path).count("\n")
        if count > LINES_MAX:
            yield f"{path}: {count} lines, more than {LINES_MAX}"


def sources_name_their_license(tree):
    for path in sorted(tree.files):
        text = tree.text(path) if SOURCE.search(path) or "." not in base(path) else ""
        is_source = SOURCE.search(path) or text.startswith("#!")
        if is_source and LICENSE not in "\n".join(text.splitlines()[:5]):
            yield f"{path}: no line with {LICENSE}"


FIELD = re.compile(r'"(tcptraceroute\.[a-z0-9_.]+)"\s*,\s*(FT_\w+)', re.DOTALL)


def fields_are_the_documented_ones(tree):
    registered = {}
    for path in tree.c_files(ADAPTER):
        registered.update(FIELD.findall(tree.text(path)))
    for name, kind in tree.contract_fields().items():
        if registered.get(name) != kind:
            yield f"{ADAPTER}: {name} is registered as {registered.get(name)}, the contract has {kind}"
    for name in sorted(registered.keys() - tree.contract_fields().keys()):
        yield f"{ADAPTER}: {name} is registered and not in tests/golden/contract.py"


def tracer_knows_no_wireshark(tree):
    foreign = {base(path) for folder in (ADAPTER, PLUGIN) for path in tree.c_files(folder) if path.endswith(".h")}
    for path in tree.c_files(TRACER):
        for header in includes(tree.text(path)):
            if header.startswith(WIRESHARK) or base(header) in foreign:
                yield f"{path}: includes {header}; the tracer knows the core, GLib, libpcap, libcap and the C library"


def pure_files(tree):
    """The sources of tracer_pure, and their headers."""
    lists = f"{TRACER}/CMakeLists.txt"
    listed = PURE_LIBRARY.search(tree.text(lists) if lists in tree.files else "")
    sources = [f"{TRACER}/{name}" for name in listed.group(1).split()] if listed else []
    headers = [path[:-2] + ".h" for path in sources]
    return [path for path in sources + headers if path in tree.files]


def pure_tracer_includes_nothing_of_the_world(tree):
    core = {base(path) for path in tree.c_files(CORE) if path.endswith(".h")}
    own = {base(path) for path in pure_files(tree)}
    for path in pure_files(tree):
        for header in includes(tree.text(path)):
            if not (header in own or header in core or header in C_LIBRARY or header == "glib.h"):
                yield f"{path}: includes {header}; the pure part knows the core, GLib, the C library and itself"


def pure_tracer_does_not_touch_the_world(tree):
    for path in pure_files(tree):
        for match in OUTSIDE_WORLD.finditer(code_only(tree.text(path))):
            yield f"{path}: uses {match.group(1)}; the pure part prints nothing and has no clock, file or socket"


def only_main_prints(tree):
    for path in tree.c_files(TRACER):
        if base(path) in PROGRAMS:
            continue
        for match in PRINTS.finditer(code_only(tree.text(path))):
            yield f"{path}: uses {match.group(1)}; only main.c prints"


def nobody_includes_the_tracer(tree):
    headers = {base(path) for path in tree.c_files(TRACER) if path.endswith(".h")}
    for folder in (CORE, ADAPTER, PLUGIN):
        for path in tree.c_files(folder):
            for header in includes(tree.text(path)):
                if "tracer/" in header or (header in headers and f"{folder}/{header}" not in tree.files):
                    yield f"{path}: includes {header} of {TRACER}/"


def tracer_starts_no_program(tree):
    for path in tree.c_files(TRACER):
        for match in STARTS_PROGRAM.finditer(code_only(tree.text(path))):
            yield f"{path}: calls {match.group(1)}; the tracer starts no program and no shell"


RULES = (
    core_includes_only_glib_and_itself, core_does_not_touch_the_world, views_read_the_model,
    plugin_does_not_change_the_model, plugin_uses_one_header_of_the_adapter, adapter_does_not_know_the_plugin,
    version_tests_stand_in_one_header, folders_have_a_readme, c_files_are_short, sources_name_their_license,
    fields_are_the_documented_ones, tracer_knows_no_wireshark, pure_tracer_includes_nothing_of_the_world,
    pure_tracer_does_not_touch_the_world, only_main_prints, nobody_includes_the_tracer, tracer_starts_no_program,
)
