"""Programs that Go installs by their package and version."""

from infra.local.tools.cache import cached
from infra.local.tools.command import run
from infra.local.tools.go_module import ENVIRONMENT
from infra.local.tools.go_toolchain import OLDEST, go
from infra.local.tools.progress import step
from infra.local.tools.tool import Tool


def go_program(name: str, package: str, version: str, *, minutes: float, oldest: tuple[int, int, int] = OLDEST) -> Tool:
    """`package@version` as a static program, kept in the cache; raise ToolMissingError when it cannot be built.

    `minutes` (on 2 cores, from an empty build cache) are for the progress.
    """

    def make(folder: object) -> None:
        with step(f"building {name} {version} with Go (about {minutes:g} minutes on 2 cores)"):
            run(
                [str(go(oldest).path), "install", "-trimpath", "-ldflags=-s -w", f"{package}@{version}"],
                env={**ENVIRONMENT, "GOBIN": str(folder)},
                purpose=f"Building {name} {version}",
            )

    return Tool(name, version, cached(name, version, make) / name, "built by Go")
