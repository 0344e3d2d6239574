#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The topics find what they are for: each case breaks one thing in output that is sound. Runs no program."""
import copy
import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_reader  # noqa: E402
import selection  # noqa: E402
import topic_expert  # noqa: E402
import topic_fields  # noqa: E402
import topic_hops  # noqa: E402
import topic_json  # noqa: E402
import topic_retap  # noqa: E402
import topic_sharkd  # noqa: E402
import topic_stock  # noqa: E402
import topic_text  # noqa: E402
import topic_tree  # noqa: E402


def hop(ttl, addr, frame, kind, **keys):
    return {
        "addr": addr, "probe_ttl": ttl, "probe_id": 1, "probe_size": 40, "tx": {"sec": 0, "usec": ttl},
        "rtt": topic_json.Number("1.000"), "reply_ttl": 64, "reply_tos": 0, "reply_ipid": 7, "reply_size": 56, **keys,
        "tcptraceroute": {"probe_frame": frame, "reply_frame": frame + 1, "probe_ip_id": 9, "sport": 40000,
                          "kind": kind, "match": "ack" if kind == "rst" else "ip-id"},
    }


TRACE = {
    "type": "trace", "version": "0.1", "method": "tcp", "src": "192.0.2.1", "dst": "203.0.113.9", "sport": 40000,
    "dport": 80, "stop_reason": "COMPLETED", "stop_data": 0,
    "start": {"sec": 0, "usec": 1, "ftime": "1970-01-01 00:00:00"}, "hop_count": 2, "attempts": 1, "hoplimit": 2,
    "firsthop": 1, "probe_size": 40, "probe_count": 2,
    "hops": [hop(1, "198.51.100.1", 1, "time-exceeded", icmp_type=11, icmp_code=0),
             hop(2, "203.0.113.9", 3, "rst", tcp_flags=20)],
    "tcptraceroute": {"trace": 0, "family": 4, "state": "closed", "reached": True, "path_length": 2,
                      "tool": {"name": "unknown", "sure": False}, "diagnosis": "port 80 closed at hop 2, 1.0 ms",
                      "findings": [{"kind": "changed", "certainty": "shown", "after_hop": 0, "at_hop": 1, "field": "dscp",
                                    "from": 0, "to": 8, "frames": [1, 2], "text": "DSCP changed"}],
                      "hop_stats": [{"ttl": ttl, "sent": 1, "lost": 0, "in_flight": 0, "loss_low": topic_json.Number("0.00"),
                                     "loss_high": topic_json.Number("79.35")} for ttl in (1, 2)]},
}

# What is changed, and how.
BROKEN_TRACES = {
    "a key is missing": lambda trace: trace.pop("dport"),
    "a key is unknown": lambda trace: trace.update(other=1),
    "keys are out of order": lambda trace: trace.update(type=trace.pop("type")),
    "a type is wrong": lambda trace: trace.update(dport="80"),
    "the state is no state": lambda trace: trace["tcptraceroute"].update(state="ajar"),
    "the time is another": lambda trace: trace["start"].update(ftime="1970-01-01 00:00:01"),
    "a count is wrong": lambda trace: trace.update(probe_count=3),
    "hops are out of order": lambda trace: trace["hops"].reverse(),
    "the path is longer than it is": lambda trace: trace["tcptraceroute"].update(path_length=1),
    "it was not reached": lambda trace: trace["tcptraceroute"].update(reached=False),
    "the reason is another": lambda trace: trace.update(stop_reason="NONE"),
    "no tool is named": lambda trace: trace["tcptraceroute"].pop("tool"),
    "a value of a finding is no value": lambda trace: trace["tcptraceroute"]["findings"][0].update(to=[8]),
    "a figure of a hop is no number": lambda trace: trace["tcptraceroute"]["hop_stats"][0].update(loss_high="79"),
    "an ICMP key on a TCP reply": lambda trace: trace["hops"][1].update(icmp_type=3),
    "an RTT without decimals": lambda trace: trace["hops"][0].update(rtt=topic_json.Number("1.0")),
}

PROBE = {"tcptraceroute.trace": ["0"], "tcptraceroute.hop": ["1"], "tcptraceroute.probe": ["1"],
         "tcptraceroute.probe.attempt": ["1"], "tcptraceroute.reply_in": ["2"], "tcptraceroute.rtt": ["0.5"],
         "tcptraceroute.target": ["203.0.113.9"], "frame.time_epoch": ["1.0"]}
REPLY = {"tcptraceroute.trace": ["0"], "tcptraceroute.hop": ["1"], "tcptraceroute.reply": ["1"],
         "tcptraceroute.reply_to": ["1"], "tcptraceroute.rtt": ["0.5"], "tcptraceroute.kind": ["time-exceeded"],
         "tcptraceroute.match": ["ip-id"], "tcptraceroute.target": ["203.0.113.9"], "frame.time_epoch": ["1.5"]}
BROKEN_ROWS = {
    "the probe links nowhere": lambda rows: rows[1].update({"tcptraceroute.reply_in": ["9"]}),
    "the reply links nowhere": lambda rows: rows[2].update({"tcptraceroute.reply_to": ["9"]}),
    "the hops differ": lambda rows: rows[2].update({"tcptraceroute.hop": ["2"]}),
    "the RTT is not the difference": lambda rows: rows[2].update({"frame.time_epoch": ["1.6"]}),
    "a reply's field on a probe": lambda rows: rows[1].update({"tcptraceroute.kind": ["rst"]}),
    "the probe does not know": lambda rows: rows[1].pop("tcptraceroute.reply_in"),
    "no such kind": lambda rows: rows[2].update({"tcptraceroute.kind": ["smoke"]}),
}

STOCK = ["    1   0.000000 192.0.2.1 → 203.0.113.9 TCP 54 SYN", "Frame 1: 54 bytes", "    Encapsulation: Ethernet", ""]
PLUGIN = [STOCK[0] + " [hop 1]", *STOCK[1:3], "[TCP Traceroute, hop 1]", "    [Hop: 1]", "        [deeper]", ""]
CHANGED_STOCK = {
    "a line is gone": PLUGIN[:1] + PLUGIN[2:],
    "a line is new": PLUGIN[:2] + ["    [Other]"] + PLUGIN[2:],
    "a line differs": [PLUGIN[0], "Frame 1: 55 bytes", *PLUGIN[2:]],
    "the summary differs in front": ["X" + PLUGIN[0], *PLUGIN[1:]],
}


HOPS = [
    "Hop |Address |Name |Loss % |Sent |Received |Last ms |Average ms |Best ms |Worst ms |StDev ms |Jitter ms |State |Notes |"
    "Labels |AS |Country |Trace |Target |Port |",
    "TCP Traceroute Hops",
    "1 |198.51.100.1 | |  50.0 |       2 |1 |       1.000 |       1.000 |       1.000 |       1.000 |       0.000 |"
    "       0.000 | | | | | |0 |203.0.113.9 |80 |",
    "2 |203.0.113.9 | |   0.0 |       1 |1 |       1.000 |       1.000 |       1.000 |       1.000 |       0.000 |"
    "       0.000 |closed | | | | |0 |203.0.113.9 |80 |",
    "=====",
]
TREE = [
    "TCP Traceroute/Paths:",
    "Topic / Item                         Count Average Min Val  Max Val  Percent",
    "-----",
    "Trace 0: 203.0.113.9 port 80, closed 2     1.00    1.000000 1.000000 100.00%",
    " Hop 1, 1 of 2 probes unanswered     1     1.00    1.000000 1.000000 50.00%",
    "  198.51.100.1                       1     1.00    1.000000 1.000000 100.00%",
    " Hop 2                               1     1.00    1.000000 1.000000 50.00%",
    "  203.0.113.9                        1     1.00    1.000000 1.000000 100.00%",
    "",
]
TEXT = [
    "Tracing the path to 203.0.113.9 on TCP port 80, 2 hops max",
    " 1  198.51.100.1  1.000 ms *",
    " 2  203.0.113.9 [closed]  1.000 ms",
    "",
    "Start: 1970-01-01T00:00:00+0000",
    "HOST: 192.0.2.1 -> 203.0.113.9:80 Loss%   Snt   Last   Avg  Best  Wrst StDev",
    "  1.|-- 198.51.100.1              50.0%     2    1.0   1.0   1.0   1.0   0.0",
    "  2.|-- 203.0.113.9                0.0%     1    1.0   1.0   1.0   1.0   0.0",
    "",
]
WITH_LOSS = {**TRACE, "no_hops": [{"probe_ttl": 1, "probe_id": 2}]}
BROKEN_TEXTS = {
    "there are no paths": (0, TEXT[0], ""),
    "there is no report": (5, TEXT[5], ""),
    "another target": (0, "203.0.113.9", "203.0.113.8"),
    "other hops at most": (0, "2 hops", "3 hops"),
    "another hop": (2, " 2  ", " 3  "),
    "another address": (1, "198.51.100.1", "198.51.100.2"),
    "an RTT is another": (1, "1.000 ms", "1.001 ms"),
    "a star is missing": (1, " *", ""),
    "a star stands in front": (1, "198.51.100.1  1.000 ms *", "* 198.51.100.1 1.000 ms"),
    "it was reached": (3, "", "Destination not reached"),
    "an overshoot probe has a line": (3, "", " 3  203.0.113.9  1.000 ms"),
    "another target of the report": (5, "203.0.113.9:80", "203.0.113.9:81"),
    "another hop of the report": (7, "2.|", "3.|"),
    "another host of the report": (6, "198.51.100.1", "198.51.100.2"),
    "another count of the report": (6, " 2  ", " 1  "),
    "another loss of the report": (6, "50.0%", "0.0%"),
    "another RTT of the report": (6, "1.0   1.0", "1.0   1.1"),
    "an overshoot probe has a row": (8, "", TEXT[7].replace("2.|", "3.|")),
}
BROKEN_HOPS = {
    "there is no table": (1, "TCP Traceroute Hops", ""),
    "a row is missing": (3, HOPS[3], "====="),
    "another target": (2, "0 |203.0.113.9", "0 |203.0.113.8"),
    "another address": (2, "198.51.100.1", "198.51.100.2"),
    "a word in a column of numbers": (2, " |80 |", " |http |"),
    "a count is wrong": (2, "  2 |1 |", "  1 |1 |"),
    "the loss is wrong": (2, "50.0", " 0.0"),
    "the loss is missing": (2, "  50.0", ""),
    "an RTT is wrong": (2, "1.000 |       1.000", "1.000 |       1.001"),
    "an RTT is missing": (2, "       1.000 |", "|"),
    "decimals are missing": (2, "1.000 |       1.000", "1.000 |       1.00"),
    "it does not stand right": (2, "       1.000 |", "1.000 |"),
    "the deviation is wrong": (3, "0.000 |", "0.001 |"),
    "the state is another": (3, "closed", "open"),
    "labels that nobody sent": (3, "closed | |", "closed | |MPLS:L=1,E=0,S=1,T=1"),
    "a note on the trace that the JSON lacks": (2, "0.000 | |", "0.000 | |trace: late"),
}
BROKEN_TREES = {
    "there is no tree": (0, TREE[0], ""),
    "a node is missing": (7, TREE[7], ""),
    "a node is new": (8, "", TREE[7]),
    "another name": (4, "1 of 2", "2 of 2"),
    "another level": (5, "  198.51.100.1 ", " 198.51.100.1  "),
    "a count is wrong": (6, "1     1.00", "2     1.00"),
    "an average is wrong": (6, "1.00  ", "1.01  "),
    "a minimum is wrong": (6, "1.000000 1.000000", "0.999999 1.000000"),
    "a maximum is wrong": (6, "1.000000 1.000000", "1.000000 1.000001"),
}
NODE = {"name": "198.51.100.1", "count": 1, "avg": 1.0, "min": 1.0, "max": 1.0}
SHARKD = {
    "tap0": {"tap": "nstat:tcptraceroute,hops", "fields": [{"c": name} for name in topic_hops.COLUMNS],
             "tables": [{"i": [
                 [1, "198.51.100.1", "", "  50.0", "       2", 1, *4 * ["       1.000"], *2 * ["       0.000"], *5 * [""],
                  0, "203.0.113.9", 80],
                 [2, "203.0.113.9", "", "   0.0", "       1", 1, *4 * ["       1.000"], *2 * ["       0.000"], "closed",
                  *4 * [""], 0, "203.0.113.9", 80],
             ]}]},
    "tap1": {"tap": "stats:tcptraceroute", "stats": [
        {**NODE, "name": "Trace 0: 203.0.113.9 port 80, closed", "count": 2, "sub": [
            {**NODE, "name": "Hop 1, 1 of 2 probes unanswered", "sub": [NODE]},
            {**NODE, "name": "Hop 2", "sub": [{**NODE, "name": "203.0.113.9"}]},
        ]},
    ]},
}
BROKEN_SHARKD = {
    "a number is text": lambda taps: taps["tap0"]["tables"][0]["i"][0].__setitem__(19, "80"),
    "text is a number": lambda taps: taps["tap0"]["tables"][0]["i"][0].__setitem__(2, 1),
    "an RTT of a hop is wrong": lambda taps: taps["tap0"]["tables"][0]["i"][0].__setitem__(7, "       1.100"),
    "a column is gone": lambda taps: taps["tap0"]["fields"].pop(),
    "a count of the tree is wrong": lambda taps: taps["tap1"]["stats"][0].update(count=3),
    "a hop of the tree is gone": lambda taps: taps["tap1"]["stats"][0]["sub"].pop(),
}


class Topics(unittest.TestCase):
    def test_sound_trace_has_no_errors(self):
        self.assertEqual(list(topic_json.check_trace(TRACE)), [])

    def test_broken_traces_are_found(self):
        for name, change in BROKEN_TRACES.items():
            with self.subTest(name):
                trace = copy.deepcopy(TRACE)
                change(trace)
                self.assertNotEqual(list(topic_json.check_trace(trace)), [])

    def errors_of_rows(self, rows):
        return [error for frame, row in rows.items() for error in topic_fields.check_row(frame, row, rows)]

    def test_sound_rows_have_no_errors(self):
        self.assertEqual(self.errors_of_rows({1: PROBE, 2: REPLY}), [])

    def test_broken_rows_are_found(self):
        for name, change in BROKEN_ROWS.items():
            with self.subTest(name):
                rows = copy.deepcopy({1: PROBE, 2: REPLY})
                change(rows)
                self.assertNotEqual(self.errors_of_rows(rows), [])

    def test_one_pass_must_not_know_more(self):
        without = {key: value for key, value in PROBE.items() if key != "tcptraceroute.reply_in"}
        self.assertEqual(list(topic_fields.check_subset({1: without}, {1: PROBE})), [])
        self.assertNotEqual(list(topic_fields.check_subset({1: PROBE}, {1: without})), [])

    def test_one_pass_must_show_links_of_replies(self):
        self.assertEqual(list(topic_fields.check_links({1: PROBE, 2: REPLY}, {1: PROBE, 2: REPLY})), [])
        for name in ("reply_to", "rtt"):
            without = {key: found for key, found in REPLY.items() if key != f"tcptraceroute.{name}"}
            self.assertNotEqual(list(topic_fields.check_links({2: without}, {2: REPLY})), [])
        many = {frame: REPLY for frame in range(topic_fields.MANY_REPLIES)}
        self.assertNotEqual(list(topic_fields.check_links(dict.fromkeys(many, {}), many)), [])

    def test_a_teardown_refuses_an_earlier_syn_ack(self):
        teardown = {"tcptraceroute.trace": ["0"], "tcptraceroute.hop": ["1"], "tcptraceroute.teardown": ["1"],
                    "tcptraceroute.teardown_of": ["2"]}
        opened = {**REPLY, "tcptraceroute.kind": ["syn-ack"]}
        self.assertEqual(list(topic_fields.check_row(3, teardown, {2: opened})), [])
        for frame, refused in ((3, REPLY), (1, opened)):
            self.assertNotEqual(list(topic_fields.check_row(frame, teardown, {2: refused})), [])

    def test_json_and_fields_must_name_the_same_hops(self):
        line = json.dumps({**TRACE, "hops": TRACE["hops"][:1]})
        tool = {"tcptraceroute.tool": ["unknown"]}
        changed = {"tcptraceroute.changed": ["dscp"], "tcptraceroute.changed_first": ["dscp"]}
        rows = {1: {**PROBE, **tool}, 2: {**REPLY, **tool, **changed}}
        self.assertEqual(list(topic_fields.check_json([line], rows)), [])
        self.assertNotEqual(list(topic_fields.check_json([json.dumps(TRACE)], rows)), [])
        for frame, other in ((1, {"tcptraceroute.tool": ["mtr"]}), (1, {"tcptraceroute.silence": ["loss"]}),
                             (2, {"tcptraceroute.changed_first": []}), (1, {"tcptraceroute.changed_first": ["dscp"]})):
            with self.subTest(other):
                self.assertNotEqual(list(topic_fields.check_json([line], {**rows, frame: {**rows[frame], **other}})), [])

    def errors_of_view(self, topic, lines):
        return list(topic.check_lines(lines, [topic_json.parse(json.dumps(WITH_LOSS))], "here"))

    def test_sound_views_have_no_errors(self):
        self.assertEqual(self.errors_of_view(topic_hops, HOPS), [])
        self.assertEqual(self.errors_of_view(topic_tree, TREE), [])
        self.assertEqual(self.errors_of_view(topic_text, TEXT), [])

    def test_broken_views_are_found(self):
        for topic, sound, broken in ((topic_hops, HOPS, BROKEN_HOPS), (topic_tree, TREE, BROKEN_TREES),
                                     (topic_text, TEXT, BROKEN_TEXTS)):
            for name, (line, right, wrong) in broken.items():
                with self.subTest(name):
                    self.assertIn(right, sound[line])
                    lines = [*sound[:line], sound[line].replace(right, wrong, 1), *sound[line + 1:], ""]
                    self.assertNotEqual(self.errors_of_view(topic, lines), [])

    def test_reports_of_experts_are_counted(self):
        names = {"NAT: the source differs": "nat", "The answer came late": "late"}
        report = """Notes (5)\n   Frequency      Group           Protocol  Summary
           2   Protocol      tcptraceroute  NAT: the source differs
           1   Sequence               IPv4  The answer came late
           3   Sequence                TCP  Something else\n"""
        self.assertEqual(topic_expert.counts(report, names), ({"nat": 2, "late": 1}, {"tcptraceroute", "IPv4"}))

    def errors_of_sharkd(self, first, second):
        answers = [{"taps": list(taps.values())} for taps in (first, second)]
        return list(topic_sharkd.compare_taps(*answers, [topic_json.parse(json.dumps(WITH_LOSS))]))

    def test_sound_taps_have_no_errors(self):
        self.assertEqual(self.errors_of_sharkd(SHARKD, SHARKD), [])

    def test_broken_taps_are_found(self):
        for name, change in BROKEN_SHARKD.items():
            with self.subTest(name):
                taps = copy.deepcopy(SHARKD)
                change(taps)
                self.assertNotEqual(self.errors_of_sharkd(taps, taps), [])
                self.assertIn("sharkd says other things", self.errors_of_sharkd(SHARKD, taps)[0])

    def test_what_was_before_is_found(self):
        views = {topic_retap.HOPS: SHARKD["tap0"], topic_retap.PATHS: SHARKD["tap1"]}
        sound = [[views[tap] for tap in asked.values() if tap in views] for asked in topic_retap.questions()]
        self.assertEqual(list(topic_retap.compare(sound, sound)), [])
        for number, taps in enumerate(sound):
            if taps:
                with self.subTest(f"question {number + 1}"):
                    broken = copy.deepcopy(sound)
                    broken[number][0] = {**taps[0], "tables": [], "stats": []}
                    self.assertNotEqual(list(topic_retap.compare(broken, sound)), [])
        self.assertNotEqual(list(topic_retap.compare([[], *sound[1:]], sound)), [])

    def test_views_may_stand_in_any_order(self):
        texts = {"paths": b"Tracing 1\n", "json": b"", "dot": b"Tracing 1\n}\n"}
        for output in (b"Tracing 1\nTracing 1\n}\n", b"Tracing 1\n}\nTracing 1\n"):
            self.assertIsNone(check_reader.difference(output, texts))

    def test_another_byte_is_found(self):
        texts = {"paths": b"Tracing 1\n", "json": b'{"type"}\n'}
        for output in (b'Tracing 2\n{"type"}\n', b"Tracing 1\n", b'Tracing 1\n{"type"}\nmore\n', b""):
            self.assertIsInstance(check_reader.difference(output, texts), str)

    def test_what_is_selected_and_not_there_is_found(self):
        paths = [pathlib.Path(f"{name}.pcap") for name in sorted(selection.NAMES)]
        self.assertLessEqual(selection.FEW, selection.NAMES)
        self.assertEqual(selection.missing(paths), [])
        self.assertEqual(selection.missing(paths[1:]), [paths[0].stem])
        self.assertEqual(selection.chosen([*paths, pathlib.Path("other.pcap")]), paths)

    def test_subtree_and_suffix_may_be_added(self):
        self.assertEqual(list(topic_stock.compare(PLUGIN, STOCK)), [])

    def test_changes_of_stock_output_are_found(self):
        for name, lines in CHANGED_STOCK.items():
            with self.subTest(name):
                self.assertNotEqual(list(topic_stock.compare(lines, STOCK)), [])


if __name__ == "__main__":
    unittest.main()
