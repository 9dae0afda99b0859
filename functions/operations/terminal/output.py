"""Writing: for a person at a terminal, for a program that reads JSON, and plainly for whatever else reads lines."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_JOINERS = "\u200c\u200d"
"""Without these, letters of some scripts and some emoji fall apart."""


def printable(text: str) -> str:
    """In one line, and without what would command a terminal: others' titles are shown, too."""
    return _harmless(" ".join(text.split()))


def _harmless(line: str) -> str:
    return "".join(each if each.isprintable() or each in _JOINERS else "\ufffd" for each in line)


def printable_lines(text: str) -> str:
    """As `printable`, but in the lines that it has."""
    return "\n".join(map(printable, text.splitlines()))


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is there; a stream that was closed before the command began is null."""
    return stream is not None and stream.isatty()


def write(content: str | bytes, *, nl: bool = True) -> None:
    """As it is, on stdout. Ends the command with code 1, and a sentence on stderr, where that takes no more."""
    try:
        typer.echo(content, nl=nl)
    except BrokenPipeError:
        raise  # whoever reads has read enough: nothing to tell
    except OSError as error:
        said(f"The answer cannot be written: {error.strerror}.")
        raise typer.Exit(1) from None


def say(text: str) -> None:
    """The answer, on stdout."""
    write(printable_lines(text))


def said(text: str) -> None:
    """What is said beside the answer, on stderr."""
    typer.echo(printable_lines(text), err=True)


def point_at(text: str, start: int, end: int) -> None:
    """The text in a line, and in the one below it carets under text[start:end], on stderr."""
    from rich.cells import cell_len

    before, wrong, after = (_harmless(part) for part in (text[:start], text[start:end], text[end:]))
    typer.echo(f"  {before}{wrong}{after}\n  {' ' * cell_len(before)}{'^' * max(cell_len(wrong), 1)}", err=True)


def say_json(value: Any) -> None:
    """One JSON value in one line: a model of the client, or a list or an object of such."""
    from pydantic import TypeAdapter

    write(TypeAdapter(Any).dump_json(value).decode())


def console() -> "Console":
    """Without colours where NO_COLOR is set, or nobody looks."""
    from rich.console import Console

    return Console(highlight=False)


def table(headings: Sequence[str], rows: Sequence[Sequence["Text"]]) -> None:
    """A table for a person; for whatever else reads it a line a row, with tabs between, and no headings."""
    if not is_terminal(sys.stdout):
        for row in rows:
            write("\t".join(cell.plain for cell in row).rstrip("\t"))
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    drawn = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        drawn.add_row(*row)
    console().print(drawn)
