"""Processes by their number, and those that end with the one that started them."""

import contextlib
import os
import select
import shutil


def dying_with_parent(command: list[str]) -> list[str]:
    """The command, which Linux interrupts when this process is killed; elsewhere (no setpriv) it lives on."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", *command] if setpriv else command


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number, whosever it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def wait_until_gone(pid: int, seconds: float) -> None:
    """Wait so long at most for the end of a process, which need be no child of ours."""
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            select.select([descriptor], [], [], seconds)
        finally:
            os.close(descriptor)
