"""Dapr's sidecar and scheduler: installed ones of release 1.16, else built by Go from the module in dapr/."""

import re
import shutil
from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.command import first_line_of, run
from infra.local.tools.go_toolchain import go
from infra.local.tools.progress import step
from infra.local.tools.tool import Tool

# 1.16.0 is the newest release whose sidecar and scheduler both build from public modules.
VERSION = "1.16.0"
RELEASE = re.compile(r"\b1\.16\.\d+\b")
MODULE = Path(__file__).parent / "dapr"


def daprd() -> Tool:
    """Dapr's sidecar, 1.16. Raises ToolMissingError."""
    return _binary("daprd")


def scheduler() -> Tool:
    """Dapr's scheduler, 1.16. Raises ToolMissingError."""
    return _binary("scheduler")


def _binary(name: str) -> Tool:
    sidecar = shutil.which("daprd")
    folders = [*([Path(sidecar).parent] if sidecar else []), Path.home() / ".dapr" / "bin"]
    for folder in folders:
        # The scheduler does not tell its version; it is installed together with the sidecar beside it.
        release = RELEASE.search(first_line_of([str(folder / "daprd"), "--version"]) or "")
        if release and (folder / name).is_file():
            return Tool(name, release.group(), folder / name, f"installed in {folder}")
    return Tool(name, VERSION, cached("dapr", VERSION, _build) / name, "built by Go")


def _build(folder: Path) -> None:
    toolchain = go()
    env = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    for name, minutes in (("scheduler", 3), ("daprd", 4)):
        with step(f"building Dapr's {name} {VERSION} with Go (about {minutes} minutes on 2 cores)"):
            run(
                [
                    *(str(toolchain.path), "build", "-mod=readonly", "-trimpath", "-buildvcs=false"),
                    # Without a component tag daprd is built with none and panics at its start.
                    *("-tags", "stablecomponents"),
                    *("-ldflags", f"-s -w -X github.com/dapr/dapr/pkg/buildinfo.version={VERSION}"),
                    *("-o", str(folder / name), f"github.com/dapr/dapr/cmd/{name}"),
                ],
                cwd=MODULE,
                env=env,
                purpose=f"Building Dapr's {name} {VERSION}",
            )
