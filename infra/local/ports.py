"""Ports on the loopback address that no other copy of this project takes.

A port that the kernel picks (bind to 0) can go to an outgoing connection between the moment it is looked
up and the moment a server binds it. So ports come from below the range that the kernel picks from, in
blocks: a block belongs to whoever holds the lock of its file, and the kernel drops that lock with the
process, however it ends.
"""

import fcntl
import os
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

LOOPBACK = "127.0.0.1"
FIRST, BLOCK_SIZE, BLOCKS = 20_000, 100, 120


class PortsExhaustedError(Exception):
    """No block is free, or a block has no free port left; the text says what to do."""


class PortBlock:
    """A block of ports that is this process's own until `release`, or until the process ends."""

    def __init__(self, first: int, lock: IO[str]) -> None:
        self._lock = lock
        self._candidates = iter(range(first, first + BLOCK_SIZE))
        self.taken: dict[str, int] = {}

    def take(self, name: str) -> int:
        """A port nobody listens on, the same one each time for the same `name`."""
        if name not in self.taken:
            self.taken[name] = self._next_free()
        return self.taken[name]

    def release(self) -> None:
        """Let another copy have the block."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _next_free(self) -> int:
        for port in self._candidates:
            if is_free(port):
                return port
        raise PortsExhaustedError(f"All {BLOCK_SIZE} ports of this copy's block are in use: end what uses them.")


def claim_block() -> PortBlock:
    """The first block that no other process has claimed. Raises PortsExhaustedError when all are."""
    folder = Path(tempfile.gettempdir()) / f"taskwake-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for first in range(FIRST, FIRST + BLOCKS * BLOCK_SIZE, BLOCK_SIZE):
        lock = (folder / str(first)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return PortBlock(first, lock)
    raise PortsExhaustedError(f"All {BLOCKS} blocks of ports are claimed: end other copies of Taskwake first.")


def is_free(port: int) -> bool:
    """Whether nothing listens on `port`, on any address of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections that linger from the last run do not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
            probe.listen(1)
        except OSError:
            return False
    return True
