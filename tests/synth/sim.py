# SPDX-License-Identifier: GPL-2.0-or-later
"""The world of one capture: sends packets along a Path, notes what each capture point sees and who answered whom.

Deterministic: the random numbers come from the case's name; there is no clock. What was *caused* by a probe is known
here and nowhere else; truth.py turns it into what the JSON must say.
"""

import random
from dataclasses import dataclass, field, replace
from typing import Callable, List, Optional, Set

from packet import ACK, RST, SYN, Icmp, Ip, Tcp
from path import Hop, Path, flow_hash, icmp_error


@dataclass(eq=False)
class Run:
    """One trace as its tool meant it. `omit` names keys of the truth which the contract leaves open here;
    `open_ttls` names TTLs (as sent) whose answers it leaves open. `last_stretch`: when the path changed last."""
    omit: Set[str] = field(default_factory=set)
    open_ttls: Set[int] = field(default_factory=set)
    last_stretch: int = 0
    told: bool = False                  # a note or a finding must speak of what this trace has
    probes: list = field(default_factory=list)


@dataclass(eq=False)
class Probe:
    run: Run
    ip: Ip
    retransmission: bool


@dataclass(eq=False)
class Reply:
    probe: Probe
    position: int                       # of the router or target that sent it
    nth: int                            # 0 for the first answer to this probe, as caused
    hop: Optional[Hop] = None           # for ICMP
    kind: int = 0
    code: int = 0
    segment: Optional[Tcp] = None       # for TCP, as the target wrote it
    from_target: bool = False
    addr: str = ""


@dataclass(eq=False)
class Frame:
    time: int
    ip: Ip
    forward: bool
    what: object                        # Probe, Reply or another object; shared by all copies of a packet
    point: int = 0                      # index of the capture point
    alter: Optional[Callable[[bytes], bytes]] = None    # what the capture point has otherwise: checksum, MSS
    packet_type: Optional[int] = None   # of a cooked capture, where it is not as usual


@dataclass
class Outcome:
    """What the tool gets back for one probe: (time, final, icmp, Reply), by time."""
    answers: list

    def within(self, deadline: int):
        return next((a for a in self.answers if a[0] <= deadline), None)


class World:
    def __init__(self, name: str, path: Path, points=((0, 0),), loss: float = 0.0):
        self.rng = random.Random(name)
        self.path = path
        self.points = points            # (position, microseconds by which its clock is late)
        self.loss = loss                # share of probes which the network loses behind the first router
        self.changes = []               # (time, Path): from then on packets take that path
        self.frames: List[Frame] = []
        self.runs: List[Run] = []
        self.sent = {}                  # errors already sent, by router
        self.reply_ids = {}
        self.next_port = 32768 + self.rng.randrange(20000)
        self.kernel_id = self.rng.randrange(0x1000, 0xE000)

    # what tools ask for

    def run(self, **kw) -> Run:
        run = Run(**kw)
        self.runs.append(run)
        return run

    def r16(self) -> int:
        return self.rng.randrange(1, 0xFFFF)

    def r32(self) -> int:
        return self.rng.randrange(1, 0xFFFFFFFF)

    def port(self) -> int:
        """A port that was not used before in this capture."""
        self.next_port += 1 + self.rng.randrange(7)
        return self.next_port

    def counter_id(self) -> int:
        """The kernel's IP ID for a raw packet without DF: a counter."""
        self.kernel_id = (self.kernel_id + 1) & 0xFFFF
        return self.kernel_id

    def ip(self, ttl: int, body, **kw) -> Ip:
        return Ip(self.path.src, self.path.dst, ttl, body, **kw)

    # the network

    def send(self, run: Optional[Run], now: int, ip: Ip, retransmission=False, reset=True,
             target_answers=True) -> Outcome:
        """Sends a probe of `run` (None: a packet that is no probe, whose answers are no answers).
        `reset`: the sender's kernel resets a SYN/ACK that nobody asked for. `target_answers` False: what no probe
        is gets no answer from the target, which the caller writes itself; routers do answer."""
        for when, path in self.changes:
            self.path = path if now >= when else self.path
        probe = Probe(run, ip, retransmission) if run else None
        if probe:
            run.probes.append(probe)
        stop = self._walk(ip)
        self._forward(now, ip, probe, stop)
        if run is None and stop[1] == "arrived" and not target_answers:
            return Outcome([])
        if self.loss and self.rng.random() < self.loss:
            return Outcome([])
        answers = []
        for arrival, reply in self._answers(now, ip, probe, stop):
            self._backward(arrival, ip, reply, probe)
            final = reply.from_target or reply.kind == (1 if ip.v6 else 3)
            answers.append((arrival, final, reply.segment is None, reply))
            if reset and reply.segment and reply.segment.flags & (SYN | ACK) == SYN | ACK and ip.body.flags & SYN:
                self.kernel_reset(arrival + 3, ip, reply.segment)
        return Outcome(sorted(answers, key=lambda a: a[0]))

    def kernel_reset(self, now: int, ip: Ip, segment: Tcp):
        rst = Tcp(ip.body.sport, ip.body.dport, segment.ack, 0, RST)
        self.packet(now, Ip(ip.src, ip.dst, 64, rst, df=True))

    def packet(self, now: int, ip: Ip, forward=True):
        """A packet that belongs to no trace; `ip` as seen at the sender's end of the path."""
        what = object()
        for point, (position, late) in enumerate(self.points):
            delay = self.path.delay(position)
            seen = self.path.at(ip, position) if forward else ip.with_ttl(ip.ttl + position)
            if seen.ttl > 0:
                self._note(now + (delay if forward else -delay) + late, seen, forward, what, point)

    def _walk(self, ip: Ip):
        """Where the packet ends: (position, manner)."""
        for position, hop in enumerate(self.path.hops, 1):
            if ip.ttl <= position:
                return position, "expired"
            if hop.forge_rst and isinstance(ip.body, Tcp):
                return position, "forged"
            if hop.reject and (hop.reject_flags is None or ip.body.flags & hop.reject_flags):
                return position, "rejected"
        return self.path.length, "arrived"

    def _forward(self, now, ip, probe, stop):
        what = probe or object()
        for point, (position, late) in enumerate(self.points):
            if position < stop[0]:
                self._note(now + self.path.delay(position) + late, self.path.at(ip, position), True, what, point)

    def _answers(self, now, ip, probe, stop):
        yield from self._injected(now, ip, probe, stop[0])
        position, manner = stop
        there = now + self.path.delay(position)
        back = self.path.delay(position)
        if manner in ("arrived", "forged"):
            received = self.path.at(ip, position - 1)
            behave = self.path.target if manner == "arrived" else (
                lambda p, _n: [(20, Tcp(p.body.dport, p.body.sport, 0, p.body.seq + 1 + len(p.body.data), RST | ACK))])
            for nth, (delay, body) in enumerate(behave(received, there)):
                jitter = self.rng.randrange(40)
                if isinstance(body, Tcp):
                    reply = Reply(probe, position, nth, segment=body, from_target=True)
                else:
                    reply = Reply(probe, position, nth, Hop([self.path.dst], initial_ttl=64), body[0], body[1],
                                  from_target=True)
                yield there + delay + jitter + back, reply
            return
        hop = self.path.hops[position - 1]
        used = self.sent.get(position, 0)
        if hop.silent or hop.limit is not None and used >= hop.limit:
            return
        self.sent[position] = used + 1
        kind, code = hop.reject if manner == "rejected" else ((3 if ip.v6 else 11), hop.code)
        pick = self.rng.randrange(1000) if hop.balance == "packet" else flow_hash(ip)
        delay = 20 + self.rng.randrange(280) + hop.late
        for nth in range(1 + hop.repeats):
            addr = hop.source or hop.addrs[pick % len(hop.addrs)]
            yield there + delay + nth * 90 + back, Reply(probe, position, nth, hop, kind, code, addr=addr)

    def _injected(self, now, ip, probe, reached):
        """Resets in the target's name from boxes that the packet passes; a box acts before its router decrements."""
        for position, hop in enumerate(self.path.hops, 1):
            if hop.inject_rst and position <= reached and isinstance(ip.body, Tcp):
                tcp = self.path.at(ip, position - 1).body
                segment = Tcp(tcp.dport, tcp.sport, 0, tcp.seq + 1 + len(tcp.data), RST | ACK)
                yield now + 2 * self.path.delay(position) + 15, Reply(probe, position, 0, segment=segment,
                                                                      from_target=True)

    def _backward(self, arrival, ip, reply, probe):
        what = reply if probe else object()
        ident = self._reply_id(reply)
        for point, (position, late) in enumerate(self.points):
            if position < reply.position:
                seen = self._reply_at(ip, reply, position, ident)
                self._note(arrival - self.path.delay(position) + late, seen, False, what, point)

    def _reply_id(self, reply):
        if reply.segment:
            return 0
        self.reply_ids[reply.position] = self.reply_ids.get(reply.position, self.r16()) + 1
        return self.reply_ids[reply.position] & 0xFFFF

    def _reply_at(self, ip, reply, position, ident):
        """The reply on the link behind router `position`, on its way back."""
        path, asked = self.path, self.path.at(ip, position)
        crossed = reply.position - 1 - position
        if reply.segment:
            rewritten = self.path.at(ip, reply.position - 1).body.seq - asked.body.seq
            ack = reply.segment.ack - rewritten if reply.segment.flags & ACK else reply.segment.ack
            body = replace(reply.segment, sport=asked.body.dport, dport=asked.body.sport, ack=ack & 0xFFFFFFFF)
            return Ip(asked.dst, asked.src, path.target_ttl - crossed, body, ident=0, df=True)
        hop = reply.hop
        received = ip.with_ttl(ip.ttl - (reply.position - 1))
        if not reply.from_target and received.ttl == 1:
            received = received.with_ttl(hop.quoted_ttl)
        for nat in path.nats:
            if nat.at <= position:
                received = nat.forward(received)
            elif nat.at < reply.position:
                kept = nat if not nat.fix_quote else type(nat)(nat.at, ident=nat.ident)
                kept = replace(kept, ident=None) if nat.fix_ident else kept
                received = kept.forward(received)
        rest = b"\0\0\x05\x00" if (reply.kind, reply.code) in ((3, 4), (2, 0)) and not ip.v6 else (
            b"\0\0\x05\x00" if ip.v6 and reply.kind == 2 else b"\0\0\0\0")
        message = icmp_error(hop, received, reply.kind, reply.code, rest)
        source = asked.dst if reply.from_target else reply.addr
        return Ip(source, asked.src, hop.initial_ttl - crossed, message, ident=ident, tos=hop.tos)

    def _note(self, time, ip, forward, what, point=0):
        self.frames.append(Frame(time, ip, forward, what, point))


@dataclass
class Capture:
    """How the frames of a World become a file."""
    link: str = "ethernet"
    snap: int = 0
    skip: int = 0                       # frames missing at the start
    keep: Optional[Callable[[Frame], bool]] = None
    edit: Optional[Callable[[List[Frame]], List[Frame]]] = None     # the file's order and content, given that by time
    interfaces: tuple = ()              # pcapng: name and link of each capture point's interface
    nearest: bool = False               # several points: the sighting nearest to the prober counts, not the first
    any_sighting: bool = False          # nothing in the bytes says which sighting of a packet is nearest

    def frames(self, worlds: List[World]) -> List[Frame]:
        """The file's frames, in its order."""
        ordered = sorted((f for world in worlds for f in world.frames), key=lambda f: f.time)
        kept = [f for f in ordered[self.skip:] if self.keep is None or self.keep(f)]
        return self.edit(kept) if self.edit else kept


def is_probe(frame: Frame) -> bool:
    return isinstance(frame.what, Probe)


def is_error(frame: Frame) -> bool:
    return isinstance(frame.ip.body, Icmp)

