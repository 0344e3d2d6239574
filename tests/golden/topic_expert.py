# SPDX-License-Identifier: GPL-2.0-or-later
"""Expert info stands on the frames of which the headers say so, and on no other; `-z expert` counts them all."""
import collections
import re

import support

PREFIX = "tcptraceroute.expert."
INFOS = ("unanswered", "retransmission", "late", "duplicate", "ip_id_changed", "nat", "dnat", "quoted_ttl",
         "extension_checksum", "target_exceeded", "open", "closed", "filtered", "unfiltered")
SYN_ACK = "tcp.flags == 0x012"
RST_OF_TARGET = "tcp.flags.reset == 1 && ip.src == 203.0.113.9"

# (capture, preferences): by info what stock Wireshark shows of its frames, or the frames where it takes two to tell.
CASES = {
    ("ipid_zeroed_tt",): {"ip_id_changed": "icmp && ip.id == 0", "open": SYN_ACK},
    ("nat_noquote_tt",): {"nat": "icmp && ip.src == 198.51.100.1", "open": SYN_ACK},
    ("dnat_quote_tt",): {"dnat": "icmp && ip.dst == 203.0.113.9", "open": SYN_ACK},
    # The third router sends two errors that quote the same IP ID, and each SYN/ACK twice. No probe is there twice, so it is
    # the path that doubles them, and no second capture point.
    ("path_doubles",): {"duplicate": "frame.number in {15, 18, 21, 25, 30, 35}",
                        "open": "frame.number in {23, 25, 28, 30, 33, 35}"},
    # The target had answered all SYNs but frame 5, and sends its SYN/ACK again after one second.
    ("norst_tcptr",): {"duplicate": "frame.number == 6", "unanswered": "frame.number == 5", "open": SYN_ACK},
    # The last frame is a probe: it is in flight.
    ("mtr_drop",): {"retransmission": "tcp.analysis.retransmission",
                    "unanswered": "!icmp && ip.ttl >= 4 && frame.number < 47"},
    ("tt_closed",): {"closed": RST_OF_TARGET},
    ("tt_ack_closed",): {"unfiltered": RST_OF_TARGET},
    ("tt_prohib_target",): {"filtered": "icmp.type == 3"},
    ("dnat_tt",): {"target_exceeded": "icmp.type == 11 && ip.src == 203.0.113.80", "open": SYN_ACK},
    # Every router of the simulated path spoils it; the target answers by TCP.
    ("ext-mpls-wrong-v4",): {"extension_checksum": "icmp.type == 11", "open": SYN_ACK},
    # 3.0516 and 3.0635 s after their probes.
    ("arp_fails",): {"filtered": "icmp.type == 3"},
    ("arp_fails", "reply_limit:4"): {"filtered": "icmp.type == 3"},
    ("arp_fails", "reply_limit:3"): {"filtered": "icmp.type == 3", "late": "icmp.type == 3"},
    ("arp_fails", "reply_limit:0"): {"filtered": "icmp.type == 3", "late": "icmp.type == 3"},
}


def expected_frames(capture, facts):
    """By info, the frames that pass stock's filter."""
    return {info: set(map(int, support.run(
        ["-n", "-r", capture, "-Y", facts[info], "-T", "fields", "-e", "frame.number"], stock=True).split()))
            for info in INFOS if info in facts}


def frames(options):
    """By info, the frames on which it stands."""
    arguments = [*options, "-T", "fields", "-e", "frame.number"]
    for info in INFOS:
        arguments += ["-e", PREFIX + info]
    found = collections.defaultdict(set)
    for line in support.run(arguments).splitlines():
        number, *values = line.split("\t")
        for info, text in zip(INFOS, values):
            if text:
                found[info].add(int(number))
    return dict(found)


def summaries():
    """{what a report calls it: info}."""
    names = {}
    for line in support.run(["-G", "fields"]).splitlines():
        columns = line.split("\t")
        if columns[0] == "F" and columns[2].startswith(PREFIX):
            names[columns[1]] = columns[2].removeprefix(PREFIX)
    return names


def counts(report, names):
    """{info: how often}, and the protocols that `-z expert` names for them."""
    found, protocols = collections.Counter(), set()
    for line in report.splitlines():
        entry = re.fullmatch(r" *(\d+) +(\S+) +(\S+)  (.*)", line)
        if entry and entry[4] in names:
            found[names[entry[4]]] += int(entry[1])
            protocols.add(entry[3])
    return dict(found), protocols


def check_report(options, shown, names):
    """With -q no tree is built; what is counted must be `shown` all the same."""
    found, protocols = counts(support.run([*options, "-q", "-z", "expert"]), names)
    right = {info: len(numbers) for info, numbers in shown.items()}
    if found != right:
        yield f"-q -z expert: {found}, the frames say {right}"
    if protocols - {"tcptraceroute"}:
        yield f"-q -z expert: under the protocols {sorted(protocols)}"


def check_case(capture, preferences, facts, names):
    options = ["-n", "-r", capture, *preferences]
    wanted, one, two = expected_frames(capture, facts), frames(options), frames([*options, "-2"])
    if two != wanted or not all(wanted.values()):
        yield f"{two}, the headers say {wanted}"
    # In one pass nothing shows before the trace is recognised, and "unanswered" never.
    if any(numbers - wanted.get(info, set()) for info, numbers in one.items()) or "unanswered" in one:
        yield f"one pass: {one}, the headers say {wanted}"
    yield from check_report(options, one, names)
    yield from check_report([*options, "-2"], two, names)


def check_all(captures):
    by_name = {capture.stem: capture for capture in captures}
    names = summaries()
    if sorted(names.values()) != sorted(INFOS):
        yield f"registered are {sorted(names.values())}"
    for (name, *settings), facts in CASES.items():
        preferences = [option for setting in settings for option in ("-o", f"tcptraceroute.{setting}")]
        for error in check_case(by_name[name], preferences, facts, names):
            yield f"{name} {settings}: {error}"
