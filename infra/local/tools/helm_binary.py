"""Helm: an installed one of release 3, else built by Go."""

import re
import shutil
from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.command import first_line_of, run
from infra.local.tools.go_module import ENVIRONMENT
from infra.local.tools.go_toolchain import go
from infra.local.tools.progress import step
from infra.local.tools.tool import Tool

VERSION = "3.22.0"


def helm() -> Tool:
    """Helm 3. Raises ToolMissingError."""
    on_path = shutil.which("helm")
    release = re.search(r"v(3\.\d+\.\d+)", first_line_of([on_path, "version", "--short"]) or "") if on_path else None
    if on_path and release:
        return Tool("helm", release.group(1), Path(on_path), "on PATH")
    return Tool("helm", VERSION, cached("helm", VERSION, _build) / "helm", "built by Go")


def _build(folder: Path) -> None:
    toolchain = go((1, 26, 0))
    with step(f"building Helm {VERSION} with Go (about 3 minutes on 2 cores)"):
        run(
            [
                str(toolchain.path),
                "install",
                "-trimpath",
                "-ldflags=-s -w",
                f"helm.sh/helm/v3/cmd/helm@v{VERSION}",
            ],
            env={**ENVIRONMENT, "GOBIN": str(folder)},
            purpose=f"Building Helm {VERSION}",
        )
