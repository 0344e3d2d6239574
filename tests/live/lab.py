# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks for live tests, each in network namespaces of its own that are always removed again.

SimLab:   one namespace with a TUN device, behind which the path simulator stands.
ChainLab: a sender, Linux routers in a row, and a target, joined by veth.

Both are context managers and need root; reason_to_skip() says what is missing.
"""
import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SKIP = 77
WAIT_S = 120    # for what happens at once when nothing else runs; whoever waits so long waits for nothing
SOURCE = {4: "192.0.2.1", 6: "2001:db8:ffff::1"}
# Of the default route: nmap takes targets without one for neighbours.
GATEWAY = {4: "192.0.2.254", 6: "2001:db8:ffff::fe"}
MAC = "02:00:00:00:00:01"  # of the sender, as the simulator has it
DEVICE = "sim0"
CAPTURE_SNAP_LENGTH = 2048     # an Ethernet frame with all that may be around it

_numbers = itertools.count(1)


class LabError(Exception):
    """A network could not be made, or what passed could not be captured."""


def build_folder():
    homes = os.environ.get("TTR_HOMES")
    return os.path.dirname(homes) if homes else os.path.join(ROOT, "build", "check")


def simulator():
    return os.environ.get("TTR_SIMULATOR") or os.path.join(
        build_folder(), "tests", "live", "simulator", "path-simulator")


def reason_to_skip(*programs):
    """Why no lab can be made here, or "" when one can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    for program in ("ip", *programs):
        if not shutil.which(program):
            return f"{program} is not installed"
    if not os.path.exists("/dev/net/tun"):
        return "/dev/net/tun is missing"
    probe = f"ttr{os.getpid()}probe"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        return f"no network namespaces here: {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", probe], check=True)
    return ""


def stop(process, number=signal.SIGTERM, seconds=WAIT_S):
    """Ends a process that was started here, and waits for it."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()


def sleeps(pid):
    """Whether a process, with all its threads, waits for something: a packet, a signal, a moment. One that has something
    to read and no processor to do so does not sleep."""
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/stat", encoding="ascii", errors="replace") as file:
                if file.read().rpartition(")")[2].split()[0] not in "SZ":
                    return False
    except (OSError, IndexError):       # it, or a thread, ends just now
        return False
    return True


def wait_for_sleep(process):
    """Until a process has done all that there was for it to do."""
    end = time.monotonic() + WAIT_S
    seen = 0
    while seen < 5 and process.poll() is None:
        seen = seen + 1 if sleeps(process.pid) else 0
        if time.monotonic() > end:
            raise LabError(f"{process.args[-1]} is still at work after {WAIT_S} s")
        time.sleep(0.02)


class Namespace:
    """One network namespace, with what runs in it."""

    def __init__(self, suffix):
        self.name = f"ttr{os.getpid()}n{next(_numbers)}{suffix}"
        self._processes = []
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        try:
            self.run("ip", "link", "set", "lo", "up")
            # While an address is looked for in the network, for a second or two, a router asks for no neighbour with it.
            self.sysctl(net__ipv6__conf__default__accept_dad=0)
        except subprocess.CalledProcessError:
            self.remove()
            raise

    def command(self, *command):
        return ["ip", "netns", "exec", self.name, *map(str, command)]

    def run(self, *command, check=True, timeout=300, **more):
        """Runs to the end; returns the CompletedProcess with text of stdout and stderr."""
        done = subprocess.run(self.command(*command), capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=timeout, **more)
        if check and done.returncode != 0:
            raise LabError(f"{' '.join(map(str, command))}: {done.returncode}: {done.stderr.strip()}")
        return done

    def start(self, *command, **more):
        """Starts a process, which ends with the namespace at the latest."""
        process = subprocess.Popen(self.command(*command), text=True, stdin=subprocess.DEVNULL, **more)
        self._processes.append(process)
        return process

    def adopt(self, process):
        """A process that was started elsewhere ends with the namespace."""
        self._processes.append(process)

    def sysctl(self, **values):
        """Names with "__" for "." and a value each; for what is not known as a sysctl here it does nothing."""
        for name, value in values.items():
            self.run("sysctl", "-qw", f"{name.replace('__', '.')}={value}")

    @contextlib.contextmanager
    def capture(self, path, device=DEVICE, expression=""):
        """Captures what passes `device` into `path` (pcap, nanoseconds) while the context lasts. A capture that missed a
        packet says nothing of the path: LabError."""
        # In immediate mode each packet takes as much of the kernel's buffer as the longest that may come.
        command = ["tcpdump", "-n", "-i", device, "-s", str(CAPTURE_SNAP_LENGTH), "-B", "16384", "--immediate-mode", "-U",
                   "-Z", "root", "--time-stamp-precision=nano", "-w", path]
        if expression:
            command.append(expression)
        process = self.start(*command, stderr=subprocess.PIPE)
        try:
            line = process.stderr.readline()
            if "listening" not in line:
                raise LabError(f"tcpdump: {line}{process.stderr.read()}")
            yield path
            wait_for_sleep(process)
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=WAIT_S)[1]
            if "\n0 packets dropped by kernel" not in said:
                raise LabError(f"tcpdump: {said}")
        finally:
            stop(process, signal.SIGINT)

    def remove(self):
        for process in reversed(self._processes):
            stop(process)
        self._processes.clear()
        subprocess.run(["ip", "netns", "delete", self.name], check=False)


class SimLab:
    """The sender of a simulated network. `description` is the text of a description file.

    With `ethernet` the device is a TAP: scamper does not know what to do with a TUN.
    """

    def __init__(self, description, ethernet=False):
        self.description = description
        self.ethernet = ethernet
        self.sender = None
        self.folder = None
        self._simulator = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="ttr-live-")
        try:
            self.sender = Namespace("s")
            self._start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_):
        self._remove()

    def _start(self):
        description = os.path.join(self.folder, "description")
        with open(description, "w", encoding="ascii") as file:
            file.write(self.description)
        self._simulator = self.sender.start(
            simulator(), *(["--ethernet"] if self.ethernet else []), "--device", DEVICE,
            "--description", description, "--truth", self.truth_path, stdout=subprocess.PIPE)
        if self._simulator.stdout.readline() != "ready\n":
            raise LabError("the simulator did not start")
        if self.ethernet:
            self.sender.run("ip", "link", "set", DEVICE, "address", MAC)
        self.bring_up()

    def bring_up(self):
        """Device, addresses and routes; once more after the device was down, which takes some of them away."""
        run = self.sender.run
        run("ip", "link", "set", DEVICE, "up")
        run("ip", "address", "replace", f"{SOURCE[4]}/32", "dev", DEVICE)
        run("ip", "address", "replace", f"{SOURCE[6]}/128", "dev", DEVICE)
        run("ip", "route", "replace", "default", "via", GATEWAY[4], "dev", DEVICE, "onlink", "src", SOURCE[4])
        run("ip", "-6", "route", "replace", "default", "via", GATEWAY[6], "dev", DEVICE, "onlink", "src", SOURCE[6])

    def _remove(self):
        if self.sender:
            self.sender.remove()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def truth_path(self):
        return os.path.join(self.folder, "truth.jsonl")

    def finish(self):
        """Ends the simulator and returns all that it knows."""
        stop(self._simulator)
        if self._simulator.returncode != 0:
            raise LabError(f"the simulator ended with {self._simulator.returncode}")
        return Truth(self.truth_path)

    def truth(self):
        """What the simulator knows so far; it writes as soon as nothing is due."""
        time.sleep(0.1)
        return Truth(self.truth_path)

    def settle(self):
        """Waits until every reply is out: a tool does not always wait for the last ones."""
        end = time.monotonic() + WAIT_S
        while True:
            wait_for_sleep(self._simulator)
            if self._simulator.poll() is not None:      # its device is gone, and so are the replies
                return
            if all("rtt_ns" in probe for probe in self.truth().probes if probe["outcome"] == "answered"):
                return
            if time.monotonic() > end:
                raise LabError(f"not every reply is out after {WAIT_S} s")


class Truth:
    """What a simulator saw and did. `probes` in order of coming; an answered one has "rtt_ns" and "replied_ns"."""

    def __init__(self, path):
        self.probes = []
        self.late_ns = []
        by_id = {}
        with open(path, encoding="ascii") as file:
            events = [json.loads(line) for line in file if line.endswith("\n")]
        for event in events:
            if event["event"] == "probe":
                self.probes.append(event)
                by_id[event["id"]] = event
            else:
                probe = by_id[event["id"]]
                probe["replied_ns"] = event["time_ns"]
                probe["rtt_ns"] = event["time_ns"] - probe["time_ns"]
                self.late_ns.append(event["late_ns"])

    def tcp(self, target, port=None, syn_only=True):
        """The TCP probes to `target`; RSTs that the sender's own kernel sends are none."""
        return [probe for probe in self.probes
                if probe["dst"] == target and probe["protocol"] == 6 and (port is None or probe["dport"] == port)
                and (probe["flags"] & 0x16 == 0x02 if syn_only else not probe["flags"] & 0x04)]


class ChainLab:
    """`routers` Linux routers in a row between a sender and a target, IPv4 and IPv6, ICMP limits as Linux has them.

    The target: port 80 is open, 81 closed, 82 dropped without a word, 83 rejected with admin-prohibited.
    `delays` maps a hop to how many milliseconds the link before it takes, there and back.
    """

    OPEN, CLOSED, FILTERED, REJECTED = 80, 81, 82, 83

    def __init__(self, routers=3, delays=None):
        self.routers = routers
        self.delays = delays or {}
        self.nodes = []

    def __enter__(self):
        try:
            for number in range(self.routers + 2):
                self.nodes.append(Namespace("s" if number == 0 else f"r{number}"))
            for number in range(1, self.routers + 2):
                self._join(number)
            self._route()
            self._serve()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_):
        self._remove()

    def _remove(self):
        for node in reversed(self.nodes):
            node.remove()
        self.nodes.clear()

    @property
    def sender(self):
        return self.nodes[0]

    @property
    def target(self):
        return self.nodes[-1]

    def address(self, hop, family=4):
        """Of the router or target at `hop`: that of the interface towards the sender."""
        return f"198.51.100.{4 * hop + 2}" if family == 4 else f"2001:db8:{hop}::2"

    def target_address(self, family=4):
        return self.address(self.routers + 1, family)

    def _join(self, number):
        """A veth between node number - 1 ("next") and node number ("back")."""
        near, far = self.nodes[number - 1], self.nodes[number]
        if number in self.delays:
            self._join_slowly(near, far, self.delays[number])
        else:
            subprocess.run(["ip", "link", "add", "next", "netns", near.name, "type", "veth",
                            "peer", "name", "back", "netns", far.name], check=True)
        for node, device, last in ((near, "next", 1), (far, "back", 2)):
            node.run("ip", "address", "add", f"198.51.100.{4 * number + last}/30", "dev", device)
            node.run("ip", "address", "add", f"2001:db8:{number}::{last}/64", "dev", device)
            node.run("ip", "link", "set", device, "up")

    def _join_slowly(self, near, far, milliseconds):
        """The same in user space. TUN devices: there are no link addresses, and nobody has to be asked for them."""
        process = subprocess.Popen(
            ["python3", os.path.join(HERE, "delay.py"), near.name, "next", far.name, "back", str(milliseconds / 2)],
            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        far.adopt(process)
        if process.stdout.readline() != "ready\n":
            raise LabError("the slow link could not be made")

    def _route(self):
        for number, node in enumerate(self.nodes):
            if 0 < number <= self.routers:
                node.sysctl(net__ipv4__ip_forward=1, net__ipv6__conf__all__forwarding=1)
            if number <= self.routers:
                node.run("ip", "route", "add", "default", "via", self.address(number + 1))
                node.run("ip", "-6", "route", "add", "default", "via", self.address(number + 1, 6))
            for link in range(1, number):
                node.run("ip", "route", "add", f"198.51.100.{4 * link}/30", "via", f"198.51.100.{4 * number + 1}")
                node.run("ip", "-6", "route", "add", f"2001:db8:{link}::/64", "via", f"2001:db8:{number}::1")

    def _serve(self):
        rules = (f"table inet lab {{ chain input {{ type filter hook input priority 0;"
                 f" tcp dport {self.FILTERED} drop;"
                 f" tcp dport {self.REJECTED} reject with icmpx type admin-prohibited; }}; }}")
        self.target.run("nft", rules)
        listener = ("import socket\n"
                    "s = socket.create_server(('::', %d), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)\n"
                    "print('ready', flush=True)\n"
                    "while True: s.accept()[0].close()\n" % self.OPEN)
        server = self.target.start("python3", "-c", listener, stdout=subprocess.PIPE)
        if server.stdout.readline() != "ready\n":
            raise LabError("the target's server did not start")


def end_on_signal():
    """Makes SIGTERM and SIGINT leave by an exception, so that every lab is removed."""
    def leave(number, _frame):
        raise SystemExit(128 + number)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
