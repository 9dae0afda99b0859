"""The control group that all pods of one cluster are in, in either version of control groups."""

import errno
import os
import time
from pathlib import Path

PLACE = Path("/sys/fs/cgroup")
PATIENCE_SECONDS = 10


def make(name: str) -> None:
    """Make the group, which kubelet makes its own in."""
    for root in _roots():
        (root / name).mkdir(exist_ok=True)
    if (PLACE / "cgroup.controllers").exists():  # version 2: what the group may use
        available = (PLACE / "cgroup.controllers").read_text().split()
        (PLACE / "cgroup.subtree_control").write_text(" ".join(f"+{controller}" for controller in available))


def remove(name: str) -> None:
    """Remove it with all that are in it. Raises OSError when a process of it has not ended after 10 s."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for root in _roots():
        for folder, _, _ in os.walk(root / name, topdown=False):
            while not _removed(folder, deadline):
                time.sleep(0.05)


def _removed(folder: str, deadline: float) -> bool:
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        # The kernel takes its time with processes that were killed.
        if error.errno != errno.EBUSY or time.monotonic() > deadline:
            raise
        return False
    return True


def _roots() -> list[Path]:
    """Where groups are kept: one place per controller (version 1), or one for all (version 2), or both."""
    mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text().splitlines()]
    places = [Path(place) for place, kind in mounts if kind.startswith("cgroup")]
    return [place for place in places if place.is_relative_to(PLACE)]
