#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each rule finds the violation that it is for, and finds nothing in a tree without one."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_architecture  # noqa: E402
import rules  # noqa: E402

C_HEAD = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
SOUND = {
    "README.md": "",
    "dissector/README.md": "",
    "dissector/core/README.md": "",
    "dissector/core/ttr_path.h": C_HEAD + "#include <glib.h>\n",
    "dissector/core/ttr_store.h": C_HEAD,
    "dissector/core/ttr_store.c": C_HEAD + '#include <string.h>\n#include "ttr_store.h"\n/* prints: printf() */\n',
    "dissector/epan/README.md": "",
    "dissector/epan/ttr_dissector.h": C_HEAD,
    "dissector/epan/ttr_hook.h": C_HEAD,
    "dissector/epan/ttr_wsversion.h": C_HEAD + "#if WIRESHARK_VERSION_MAJOR < 5\n#endif\n",
    "dissector/epan/packet.c": C_HEAD + '#include <epan/packet.h>\n#include "ttr_store.h"\n',
    "plugin/README.md": "",
    "plugin/plugin.h": C_HEAD,
    "plugin/plugin.c": C_HEAD + "const int plugin_want_major = WIRESHARK_VERSION_MAJOR;\n",
    "plugin/view_paths.c": C_HEAD + '#include "ttr_dissector.h"\n#include "ttr_path.h"\n',
    "tracer/README.md": "",
    "tracer/CMakeLists.txt":
        "# SPDX-License-Identifier: GPL-2.0-or-later\nadd_library(tracer_pure STATIC\n    pacer.c\n)\n",
    "tracer/pacer.h": C_HEAD + '#include "ttr_path.h"\n',
    "tracer/pacer.c": C_HEAD + '#include <glib.h>\n#include "pacer.h"\n/* no time() here */\n',
    "tracer/run.c":
        C_HEAD + '#include <sys/socket.h>\n#include <pcap/pcap.h>\nint f(void) { return socket(2, 1, 0); }\n',
    "tracer/main.c": C_HEAD + "#include <stdio.h>\nvoid f(void) { puts(0); }\n",
}

# Rule: file, and what is written to it to break the rule.
VIOLATIONS = [
    (rules.core_includes_only_glib_and_itself, "dissector/core/a.c", "#include <epan/packet.h>\n"),
    (rules.core_includes_only_glib_and_itself, "dissector/core/a.c", "#include <wireshark/epan/packet.h>\n"),
    (rules.core_includes_only_glib_and_itself, "dissector/core/a.c", '#include "ttr_dissector.h"\n'),
    (rules.core_includes_only_glib_and_itself, "dissector/core/a.c", "#include <sys/socket.h>\n"),
    (rules.core_includes_only_glib_and_itself, "dissector/core/a.c", "#include <stdio.h>\n"),
    (rules.core_does_not_touch_the_world, "dissector/core/a.c", 'void f(void) { printf("x"); }\n'),
    (rules.core_does_not_touch_the_world, "dissector/core/a.c", "void f(void) { fflush(stdout); }\n"),
    (rules.core_does_not_touch_the_world, "dissector/core/a.c", "long f(void) { return time(NULL); }\n"),
    (rules.core_does_not_touch_the_world, "dissector/core/a.c", "int f(void) { return socket(2, 1, 0); }\n"),
    (rules.views_read_the_model, "plugin/view_a.c", '#include "ttr_store.h"\n'),
    (rules.views_read_the_model, "plugin/view_a.c", '#include "dissector/epan/ttr_hook.h"\n'),
    (rules.plugin_does_not_change_the_model, "plugin/view_a.c", "void f(void) { ttr_store_observe(0, 0); }\n"),
    (rules.plugin_does_not_change_the_model, "plugin/a.c", "void f(void) { ttr_store_free(0); }\n"),
    (rules.plugin_uses_one_header_of_the_adapter, "plugin/a.c", '#include "ttr_hook.h"\n'),
    (rules.adapter_does_not_know_the_plugin, "dissector/epan/a.c", '#include "plugin.h"\n'),
    (rules.adapter_does_not_know_the_plugin, "dissector/epan/a.c", '#include "../../plugin/other.h"\n'),
    (rules.version_tests_stand_in_one_header, "plugin/a.c", "#if VERSION_MAJOR > 3\n#endif\n"),
    (rules.version_tests_stand_in_one_header, "plugin/a.c", "int a = WIRESHARK_VERSION_MINOR;\n"),
    (rules.version_tests_stand_in_one_header, "dissector/epan/a.c", "#if OTHER_VERSION\n#endif\n"),
    (rules.folders_have_a_readme, "dissector/new/a.c", ""),
    (rules.c_files_are_short, "plugin/a.c", "\n" * 501),
    (rules.sources_name_their_license, "plugin/other.py", "pass\n"),
    (rules.sources_name_their_license, "plugin/script", "#!/bin/sh\n"),
    (rules.fields_are_the_documented_ones, "dissector/epan/a.c", '{ "Hop", "tcptraceroute.unheard", FT_UINT8 }\n'),
    (rules.fields_are_the_documented_ones, "tests/golden/contract.py", 'FIELDS = {"tcptraceroute.a": "FT_UINT8"}\n'),
    (rules.tracer_knows_no_wireshark, "tracer/run.c", "#include <epan/packet.h>\n"),
    (rules.tracer_knows_no_wireshark, "tracer/main.c", "#include <wsutil/privileges.h>\n"),
    (rules.tracer_knows_no_wireshark, "tracer/pacer.h", '#include "ttr_dissector.h"\n'),
    (rules.tracer_knows_no_wireshark, "tracer/new.c", '#include "../plugin/plugin.h"\n'),
    (rules.pure_tracer_includes_nothing_of_the_world, "tracer/pacer.c", "#include <sys/socket.h>\n"),
    (rules.pure_tracer_includes_nothing_of_the_world, "tracer/pacer.h", "#include <pcap/pcap.h>\n"),
    (rules.pure_tracer_includes_nothing_of_the_world, "tracer/pacer.c", "#include <stdio.h>\n"),
    (rules.pure_tracer_includes_nothing_of_the_world, "tracer/pacer.c", '#include "run.h"\n'),
    (rules.pure_tracer_does_not_touch_the_world, "tracer/pacer.c", "long f(void) { return time(NULL); }\n"),
    (rules.pure_tracer_does_not_touch_the_world, "tracer/pacer.c", "long f(void) { return g_get_monotonic_time(); }\n"),
    (rules.only_main_prints, "tracer/run.c", 'void f(void) { printf("x"); }\n'),
    (rules.only_main_prints, "tracer/run.c", 'void f(void) { g_warning("x"); }\n'),
    (rules.nobody_includes_the_tracer, "dissector/core/a.c", '#include "pacer.h"\n'),
    (rules.nobody_includes_the_tracer, "plugin/a.c", '#include "../tracer/new.h"\n'),
    (rules.tracer_starts_no_program, "tracer/run.c", 'int f(void) { return system("x"); }\n'),
    (rules.tracer_starts_no_program, "tracer/run.c", 'void f(void) { execvp(0, 0); }\n'),
]


class Rules(unittest.TestCase):
    def errors(self, rule, **changes):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**SOUND, **changes}.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return list(rule(check_architecture.Tree(folder)))

    def test_sound_tree_breaks_no_rule(self):
        for rule in rules.RULES:
            with self.subTest(rule.__name__):
                self.assertEqual(self.errors(rule), [])

    def test_each_violation_is_found(self):
        for rule, name, text in VIOLATIONS:
            head = C_HEAD if name.endswith((".c", ".h")) else ""
            with self.subTest(rule.__name__, text=text[:60]):
                found = self.errors(rule, **{name: head + text})
                self.assertEqual(len(found), 1, found)

    def test_each_rule_has_a_violation(self):
        self.assertEqual({rule for rule, _, _ in VIOLATIONS}, set(rules.RULES))

    def test_exports(self):
        required = check_architecture.EXPORTS_REQUIRED
        self.assertEqual(list(check_architecture.check_exports(required)), [])
        self.assertEqual(list(check_architecture.check_exports(required | {"plugin_describe"})), [])
        self.assertEqual(len(list(check_architecture.check_exports(required | {"ttr_store_new"}))), 1)
        self.assertEqual(len(list(check_architecture.check_exports(required - {"plugin_register"}))), 1)


if __name__ == "__main__":
    unittest.main()
