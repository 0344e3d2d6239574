# SPDX-License-Identifier: GPL-2.0-or-later
"""Every tool on every family against every kind of target, then each tool's own ways."""

from packet import ACK, FIN, ROUTER_ALERT, RECORD_ROUTE, HOP_BY_HOP, DEST_OPTIONS
import tools_basic as basic
import tools_more as more
from case import START, Case, behaviour, case
from path import standard_path
from sim import World


def _yarrp(world, now, **kw):
    return more.yarrp([world], now, gap=25_000, **kw)


TOOLS = {                               # name: (function, families, options, options where nothing answers)
    "tcptraceroute": (basic.tcptraceroute, (4,), {}, {}),
    "traceroute": (basic.traceroute, (4, 6), {}, {}),
    "mtr": (basic.mtr, (4, 6), {"rounds": 2}, {}),
    "nmap": (basic.nmap, (4, 6), {}, {}),
    "scamper": (basic.scamper, (4, 6), {}, {}),
    "scamper-ack": (basic.scamper, (4, 6), {"flags": ACK}, {}),
    "tracelb": (basic.tracelb, (4, 6), {}, {}),
    "hping3": (basic.hping, (4,), {}, {}),
    "lft": (basic.lft, (4,), {}, {}),
    "nping": (basic.nping, (4, 6), {}, {}),
    "paris": (more.paris, (4, 6), {}, {}),
    "atlas": (more.atlas, (4, 6), {}, {}),
    "nexttrace": (more.nexttrace, (4, 6), {}, {}),
    "trippy": (more.trippy, (4, 6), {}, {}),
    "datadog": (more.datadog_syn, (4, 6), {}, {}),
    "datadog-paris": (more.datadog_syn, (4,), {"paris_mode": True}, {}),
    "yarrp": (_yarrp, (4, 6), {}, {}),
    "yarrp-ack": (_yarrp, (4,), {"flags": ACK}, {}),
    "tracetcp": (more.tracetcp, (4,), {}, {}),
    "tracebox": (more.tracebox, (4, 6), {}, {}),
}

ANSWERS = {
    "open": "an open port answers with SYN/ACK",
    "closed": "a closed port answers with RST",
    "silent": "the target drops the probes without a word",
    "prohibited": "the target itself says administratively prohibited",
    "router-prohibited": "the last router refuses to forward and says so from its own address",
}


def _last_router_refuses(v6):
    def shape(path):
        path.hops[-1].reject = (1, 1) if v6 else (3, 13)
    return shape


def cross_product():
    for name, (tool, families, options, _) in TOOLS.items():
        for family in families:
            for answer, why in ANSWERS.items():
                v6 = family == 6
                shape, target = (_last_router_refuses(v6), "open") if answer == "router-prohibited" else (None, answer)
                yield case(f"tool-{name}-v{family}-{answer}", f"{name} over IPv{family}: {why}.", tool, v6, target,
                           shape=shape, **options)


def in_session():
    for name, tool, why in (
            ("pietrasanta", lambda w, t: more.insession(w, t, q=3),
             "Pietrasanta --tcpinsession: probes are data in a connection, SACK blocks tell them apart"),
            ("datadog-sack", lambda w, t: more.insession(w, t, step=1, fixed_id=41821, options=False),
             "Datadog SACK: one constant IP ID, adjoining octets, so one block grows"),
            ("intrace", more.intrace, "intrace: old data in a user's connection, IP ID is the TTL, four of each"),
            ("service-traceroute", more.service_traceroute, "service-traceroute: bare ACKs of a live flow")):
        for v6 in ((False, True) if name in ("pietrasanta", "service-traceroute") else (False,)):
            yield case(f"session-{name}-v{6 if v6 else 4}", why + ".", tool, v6)


def variants():
    tt, tr = basic.tcptraceroute, basic.traceroute
    yield case("tt-track-port", "--track-port: a new source port for each probe.", tt, track_port=True)
    yield case("tt-ack", "-A: ACK probes with ack 0; the RST to each has seq 0.", tt, flags=ACK)
    yield case("tt-ack-silent", "-A against a filter: nothing comes from the target.", tt, answer="silent", flags=ACK)
    yield case("tt-ecn", "-E: the SYN carries CWR and ECE, the SYN/ACK ECE.", tt, flags=basic.ECN)
    yield case("tt-payload", "-l 100: 60 octets of payload in the SYN.", tt, payload=60)
    yield case("tt-payload-closed", "-l 100 on a closed port: the RST acknowledges the payload too.", tt,
               answer="closed", payload=60)
    yield case("tt-q1", "-q 1: one probe a hop.", tt, q=1)
    yield case("tt-df-tos", "-F and -t: DF and TOS set.", tt, df=True, tos=0x48)
    yield case("tt-first-3", "-f 3: the trace begins in the middle.", tt, first=3)
    yield case("tt-router-alert", "The probe carries an IPv4 option, so the quote's header is 24 octets.", tt,
               options=ROUTER_ALERT)
    yield case("tt-record-route", "40 octets of IPv4 options in probe and quote.", tt, options=RECORD_ROUTE)
    yield case("tr-options-8", "IPv4 options and 8 octets quoted behind them.", tr, options=ROUTER_ALERT,
               shape=lambda p: [setattr(h, "quote", 8) for h in p.hops])
    yield case("tr-sport", "--sport: one source port, seq varies, one at a time.", tr, sport=40000)
    yield case("tr-sport-closed", "--sport on a closed port.", tr, answer="closed", sport=40000)
    yield case("tr-q10", "-q 10: many probes a hop.", tr, q=10)
    yield case("tr-fin-silent", "-O fin: FIN probes, which an open port ignores.", tr, flags=FIN)
    yield case("tr-fin-closed", "-O fin: FIN probes, which a closed port resets.", tr, answer="closed", flags=FIN)
    yield case("tr-hop-by-hop", "IPv6 hop-by-hop options in the probe and so in the quote.", tr, True,
               extensions=(HOP_BY_HOP,))
    yield case("tr-hop-by-hop-dest", "Two IPv6 extension headers before TCP.", tr, True,
               extensions=(HOP_BY_HOP, DEST_OPTIONS))
    yield case("tr-40-hops", "A filtered target probed up to TTL 40: past the candidate limit of 32.", tr,
               answer="silent", last=40)
    yield case("tr-40-routers", "A path of 34 routers: probes of TTL 33 and more join the known trace.", tr, routers=34)
    yield case("mtr-server-fin", "mtr: the server's own FIN comes 10 s after the handshake.", basic.mtr,
               rounds=2, server_fin=True)
    yield case("mtr-silent-hop", "mtr: the kernel sends a SYN again to a hop that is silent.", basic.mtr, rounds=2,
               shape=lambda p: setattr(p.hops[1], "silent", True))
    yield case("mtr-10-rounds", "mtr: ten rounds are one trace with ten attempts.", basic.mtr, rounds=10)
    yield case("mtr-ack-quoted", "mtr: a firewall refuses the handshake's ACK and FIN; errors about those answer no "
               "probe.", basic.mtr, rounds=2, shape=_refuse_acks)
    yield case("nmap-closed-from-6", "nmap starts at a known distance.", basic.nmap, answer="closed", start=6)
    yield case("nmap-cached", "nmap's hop cache: only the last TTLs are probed.", basic.nmap, start=6, down_to=3)
    yield case("nmap-no-scan", "nmap --traceroute alone.", basic.nmap, scan=False)
    yield case("nmap-ports", "nmap: several ports scanned before, one traced.", basic.nmap,
               other_ports=(22, 25, 443, 8080))
    yield case("lft-b", "lft -b: the target port varies within one series.", basic.lft, dport=80, ports=4)
    yield Case("lft-E", "lft -E: FIN, then SYN|ACK, then SYN on one port pair; how many traces is open.",
               lambda seed: [_adaptive(seed)], undecided=True)
    yield case("trippy-fixed-sport", "trippy with a fixed source port: the target port is the sequence.", more.trippy,
               answer="closed", rounds=1, fixed_sport=5000)
    yield case("trippy-fixed-sport-v6", "The same over IPv6.", more.trippy, True, "closed", rounds=1,
               fixed_sport=5000)
    yield case("trippy-fixed-sport-rounds", "trippy with a fixed source port, two rounds: ports never repeat.",
               more.trippy, answer="closed", rounds=2, fixed_sport=5000)
    yield case("tracebox-silent-hop", "tracebox: the same packet three times, 1 s apart, to a silent hop.",
               more.tracebox, shape=lambda p: setattr(p.hops[1], "silent", True))
    yield case("nexttrace-payload", "nexttrace with a payload.", more.nexttrace, payload=32, answer="closed")
    yield case("atlas-no-payload", "RIPE Atlas without payload.", more.atlas, payload=0)
    for name, why in (("lone-syn", "a SYN without ACK comes back: simultaneous open"),
                      ("bare-ack", "a bare ACK comes back"), ("port-unreach", "the target says port unreachable")):
        yield case(f"tt-{name}", f"tcptraceroute: {why}.", tt, answer=name)
        yield case(f"tr-{name}-v6", f"traceroute over IPv6: {why}.", tr, True, name)


def _refuse_acks(path):
    path.hops[0].reject, path.hops[0].reject_flags = (3, 10), ACK


def _adaptive(seed):
    world = World(seed, standard_path(False, behaviour("open", False)))
    basic.lft_adaptive(world, START)
    return world


def many_targets():
    def yarrp(v6):
        def build(seed):
            worlds = [World(seed + str(n), standard_path(v6, behaviour(kind, v6), 3, n))
                      for n, kind in enumerate(("open", "closed", "silent", "open"))]
            more.yarrp(worlds, START, gap=8_000)
            return worlds
        return build
    for v6 in (False, True):
        yield Case(f"yarrp-prefix-v{6 if v6 else 4}", "yarrp: four targets, every TTL, in random order.", yarrp(v6))

    def nmap(seed):
        worlds = [World(seed + str(n), standard_path(False, behaviour("open", False), 3, n)) for n in range(3)]
        for n, world in enumerate(worlds):
            basic.nmap(world, START + 40 * n, start=10 if n == 0 else 6, down_to=1 if n == 0 else 3)
        return worlds
    yield Case("nmap-targets", "nmap: three targets at once, the hop cache spares the near hops.", nmap)

    def ports(seed):
        world = World(seed, standard_path(False, behaviour("open", False)))
        basic.tcptraceroute(world, START, dport=80)
        basic.tcptraceroute(world, START + 7_000, dport=443)
        return [world]
    yield Case("tt-two-ports", "Two target ports of one target at once are two traces.", ports)


def cases():
    for group in (cross_product, in_session, variants, many_targets):
        yield from group()
