"""That something is being done, and what, while it takes long."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from functions.operations.terminal.output import is_terminal


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """A bar and how long it takes on stderr, for a person; gone once it is done. Yields what changes its words."""
    if not is_terminal(sys.stderr):
        yield lambda words: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True, highlight=False), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda words: bar.update(task, description=words)
