"""Dapr: sidecar and scheduler, installed ones of release 1.16 or built by Go; and all of it for a cluster's images."""

import re
import shutil
from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.command import first_line_of
from infra.local.tools.go_module import build, source
from infra.local.tools.tool import Tool

# 1.16.0 is the newest release whose sidecar and scheduler both build from public modules.
VERSION = "1.16.0"
RELEASE = re.compile(r"\b1\.16\.\d+\b")
MODULE = Path(__file__).parent / "dapr"
CONTROL_PLANE = ("operator", "sentry", "injector")


def daprd() -> Tool:
    """Dapr's sidecar, 1.16. Raises ToolMissingError."""
    return _binary("daprd")


def scheduler() -> Tool:
    """Dapr's scheduler, 1.16. Raises ToolMissingError."""
    return _binary("scheduler")


def dapr_runtime() -> Tool:
    """A folder with daprd and scheduler as static programs, whatever is installed. Raises ToolMissingError."""
    # Named for what this daprd has beside the stable components, so that one built without it is not taken for it.
    return Tool("dapr", VERSION, cached("dapr-with-echo", VERSION, _build_runtime), "built by Go")


def dapr_control_plane() -> Tool:
    """A folder with operator, sentry and injector as static programs, and the Helm chart of the same release in chart/.

    Raises ToolMissingError.
    """
    folder = cached("dapr-control-plane", VERSION, _build_control_plane)
    return Tool("dapr-control-plane", VERSION, folder, "built by Go")


def _binary(name: str) -> Tool:
    sidecar = shutil.which("daprd")
    folders = [*([Path(sidecar).parent] if sidecar else []), Path.home() / ".dapr" / "bin"]
    for folder in folders:
        # The scheduler does not tell its version; it is installed together with the sidecar beside it.
        release = RELEASE.search(first_line_of([str(folder / "daprd"), "--version"]) or "")
        if release and (folder / name).is_file():
            return Tool(name, release.group(), folder / name, f"installed in {folder}")
    runtime = dapr_runtime()
    return Tool(name, VERSION, runtime.path / name, runtime.source)


def _build_runtime(folder: Path) -> None:
    _build("scheduler", folder, minutes=3)
    _build("daprd", folder, minutes=4, package="./daprd")


def _build_control_plane(folder: Path) -> None:
    for name in CONTROL_PLANE:
        _build(name, folder, minutes=1)
    shutil.copytree(source(MODULE, "github.com/dapr/dapr") / "charts" / "dapr", folder / "chart")


def _build(name: str, folder: Path, *, minutes: float, package: str = "") -> None:
    build(
        MODULE,
        [package or f"github.com/dapr/dapr/cmd/{name}"],
        folder,
        what=f"Dapr's {name} {VERSION}",
        minutes=minutes,
        values={"github.com/dapr/dapr/pkg/buildinfo.version": VERSION},
        # Without a component tag daprd is built with none and panics at its start.
        tags="stablecomponents",
    )
