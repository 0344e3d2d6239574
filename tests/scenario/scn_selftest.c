/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scn_selftest.h"

#include <stdbool.h>
#include <string.h>

#include "scn_file.h"

#define FLOW "# self-test\n[flow]\nsource = 203.0.113.1:40000\ndestination = 192.0.2.9:80\n"
#define FRAMES \
    "[frames]\n" \
    "1 = at=0.000 syn ttl=1 id=1\n" \
    "2 = at=0.010 ttl-exceeded from=198.51.100.1 quotes=1\n" \
    "3 = at=0.020 syn ttl=2 id=2\n" \
    "4 = at=0.040 syn-ack answers-seq-of=3\n" \
    "5 = at=1.050 syn-ack answers-seq-of=3\n"
#define EXPECT FLOW FRAMES "[expect]\n"

typedef struct scn_case {
    const char *name;
    const char *text;
    scn_result_t result;
    const char *says;           /* part of the report */
} scn_case_t;

static const scn_case_t cases[] = {
    {"right_expectations_agree",
     EXPECT "traces = 1\nframe 1 = probe hop=1 attempt=1 answered-by=2\nframe 2 = answers=1 hop=1 rtt=10.000ms\n"
            "frame 5 = answers=3 duplicate\nhop 1 = sent=1 answered=1\ntrace 0 = state=open reached path-length=2\n",
     SCN_AGREES, ""},
    {"wrong_number_of_traces_is_found", EXPECT "traces = 2\n", SCN_DISAGREES, "traces: expected '2', there was '1'"},
    {"wrong_hop_is_found", EXPECT "frame 2 = answers=1 hop=2\n", SCN_DISAGREES,
     "frame 2: expected 'hop=2', there was 'hop=1'"},
    {"wrong_probe_is_found", EXPECT "frame 2 = answers=3\n", SCN_DISAGREES,
     "expected 'answers=3', there was 'answers=1'"},
    {"wrong_rtt_is_found", EXPECT "frame 2 = rtt=10.001ms\n", SCN_DISAGREES, "there was 'rtt=10.000ms'"},
    {"wrong_kind_is_found", EXPECT "frame 4 = kind=rst\n", SCN_DISAGREES, "there was 'kind=syn-ack'"},
    {"probe_is_not_nothing", EXPECT "frame 1 = nothing\n", SCN_DISAGREES, "expected 'nothing', there was 'a probe'"},
    {"reply_is_no_probe", EXPECT "frame 2 = probe hop=1\n", SCN_DISAGREES, "expected 'a probe', there was 'a reply'"},
    {"missing_frame_is_nothing", EXPECT "frame 9 = answers=1\n", SCN_DISAGREES, "there was 'nothing'"},
    {"wanted_flag_that_is_not_so_is_found", EXPECT "frame 2 = answers=1 duplicate\n", SCN_DISAGREES,
     "expected 'duplicate', there was not 'duplicate'"},
    {"strict_flag_that_is_not_named_is_found", EXPECT "frame 5 = answers=3\n", SCN_DISAGREES,
     "not expected, but there was 'duplicate'"},
    {"answered_hop_is_not_lost", EXPECT "hop 1 = lost\n", SCN_DISAGREES, "there was not 'lost'"},
    {"hop_without_probes_is_not_lost", EXPECT "hop 7 = lost\n", SCN_DISAGREES, "there was not 'lost'"},
    {"wrong_state_is_found", EXPECT "trace 0 = state=closed\n", SCN_DISAGREES, "there was 'state=open'"},
    {"missing_note_is_found", EXPECT "trace 0 = note=\"NAT\"\n", SCN_DISAGREES, "expected 'note=NAT'"},
    {"empty_note_is_found", EXPECT "trace 0 = note=\n", SCN_DISAGREES, "expected 'note='"},
    {"missing_trace_is_found", EXPECT "trace 1 = state=open\n", SCN_DISAGREES, "none with this index"},
    {"unknown_word_in_expect_is_found", EXPECT "frame 2 = answers=1 hopp=1\n", SCN_DISAGREES,
     "nothing here has that name"},
    {"unknown_key_in_expect_is_refused", EXPECT "frames 2 = answers=1\n", SCN_UNREADABLE, "no such key: frames 2"},
    {"expect_without_lines_is_refused", EXPECT, SCN_UNREADABLE, "checks nothing"},
    {"missing_expect_is_refused", FLOW FRAMES, SCN_UNREADABLE, "checks nothing"},
    {"expect_without_words_is_refused", EXPECT "frame 2 =\n", SCN_UNREADABLE, "frame 2"},
    {"key_twice_is_refused", EXPECT "traces = 1\ntraces = 1\n", SCN_UNREADABLE, "there twice"},
    {"unknown_section_is_refused", EXPECT "traces = 1\n[more]\na = 1\n", SCN_UNREADABLE, "unknown section"},
    {"unknown_setting_is_refused", EXPECT "traces = 1\n[settings]\nspeed = 1\n", SCN_UNREADABLE, "unknown key"},
    {"bad_setting_is_refused", EXPECT "traces = 1\n[settings]\ncandidate-ttl = 256\n", SCN_UNREADABLE,
     "no value that fits"},
    {"unknown_flow_key_is_refused", FLOW "colour = red\n" FRAMES "[expect]\ntraces = 1\n", SCN_UNREADABLE,
     "unknown key"},
    {"unknown_frame_word_is_refused", FLOW "[frames]\n1 = at=0 syn tll=1\n[expect]\ntraces = 0\n", SCN_UNREADABLE,
     "'tll=1' is no word"},
    {"word_of_another_sort_of_frame_is_refused", FLOW "[frames]\n1 = at=0 syn code=1\n[expect]\ntraces = 0\n",
     SCN_UNREADABLE, "'code=1' is no word"},
    {"value_out_of_range_is_refused", FLOW "[frames]\n1 = at=0 syn ttl=256\n[expect]\ntraces = 0\n", SCN_UNREADABLE,
     "'ttl=256' has no value"},
    {"frame_without_time_is_refused", FLOW "[frames]\n1 = syn ttl=1\n[expect]\ntraces = 0\n", SCN_UNREADABLE, "no at="},
    {"frame_without_shape_is_refused", FLOW "[frames]\n1 = at=0 ttl=1\n[expect]\ntraces = 0\n", SCN_UNREADABLE,
     "says not, or more than once, what it is"},
    {"error_without_quote_is_refused", FLOW "[frames]\n1 = at=0 ttl-exceeded from=198.51.100.1\n[expect]\ntraces = 0\n",
     SCN_UNREADABLE, "quotes=N"},
    {"reference_forward_is_refused", FLOW "[frames]\n1 = at=0 syn-ack answers-seq-of=2\n[expect]\ntraces = 0\n",
     SCN_UNREADABLE, "names no earlier frame"},
    {"falling_frame_numbers_are_refused",
     FLOW "[frames]\n2 = at=0 syn ttl=1\n1 = at=1 syn ttl=1\n[expect]\ntraces = 0\n",
     SCN_UNREADABLE, "must rise"},
    {"text_without_comment_is_refused", "[flow]\nsource = 203.0.113.1:1\n", SCN_UNREADABLE, "must be a comment"},
};

guint
scn_selftest_run(GString *report)
{
    guint failures = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const scn_case_t *test = &cases[i];
        g_autoptr(GString) said = g_string_new(NULL);
        scn_result_t result = scn_file_run_text(test->text, said);
        bool is_ok = result == test->result && strstr(said->str, test->says) != NULL;

        if (!is_ok)
            failures++;
        g_string_append_printf(report, "%s %s\n", is_ok ? "ok      " : "FAILED  ", test->name);
        if (!is_ok)
            g_string_append_printf(report, "result %d, wanted %d and '%s'; it said:\n%s\n", (int)result,
                                   (int)test->result, test->says, said->str);
    }
    return failures;
}
