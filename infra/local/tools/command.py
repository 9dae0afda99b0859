"""Runs one program to its end on behalf of a tool that is being made."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.tools.tool import ToolMissingError

LAST_LINES = 20


def run(argv: Sequence[str], *, purpose: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """Run `argv`, its output kept back; raise ToolMissingError with the last 20 lines when it fails."""
    done = subprocess.run(
        argv,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-LAST_LINES:])
        raise ToolMissingError(f"{purpose} failed: `{' '.join(argv)}` ended with {done.returncode}:\n{tail}")


def first_line_of(argv: Sequence[str]) -> str | None:
    """The first line that `argv` prints, or None when it cannot be run or fails; waits 20 s at most."""
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.splitlines()
    return lines[0] if done.returncode == 0 and lines else None
