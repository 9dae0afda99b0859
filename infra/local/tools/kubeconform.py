"""Kubeconform, which holds manifests to JSON schemas."""

from infra.local.tools.go_program import go_program
from infra.local.tools.tool import Tool

VERSION = "v0.7.0"


def kubeconform() -> Tool:
    """Of this version, since its findings are compared. Raises ToolMissingError."""
    return go_program("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform", VERSION, minutes=0.5)
