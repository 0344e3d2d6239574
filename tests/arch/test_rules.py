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
import tracer_rules  # noqa: E402

C_HEAD = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
GLIB_LISTS = """# SPDX-License-Identifier: GPL-2.0-or-later
add_library(ttr_core STATIC
    ttr_store.c
)
target_include_directories(ttr_core PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(ttr_core PUBLIC ttr_glib)
"""
OUTPUT_LISTS = """# SPDX-License-Identifier: GPL-2.0-or-later
add_library(ttr_output STATIC
    ttr_output_json.c
)
target_link_libraries(ttr_output PUBLIC ttr_core ttr_glib PRIVATE wsutil ttr_math)
"""
SOUND = {
    "README.md": "",
    "dissector/README.md": "",
    "dissector/core/README.md": "",
    "dissector/core/CMakeLists.txt": GLIB_LISTS,
    "dissector/core/ttr_types.h": C_HEAD + "typedef struct ttr_store ttr_store_t;\n",
    "dissector/core/ttr_quote.h": C_HEAD + "typedef struct ttr_quote {\n    int ttl;\n} ttr_quote_t;\n",
    "dissector/core/ttr_observation.h":
        C_HEAD + '#include "ttr_quote.h"\ntypedef struct ttr_observation {\n    int frame;  /* 1 * n */\n} t;\n',
    "dissector/core/ttr_path.h": C_HEAD + '#include <glib.h>\n#include "ttr_types.h"\n',
    "dissector/core/ttr_text.h": C_HEAD + '#include "ttr_types.h"\n',
    "dissector/core/ttr_store.h": C_HEAD + '#include "ttr_observation.h"\n',
    "dissector/core/ttr_store.c":
        C_HEAD + '#include <string.h>\n#include "ttr_store.h"\n/* prints: printf() */\n'
        "c f(void) { return (c){.candidate_ttl = 32, .bound = 32}; }\n",
    "dissector/output/README.md": "",
    "dissector/output/CMakeLists.txt": OUTPUT_LISTS,
    "dissector/output/ttr_output.h": C_HEAD + '#include <glib.h>\n#include "ttr_path.h"\n',
    "dissector/output/ttr_output_json.c":
        C_HEAD + '#include <string.h>\n#include <wsutil/json_dumper.h>\n#include "ttr_json_value.h"\n'
        '#include "ttr_output.h"\n#include "ttr_text.h"\nconst ttr_output_t ttr_output_json = {.name = "json"};\n',
    "dissector/output/ttr_json_value.h": C_HEAD + '#include "ttr_types.h"\n',
    "dissector/output/ttr_json_value.c": C_HEAD + '#include "ttr_json_value.h"\n',
    "dissector/epan/README.md": "",
    "dissector/epan/CMakeLists.txt":
        "# SPDX-License-Identifier: GPL-2.0-or-later\ntarget_link_libraries(ttr_epan PUBLIC ttr_core epan)\n",
    "dissector/epan/ttr_dissector.h": C_HEAD + '#include "ttr_path.h"\n#include "ttr_text.h"\n',
    "dissector/epan/ttr_hook.h": C_HEAD,
    "dissector/epan/ttr_wsversion.h": C_HEAD + "#include <ws_version.h>\n#if WIRESHARK_VERSION_MAJOR < 5\n#endif\n",
    "dissector/epan/packet.c": C_HEAD + '#include <epan/packet.h>\n#include "ttr_store.h"\nint a = tvb_get(b);\n',
    "packaging/README.md": "",
    "packaging/debian/README.md": "",
    "packaging/debian/tests/plugin": "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-or-later\n",
    "plugin/README.md": "",
    "plugin/plugin.h": C_HEAD,
    "plugin/plugin.c":
        C_HEAD + "#include <wireshark.h>\nconst int plugin_want_major = WIRESHARK_VERSION_MAJOR;\n"
        "void plugin_register(void) { proto_register_plugin(0); }\n",
    "plugin/view_html.h": C_HEAD + '#include "ttr_dissector.h"\n',
    "plugin/view_html.c": C_HEAD + '#include "view_html.h"\nvoid\nview_html_register(void)\n{\n}\n',
    "plugin/view_html_part.c": C_HEAD + '#include <stdio.h>\n#include "view_html.h"\n',
    "plugin/view_paths.c":
        C_HEAD + '#include "ttr_dissector.h"\n#include "ttr_output.h"\n#include "ttr_path.h"\nvoid\nview_paths_register(void)\n{\n}\n',
    "tracer/README.md": "",
    "tracer/CMakeLists.txt":
        "# SPDX-License-Identifier: GPL-2.0-or-later\nadd_library(tracer_pure STATIC\n    pacer.c\n)\n",
    "tracer/pacer.h": C_HEAD + '#include "ttr_types.h"\n',
    "tracer/pacer.c": C_HEAD + '#include <glib.h>\n#include "pacer.h"\n/* no time() here */\n',
    "tracer/session.c": C_HEAD + '#include "ttr_store.h"\n',
    "tracer/privilege.c": C_HEAD + "void\nprivilege_raise(void)\n{\n    cap_set_proc(0);\n}\n",
    "tracer/capture.c":
        C_HEAD + "#include <pcap/pcap.h>\nint\nactivate(pcap_t *pcap)\n{\n    privilege_raise();\n"
        "    status = pcap_activate(pcap);\n    privilege_lower();\n}\n",
    "tracer/sender.c": C_HEAD + "#include <sys/socket.h>\nint a = SOCK_RAW;\n",
    "tracer/route.c": C_HEAD + "#include <linux/rtnetlink.h>\nint a = socket(AF_NETLINK, SOCK_RAW | B, 0);\n",
    "tracer/output.c":
        C_HEAD + "bool\noutput_finish(int a)\n{\n    poll(&waiting, 1, a);\n}\n",
    "tracer/run.h": C_HEAD,
    "tracer/run.c":
        C_HEAD + "#include <poll.h>\nstatic bool\nprepare(run_t *run)\n{\n    privilege_raise();\n"
        "    run->sender = sender_open(0, &run->error);\n    privilege_lower();\n}\n"
        "static void\nwait_for_events(int a)\n{\n    if (ppoll(a, 1, 0, 0) < 0)\n        return;\n}\n"
        "static void\nhand_over(run_t *run)\n{\n    output_finish(1);\n}\n",
    "tracer/main.c": C_HEAD + "#include <stdio.h>\nvoid f(void) { puts(0); }\nint\n"
        "main(int argc, char *argv[])\n{\n    privilege_begin();\n    return 0;\n}\n",
}

RAISE = "int\nf(void)\n{\n    privilege_raise();\n"

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
    *((rules.core_does_not_touch_the_world, "dissector/core/a.c", f"void f(void) {{ {name}(0); }}\n") for name in (
        "g_date_time_new_now_local", "g_get_real_time", "g_get_current_time", "g_timer_new", "g_file_get_contents",
        "g_log", "g_message", "g_warning", "g_printerr", "g_spawn_sync", "g_getenv", "g_get_home_dir",
        "g_random_int", "random")),
    (rules.core_is_built_with_glib_alone, "dissector/core/CMakeLists.txt", GLIB_LISTS.replace("STATIC", "SHARED")),
    (rules.core_is_built_with_glib_alone, "dissector/core/CMakeLists.txt", GLIB_LISTS.replace("glib)", "glib epan)")),
    (rules.core_is_built_with_glib_alone, "dissector/core/CMakeLists.txt", GLIB_LISTS.replace("_DIR}", "_DIR}/..")),
    (rules.core_is_built_with_glib_alone, "dissector/epan/CMakeLists.txt", "target_link_libraries(ttr_core m)\n"),
    (rules.core_is_built_with_glib_alone, "CMakeLists.txt", "include_directories(${Wireshark_INCLUDE_DIRS})\n"),
    (rules.observation_holds_no_pointer, "dissector/core/ttr_observation.h",
     "typedef struct ttr_observation {\n    union {\n        const char *name;\n    };\n} ttr_observation_t;\n"),
    (rules.observation_holds_no_pointer, "dissector/core/ttr_quote.h",
     "typedef struct ttr_quote {\n    gpointer user;\n} ttr_quote_t;\n"),
    (rules.candidate_limit_stands_in_one_place, "dissector/core/ttr_store.c", "int limit = 32;\n"),
    (rules.candidate_limit_stands_in_one_place, "dissector/epan/a.c", "static guint candidate_ttl = 32;\n"),
    (rules.candidate_limit_stands_in_one_place, "dissector/core/a.c", "#define CANDIDATE_TTL_DEFAULT 32\n"),
    (rules.candidate_limit_stands_in_one_place, "tracer/a.c", "bool f(void) { return ip->ttl <= 32; }\n"),
    (rules.views_and_outputs_read_the_model, "plugin/view_a.c", '#include "ttr_store.h"\n'),
    (rules.views_and_outputs_read_the_model, "plugin/plugin.c", '#include "ttr_observation.h"\n'),
    (rules.views_and_outputs_read_the_model, "dissector/core/ttr_path.h", '#include "ttr_store.h"\n'),
    (rules.views_and_outputs_read_the_model, "dissector/epan/ttr_dissector.h", '#include "ttr_store.h"\n'),
    (rules.views_and_outputs_read_the_model, "dissector/output/ttr_output.h", '#include "ttr_store.h"\n'),
    (rules.views_and_outputs_read_the_model, "dissector/output/a.c", '#include "ttr_observation.h"\n'),
    (rules.views_and_outputs_do_not_change_the_model, "plugin/view_a.c", "void f(void) { ttr_store_observe(0, 0); }\n"),
    (rules.views_and_outputs_do_not_change_the_model, "plugin/a.c", "void f(void) { ttr_store_free(0); }\n"),
    (rules.views_and_outputs_do_not_change_the_model, "dissector/output/a.c", "void f(void) { ttr_store_new(0); }\n"),
    *((rules.output_includes_what_it_may, "dissector/output/a.c", f"#include {name}\n") for name in (
        "<epan/packet.h>", "<wireshark.h>", "<wsutil/report_message.h>", "<stdio.h>", "<pcap/pcap.h>",
        '"ttr_dissector.h"', '"../../plugin/plugin.h"')),
    (rules.output_does_not_touch_the_world, "dissector/output/a.c", "void f(void) { puts(0); }\n"),
    (rules.output_does_not_touch_the_world, "dissector/output/a.c", "j a = {.output_file = stdout};\n"),
    (rules.output_does_not_touch_the_world, "dissector/output/a.c", "long f(void) { return time(NULL); }\n"),
    (rules.output_is_built_without_wireshark, "dissector/output/CMakeLists.txt",
     OUTPUT_LISTS.replace("wsutil", "epan")),
    (rules.output_is_built_without_wireshark, "plugin/CMakeLists.txt",
     "# SPDX-License-Identifier: GPL-2.0-or-later\ntarget_link_libraries(ttr_output PUBLIC ttr_epan)\n"),
    (rules.outputs_have_a_file_each, "dissector/output/ttr_output_json.c",
     'const ttr_output_t ttr_output_other = {.name = "json"};\n'),
    (rules.outputs_have_a_file_each, "dissector/output/ttr_output_paths.c", '#include "ttr_json_value.h"\n'),
    (rules.outputs_have_a_file_each, "plugin/view_a.c", '#include "ttr_json_value.h"\n'),
    (rules.plugin_uses_one_header_of_the_adapter, "plugin/a.c", '#include "ttr_hook.h"\n'),
    *((rules.plugin_leaves_dissecting_to_the_adapter, "plugin/a.c", f"void f(void) {{ {name}(0); }}\n") for name in (
        "dissector_add_uint", "proto_tree_add_item", "expert_add_info_format", "register_tap", "tvb_get_ntohs",
        "tap_queue_packet", "proto_register_protocol", "register_postdissector")),
    (rules.adapter_and_plugin_include_what_they_may, "dissector/epan/a.c", '#include "plugin.h"\n'),
    (rules.adapter_and_plugin_include_what_they_may, "dissector/epan/a.c", '#include "../../plugin/other.h"\n'),
    (rules.adapter_and_plugin_include_what_they_may, "dissector/epan/a.c", '#include "ttr_output.h"\n'),
    (rules.adapter_and_plugin_include_what_they_may, "dissector/epan/a.c", "#include <pcap/pcap.h>\n"),
    (rules.adapter_and_plugin_include_what_they_may, "dissector/epan/a.c", "#include <stdio.h>\n"),
    (rules.adapter_and_plugin_include_what_they_may, "plugin/a.c", "#include <sys/socket.h>\n"),
    (rules.adapter_and_plugin_include_what_they_may, "plugin/a.c", "#include <ui/tap.h>\n"),
    (rules.adapter_and_plugin_include_what_they_may, "plugin/view_a.c", '#include "dissector/core/ttr_text.h"\n'),
    (rules.adapter_and_plugin_include_what_they_may, "plugin/a.c", "#include <ws_version.h>\n"),
    (rules.version_tests_stand_in_one_header, "plugin/a.c", "#if VERSION_MAJOR > 3\n#endif\n"),
    (rules.version_tests_stand_in_one_header, "plugin/a.c", "int a = WIRESHARK_VERSION_MINOR;\n"),
    (rules.version_tests_stand_in_one_header, "dissector/epan/a.c", "#if OTHER_VERSION\n#endif\n"),
    (rules.version_tests_stand_in_one_header, "dissector/epan/a.c", "#ifdef OTHER_VERSION\n#endif\n"),
    (rules.version_tests_stand_in_one_header, "dissector/epan/a.c", "#if TTR_WIRESHARK_IS_BEFORE(4, 3)\n#endif\n"),
    (rules.version_tests_stand_in_one_header, "plugin/a.c", "#if !TTR_WIRESHARK_IS_BEFORE(4, 3)\n#endif\n"),
    (rules.version_tests_stand_in_one_header, "plugin/a.c", "int f(void) { return epan_get_version_number(); }\n"),
    (rules.version_tests_stand_in_one_header, "plugin/a.c", "#if __has_include(<epan/a.h>)\n#endif\n"),
    (rules.views_have_a_file_each, "plugin/view_paths.c", "void\nview_other_register(void)\n{\n}\n"),
    (rules.views_have_a_file_each, "plugin/plugin.c", "void\nview_paths_register(void)\n{\n}\n"),
    (rules.views_have_a_file_each, "plugin/view_paths.c", '#include "view_html.h"\n'),
    (rules.folders_have_a_readme, "dissector/new/a.c", ""),
    (rules.folders_have_a_readme, "plugin/new/script", "#!/bin/sh\n"),
    (rules.folders_have_a_readme, "packaging/new/data", ""),
    (rules.c_files_are_short, "plugin/a.c", "\n" * 501),
    (rules.sources_name_their_license, "plugin/other.py", "pass\n"),
    (rules.sources_name_their_license, "plugin/script", "#!/bin/sh\n"),
    (rules.sources_name_their_license, "plugin/build", "#!/bin/sh\n"),
    (rules.fields_are_the_documented_ones, "dissector/epan/a.c", '{ "Hop", "tcptraceroute.unheard", FT_UINT8 }\n'),
    (rules.fields_are_the_documented_ones, "tests/golden/contract.py", 'FIELDS = {"tcptraceroute.a": "FT_UINT8"}\n'),
    (rules.nobody_includes_the_tracer, "dissector/core/a.c", '#include "pacer.h"\n'),
    (rules.nobody_includes_the_tracer, "plugin/a.c", '#include "../tracer/new.h"\n'),
    (tracer_rules.includes_what_it_may, "tracer/run.c", "#include <epan/packet.h>\n"),
    (tracer_rules.includes_what_it_may, "tracer/main.c", "#include <wsutil/privileges.h>\n"),
    (tracer_rules.includes_what_it_may, "tracer/pacer.h", '#include "ttr_dissector.h"\n'),
    (tracer_rules.includes_what_it_may, "tracer/new.c", '#include "../plugin/plugin.h"\n'),
    (tracer_rules.includes_what_it_may, "tracer/new.c", "#include <curl/curl.h>\n"),
    (tracer_rules.parser_schedule_and_session_know_the_model, "tracer/run.c", '#include "ttr_path.h"\n'),
    (tracer_rules.parser_schedule_and_session_know_the_model, "tracer/sender.h", '#include "ttr_observation.h"\n'),
    (tracer_rules.captures_and_sends_in_one_place_each, "tracer/run.c", "#include <pcap/pcap.h>\n"),
    (tracer_rules.captures_and_sends_in_one_place_each, "tracer/run.c", "#include <pcap.h>\n"),
    (tracer_rules.captures_and_sends_in_one_place_each, "tracer/route.c", "int a = socket(AF_INET, SOCK_RAW, 0);\n"),
    (tracer_rules.captures_and_sends_in_one_place_each, "tracer/run.c", "int a = IPPROTO_RAW;\n"),
    (tracer_rules.captures_and_sends_in_one_place_each, "tracer/capture.c", "int a = AF_PACKET;\n"),
    (tracer_rules.raises_its_privilege_for_one_call, "tracer/resolve.c", RAISE + "    privilege_lower();\n}\n"),
    (tracer_rules.raises_its_privilege_for_one_call, "tracer/run.c", RAISE + "    sender_open(0);\n}\n"),
    (tracer_rules.raises_its_privilege_for_one_call, "tracer/run.c",
     RAISE + "    sender_open(0);\n    run_begin(0);\n    privilege_lower();\n}\n"),
    (tracer_rules.raises_its_privilege_for_one_call, "tracer/run.c",
     RAISE + "    capture_open(0);\n    privilege_lower();\n}\n"),
    (tracer_rules.raises_its_privilege_for_one_call, "tracer/capture.c",
     RAISE + "    if (pcap_activate(0) < 0)\n        return 1;\n    privilege_lower();\n}\n"),
    (tracer_rules.raises_its_privilege_for_one_call, "tracer/capture.c",
     "f_t f = privilege_raise;\n"),
    (tracer_rules.raises_its_privilege_for_one_call, "tracer/run.c", "void f(void) { cap_set_proc(0); }\n"),
    (tracer_rules.raises_its_privilege_for_one_call, "tracer/run.c", "void f(void) { setuid(0); }\n"),
    (tracer_rules.begins_without_privilege, "tracer/main.c",
     "int\nmain(int argc, char *argv[])\n{\n    options_new(argc, argv);\n    privilege_begin();\n}\n"),
    (tracer_rules.waits_in_one_loop, "tracer/route.c", "int\nf(void)\n{\n    return poll(0, 0, 1);\n}\n"),
    (tracer_rules.waits_in_one_loop, "tracer/run.c", "int\nloop(void)\n{\n    return poll(0, 0, 1);\n}\n"),
    (tracer_rules.waits_in_one_loop, "tracer/run.c",
     "int\nwait_for_events(void)\n{\n    poll(0, 0, 1);\n    poll(0, 0, 1);\n}\n"),
    (tracer_rules.waits_in_one_loop, "tracer/run.c", "int\nloop(void)\n{\n    output_finish(0);\n}\n"),
    (tracer_rules.waits_in_one_loop, "tracer/names.c", "int\nf(void)\n{\n    g_usleep(5);\n}\n"),
    (tracer_rules.pure_part_includes_nothing_of_the_world, "tracer/pacer.c", "#include <sys/socket.h>\n"),
    (tracer_rules.pure_part_includes_nothing_of_the_world, "tracer/pacer.h", "#include <pcap/pcap.h>\n"),
    (tracer_rules.pure_part_includes_nothing_of_the_world, "tracer/pacer.c", "#include <stdio.h>\n"),
    (tracer_rules.pure_part_includes_nothing_of_the_world, "tracer/pacer.c", '#include "run.h"\n'),
    (tracer_rules.pure_part_does_not_touch_the_world, "tracer/pacer.c", "long f(void) { return time(NULL); }\n"),
    (tracer_rules.pure_part_does_not_touch_the_world, "tracer/pacer.c",
     "long f(void) { return g_get_monotonic_time(); }\n"),
    (tracer_rules.only_main_prints, "tracer/run.c", 'void f(void) { printf("x"); }\n'),
    (tracer_rules.only_main_prints, "tracer/run.c", 'void f(void) { g_warning("x"); }\n'),
    (tracer_rules.only_main_prints, "tracer/run.c", 'void f(void) { g_log(0, 0, "x"); }\n'),
    (tracer_rules.starts_no_program, "tracer/run.c", 'int f(void) { return system("x"); }\n'),
    (tracer_rules.starts_no_program, "tracer/run.c", 'void f(void) { execvp(0, 0); }\n'),
]


class Rules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name, text in SOUND.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def errors(self, rule):
        return list(rule(check_architecture.Tree(self.root)))

    def errors_with(self, rule, name, text):
        self.write(name, text)
        found = self.errors(rule)
        if name in SOUND:
            self.write(name, SOUND[name])
        else:
            (self.root / name).unlink()
        return found

    def test_sound_tree_breaks_no_rule(self):
        for rule in rules.RULES:
            with self.subTest(rule.__name__):
                self.assertEqual(self.errors(rule), [])

    def test_each_violation_is_found(self):
        for rule, name, text in VIOLATIONS:
            head = C_HEAD if name.endswith((".c", ".h")) else ""
            with self.subTest(rule.__name__, text=text[:60]):
                found = self.errors_with(rule, name, head + text)
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
