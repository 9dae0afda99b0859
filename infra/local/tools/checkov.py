"""Checkov, which searches manifests for what is unsafe: with packages of its own, apart from the project's."""

from infra.local.tools.tool import Tool
from infra.local.tools.wheel import wheel

VERSION = "3.3.30"


def checkov() -> Tool:
    """The folder to put on PYTHONPATH for `python -m checkov.main`; of this version, since its findings are compared.
    Raises ToolMissingError."""
    return Tool("checkov", VERSION, wheel("checkov", VERSION), "wheel")
