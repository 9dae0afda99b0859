"""The timeline of a demo: what was seen, when and where, how long it took; and what was missing."""

from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.table import Table

from functions.kernel.clock import system_clock


@dataclass(frozen=True, slots=True)
class Seen:
    """One step that was seen. `took_ms` is counted from what `since` names."""

    at: datetime
    what: str
    where: str
    took_ms: float | None = None
    since: str = ""


@dataclass
class Timeline:
    """What happened since it was made; all times are UTC."""

    started_at: datetime = field(default_factory=system_clock)
    seen: list[Seen] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def see(
        self, what: str, where: str, *, at: datetime | None = None, since: datetime | None = None, named: str = ""
    ) -> None:
        """Note a step, now or as of `at`, and how long after `since` (`named` so) that was."""
        at = at or system_clock()
        took = (at - since).total_seconds() * 1000 if since else None
        self.seen.append(Seen(at, what, where, took, named))

    def miss(self, what: str) -> None:
        """Note what should have come, and did not in time."""
        self.missing.append(what)

    def show(self, console: Console) -> None:
        """Print the table, and below it what was missing."""
        table = Table(title="What happened")
        table.add_column("after", justify="right")
        table.add_column("what")
        table.add_column("seen")
        table.add_column("took", justify="right")
        table.add_column("since")
        for step in sorted(self.seen, key=lambda step: step.at):
            took = "" if step.took_ms is None else f"{step.took_ms:.0f} ms"
            offset = (step.at - self.started_at).total_seconds()
            table.add_row(f"{offset:.2f} s", step.what, step.where, took, step.since)
        console.print(table)
        if self.missing:
            for what in self.missing:
                console.print(f"[bold red]Missing:[/] {what}")
        else:
            console.print(f"All {len(self.seen)} steps were seen.")
