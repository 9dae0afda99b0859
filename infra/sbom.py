"""The command `python -m infra.sbom --out FOLDER` (`make sbom`): what is in the installation and in each image, as
CycloneDX 1.6, a file each. Made from the locked requirements alone, so the same lock gives the same files.
"""

import argparse
import sys
from pathlib import Path

from infra.image.packages import BASE, requirements
from infra.image.source import ROOT
from infra.local.tools.command import run

FORMAT = "1.6"


def locks() -> dict[str, Path]:
    """The locked requirements, by what they are of: everything, and what each image adds to the base of all."""
    folder = requirements(BASE).parent
    return {"taskwake": ROOT / "requirements.lock"} | {path.stem: path for path in sorted(folder.glob("*.txt"))}


def write(name: str, folder: Path) -> Path:
    """The bill of materials of this name, in the folder; the program that writes it holds it to CycloneDX's schema."""
    target = folder / f"{name}.cdx.json"
    run(
        [
            *(sys.executable, "-m", "cyclonedx_py", "requirements", "--output-reproducible", "--validate"),
            *("--pyproject", str(ROOT / "pyproject.toml"), "--sv", FORMAT, "--of", "JSON", "-o", str(target)),
            str(locks()[name]),
        ],
        cwd=ROOT,
        purpose=f"Writing the bill of materials of {name}",
    )
    return target


def main(arguments: list[str] | None = None) -> None:
    """Write them all."""
    parser = argparse.ArgumentParser(prog="python -m infra.sbom", description="Write bills of materials.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "sbom", help="the folder (default: build/sbom)")
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for name in locks():
        print(write(name, out))


if __name__ == "__main__":
    main()
