"""Kustomize, which puts an overlay together: an installed one of release 5, else built by Go."""

import re
import shutil
from pathlib import Path

from infra.local.tools.command import first_line_of
from infra.local.tools.go_program import go_program
from infra.local.tools.tool import Tool

VERSION = "v5.8.1"
RELEASE = re.compile(r"v5\.\d+\.\d+")


def kustomize() -> Tool:
    """Kustomize 5. Raises ToolMissingError."""
    on_path = shutil.which("kustomize")
    release = RELEASE.search(first_line_of([on_path, "version"]) or "") if on_path else None
    if on_path and release:
        return Tool("kustomize", release.group(), Path(on_path), "on PATH")
    return go_program("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", VERSION, minutes=1)
