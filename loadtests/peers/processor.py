"""Processor time of processes and all they started, from /proc."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    seconds: float
    """Its own, and that of the children it has waited for."""


def cpu_seconds(roots: Collection[int], but: Collection[int] = ()) -> float:
    """The processor time so far (user and system) of `roots` and everything under them, without the processes `but`."""
    processes = _processes()
    return sum(processes[pid].seconds for pid in _trees(processes, roots) if pid not in but)


def _trees(processes: dict[int, _Process], roots: Collection[int]) -> Iterable[int]:
    children: dict[int, list[int]] = {}
    for pid, process in processes.items():
        children.setdefault(process.parent, []).append(pid)
    waiting, seen = [pid for pid in roots if pid in processes], set[int]()
    while waiting:
        pid = waiting.pop()
        if pid not in seen:
            seen.add(pid)
            waiting += children.get(pid, [])
    return seen


def _processes() -> dict[int, _Process]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
            # The name, in parentheses, may hold anything; proc_pid_stat(5) numbers what follows from 3.
            fields = stat.rpartition(")")[2].split()
            found[int(entry.name)] = _Process(int(fields[1]), sum(map(int, fields[11:15])) / TICKS)
    return found
