"""OpenTofu: an installed one of release 1.9 or later, else built by Go from the module in opentofu/."""

import re
import shutil
from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.command import first_line_of
from infra.local.tools.go_module import build
from infra.local.tools.tool import Tool

VERSION = "1.12.6"
RELEASE = re.compile(r"OpenTofu v(1\.(?:9|[1-9]\d)\.\d+)")
MODULE = Path(__file__).parent / "opentofu"


def tofu() -> Tool:
    """OpenTofu 1. Raises ToolMissingError."""
    on_path = shutil.which("tofu")
    release = RELEASE.search(first_line_of([on_path, "version"]) or "") if on_path else None
    if on_path and release:
        return Tool("tofu", release.group(1), Path(on_path), "on PATH")
    return Tool("tofu", VERSION, cached("opentofu", VERSION, _build) / "tofu", "built by Go")


def _build(folder: Path) -> None:
    build(
        MODULE,
        ["github.com/opentofu/opentofu/cmd/tofu"],
        folder,
        what=f"OpenTofu {VERSION}",
        minutes=4,
        values={"github.com/opentofu/opentofu/version.dev": "no"},
        oldest=(1, 26, 6),
    )
