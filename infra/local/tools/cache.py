"""The user's cache of tools: one folder per tool and version, complete or absent."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra.local.tools.progress import step


def cache_root() -> Path:
    """`taskwake` under $XDG_CACHE_HOME, or under ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "taskwake"


def cached(tool: str, version: str, make: Callable[[Path], None]) -> Path:
    """The folder `<cache>/<tool>/<version>`, made by `make(folder)` if it is not there yet.

    `make` fills a temporary folder that is renamed when it returns, so a folder of that name is complete.
    Two processes that want the same tool do not both make it: the second waits for the first.
    """
    target = cache_root() / tool / version
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f"{version}.lock").open("w") as lock:
        with step(f"waiting for another process that makes {tool} {version}"):
            fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_dir():
            return target
        making = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=target.parent))
        try:
            make(making)
            making.chmod(0o755)
            making.rename(target)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return target
