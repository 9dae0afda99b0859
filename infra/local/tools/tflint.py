"""tflint, which judges Terraform by its own rules."""

from infra.local.tools.go_program import go_program
from infra.local.tools.tool import Tool

VERSION = "v0.64.0"


def tflint() -> Tool:
    """Of this version, since its findings are compared. Raises ToolMissingError."""
    return go_program("tflint", "github.com/terraform-linters/tflint", VERSION, minutes=2, oldest=(1, 26, 3))
