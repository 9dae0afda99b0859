"""The packages of an image: what requirements/ pins, to the version and the hash, and nothing else."""

import re
import shutil
import sys
from pathlib import Path

from infra.image.bytecode import compile_bytecode
from infra.local.tools.command import run

PACKAGES = "packages"
"""Where they are, whatever the interpreter: no place that it would look for more in at each start."""
BASE = "base"
"""Of all images: what pyproject.toml lists for every function, and its extras `dapr` and `telemetry`."""


def requirements(extra: str) -> Path:
    """The file that pins the packages of an extra: those that the base does not hold already. Or those of the base."""
    return Path(__file__).parent / "requirements" / f"{extra}.txt"


def lay_out(root: Path, extra: str) -> None:
    """Install the packages of an extra, or of the base, below `root`."""
    folder = root / PACKAGES
    run(
        [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable),
            # The files together pin all that their packages depend on.
            *("--no-deps", "--require-hashes", "--only-binary", ":all:"),
            *("--target", str(folder), "--requirement", str(requirements(extra))),
        ],
        purpose=f"Installing the packages of {extra}",
    )
    # Programs that nobody runs, and what would be executed at each start. What records say of these tells the machine.
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for path in (folder / ".lock", *folder.glob("*.pth")):
        path.unlink(missing_ok=True)
    for record in folder.glob("*.dist-info/RECORD"):
        lines = [line for line in record.read_text().splitlines() if not re.match(r"bin/|[^/]+\.pth,", line)]
        # Anew: uv links the file with its cache.
        record.unlink()
        record.write_text("\n".join(lines) + "\n")
    compile_bytecode(root)
