# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads many captures with few starts of `tcptracedump --read FILE... --json`.

A Reader holds the command; read() says of each file which traces are in it.
"""
import concurrent.futures
import dataclasses
import json
import os
import subprocess

BATCH = 1000            # files a process
TIMEOUT_S = 600
NO_TRACE = ": there is no TCP traceroute in this capture"     # the traces say that, too


class ReaderFailed(Exception):
    """A file could not be read, or the reader did not end as it should; the message holds what it said."""


@dataclasses.dataclass
class Batch:
    """`traces`: {file: [trace]} for every file; `said`: the lines on stderr, but for NO_TRACE."""
    traces: dict
    said: list


class Reader:
    """`command`: the program with the options that come first, as a list."""

    def __init__(self, command, processes=1):
        self.command = list(command)
        self.processes = processes

    def read(self, paths):
        """Batch of all the files."""
        names = [str(path) for path in paths]
        parts = [names[at:at + BATCH] for at in range(0, len(names), BATCH)]
        whole = Batch({}, [])
        with concurrent.futures.ThreadPoolExecutor(self.processes) as pool:
            for part in pool.map(self._read, parts):
                whole.traces.update(part.traces)
                whole.said += part.said
        return whole

    def text(self, path, view):
        """What `--VIEW` prints of one file, as bytes."""
        return self._run([str(path)], view)[0]

    def _run(self, names, view):
        done = subprocess.run([*self.command, "--read", *names, f"--{view}"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=TIMEOUT_S, check=False, env={**os.environ, "TZ": "UTC"})
        said = done.stderr.decode("utf-8", "backslashreplace").splitlines()
        if done.returncode != 0:
            raise ReaderFailed(f"{self.command[0]} --read, {len(names)} files from {names[0]}: "
                               f"exit {done.returncode}: {' / '.join(said[:3])}")
        return done.stdout, [line for line in said if NO_TRACE not in line]

    def _read(self, names):
        output, said = self._run(names, "json")
        traces = {name: [] for name in names}
        for line in output.splitlines():
            trace = json.loads(line)
            name = trace.pop("file", names[0] if len(names) == 1 else None)
            if name not in traces:
                raise ReaderFailed(f"a trace of {name!r}, which was not asked for: {line[:120]!r}")
            traces[name].append(trace)
        return Batch(traces, said)
