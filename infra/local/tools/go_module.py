"""Builds programs out of a Go module of this package, whose go.mod and go.sum pin all of it by version and hash."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from infra.local.tools.command import run
from infra.local.tools.go_toolchain import OLDEST, go
from infra.local.tools.progress import step
from infra.local.tools.tool import ToolMissingError

# Static programs, so that each can be a container image by itself; the person's own Go settings have no say.
ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def build(
    module: Path,
    packages: Sequence[str],
    folder: Path,
    *,
    what: str,
    minutes: float,
    values: dict[str, str] | None = None,
    tags: str = "",
    oldest: tuple[int, int, int] = OLDEST,
) -> None:
    """Build `packages` into `folder`, each under the last part of its path; raise ToolMissingError when that fails.

    `values` are Go variables to set. `what` and `minutes` (on 2 cores, from an empty build cache) are for the progress.
    """
    toolchain = go(oldest)
    settings = "".join(f" -X {name}={value}" for name, value in (values or {}).items())
    with step(f"building {what} with Go (about {minutes:g} minutes on 2 cores)"):
        run(
            [
                *(str(toolchain.path), "build", "-mod=readonly", "-trimpath", "-buildvcs=false"),
                *(("-tags", tags) if tags else ()),
                *("-ldflags", f"-s -w{settings}"),
                *("-o", f"{folder}/", *packages),
            ],
            cwd=module,
            env=ENVIRONMENT,
            purpose=f"Building {what}",
        )


def source(module: Path, name: str) -> Path:
    """The folder with the source of the module `name` at the version that `module` pins."""
    toolchain = go()
    run(
        [str(toolchain.path), "mod", "download", name],
        cwd=module,
        env=ENVIRONMENT,
        purpose=f"Downloading the Go module {name}",
    )
    done = subprocess.run(
        [str(toolchain.path), "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", name],
        cwd=module,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not done.stdout.strip():
        raise ToolMissingError(f"Go does not find the module {name} that {module / 'go.mod'} names: {done.stderr}")
    return Path(done.stdout.strip())
