#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_transforms.py FOLDER: each transform changes what it says and nothing else, and finds what is wrong after it.

FOLDER holds the simulated captures. Runs no program: what the reader would say is made from what was simulated, once
right and once with a fault.
"""
import copy
import json
import pathlib
import struct
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
import capture as pcap  # noqa: E402
import expected  # noqa: E402
import layers  # noqa: E402
import renumber  # noqa: E402
import transform_copies  # noqa: E402
import transform_less  # noqa: E402
import transform_merge  # noqa: E402
import transform_numbers  # noqa: E402
import transform_order  # noqa: E402
from transform import Source, Unfit  # noqa: E402

FOLDER = pathlib.Path()
OURS = ("probe_frame", "reply_frame", "probe_ip_id", "sport", "kind", "match")
OURS_OF_TRACE = ("family", "state", "reached", "path_length")


def said(source):
    """The JSON that the reader ought to print, from the simulator's truth."""
    truth = json.loads(source.path.with_suffix(".json").read_text(encoding="utf-8"))
    return [_trace(source, index, trace) for index, trace in enumerate(truth["traces"])]


def _trace(source, index, truth):
    trace = {key: value for key, value in truth.items() if key not in (*OURS_OF_TRACE, "first_frame")}
    trace["start"] = {**_time(source, truth["first_frame"]), "ftime": "2023-11-14 22:13:21"}
    for key in ("hops", "extra_hops", "no_hops"):
        trace[key] = [_entry(source, entry) for entry in truth[key]]
    trace["tcptraceroute"] = {"trace": index, **{key: truth[key] for key in OURS_OF_TRACE if key in truth}}
    return trace


def _entry(source, truth):
    entry = {key: value for key, value in truth.items() if key not in (*OURS, "rtt_us")}
    entry["tx"] = _time(source, truth["probe_frame"])
    if "rtt_us" in truth:
        entry["rtt"] = truth["rtt_us"] / 1000
    entry["tcptraceroute"] = {key: truth[key] for key in OURS if key in truth}
    return entry


def _time(source, frame):
    microseconds = source.frames[frame - 1].time // 1000
    return {"sec": microseconds // 1_000_000, "usec": microseconds % 1_000_000}


def source_of(name):
    source = Source(FOLDER / f"{name}.pcap")
    source.traces = said(source)
    return source


def moved(source, changed):
    """The traces with the numbers that the frames have in `changed`, where each is the same to the byte."""
    place = {}
    for number, frame in enumerate(changed.frames, 1):
        place.setdefault((frame.time, frame.data), number)
    traces = copy.deepcopy(source.traces)
    for trace in traces:
        for entry in trace["hops"] + trace["extra_hops"] + trace["no_hops"]:
            for key in ("probe_frame", "reply_frame"):
                if key in entry["tcptraceroute"]:
                    frame = source.frames[entry["tcptraceroute"][key] - 1]
                    entry["tcptraceroute"][key] = place.get((frame.time, frame.data))
    return traces


def broken(traces, change):
    traces = copy.deepcopy(traces)
    change(traces)
    return traces


def set_at(path, value):
    """A change of one place in the list of traces, e.g. ("hops", 0, "rtt") of the first."""
    def change(traces):
        thing = traces[0]
        for step in path[:-1]:
            thing = thing[step]
        thing[path[-1]] = value
    return change


def drop_hop(traces):
    traces[0]["hops"].pop(1)


FAULTS = {
    "a hop is missing": drop_hop,
    "a trace is missing": lambda traces: traces.pop(),
    "a trace is new": lambda traces: traces.append(copy.deepcopy(traces[0])),
    "another RTT": set_at(("hops", 0, "rtt"), 99.5),
    "another state": set_at(("tcptraceroute", "state"), "closed"),
    "a copy counts": set_at(("probe_count",), 8),
    "another probe": set_at(("hops", 0, "tcptraceroute", "probe_frame"), 3),
    "a note more": set_at(("tcptraceroute", "notes"), ["the capture lies"]),
}


class Transforms(unittest.TestCase):
    def setUp(self):
        self.source = source_of("tt-q1")
        self.others = [self.source, source_of("tr-sport")]

    def check(self, made, right, faults):
        _, check = made[:2]
        self.assertEqual(list(check(right)), [])
        for name, change in faults.items():
            with self.subTest(name):
                self.assertNotEqual(list(check([broken(right[0], change), *right[1:]])), [])

    def test_copies(self):
        for make in (transform_copies.make_same, transform_copies.make_checksum, transform_copies.make_ttl):
            with self.subTest(make.__name__):
                made = make(self.source, 1, [])
                self.check(made, [moved(self.source, made[0][0])], FAULTS)

    def test_the_count_of_copies_may_differ(self):
        made = transform_copies.make_same(self.source, 1, [])
        right = moved(self.source, made[0][0])
        right[0]["tcptraceroute"]["notes"] = ["8 frames are in the capture more than once"]
        self.assertEqual(list(made[1]([right])), [])

    def test_copies_are_what_they_say(self):
        same, checksum, ttl = (make(self.source, 1, [])[0][0].frames for make in (
            transform_copies.make_same, transform_copies.make_checksum, transform_copies.make_ttl))
        frames = self.source.frames
        self.assertEqual([frame.data for frame in same[::2]], [frame.data for frame in same[1::2]])
        for first, second in zip(checksum[::2], checksum[1::2]):
            header = layers.carried(layers.walk(1, first.data))
            own = [at for at in range(len(first.data)) if first.data[at] != second.data[at]]
            if header.protocol == layers.TCP:
                self.assertTrue(own and set(own) <= {header.transport + 16, header.transport + 17})
            else:
                self.assertEqual(own, [])
        # Frames 1 and 2 are a probe that expires in the first router, and its answer.
        self.assertEqual([frame.data for frame in ttl[:2]], [frame.data for frame in frames[:2]])
        self.assertEqual([frame.data[22] for frame in ttl[2:6]], [2, 1, 255, 254])
        self.assertEqual(len(ttl), 2 * len(frames) - 2)
        for frame in ttl:
            self.assertTrue(layers.is_sound(frame.data, layers.walk(1, frame.data)))

    def test_shifted(self):
        made = transform_order.make_shifted(self.source, 1, [])
        right = copy.deepcopy(self.source.traces)
        for thing in (right[0]["start"], *(entry["tx"] for entry in right[0]["hops"])):
            thing["sec"] += 37 * 86400
        right[0]["start"]["ftime"] = "2023-12-21 22:13:21"
        self.check(made, [right], {**FAULTS, "one time stays": set_at(("hops", 1, "tx", "sec"), 1_700_000_000)})
        self.assertNotEqual(list(made[1]([self.source.traces])), [])

    def test_swapped(self):
        source = self.others[1]
        made = transform_order.make_swapped(source, 1, [])
        frames = made[0][0].frames
        self.assertEqual(sorted(frames), sorted(source.frames))
        self.assertNotEqual(frames, source.frames)
        self.check(made, [moved(source, made[0][0])], {key: FAULTS[key] for key in ("another RTT", "a hop is missing")})
        self.assertNotEqual(list(made[1]([source.traces])), [])

    def test_renumbered(self):
        made = transform_numbers.make_renumbered(self.source, 1, [])
        right = copy.deepcopy(self.source.traces)
        right[0].update(src="192.8.2.10", dst="203.8.113.9", sport=51758, dport=1080)
        for entry, address in zip(right[0]["hops"], ("198.59.100.1", "198.59.100.2", "198.59.100.3", "203.8.113.9")):
            entry["addr"] = address
            entry["tcptraceroute"]["sport"] = 51758
        faults = {"an old address": set_at(("hops", 0, "addr"), "198.51.100.1"),
                  "an old port": set_at(("hops", 0, "tcptraceroute", "sport"), 50758)}
        self.check(made, [right], {**FAULTS, **faults})

    def test_removed(self):
        made = transform_less.make_removed("removed.12", self.source, 1, [])
        self.assertEqual(len(made[0][0].frames), len(self.source.frames) - 1)
        right = [copy.deepcopy(trace) for trace in moved(self.source, made[0][0])]
        right[0]["hops"] = [entry for entry in right[0]["hops"] if None not in entry["tcptraceroute"].values()]
        self.check(made, [right], {"a neighbour's answer": set_at(("hops", 1, "tcptraceroute", "probe_frame"), 1)})
        by_order = broken(right, set_at(("hops", 1, "tcptraceroute"), {**right[0]["hops"][1]["tcptraceroute"],
                                                                     "probe_frame": 1, "match": "order"}))
        self.assertEqual(list(made[1]([by_order])), [])

    def test_cut(self):
        captures, check = transform_less.make_cut(self.source, 10, [])       # behind the third probe
        self.assertEqual(len(captures[0].frames), 6)
        part = copy.deepcopy(self.source.traces)
        part[0]["hops"] = part[0]["hops"][:3]
        part[0]["tcptraceroute"] = {"state": "unknown", "reached": False}
        part[0]["stop_reason"] = "NONE"
        self.assertEqual(list(check([part])), [])
        waiting = {**part[0]["hops"][2], "tcptraceroute": {"probe_frame": 5}}
        del waiting["rtt"]
        lost = broken(part, lambda traces: traces[0].update(hops=part[0]["hops"][:2], no_hops=[waiting]))
        found = {
            "none": broken(part, set_at(("hops", 1, "tcptraceroute", "probe_frame"), 4)),
            "tie": broken(part, set_at(("hops", 1, "tcptraceroute", "probe_frame"), 1)),
            "lost": lost,
            "state": broken(part, set_at(("tcptraceroute",), {"state": "closed", "reached": False})),
            "path": broken(part, set_at(("tcptraceroute",), {"state": "open", "reached": True, "path_length": 3})),
        }
        for aspect, traces in found.items():
            with self.subTest(aspect):
                self.assertTrue(any(problem.startswith(f"{aspect}: ") for problem in check([traces])))
        lost[0]["no_hops"][0]["in_flight"] = True
        self.assertEqual(list(check([lost])), [])

    def test_silence_that_was_only_early(self):
        _, check = transform_less.make_cut(self.source, 10, [])
        part = copy.deepcopy(self.source.traces)
        waiting = [{**entry, "tcptraceroute": {"probe_frame": entry["tcptraceroute"]["probe_frame"]}}
                   for entry in part[0]["hops"][:3]]
        part[0].update(hops=[], no_hops=waiting, stop_reason="GAPLIMIT")
        part[0]["tcptraceroute"] = {"state": "filtered", "reached": False}
        self.assertIn("state: filtered, of the whole capture open", list(check([part])))

    def test_merged(self):
        for make in (transform_merge.make_addresses, transform_merge.make_ports):
            with self.subTest(make.__name__):
                captures, check = make(self.source, 1, self.others)
                other = Source(self.others[1].path)
                other.capture, other.traces = captures[1], copy.deepcopy(self.others[1].traces)
                both = moved(self.source, captures[0]) + moved(other, captures[0])
                self.assertEqual(list(check([both, other.traces])), [])
                mixed = broken(both, set_at(("hops", 0, "tcptraceroute", "reply_frame"),
                                            both[1]["hops"][0]["tcptraceroute"]["reply_frame"]))
                for traces in (mixed, broken(both, drop_hop), both[:1], both[1:], [*both, both[1]]):
                    self.assertNotEqual(list(check([traces, other.traces])), [])


class Bytes(unittest.TestCase):
    def test_files_are_read_as_they_were_written(self):
        source = source_of("link-sll2-tt-v4")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "again.pcap"
            pcap.write(path, source.capture)
            self.assertEqual(path.read_bytes(), source.path.read_bytes())
            path.write_bytes(path.read_bytes()[:-1])
            self.assertRaises(pcap.FormatError, pcap.read, path)

    def test_checksums_stay_right_and_wrong(self):
        """With other numbers every packet that was sound is sound, and with the old ones again each is what it was."""
        count = 0
        for path in sorted(FOLDER.glob("*.pcap")):
            source = Source(path)
            if source.capture.link not in layers.LINKS or not source.frames:
                continue
            there, back = renumber.Shift(8, 100, {}), renumber.Shift(-8, -100, {})
            changed = renumber.frames(source.frames, source.walks, there)
            walks = [layers.walk(source.capture.link, frame.data) for frame in changed]
            for frame, walk, new, new_walk in zip(source.frames, source.walks, changed, walks):
                if layers.is_sound(frame.data, walk):
                    count += bool(walk.headers)
                    self.assertTrue(layers.is_sound(new.data, new_walk), path.name)
            again = renumber.frames(changed, walks, back)
            self.assertEqual([frame.data for frame in again], [frame.data for frame in source.frames], path.name)
        self.assertGreater(count, 1000)

    def test_layers_are_found(self):
        for name, depths in (("link-vxlan-tt-v4", {0, 1}), ("link-qinq-tt-v4", {0}), ("link-6in4-tr-v6", {0, 1}),
                             ("link-mpls-tt-v4", {0}), ("link-pppoe-tr-v6", {0}), ("link-gre-tr-v6", {0, 1})):
            with self.subTest(name):
                source = source_of(name)
                own = {header.depth for walk in source.walks for header in walk.headers if not header.is_quoted}
                self.assertEqual(own, depths)
                quoted = [header for walk in source.walks for header in walk.headers if header.is_quoted]
                self.assertTrue(quoted)
                self.assertTrue(all(renumber.is_tcp(header) for header in quoted))

    def test_addresses_in_sentences(self):
        shift = renumber.Shift(8, 0, {})
        self.assertEqual(renumber.moved_text("from 192.0.2.1: 3 of 4.5 by 2001:db8::1, 0.0.0.0", shift, {}),
                         "from 192.8.2.1: 3 of 4.5 by 2001:db8:8::1, 0.0.0.0")

    def test_a_frame_without_ip_is_left_alone(self):
        arp = pcap.Frame(0, b"\xff" * 12 + b"\x08\x06" + bytes(28), 42)
        self.assertEqual(layers.walk(1, arp.data).headers, [])
        for end in range(60):
            layers.walk(1, struct.pack("!12sH", b"", 0x0800) + bytes([0x45]) + bytes(end))

    def test_unfit(self):
        source = source_of("none-exported-pdu")
        self.assertRaises(Unfit, transform_numbers.make_renumbered, source, 1, [])
        self.assertRaises(Unfit, transform_merge.make_addresses, source, 1, [source])


class List(unittest.TestCase):
    def test_is_read_as_it_was_written(self):
        failures = {("cut.lost", "b", 4): "one", ("cut.lost", "b", 8): "one", ("swapped", "a", 1): "two"}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "list.json"
            expected.save(path, failures)
            self.assertEqual(expected.load(path), failures)

    def test_of_this_folder_has_reasons(self):
        reasons = set(expected.load(HERE / "expected_failures.json").values())
        self.assertNotIn(expected.UNEXPLAINED, reasons)


if __name__ == "__main__":
    FOLDER = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
