"""actionlint, which reads GitHub workflows as GitHub does."""

from infra.local.tools.go_program import go_program
from infra.local.tools.tool import Tool

VERSION = "v1.7.12"


def actionlint() -> Tool:
    """Of this version, since its findings are compared. Raises ToolMissingError."""
    return go_program(
        "actionlint", "github.com/rhysd/actionlint/cmd/actionlint", VERSION, minutes=0.5, oldest=(1, 25, 0)
    )
