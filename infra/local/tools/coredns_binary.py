"""CoreDNS, built by Go with the few plugins that a cluster of one node needs."""

from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.go_module import build
from infra.local.tools.tool import Tool

VERSION = "1.14.3"
MODULE = Path(__file__).parent / "coredns"


def coredns() -> Tool:
    """CoreDNS as a static program. Raises ToolMissingError."""
    return Tool("coredns", VERSION, cached("coredns", VERSION, _build) / "coredns", "built by Go")


def _build(folder: Path) -> None:
    build(MODULE, ["."], folder, what=f"CoreDNS {VERSION}", minutes=1, oldest=(1, 25, 0))
