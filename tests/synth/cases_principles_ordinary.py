# SPDX-License-Identifier: GPL-2.0-or-later
"""Principle 6, evidence against counts: ordinary traffic with small TTLs is no trace."""

from case import START
from packet import ACK, FIN, PSH, RST, SYN, Tcp, mss, sack
from principle import MS, SECOND, a_world, member
from traffic import Connection, expired, half_open, refused, scan_syn, session

FAMILIES = ((4, False), (6, True))


def ordinary(name, why, decides, fill, v6=False, routers=6, undecidable=False):
    def build(seed):
        world = a_world(seed, v6, routers=routers)
        fill(world)
        return [world]
    return member(6, name, why, decides, build, undecidable=undecidable)


SCAN = "TTLs are drawn at random, each SYN has its own purpose, and no router says that any expired."


def scanners():
    """nmap draws TTLs from 37 to 59; `far` hops on they are small."""
    def timing(far, count):
        def fill(world):
            now, sport = START, 36232
            for n in range(count):
                syn = scan_syn(world, world.rng.randrange(37, 60) - far, 139, sport + n)
                world.packet(now, syn)
                half_open(world, now, syn, kernel_ttl=64 - far)
                now += world.rng.randrange(300, 3000) * MS
        return fill

    def ports(far, count, answered, one_port):
        def fill(world):
            sport = world.port()
            for n in range(count):
                syn = scan_syn(world, world.rng.randrange(37, 60) - far, 1 + n * 7, sport if one_port else sport + n)
                world.packet(START + n * 3 * MS, syn)
                if answered:
                    refused(world, START + n * 3 * MS + 2 * MS, syn)
        return fill
    for far in (10, 15, 20, 25, 30):
        yield ordinary(f"nmap-timing-far-{far}", f"nmap's timing pings to one port, {far} hops away from it.", SCAN,
                       timing(far, 60))
        for answered in (True, False):
            word = "answered" if answered else "silent"
            yield ordinary(f"nmap-scan-far-{far}-{word}", f"nmap's scan of 120 ports from one port, {far} hops away, "
                           f"{word}.", SCAN, ports(far, 120, answered, True))
    for count in (5, 12, 30):
        yield ordinary(f"nmap-scan-{count}-ports", f"A scan of {count} ports seen from 20 hops away.", SCAN,
                       ports(20, count, True, True))
        yield ordinary(f"nmap-few-pings-{count}", f"{count} timing pings seen from 18 hops away.", SCAN, timing(18, count))
    yield ordinary("scan-new-sports", "A scanner that draws TTLs and takes a new source port for each target port.", SCAN,
                   ports(20, 80, True, False))
    yield ordinary("scan-v6", "An IPv6 scan of 120 ports, hop limit 20 as seen here.", SCAN,
                   lambda world: [world.packet(START + n * 2 * MS, scan_syn(world, 20, 1 + n, 44444)) for n in range(120)],
                   True)


OS_OPTIONS = (b"\x03\x03\x0a\x01\x02\x04\x05\xb4\x08\x0a" + b"\xff" * 4 + b"\0" * 4 + b"\x04\x02",
              b"\x02\x04\x05\x78\x03\x03\x00\x04\x02\x08\x0a" + b"\xff" * 4 + b"\0" * 5,
              b"\x08\x0a" + b"\xff" * 4 + b"\0" * 4 + b"\x01\x01\x03\x03\x05\x01\x02\x04\x02\x80")


def os_probes():
    """nmap -O: SYNs 100 ms apart, and odd flags, all from neighbouring ports, the whole up to four times."""
    def fill(far, times):
        def made(world):
            now = START
            for _ in range(times):
                sport = world.port()
                for n in range(6):
                    syn = scan_syn(world, world.rng.randrange(37, 60) - far, 80, sport + n, OS_OPTIONS[n % 3], 1 << n)
                    world.packet(now, syn)
                    half_open(world, now, syn, kernel_ttl=64 - far)
                    now += 100 * MS
                for n, flags in enumerate((0, SYN | FIN | PSH, ACK, SYN, ACK, FIN | PSH)):
                    tcp = Tcp(sport + 6 + n, 80 if n < 3 else 1, world.r32(), world.r32(), flags, 128 << n, OS_OPTIONS[0])
                    world.packet(now, world.ip(world.rng.randrange(37, 60) - far, tcp, ident=world.r16()))
                    now += 25 * MS
                now += 900 * MS
        return made
    for far in (12, 18, 25):
        for times in (1, 4):
            yield ordinary(f"nmap-os-far-{far}-times-{times}", f"nmap's OS probes {times} times, {far} hops away.", SCAN,
                           fill(far, times))


def floods():
    def fill(ttls, count, dport, answered=0):
        def made(world):
            for n in range(count):
                syn = scan_syn(world, ttls(world, n), dport, world.rng.randrange(1024, 65535), b"", 512)
                world.packet(START + n * 200, syn)
                if answered and n % answered == 0:
                    refused(world, START + n * 200 + 4 * MS, syn)
        return made
    makers = {"random": lambda w, _n: w.rng.randrange(1, 31), "few": lambda _w, n: (5, 9, 17)[n % 3],
              "two": lambda _w, n: 12 + n % 2, "in-turn": lambda _w, n: 3 + n % 4}
    for name, ttls in makers.items():
        for answered in (0, 3):
            yield ordinary(f"flood-{name}-{'answered' if answered else 'silent'}", f"A flood of 1500 SYNs to one port, TTLs "
                           f"{name}.", "Hundreds of SYNs a TTL within a third of a second, no router says they expired, the "
                           "target answers at any TTL.", fill(ttls, 1500, 80, answered))


def kernel_repeats():
    """Windows sends a refused SYN twice more, half a second apart; clients come from different distances over time."""
    def fill(ttls, times=3):
        def made(world):
            for n, ttl in enumerate(ttls):
                connection = Connection(world, ttl, 135, 16384, options=mss() + b"\x01\x01\x04\x02")
                for again in range(times):
                    now = START + n * 9 * SECOND + again * 490 * MS
                    refused(world, now + 60, connection.syn(now))
        return made
    for family, v6 in FAMILIES:
        yield ordinary(f"windows-retry-v{family}", "Windows repeats a SYN twice after a RST.", "One connection, one TTL.",
                       fill([15]), v6)
        yield ordinary(f"windows-retry-moving-v{family}", "Windows repeats each of six refused SYNs; the route changes once.",
                       "Each connection has one TTL; the TTL drifts by one, once.", fill([15, 15, 15, 16, 16, 16]), v6)
        yield ordinary(f"linux-retry-after-reset-v{family}", "An application that tries again each nine seconds, always "
                       "refused, from TTL 20, then 19, then 20.", "New connections of a kernel, one TTL at a time.",
                       fill([20, 20, 19, 19, 20, 20], 1), v6)


def evasion():
    """zapret, GoodbyeDPI and the like: fake segments of small TTL inside connections of ordinary TTL."""
    def fill(kind, ttls, quoted, count=8):
        def made(world):
            for n in range(count):
                ttl = ttls[n % len(ttls)]
                _evading(world, START + n * 1300 * MS, kind, ttl, quoted)
        return made
    kinds = {"rst": "a fake RST|ACK", "data": "a fake TLS ClientHello", "http": "a fake HTTP request",
             "syn": "a fake SYN with data", "rstack-twice": "two fake RSTs", "disorder": "the first half with a small TTL"}
    for kind, what in kinds.items():
        for family, v6 in FAMILIES:
            for word, ttls in (("autottl", (4, 5)), ("fixed", (5,)), ("three", (3, 4, 5))):
                yield ordinary(f"evasion-{kind}-{word}-v{family}", f"DPI evasion: {what} of small TTL ({word}) in each "
                               "connection.", "The same flow is opened and goes on with an ordinary TTL.",
                               fill(kind, ttls, True), v6)
        yield ordinary(f"evasion-{kind}-unquoted", f"The same, no router quotes them: {what}.",
                       "The same flow is opened and goes on with an ordinary TTL.", fill(kind, (4, 5), False))


def _evading(world, now, kind, ttl, quoted):
    connection, fakes = Connection(world, 64), []
    if kind == "syn":
        fakes.append(connection.mine(now - 30, SYN, b"f" * 40, ttl, connection.syn_seq))
    now = connection.open(now, 90 * MS)
    if kind.startswith("rst"):
        fakes += [connection.mine(now + n * 20, RST | ACK, ttl=ttl, ident=world.r16())
                  for n in range(2 if kind == "rstack-twice" else 1)]
    elif kind in ("data", "http"):
        fakes.append(connection.mine(now, PSH | ACK, b"\x16\x03\x01" * 100 if kind == "data" else b"GET / HTTP/1.1\r\n\r\n",
                                     ttl, ident=world.r16()))
    elif kind == "disorder":
        fakes.append(connection.mine(now, ACK, b"q" * 100, ttl))
    if quoted:
        for fake in fakes:
            if ttl <= len(world.path.hops):
                expired(world, now + 3 * MS, fake, ttl)
    connection.close(connection.request(now + 60, 90 * MS), 90 * MS)


def hole_punching():
    """Two peers behind NATs: SYNs that are to die beyond one's own NAT, then ordinary ones on the same flow."""
    def fill(ttls, quoted):
        def made(world):
            for n in range(4):
                connection = Connection(world, 64, 40000 + n)
                now = START + n * 3 * SECOND
                for ttl in ttls:
                    syn = connection.syn(now, ttl)
                    if quoted:
                        expired(world, now + 3 * MS, syn, ttl)
                    now += 400 * MS
                connection.close(connection.request(connection.open(now, 60 * MS)))
        return made
    for family, v6 in FAMILIES:
        for word, ttls in (("one", (4, 4, 4)), ("two", (3, 4)), ("back", (5, 4, 5))):
            yield ordinary(f"punching-{word}-v{family}", f"TCP hole punching with TTLs {ttls}, then an ordinary SYN.",
                           "The same flow and seq is opened with an ordinary TTL a second later.", fill(ttls, True), v6)
        yield ordinary(f"punching-unquoted-v{family}", "The same, and no router says that the SYNs expired.",
                       "The same flow and seq is opened with an ordinary TTL a second later.", fill((3, 4), False), v6)


def routing_protocols():
    def bgp(ttls, quoted_at):
        def made(world):
            for n, ttl in enumerate(ttls):
                connection = Connection(world, ttl, 179, 16384, options=mss())
                for again in range(3):
                    now = START + n * 61 * SECOND + again * (2 + again) * SECOND
                    syn = connection.syn(now)
                    if ttl == quoted_at:
                        expired(world, now + 2 * MS, syn, ttl)
        return made
    for family, v6 in FAMILIES:
        yield ordinary(f"bgp-multihop-v{family}", "An eBGP multihop session of TTL 5, the peer is down: SYNs each minute.",
                       "One TTL.", bgp([5] * 8, 0), v6)
        yield ordinary(f"bgp-multihop-quoted-v{family}", "The same with TTL 2, which is too small: a router quotes each.",
                       "One TTL.", bgp([2] * 8, 2), v6)
        yield ordinary(f"bgp-two-settings-v{family}", "multihop 2, and after five minutes multihop 3: still down.",
                       "A minute between connections, one TTL each, one change in eight.", bgp([2] * 5 + [3] * 3, 0), v6)
        yield ordinary(f"bgp-established-v{family}", "A multihop session of TTL 3 that works.", "A connection of one TTL.",
                       lambda world: [session(world, START + n * 2 * SECOND, 3, 179) for n in range(5)], v6)


def drift():
    """Clients far away: what arrives has TTL 15 to 30, and moves when routes do."""
    def connections(ttls):
        def made(world):
            for n, ttl in enumerate(ttls):
                session(world, START + n * 2 * SECOND, ttl, repeats=n % 5 == 4)
        return made

    def unanswered(ttls):
        def made(world):
            for n, ttl in enumerate(ttls):
                connection = Connection(world, ttl, 8443)
                for again in range(4):
                    connection.syn(START + n * 20 * SECOND + ((1 << again) - 1) * SECOND)
        return made
    series = {"one-step": [20] * 15 + [19] * 15, "steps": [22] * 9 + [21] * 9 + [20] * 9 + [21] * 9,
              "flapping": [20, 19] * 15, "two-paths": [18, 18, 23, 18, 23, 23, 18, 23] * 4,
              "down-slowly": [25 - n // 6 for n in range(36)], "balanced": [17 + (n * 7 % 3) for n in range(30)]}
    for name, ttls in series.items():
        for family, v6 in FAMILIES:
            yield ordinary(f"drift-{name}-v{family}", f"Complete connections of a far client, TTL {name}.",
                           "Each is an ordinary connection with data, all its segments of one TTL.", connections(ttls), v6)
            if name in ("one-step", "steps", "flapping"):
                yield ordinary(f"drift-unanswered-{name}-v{family}", f"A far client's SYNs to a server that is down, TTL "
                               f"{name}.", "Few TTLs in long stretches, kernel repetitions of one TTL each.",
                               unanswered(ttls[::3]), v6)


def small_initial_ttls():
    """Hosts that send ordinary traffic with a small initial TTL."""
    def health(world):
        for n in range(40):
            session(world, START + n * 500 * MS, 1 + n % 2, 8080)

    def cdn(world):
        """A cache that keeps its fetches inside the provider: TTL 4, and 5 since the network grew."""
        for n in range(30):
            session(world, START + n * 700 * MS, 4 if n < 20 else 5, 80)

    def embedded(world):
        for n in range(20):
            session(world, START + n * 900 * MS, 30, 1883)

    def captive(world):
        """A captive portal answers in every name; the client's TTL is 64, and some probes of the network manager's 32."""
        for n in range(12):
            session(world, START + n * 400 * MS, 64 if n % 3 else 32, 80)

    def window_probes(world):
        connection = Connection(world, 12, 443)
        now = connection.request(connection.open(START))
        for n in range(20):
            connection.mine(now + n * SECOND, ACK, seq=connection.seq - 1)
            connection.theirs(now + n * SECOND + 20 * MS, ACK)

    def selective(world):
        connection = Connection(world, 9, 443)
        now = connection.open(START)
        for n in range(30):
            options = sack([(connection.isn + 1000 * n, connection.isn + 1000 * n + 500)])
            connection.mine(now + n * 4 * MS, ACK, options=options, ttl=9 if n < 15 else 10)
    for name, why, fill in (("health-checks", "Health checks with TTL 1 and 2 in turn, all answered.", health),
                            ("cdn", "A cache whose fetches have TTL 4, later 5.", cdn),
                            ("embedded", "A device whose initial TTL is 30.", embedded),
                            ("captive", "A captive portal, some connections with TTL 32.", captive),
                            ("keep-alive", "Keep-alive probes on one connection of TTL 12.", window_probes),
                            ("sack-moving", "ACKs with SACK blocks, whose TTL changes once.", selective)):
        for family, v6 in FAMILIES:
            yield ordinary(f"small-{name}-v{family}", why, "Ordinary connections that the target answers at every TTL.",
                           fill, v6)


def clients_behind_one_address():
    """Many clients behind one address and far away: each its own TTL, some at a server that is down."""
    def fill(answered):
        def made(world):
            ttls = [world.rng.choice((11, 12, 13, 14, 15, 17, 18, 21)) for _ in range(60)]
            for n, ttl in enumerate(ttls):
                now = START + n * 350 * MS
                if answered:
                    session(world, now, ttl)
                    continue
                connection = Connection(world, ttl)
                for again in range(3):
                    connection.syn(now + ((1 << again) - 1) * SECOND)
        return made
    for family, v6 in FAMILIES:
        for word, answered in (("served", True), ("unanswered", False)):
            yield ordinary(f"clients-{word}-v{family}", f"Sixty connections of clients behind one address, TTL 11 to 21, "
                           f"{word}.", "TTLs wander, counts a TTL differ, kernels repeat each SYN with its own TTL.",
                           fill(answered), v6)


def seen_in_part():
    """The same ordinary traffic where the capture lacks what makes it plain."""
    def late(world):
        """Evasion in connections that were opened before the capture began."""
        for n in range(8):
            connection, now = Connection(world, 64), START + n * 900 * MS
            for again in range(3):
                fake = connection.mine(now, PSH | ACK, b"f" * 300, (4, 5)[n % 2], ident=world.r16())
                expired(world, now + 2 * MS, fake, (4, 5)[n % 2])
                now = connection.request(now + 60, 30 * MS) + again * 20 * MS

    def near(world):
        """A scanner's random TTLs so small that some SYNs expire between here and the target."""
        sport = world.port()
        for n in range(150):
            ttl = world.rng.randrange(1, 24)
            syn, now = scan_syn(world, ttl, 1 + 3 * n, sport), START + n * 3 * MS
            world.packet(now, syn)
            if ttl <= 2:
                expired(world, now + MS, syn, ttl)
            else:
                refused(world, now + 2 * MS, syn)
    for family, v6 in FAMILIES:
        yield ordinary(f"part-evasion-v{family}", "DPI evasion in connections whose SYNs were not captured.",
                       "The same flow carries data with an ordinary TTL between the fakes.", late, v6)
    yield ordinary("part-scan-quoted", "A scan of 150 ports with TTLs from 1 to 23 as seen here; what has 1 or 2 expires.",
                   "Each SYN has a target port of its own, the target answers at any TTL above 2, and TTLs are drawn.", near)


def indistinguishable():
    """What is sent is what an in-session traceroute sends, so its simulated truth is who caused which error."""
    def fakes(world):
        run = world.run()
        for n in range(3):
            connection = Connection(world, 64)
            now = connection.open(START + n * 2 * SECOND, 40 * MS)
            for ttl in range(1, 6):
                tcp = Tcp(connection.sport, 443, connection.seq, connection.isn, PSH | ACK, 64240, b"",
                          b"GET / HTTP/1.1\r\n\r\n")
                world.send(run, now, world.ip(ttl, tcp, ident=world.r16(), df=True))
                now += 30
            connection.close(connection.request(now + 5 * MS))
    yield ordinary("evasion-rising", "An evasion script that sends five fakes with TTL 1 to 5 in each connection.",
                   "It is what an in-session traceroute sends, and the routers' answers do make a path.", fakes,
                   undecidable=True)


def cases():
    for group in (scanners, os_probes, floods, kernel_repeats, evasion, hole_punching, routing_protocols, drift,
                  small_initial_ttls, clients_behind_one_address, seen_in_part, indistinguishable):
        yield from group()
