# SPDX-License-Identifier: GPL-2.0-or-later
"""What the rules ask of a source, and the parts of the tree that they speak of."""
import re

CORE = "dissector/core"
OUTPUT = "dissector/output"
ADAPTER = "dissector/epan"
PLUGIN = "plugin"
TRACER = "tracer"

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^">]+)[">]', re.MULTILINE)
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)
FUNCTION = re.compile(r"^(\w+)\(", re.MULTILINE)

C_LIBRARY = {
    "assert.h", "ctype.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h", "stdarg.h", "stdbool.h",
    "stddef.h", "stdint.h", "stdlib.h", "string.h",
}

GLIB_PRINTS = (r"g_v?f?print\w*|g_log\w*|g_message|g_warning\w*|g_critical|g_info|g_debug|g_error|g_set_print\w*")
PRINTS = rf"v?f?printf|puts|fputs|putchar|fputc|putc|perror|stdout|stderr|{GLIB_PRINTS}"
CLOCKS = (
    r"time|gettimeofday|clock_gettime|clock|(nano|u)?sleep|g_date_time_new_now\w*|g_get_\w+|g_timer_\w+|g_usleep|"
    r"g_timeout_\w+")
SYSTEM = (
    r"socket|connect|sendto?|recv|recvfrom|open|fopen|getenv|g_getenv|g_setenv|g_listenv|rand|srand|random|getrandom|"
    r"g_random_\w+|g_rand_new|g_uuid_string_random|g_file_\w+|g_mapped_file_\w+|g_dir_\w+|g_f?open|g_io_channel_\w+|"
    r"g_spawn_\w+|g_main_\w+")


def calls(names):
    """Finds any of `names` where it is called, or handed on."""
    return re.compile(rf"\b({names})\s*(\(|,|\)|;|}})")


OUTSIDE_WORLD = calls(f"{PRINTS}|{CLOCKS}|{SYSTEM}")


def code_only(text):
    """The text with comments and strings blanked, line breaks kept."""
    return COMMENT_OR_STRING.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def includes(text):
    without_comments = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)
    return INCLUDE.findall(without_comments)


def base(path):
    return path.rsplit("/", 1)[-1]


def headers(tree, *folders):
    """{name: path} of the headers in these folders."""
    return {base(path): path for folder in folders for path in tree.c_files(folder) if path.endswith(".h")}


def included(tree, paths, own):
    """Which headers of `own`, {name: path}, come with `paths`, by whatever way: {name: the file that includes it}."""
    found = {}
    left = list(paths)
    while left:
        file = left.pop()
        for name in map(base, includes(tree.text(file))):
            if name in own and name not in found:
                found[name] = file
                left.append(own[name])
    return found


def function_at(code, position):
    """The name of the function that the position stands in: the last that begins at the edge before it."""
    names = FUNCTION.findall(code, 0, position)
    return names[-1] if names else None


def uses(tree, folder, pattern):
    """(path, code, match) of everything that `pattern` finds in the code of a folder."""
    for path in tree.c_files(folder):
        code = code_only(tree.text(path))
        for match in pattern.finditer(code):
            yield path, code, match
