"""Tools that come with the system; in CI, where nobody could be asked, they are installed by apt-get."""

import os
import re
import shutil
from pathlib import Path

from infra.local.tools.command import first_line_of, run
from infra.local.tools.progress import step
from infra.local.tools.tool import Tool, ToolMissingError


def pgbouncer() -> Tool:
    """PgBouncer, on PATH or in /usr/sbin. Raises ToolMissingError."""
    return _system_tool("pgbouncer", ["pgbouncer"], package="pgbouncer")


def chromium() -> Tool:
    """Chromium or Chrome. Raises ToolMissingError."""
    return _system_tool("chromium", ["chromium", "chromium-browser", "google-chrome"], package="chromium")


def _system_tool(name: str, programs: list[str], *, package: str) -> Tool:
    if found := _find(name, programs, source="installed"):
        return found
    if os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {"DEBIAN_FRONTEND": "noninteractive"}
        with step(f"installing {package} with apt-get"):
            run(["apt-get", "update"], env=env, purpose="Reading Debian's package lists")
            run(
                ["apt-get", "install", "-y", "--no-install-recommends", package],
                env=env,
                purpose=f"Installing {package}",
            )
        if found := _find(name, programs, source="apt-get, in CI"):
            return found
    raise ToolMissingError(
        f"{name} is missing: none of {', '.join(programs)} is on PATH. "
        f"Install it (Debian: apt-get install {package}) and try again."
    )


def _find(name: str, programs: list[str], *, source: str) -> Tool | None:
    search = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
    for program in programs:
        if path := shutil.which(program, path=search):
            version = re.search(r"\d+(\.\d+)+", first_line_of([path, "--version"]) or "")
            return Tool(name, version.group() if version else "unknown", Path(path), source)
    return None
