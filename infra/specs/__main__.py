"""The commands `new NAME` and `check` of `python -m infra.specs` (`make spec`, `make check-specs`)."""

import argparse
import sys
from pathlib import Path

from infra.specs.check import check
from infra.specs.finding import SpecsError
from infra.specs.scaffold import scaffold


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 when all is well, 1 with findings, 2 when the tool can't go on."""
    parser = argparse.ArgumentParser(prog="python -m infra.specs", description="Scaffold and check specs/.")
    parser.add_argument("--root", type=Path, default=Path(), help="the repository (default: this folder)")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="scaffold the next numbered folder")
    new.add_argument("name", help="kebab-case, such as event-flow")
    commands.add_parser("check", help="hold every folder to its form and trace")
    options = parser.parse_args(arguments)
    try:
        if options.command == "new":
            print(f"{scaffold(options.root, options.name)}: fill in what is marked, spec.md first")
            return 0
        findings = check(options.root)
    except SpecsError as error:
        print(f"specs: {error}", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "specs: in order")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
