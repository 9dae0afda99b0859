"""The command `python -m infra.render [--check]` (`make render`, `make check`)."""

import argparse
import sys
from pathlib import Path

from infra.render.files import rendered, stale, write


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 when all is up to date, 1 when --check found stale files."""
    parser = argparse.ArgumentParser(prog="python -m infra.render", description="Write what follows from the code.")
    parser.add_argument("--root", type=Path, default=Path(), help="the repository (default: this folder)")
    parser.add_argument("--check", action="store_true", help="write nothing, name the stale files")
    options = parser.parse_args(arguments)
    expected = rendered()
    if not options.check:
        for path in write(options.root, expected):
            print(path)
        print(f"render: {len(expected)} files are up to date")
        return 0
    paths = stale(options.root, expected)
    for path in paths:
        print(path)
    print(f"render: {len(paths)} files are stale; run make render" if paths else "render: up to date")
    return 1 if paths else 0


if __name__ == "__main__":
    sys.exit(main())
