"""Tools that come with the system; in CI, where nobody could be asked, they are installed by apt-get."""

import functools
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from infra.local.tools.command import first_line_of, run
from infra.local.tools.progress import step
from infra.local.tools.tool import Tool, ToolMissingError

# At run level 1 a package's service is not started when it is installed.
APT_ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}


def pgbouncer() -> Tool:
    """PgBouncer, on PATH or in /usr/sbin. Raises ToolMissingError."""
    return _system_tool("pgbouncer", ["pgbouncer"], package="pgbouncer")


def chromium() -> Tool:
    """Chromium or Chrome. Raises ToolMissingError."""
    return _system_tool("chromium", ["chromium", "chromium-browser", "google-chrome"], package="chromium")


def node_programs() -> dict[str, Tool]:
    """What a Kubernetes node is made of besides Kubernetes, by name. Raises ToolMissingError for the first missing."""
    packages = {
        "etcd": "etcd-server",
        "containerd": "containerd",
        "runc": "runc",
        "iptables": "iptables",
        "conntrack": "conntrack",
        "ip": "iproute2",
        "nsenter": "util-linux",
        "openssl": "openssl",
    }
    return {name: _system_tool(name, [name], package=package) for name, package in packages.items()}


def cni_plugins() -> Tool:
    """The folder with the reference plugins of the Container Network Interface. Raises ToolMissingError."""
    folders = ["/usr/lib/cni", "/opt/cni/bin"]
    bridge = _system_tool("bridge", ["bridge"], package="containernetworking-plugins", folders=folders)
    return Tool("cni", bridge.version, bridge.path.parent, bridge.source)


def _system_tool(name: str, programs: list[str], *, package: str, folders: Sequence[str] = ()) -> Tool:
    search = os.pathsep.join(folders or (os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
    if found := _find(name, programs, search, source="installed"):
        return found
    if os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("apt-get"):
        with step(f"installing {package} with apt-get"):
            _update_lists()
            run(
                ["apt-get", "install", "-y", "--no-install-recommends", package],
                env=APT_ENVIRONMENT,
                purpose=f"Installing {package}",
            )
        if found := _find(name, programs, search, source="apt-get, in CI"):
            return found
    raise ToolMissingError(
        f"{name} is missing: none of {', '.join(programs)} is in {search}. "
        f"Install it (Debian: apt-get install {package}) and try again."
    )


@functools.cache
def _update_lists() -> None:
    run(["apt-get", "update"], env=APT_ENVIRONMENT, purpose="Reading Debian's package lists")


def _find(name: str, programs: list[str], search: str, *, source: str) -> Tool | None:
    for program in programs:
        if path := shutil.which(program, path=search):
            version = re.search(r"\d+(\.\d+)+", first_line_of([path, "--version"]) or "")
            return Tool(name, version.group() if version else "unknown", Path(path), source)
    return None
