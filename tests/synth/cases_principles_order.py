# SPDX-License-Identifier: GPL-2.0-or-later
"""Principle 4: what cannot be told apart is matched in the order of sending and never called exact."""

import tools_basic as basic
import tools_more as more
import tools_session as session
import tools_wild as wild
from principle import MS, alone, every, member, one, shapes

FIFO = "The answers come in the order in which the probes were sent, and nothing else tells them apart."
SEQUENTIAL = "One probe is in flight at a time, so each answer has one probe to answer."
EXACT = "Ports, seq, IP ID or acknowledged number are one probe's alone."


def order(name, why, decides, build, capture=None, undecidable=False):
    return member(4, name, why, decides, build, capture, undecidable)


def _slow(path):
    """Every router 3 ms behind the one before: answers keep the order of bursts."""
    for hop in path.hops:
        hop.delay = 3 * MS


def equal_probes():
    for family in (4, 6):
        v6 = family == 6
        for answer in ("open", "closed", "silent"):
            yield order(f"scapy-{answer}-v{family}", f"scapy's recipe: probes equal but for the TTL, all at once; the port is "
                        f"{answer}.", FIFO, alone(wild.scapy, v6=v6, answer=answer, routers=7, shape=_slow))
        yield order(f"scapy-one-silent-v{family}", "The same, and one router is silent: a quote may be any later probe's.",
                    "With a silent hop among equal probes, first in first out gives each later answer to the hop before.",
                    alone(wild.scapy, v6=v6, routers=7, shape=shapes(_slow, one(3, silent=True))), undecidable=True)
        yield order(f"scapy-lost-v{family}", "The same, and the network loses a fifth of the probes.",
                    "Equal probes of which some were lost: nothing tells which.",
                    alone(wild.scapy, v6=v6, routers=7, loss=0.2, shape=_slow), undecidable=True)
        for count in (4, 9, 14):
            yield order(f"scapy-{count}-routers-v{family}", f"Equal probes at once over {count} routers.", FIFO,
                        alone(wild.scapy, v6=v6, routers=count, shape=_slow))


def one_flow():
    for answer in ("open", "closed"):
        for routers in (2, 5, 8):
            yield order(f"burst-{answer}-{routers}", f"All TTLs of one flow at once, IP IDs unique, {routers} routers, the "
                        f"port is {answer}.", "IP IDs decide the quotes; the target's answers are in the order of sending "
                        "above the last TTL that expired.",
                        alone(wild.burst, routers=routers, answer=answer, shape=_slow))
        yield order(f"burst-{answer}-v6", "The same over IPv6, where no quote tells the probes apart.", FIFO,
                    alone(wild.burst, v6=True, routers=5, answer=answer, shape=_slow))
    yield order("burst-two-silent", "One flow at once, two routers are silent; IP IDs decide the quotes.",
                "IP IDs decide the quotes, TTL 6 is proven to expire, so the target's first answer is to TTL 7.",
                alone(wild.burst, routers=6, shape=shapes(_slow, one(1, silent=True), one(3, silent=True))))


def one_at_a_time():
    tools = (("tracebox", more.tracebox, (4, 6), {}), ("paris", more.paris, (4, 6), {}),
             ("scamper", basic.scamper, (4, 6), {}), ("scamper-ack", basic.scamper, (4, 6), {"flags": 16}),
             ("tcptraceroute-ack", basic.tcptraceroute, (4,), {"flags": 16}),
             ("tcptraceroute-q7", basic.tcptraceroute, (4,), {"q": 7}), ("atlas", more.atlas, (4, 6), {}),
             ("datadog", more.datadog_syn, (4, 6), {}), ("lft", basic.lft, (4,), {"ahead": 1}))
    for name, tool, families, options in tools:
        for family in families:
            for answer in ("open", "closed"):
                yield order(f"sequential-{name}-{answer}-v{family}", f"{name}, ports and seq constant or not, one probe at a "
                            f"time; the port is {answer}.", SEQUENTIAL,
                            alone(tool, options, v6=family == 6, routers=5, answer=answer))
            yield order(f"sequential-{name}-silent-hops-v{family}", f"{name} with two silent hops.",
                        "The probe before timed out long ago; the answer comes a round trip after the next one.",
                        alone(tool, options, v6=family == 6, routers=6,
                              shape=shapes(one(1, silent=True), one(2, silent=True))))


def tools_of_the_list():
    tools = (("bsd", wild.bsd, (4,), {}), ("bsd-fixed", wild.bsd, (4,), {"fixed": True}), ("etr", wild.etr, (4,), {}),
             ("ttl", wild.ttl_tool, (4, 6), {}), ("fbtracert", wild.fbtracert, (4, 6), {}),
             ("ethr", wild.ethr, (4, 6), {}), ("tcpconn", wild.tcpconn, (4, 6), {}), ("nexttrace", more.nexttrace, (4, 6), {}),
             ("mtr-macos", wild.mtr_macos, (4, 6), {}), ("trippy", more.trippy, (4, 6), {}),
             ("datadog-paris", more.datadog_syn, (4,), {"paris_mode": True}), ("tracetcp", more.tracetcp, (4,), {}),
             ("nping", basic.nping, (4, 6), {}), ("hping3", basic.hping, (4,), {}))
    for name, tool, families, options in tools:
        for family in families:
            for answer in ("open", "closed", "silent"):
                yield order(f"tool-{name}-{answer}-v{family}", f"{name} over IPv{family}; the port is {answer}.", EXACT,
                            alone(tool, options, v6=family == 6, routers=5, answer=answer))
    for family in (4, 6):
        yield order(f"tool-mtr-macos-silent-hop-v{family}", "mtr on macOS: a silent hop's SYNs are sent again, from the "
                    "fourth time with fewer options.", "Ports, seq and TTL are the first SYN's.",
                    alone(wild.mtr_macos, {"rounds": 3}, v6=family == 6, routers=5, shape=one(2, silent=True)))


def payloads():
    for payload in (1, 60, 120, 536):
        yield order(f"hping-ack-{payload}", f"ACK probes with {payload} octets of data.",
                    "Quotes are exact; the RST's seq is the probe's ack.",
                    alone(wild.hping_ack, {"payload": payload}, routers=6))
        yield order(f"hping-ack-{payload}-v6", f"The same over IPv6 with {payload} octets.",
                    "Ports and seq of the quotes are one probe's alone; the RST's seq is the probe's ack.",
                    alone(wild.hping_ack, {"payload": payload}, v6=True, routers=6))
    for size in (40, 512, 1200):
        yield order(f"syn-payload-{size}", f"SYNs with {size} octets to a closed port.",
                    "The RST acknowledges SYN and payload.",
                    alone(more.nexttrace, {"payload": size}, routers=5, answer="closed"))


def in_session():
    tools = (("pietrasanta", more.insession, (4, 6), {"q": 3}), ("pietrasanta-q1", more.insession, (4, 6), {}),
             ("datadog-sack", more.insession, (4,), {"step": 1, "fixed_id": 41821, "options": False}),
             ("intrace", more.intrace, (4, 6), {}), ("intrace-typing", session.intrace_typing, (4, 6), {}),
             ("0trace", session.zero_trace, (4, 6), {}), ("service-traceroute", more.service_traceroute, (4, 6), {}))
    for name, tool, families, options in tools:
        for family in families:
            yield order(f"session-{name}-v{family}", f"{name}: probes inside a connection over IPv{family}.",
                        "SACK blocks, IP IDs or the order of sending; the user's own segments have ordinary TTLs.",
                        alone(tool, options, v6=family == 6, routers=4))
            yield order(f"session-{name}-silent-hop-v{family}", f"The same with a silent hop ({name}).",
                        "No segment of the target answers what expired on the way.",
                        alone(tool, options, v6=family == 6, routers=4, shape=one(2, silent=True)))


def fresh_connections():
    for family in (4, 6):
        for name, request, port in (("http", session.HTTP, 80), ("http-600", session.HTTP + b"x" * 530, 80),
                                    ("tls", session.CLIENT_HELLO, 443)):
            for word, again in (("raw", 0), ("socket", 230 * MS)):
                yield order(f"fresh-{name}-{word}-v{family}", f"Each TTL has a connection of its own, opened with an ordinary "
                            f"TTL, and in it one {name} request with the small one ({word}).",
                            "Quotes name the request by ports and seq; at the target an ACK covers the request's bytes.",
                            alone(session.in_fresh_connections, {"request": request, "dport": port, "again": again},
                                  v6=family == 6, routers=5))
        yield order(f"fresh-tls-three-v{family}", "Three connections for each TTL, routers quote 8 octets.",
                    "Ports and seq are in the 8 octets.",
                    alone(session.in_fresh_connections, {"request": session.CLIENT_HELLO, "dport": 443, "q": 3},
                          v6=family == 6, routers=5, shape=every(quote=8)))


def cases():
    for group in (equal_probes, one_flow, one_at_a_time, tools_of_the_list, payloads, in_session, fresh_connections):
        yield from group()
