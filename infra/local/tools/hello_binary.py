"""A hello world in Go: what tests try a cluster with, and what cold starts are compared with."""

from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.go_module import build
from infra.local.tools.tool import Tool

VERSION = "2"
MODULE = Path(__file__).parent / "hello"


def hello() -> Tool:
    """A static HTTP server on $PORT, which prints when it was asked. Raises ToolMissingError."""
    return Tool("hello", VERSION, cached("hello", VERSION, _build) / "hello", "built by Go")


def _build(folder: Path) -> None:
    build(MODULE, ["."], folder, what="the hello world", minutes=0.2)
