"""The command `python -m infra.image.layout`: a layer of an image as a folder, for the build stage of infra/Dockerfile.

`runtime` and `base` need the standard library and uv alone; the others read the catalogue with the packages of `base`.
"""

import argparse
from pathlib import Path

from infra.image import packages, runtime


def main(arguments: list[str] | None = None) -> None:
    """Lay the part out below the folder."""
    parser = argparse.ArgumentParser(prog="python -m infra.image.layout", description=__doc__.partition("\n")[0])
    parser.add_argument("part", choices=("runtime", "base", "extra", "code"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("name", nargs="?", help="the image, for its extra and its code")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True)
    if options.part == "runtime":
        runtime.lay_out(options.folder)
    elif options.part == "base":
        packages.lay_out(options.folder, packages.BASE)
    else:
        _own(parser, options.part, options.folder, options.name)


def _own(parser: argparse.ArgumentParser, part: str, folder: Path, name: str) -> None:
    from infra.image.images import NAMES, extra_of
    from infra.image.source import lay_out

    if name not in NAMES:
        parser.error(f"no image is called {name!r}; there are {', '.join(NAMES)}")
    if part == "code":
        lay_out(folder, name)
    elif extra := extra_of(name):
        packages.lay_out(folder, extra)


if __name__ == "__main__":
    main()
