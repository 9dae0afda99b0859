"""What the commands that measure have in common: which of their parts are named, and how results are told."""

from argparse import ArgumentParser
from collections.abc import Collection, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from loadtests.result import Result


def check_named(parser: ArgumentParser, names: Collection[str], known: Collection[str], what: str = "part") -> None:
    """End the command when a name is none of those that are known."""
    if unknown := sorted(set(names) - set(known)):
        parser.error(f"no {what} is called {', '.join(unknown)}; there are {', '.join(known)}")


def told(console: Console, results: Sequence[Result], *written: Path) -> int:
    """Print the results, and where they are written; the exit code: 1 when a target was missed."""
    console.print(table(results))
    console.print(f"Written to {' and '.join(map(str, written))}")
    return 1 if any(result.met is False for result in results) else 0


def table(results: Sequence[Result]) -> Table:
    """The results as they are printed."""
    made = Table("what", "value", "unit", "target", "met")
    for result in results:
        met = {True: "[green]yes", False: "[red]no", None: ""}[result.met]
        made.add_row(result.name, f"{result.value:,.6g}", result.unit, result.target or "", met)
    for column in (1, 3):
        made.columns[column].justify = "right"
    return made
