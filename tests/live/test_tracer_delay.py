#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tracer against the TCP of a Linux kernel that is some time away: SYNs of one flow that come before the sender's RST
find each other in SYN_RECV, and a port that is open says now this, now that."""
import contextlib
import re

import judge
import lab
import tracing

ROUTERS = 2
PROBES = 3
NO_RESETS = "table inet quiet { chain output { type filter hook output priority 0; tcp flags & rst == rst drop; }; }"


class Delayed(tracing.Case):
    @contextlib.contextmanager
    def chain(self, milliseconds):
        """The delay is on the first link, so that every hop and the target have it."""
        with lab.ChainLab(ROUTERS, {1: milliseconds}) as chain:
            # What routers may answer is not the matter here, and the traces follow each other at once.
            for router in chain.nodes[1:-1]:
                router.sysctl(net__ipv4__icmp_ratelimit=0, net__ipv6__icmp__ratelimit=0)
            yield chain

    def check_state(self, chain, family, port, state, **options):
        """Every probe that got to the target is answered, and every answer says the same of the port."""
        target = chain.target_address(family)
        path = self.installation.path("delay.pcapng")
        done = chain.sender.run(*self.installation.live(target, "-q", "-w", path, "-z", "tcptraceroute,json", port=port,
                                                        **options))
        traces = tracing.read_traces(done.stdout)
        self.assertEqual(len(traces), 1, done.stdout + done.stderr)
        trace, = traces
        said = trace["tcptraceroute"]
        self.assertEqual((said["state"], said["path_length"]), (state, ROUTERS + 1), done.stdout)
        answers = [entry for entry in trace["hops"] if entry["probe_ttl"] == ROUTERS + 1]
        kind = {"open": "syn-ack", "closed": "rst"}[state]
        self.assertEqual([entry["tcptraceroute"]["kind"] for entry in answers],
                         [kind] * PROBES * options.get("rounds", 1), done.stdout)
        self.assertEqual([entry for entry in trace["no_hops"] if entry["probe_ttl"] <= ROUTERS + 1], [], done.stdout)
        self.check_states_printed(path, target, state)

    def check_states_printed(self, path, target, state):
        printed = judge.tshark("-n", "-q", "-r", path, "-z", "tcptraceroute,paths").splitlines()
        self.assertRegex(printed[-1], rf"^ *{ROUTERS + 1}  {re.escape(target)} \[")
        self.assertEqual(re.findall(r"\[(.*?)\]", "".join(printed)), [state], printed)

    def test_open_and_closed(self):
        for milliseconds in (5, 20, 80, 200):
            with self.chain(milliseconds) as chain:
                for family in (4, 6):
                    for port, state in ((chain.OPEN, "open"), (chain.CLOSED, "closed")):
                        with self.subTest(milliseconds=milliseconds, family=family, state=state):
                            self.check_state(chain, family, port, state)

    def test_syn_cookies(self):
        for milliseconds in (5, 80):
            with self.chain(milliseconds) as chain:
                chain.target.sysctl(net__ipv4__tcp_syncookies=2)
                for family in (4, 6):
                    with self.subTest(milliseconds=milliseconds, family=family):
                        self.check_state(chain, family, chain.OPEN, "open")

    def test_resets_that_never_arrive(self):
        """A firewall here drops what the kernel says to an answer it did not wait for: the target keeps on waiting."""
        for milliseconds in (5, 80):
            with self.chain(milliseconds) as chain:
                chain.sender.run("nft", NO_RESETS)
                for family in (4, 6):
                    for rounds in (1, 3):
                        with self.subTest(milliseconds=milliseconds, family=family, rounds=rounds):
                            self.check_state(chain, family, chain.OPEN, "open", rounds=rounds)


if __name__ == "__main__":
    tracing.main("nft")
