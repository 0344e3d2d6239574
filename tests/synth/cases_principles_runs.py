# SPDX-License-Identifier: GPL-2.0-or-later
"""Principle 5: a run is what a hypothesis explains: what a tool keeps, counts and draws tells runs apart."""

import itertools

import tools_basic as basic
import tools_more as more
import tools_wild as wild
from case import START
from principle import MS, SECOND, a_world, alone, back_to_back, every, member, one, together

TOOLS = {                               # name: (function, families, options); all to port 80
    "tcptraceroute": (basic.tcptraceroute, (4,), {}), "traceroute": (basic.traceroute, (4, 6), {}),
    "mtr": (basic.mtr, (4, 6), {}), "scamper": (basic.scamper, (4, 6), {}),
    "nexttrace": (more.nexttrace, (4, 6), {"dport": 80}), "trippy": (more.trippy, (4, 6), {}),
    "nmap": (basic.nmap, (4, 6), {"scan": False}), "lft": (basic.lft, (4,), {}),
    "datadog": (more.datadog_syn, (4, 6), {"dport": 80}), "tracetcp": (more.tracetcp, (4,), {}),
    "tcpconn": (wild.tcpconn, (4, 6), {"dport": 80}), "ethr": (wild.ethr, (4, 6), {}), "atlas": (more.atlas, (4, 6), {}),
    "hping3": (basic.hping, (4,), {}),
}
APART = "Each tool has its own window, options, ports and rule for seq and IP ID."


def runs(name, why, decides, build, capture=None, undecidable=False):
    return member(5, name, why, decides, build, capture, undecidable)


def two_tools():
    """Every pair of tools that a user may well start at once."""
    chosen = ("tcptraceroute", "traceroute", "mtr", "scamper", "nexttrace", "nmap", "tcpconn", "datadog")
    for first, second in itertools.combinations(chosen, 2):
        for family in (4, 6):
            if family in TOOLS[first][1] and family in TOOLS[second][1]:
                yield runs(f"at-once-{first}-{second}-v{family}", f"{first} and {second} to one port at once.", APART,
                           together((TOOLS[first][0], TOOLS[first][2]), (TOOLS[second][0], TOOLS[second][2]),
                                    v6=family == 6, routers=5))
    yield runs("at-once-four", "tcptraceroute, mtr, scamper and nexttrace to one port at once.", APART,
               together(*((TOOLS[n][0], TOOLS[n][2]) for n in ("tcptraceroute", "mtr", "scamper", "nexttrace")),
                        routers=5))


def two_runs():
    """The same tool twice, a second or five after its end."""
    for name, (tool, families, options) in TOOLS.items():
        for family in families:
            for pause in (SECOND, 5 * SECOND):
                if name in ("ethr", "atlas") and pause == SECOND:
                    continue            # ethr's rounds begin a second apart anyway
                yield runs(f"twice-{name}-{pause // SECOND}s-v{family}", f"{name} twice, {pause // SECOND} s between the "
                           "runs.", "The TTLs start again after the end of a run, with new ports, seqs or counters.",
                           back_to_back(tool, pause, options=options, v6=family == 6, routers=5))
    yield runs("thrice-tcptraceroute", "tcptraceroute three times, half a second apart.",
               "Each run has a port and a seq of its own.",
               back_to_back(basic.tcptraceroute, 500 * MS, times=3, routers=5))


def five_at_once():
    options = {"tcptraceroute": {"q": 1}, "traceroute": {"q": 1}, "nexttrace": {"dport": 80}, "tracetcp": {"q": 1},
               "scamper": {}, "nmap": {"scan": False}}
    decides = {"tcptraceroute": "A port and a seq each.", "traceroute": "One time stamp for each run.",
               "nexttrace": "A source port each.", "tracetcp": "An IP ID each, the process's.",
               "scamper": "A source port each.", "nmap": "A token each, which the port is made of."}
    for name, these in options.items():
        tool, families, _ = TOOLS[name]
        for family in families:
            if (name, family) != ("nmap", 6):
                yield runs(f"five-{name}-v{family}", f"Five {name} at once to one port.", decides[name],
                           together(*[(tool, these)] * 5, step=7_300, v6=family == 6, routers=5),
                           undecidable=name == "nmap")


def counting():
    for family in (4, 6):
        v6 = family == 6
        for word, steps in (("dport-up", {"dport_step": 1}), ("dport-down", {"dport_step": -1}),
                            ("sport-up", {"sport_step": 1}), ("sport-down", {"sport_step": -1}),
                            ("sport-by-3", {"sport_step": 3})):
            yield runs(f"count-{word}-v{family}", f"A tool on no list, its ports count: {word}.",
                       "One counter runs through all probes, the TTLs rise once.",
                       alone(wild.counting, steps, v6=v6, routers=5))
            if word in ("dport-up", "dport-down", "sport-down"):
                yield runs(f"count-{word}-twice-v{family}", f"The same twice, from another port ({word}).",
                           "Two counters, and the TTLs begin again.",
                           back_to_back(wild.counting, 3 * SECOND, options=steps, v6=v6, routers=5))
    yield runs("count-bsd-twice", "BSD traceroute twice within three seconds: target ports from 33435 again.",
               "Another process number is source port and base of the IP IDs.",
               back_to_back(wild.bsd, 3 * SECOND, routers=5))
    yield runs("count-bsd-two-at-once", "Two BSD traceroutes at once.", "A source port each.",
               together(wild.bsd, wild.bsd, routers=5))
    yield runs("count-bsd-fixed-twice", "BSD traceroute -e twice.", "A source port each.",
               back_to_back(wild.bsd, 3 * SECOND, options={"fixed": True}, routers=5))


def beyond_32():
    for family in (4, 6):
        v6 = family == 6
        for name in ("traceroute", "mtr", "nexttrace", "scamper"):
            tool, _, options = TOOLS[name]
            yield runs(f"long-path-{name}-v{family}", f"A path of 37 routers ({name}).",
                       "The series goes on over TTL 32, quoted to the end.",
                       alone(tool, {**options, **({"last": 45} if name == "scamper" else {})}, v6=v6, routers=37))
        yield runs(f"ttl-45-silent-v{family}", "A target that drops everything, probed up to TTL 45.",
                   "One series, the quotes prove its beginning.",
                   alone(basic.traceroute, {"last": 45, "q": 1}, v6=v6, answer="silent", routers=5))
        yield runs(f"first-30-v{family}", "Probing begins at TTL 30 on a path of 36 routers.",
                   "The quotes name the probes up to the limit, the series goes on.",
                   alone(basic.traceroute, {"first": 30, "last": 40}, v6=v6, routers=36))
    yield runs("long-path-tcptraceroute", "A path of 37 routers (tcptraceroute -q 1).", "One flow, rising TTLs.",
               alone(basic.tcptraceroute, {"q": 1}, routers=37))


def slow_senders():
    for family in (4, 6):
        v6 = family == 6
        yield runs(f"slow-silent-hop-v{family}", "Time outs of 40 s: two silent hops, then the trace goes on.",
                   "Flow and numbers go on, the next TTL comes after the tool's own time out.",
                   alone(more.atlas if v6 else basic.tcptraceroute, {"q": 1} if v6 else {"q": 1, "timeout": 40 * SECOND},
                         v6=v6, routers=5, shape=one(2, silent=True)))
        yield runs(f"slow-steady-v{family}", "nping every 35 s, one TTL after the other.",
                   "An even rhythm explains pauses longer than the gap between runs.",
                   alone(_steady, {"step": 35 * SECOND}, v6=v6, routers=5))
        yield runs(f"slow-all-silent-v{family}", "All hops silent, one probe every 45 s up to TTL 8.",
                   "An even rhythm, TTLs rising by one.",
                   alone(_steady, {"step": 45 * SECOND, "last": 8}, v6=v6, answer="silent", routers=5,
                         shape=every(silent=True)))
    yield runs("slow-hping", "hping3 --traceroute -i 40.", "The port counts on, an even rhythm.",
               alone(basic.hping, {"interval": 40 * SECOND, "count": 8}, routers=5))
    yield runs("slow-q3", "tcptraceroute -w 40 -q 3 with a silent hop: three pauses of 40 s.",
               "Flow and seq go on, each pause is the tool's time out.",
               alone(basic.tcptraceroute, {"timeout": 40 * SECOND}, routers=4, shape=one(1, silent=True)))


def _steady(world, now, step, last=None):
    """One flow, seq counts, one probe every `step`."""
    from packet import SYN, Tcp
    run, sport, seq = world.run(), world.port(), world.r32() >> 1
    for ttl in range(1, (last or world.path.length + 1) + 1):
        extra = {} if ":" in world.path.src else {"ident": 500 + ttl}
        world.send(run, now, world.ip(ttl, Tcp(sport, 80, seq + ttl, 0, SYN, 1024), **extra))
        now += step
    return now


def random_orders():
    for family in (4, 6):
        v6 = family == 6
        for word, options in (("seq-time", {}), ("q3", {"q": 3}), ("all-random", {"silent_fields": True}),
                              ("last-24", {"last": 24})):
            for answer in ("open", "closed", "silent"):
                yield runs(f"shuffled-{word}-{answer}-v{family}", f"TTLs in random order ({word}); the port is {answer}.",
                           "Most TTLs are quoted; one flow, each TTL as often as the others.",
                           alone(wild.shuffled, options, v6=v6, answer=answer, routers=7))
        yield runs(f"yarrp-silent-v{family}", "yarrp, TTLs 1 to 16 in random order, the target is silent.",
                   "Quotes, and IP ID or payload tell the TTL.",
                   alone(_yarrp, {"last": 16}, v6=v6, answer="silent", routers=7))
        yield runs(f"yarrp-twenty-targets-v{family}", "yarrp over twenty targets, every TTL to 12.",
                   "Quotes name the target.", _twenty(v6))


def _yarrp(world, now, **kw):
    return more.yarrp([world], now, **kw)


def _twenty(v6):
    def build(seed):
        worlds = [a_world(f"{seed}{n}", v6, ("open", "silent", "closed")[n % 3], 5, n) for n in range(20)]
        more.yarrp(worlds, START, last=12, gap=3 * MS)
        return worlds
    return build


def first_ttls():
    for family in (4, 6):
        v6 = family == 6
        for first in (3, 6):
            for name, options in (("traceroute", {"first": first}), ("tcpconn", {"first": first, "dport": 80}),
                                  ("nexttrace", {"first": first, "dport": 80})):
                for answer in ("open", "silent"):
                    yield runs(f"first-{first}-{name}-{answer}-v{family}", f"{name} begins at TTL {first}; the port is "
                               f"{answer}.", "Rising TTLs of one run, quoted.",
                               alone(TOOLS[name][0], options, v6=v6, answer=answer, routers=8))
        yield runs(f"first-3-nobody-v{family}", "connect() probes from TTL 3 on, nobody answers, the kernel repeats them.",
                   "One counter of ports, rounds of rising TTLs.", alone(_from_three, v6=v6, answer="silent", routers=5,
                                                                         shape=every(silent=True)))
        yield runs(f"nmap-near-target-v{family}", "nmap's cache leaves the last three TTLs.", "A token, falling TTLs.",
                   alone(basic.nmap, {"scan": False, "start": 7, "down_to": 5}, v6=v6, routers=6))


def _from_three(world, now, rounds=3):
    run, sport = world.run(), 33000
    for _ in range(rounds):
        for ttl in range(3, 9):
            basic.connect_probe(world, run, now, ttl, sport, 82, retries=2)
            sport, now = sport + 1, now + 100 * MS
        now += 400 * MS
    return now + 4 * SECOND


def cases():
    for group in (two_tools, two_runs, five_at_once, counting, beyond_32, slow_senders, random_orders, first_ttls):
        yield from group()
