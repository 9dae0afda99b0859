"""The command `python -m infra.image.lock` (part of `make lock`): writes requirements/ anew.

base.txt has what all images hold; each extra's file its packages and what they depend on beyond the base. Versions are
those of requirements.lock.
"""

import re
import sys
from collections.abc import Sequence

from infra.image.images import NAMES, extra_of
from infra.image.packages import BASE, requirements
from infra.image.source import ROOT
from infra.local.tools.command import run


def main() -> None:
    """Resolve the base and each extra, constrained by requirements.lock."""
    _resolve(BASE, [])
    base = re.findall(r"^([a-z0-9-]+)==", requirements(BASE).read_text(), re.MULTILINE)
    for extra in sorted({extra for name in NAMES if (extra := extra_of(name))}):
        _resolve(extra, ["--extra", extra, *(f"--no-emit-package={package}" for package in base)])


def _resolve(extra: str, options: Sequence[str]) -> None:
    run(
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-emit-index-url", "--no-annotate", "--custom-compile-command", "make lock"),
            *("--constraint", "requirements.lock", "--extra", "dapr", "--extra", "telemetry"),
            *(*options, "pyproject.toml"),
            *("--output-file", str(requirements(extra))),
        ],
        cwd=ROOT,
        purpose=f"Resolving the packages of {extra}",
    )


if __name__ == "__main__":
    main()
