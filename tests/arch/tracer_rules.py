# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the tracer; see rules.py."""
import re

from source import (
    C_LIBRARY, CORE, OUTPUT, OUTSIDE_WORLD, PRINTS, TRACER, base, calls, function_at, headers, includes, uses, code_only)

# The C library and Linux; libcap's header stands in sys/.
SYSTEM_HEADERS = C_LIBRARY | {
    "fcntl.h", "locale.h", "netdb.h", "poll.h", "signal.h", "stdio.h", "termios.h", "time.h", "unistd.h", "glib.h",
    "glib/gstdio.h", "io.h",    # for reading, also where Windows has other names
}
SYSTEM_FOLDERS = ("arpa/", "linux/", "net/", "netinet/", "sys/")

WORDS = {"ttr_types.h", "ttr_bytes.h"}      # names, and numbers in network byte order
KNOWS_THE_MODEL = {
    f"{TRACER}/{name}.{kind}"
    for name in ("parse", "schedule", "multipath", "multipath_stop", "session", "walk", "reader", "table", "terminal") for kind in "ch"
}

CAPTURE = f"{TRACER}/capture.c"
COMPRESSED = f"{TRACER}/reader_file.c"
SANDBOX = f"{TRACER}/sandbox.c"
SANDBOX_HEADERS = {"seccomp.h", "sched.h"}
RAW_SOCKET = re.compile(r"\b(SOCK_RAW|SOCK_PACKET|IPPROTO_RAW|AF_PACKET|PF_PACKET)\b")
RAW_SOCKETS = f"{TRACER}/sender.c"
# The kernel's routing socket is of that type too (netlink(7)) and sends nothing.
NETLINK_SOCKET = re.compile(r"\bAF_NETLINK,\s*$")

# One statement, then it is lowered again.
RAISE = re.compile(r"\bprivilege_raise\b")
PRIVILEGE = ("privilege.c", "privilege.h")
RAISED = {
    path: re.compile(rf"privilege_raise\(\);\s*(?:[\w>-]+ = )?{call}\([^;{{}}()]*\);\s*privilege_lower\(\);")
    for path, call in ((f"{TRACER}/run.c", "sender_open"), (CAPTURE, "pcap_activate"))
}
SETS_PRIVILEGE = calls(r"cap_set_\w+|capset|cap_iab_\w+|set(e|re|res)?[ug]id|setgroups|initgroups")

# The loop waits in one place. The other two wait when it is over, for one pipe each and not for long.
WAITS = re.compile(
    r"\b(p?poll|p?select|epoll_\w+|g_poll|g_main_\w+|pause|sigwait\w*|sigsuspend|u?sleep|(clock_)?nanosleep|g_usleep)"
    r"\s*\(")
WAITING = {
    f"{TRACER}/run.c": {"wait_for_events"},
    f"{TRACER}/output.c": {"output_finish"},
    f"{TRACER}/toolbar.c": {"toolbar_wait"},
}
LAST_WAIT = re.compile(r"(?<!^)\b(output_finish|toolbar_wait)\s*\(", re.MULTILINE)     # calls, not the definitions
AT_THE_END = {"hand_over", "run_trace"}

PURE_LIBRARY = re.compile(r"add_library\(tracer_pure STATIC([^)]*)\)")
PROGRAMS = {"main.c", "manual.c"}   # the second writes the man page when the project is built
BEGINS = re.compile(r"^main\(int argc, char \*argv\[\]\)\n\{\n    privilege_begin\(\);\n", re.MULTILINE)
STARTS_PROGRAM = re.compile(r"\b(system|popen|fork|vfork|exec[lv]p?e?|execvpe|posix_spawnp?|g_spawn_\w+)\s*\(")


def includes_what_it_may(tree):
    own = {**headers(tree, TRACER), **headers(tree, OUTPUT)}
    core = headers(tree, CORE)
    for path in tree.c_files(TRACER):
        for header in includes(tree.text(path)):
            if not (header in own or header in core or header in SYSTEM_HEADERS or
                    header.startswith(SYSTEM_FOLDERS) or header.startswith("pcap/") or
                    (header == "zlib.h" and path == COMPRESSED) or
                    (header in SANDBOX_HEADERS and path == SANDBOX)):
                yield f"{path}: includes {header}; the tracer knows the core, dissector/output, GLib, libpcap, libcap, zlib and libseccomp (in one place each) and the C library"


def parser_schedule_and_session_know_the_model(tree):
    core = headers(tree, CORE)
    for path in tree.c_files(TRACER):
        for header in includes(tree.text(path)):
            if header in core and header not in WORDS and path not in KNOWS_THE_MODEL:
                yield f"{path}: includes {header}; of the model only {' and '.join(sorted(WORDS))} are for all of the tracer"


def captures_and_sends_in_one_place_each(tree):
    for path in tree.c_files(TRACER):
        for header in includes(tree.text(path)):
            if (header.startswith("pcap/") or header == "pcap.h") and path != CAPTURE:
                yield f"{path}: includes {header}; only {CAPTURE} knows libpcap"
    for path, code, match in uses(tree, TRACER, RAW_SOCKET):
        if path not in (RAW_SOCKETS, SANDBOX) and not NETLINK_SOCKET.search(code, 0, match.start()):
            yield f"{path}: {match.group()}; raw sockets are for {RAW_SOCKETS}"


def raises_its_privilege_for_one_call(tree):
    for path, code, match in uses(tree, TRACER, RAISE):
        if base(path) in PRIVILEGE:
            continue
        if path not in RAISED:
            yield f"{path}: calls privilege_raise(); only {' and '.join(RAISED)} may"
        elif not RAISED[path].match(code, match.start()):
            yield f"{path}: privilege_raise() is not given back behind the one call that it is for"
    for path, _, match in uses(tree, TRACER, SETS_PRIVILEGE):
        if base(path) not in PRIVILEGE and path != SANDBOX:     # which names the calls that it lets through
            yield f"{path}: calls {match.group(1)}; only {TRACER}/privilege.c changes privileges"


def begins_without_privilege(tree):
    if not BEGINS.search(tree.text(f"{TRACER}/main.c")):
        yield f"{TRACER}/main.c: the first statement of main() is not privilege_begin()"


def waits_in_one_loop(tree):
    seen = set()
    for path, code, match in uses(tree, TRACER, WAITS):
        function = function_at(code, match.start())
        if function not in WAITING.get(path, ()) or (path, function) in seen:
            yield f"{path}: {match.group(1)} in {function}; the tracer has one loop, which waits in one place"
        seen.add((path, function))
    for path, code, match in uses(tree, TRACER, LAST_WAIT):
        function = function_at(code, match.start())
        if path.endswith(".c") and function not in AT_THE_END:
            yield f"{path}: {match.group(1)} in {function}; it is for the end, when the loop is over"


def pure_files(tree):
    """The sources of tracer_pure, and their headers."""
    lists = f"{TRACER}/CMakeLists.txt"
    listed = PURE_LIBRARY.search(tree.text(lists) if lists in tree.files else "")
    sources = [f"{TRACER}/{name}" for name in listed.group(1).split()] if listed else []
    return [path for path in sources + [path[:-2] + ".h" for path in sources] if path in tree.files]


def pure_part_includes_nothing_of_the_world(tree):
    core = headers(tree, CORE)
    own = {base(path) for path in pure_files(tree)} | {"bytes.h", "records_private.h", "schedule_private.h", "walk_private.h"}
    for path in pure_files(tree):
        for header in includes(tree.text(path)):
            if not (header in own or header in core or header in C_LIBRARY or header == "glib.h"):
                yield f"{path}: includes {header}; the pure part knows the core, GLib, the C library and itself"


def pure_part_does_not_touch_the_world(tree):
    for path in pure_files(tree):
        for match in OUTSIDE_WORLD.finditer(code_only(tree.text(path))):
            yield f"{path}: uses {match.group(1)}; the pure part prints nothing and has no clock, file or socket"


def only_main_prints(tree):
    for path, _, match in uses(tree, TRACER, calls(PRINTS)):
        if base(path) not in PROGRAMS:
            yield f"{path}: uses {match.group(1)}; only main.c prints"


def starts_no_program(tree):
    for path, _, match in uses(tree, TRACER, STARTS_PROGRAM):
        yield f"{path}: calls {match.group(1)}; the tracer starts no program and no shell"


RULES = (
    includes_what_it_may, parser_schedule_and_session_know_the_model, captures_and_sends_in_one_place_each,
    raises_its_privilege_for_one_call, begins_without_privilege, waits_in_one_loop, pure_part_includes_nothing_of_the_world,
    pure_part_does_not_touch_the_world, only_main_prints, starts_no_program,
)
