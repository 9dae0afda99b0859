"""kube-score, which judges workloads by what is good practice."""

from infra.local.tools.go_program import go_program
from infra.local.tools.tool import Tool

VERSION = "v1.20.0"


def kube_score() -> Tool:
    """Of this version, since its findings are compared. Raises ToolMissingError."""
    return go_program("kube-score", "github.com/zegl/kube-score/cmd/kube-score", VERSION, minutes=1)
