"""zizmor, which searches GitHub workflows for what is unsafe."""

from infra.local.tools.tool import Tool
from infra.local.tools.wheel import wheel

VERSION = "1.32.0"


def zizmor() -> Tool:
    """Of this version, since its findings are compared. Raises ToolMissingError."""
    return Tool("zizmor", VERSION, wheel("zizmor", VERSION) / "bin" / "zizmor", "wheel")
