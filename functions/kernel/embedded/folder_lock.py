"""One Taskwake a folder: a second would end the first one's PostgreSQL as if it were a left-over."""

import fcntl
import os
from pathlib import Path
from typing import TextIO


class FolderTakenError(RuntimeError):
    """Another process runs over this folder; the text names it."""


class FolderLock:
    """A lock on a file of the folder, which the operating system lets go of however the process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIO | None = None

    def acquire(self) -> None:
        """Raises FolderTakenError at once when another process holds it."""
        file = os.fdopen(os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with file:
                holder = file.read().strip() or "unknown"
            raise FolderTakenError(
                f"another Taskwake (process {holder}) runs over {self._folder}: "
                "stop it, or choose another folder: --data"
            ) from None
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def holder(self) -> int | None:
        """The process that holds it, if one does."""
        try:
            with (self._folder / "lock").open() as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(file.read())
        except FileNotFoundError:
            pass
        return None

    def release(self) -> None:
        """Let it go, if it is held."""
        if self._file:
            self._file.close()
            self._file = None
