"""The command `python -m infra.image` (`make images`): the functions' images, without a container engine."""

import argparse
import json
import sys
from pathlib import Path

from infra.image.images import BUDGET_BYTES, NAMES, extra_of, pack
from infra.image.source import OPERATIONS
from infra.local.tools.tool import ToolMissingError


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0, or 1 when an image is above the budget or could not be made."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.image", description="Make the functions' images as OCI archives, without Docker."
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--out", type=Path, default=Path("build/images"), help="the folder (default: build/images)")
    parser.add_argument("--matrix", action="store_true", help="make nothing; print what infra/Dockerfile is built for")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no image is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if options.matrix:
        print(json.dumps([_build(name) for name in NAMES]))
        return 0
    try:
        images = pack(options.names or NAMES, options.out)
    except ToolMissingError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{'image':<20} {'tag':<12} {'layers':>6} {'MB compressed':>14}")
    for image in images:
        name, _, tag = image.name.rpartition(":")
        print(f"{name.rpartition('/')[2]:<20} {tag:<12} {image.layers:>6} {image.compressed_size / 1e6:>14.1f}")
    heavy = [image.name for image in images if image.compressed_size > BUDGET_BYTES]
    if heavy:
        print(f"above {BUDGET_BYTES / 1e6:.0f} MB: {', '.join(heavy)}", file=sys.stderr)
    return 1 if heavy else 0


def _build(name: str) -> dict[str, str]:
    """Of infra/Dockerfile: the argument FUNCTION, the extra that follows from it, and the stage to build."""
    target = OPERATIONS if name == OPERATIONS else "function"
    return {"function": name, "extra": extra_of(name) or "", "target": target}


if __name__ == "__main__":
    sys.exit(main())
