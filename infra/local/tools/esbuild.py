"""esbuild, which makes few files of the page's many."""

from infra.local.tools.go_program import go_program
from infra.local.tools.tool import Tool

VERSION = "v0.28.2"


def esbuild() -> Tool:
    """Of this version, since what it writes is compared. Raises ToolMissingError."""
    return go_program("esbuild", "github.com/evanw/esbuild/cmd/esbuild", VERSION, minutes=0.5)
