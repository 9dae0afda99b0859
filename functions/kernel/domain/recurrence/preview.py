"""What a recurrence set will give, each date with the reason why it is where it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from functions.kernel.domain.recurrence.reasons import absent_days, moved_from, ordinal, what_clocks_do
from functions.kernel.domain.recurrence.recurrence_set import Entry, Recurrence
from functions.kernel.domain.wall_time import to_local


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One date that comes, or one that the rule names and that does not come."""

    nominal: str
    """As the rule has it (ISO 8601): `2026-03-29T02:30:00`, and `2026-02-31`, which is no date."""
    at: date | None
    """What the set gives: a day, a naive local time (floating) or an aware UTC moment; None: it does not come."""
    local: date | None
    """The day or wall-clock time at which it comes."""
    notes: tuple[str, ...] = ()


def preview(recurrence: Recurrence, count: int, after: date | None = None) -> list[PreviewRow]:
    """The next `count` dates after `after`, or from the first, in order, and between them those that do not come.

    `after` is of the type that the set gives. Fewer dates: the set ends. Raises InvalidInputError (field `after`).
    """
    rows: list[PreviewRow] = []
    since = _day(recurrence.dtstart if after is None else _seen(recurrence, after))
    for entry in recurrence.entries(after):
        rows += _absent(recurrence, since, _day(entry.nominal))
        rows.append(_row(recurrence, entry))
        since = _day(entry.nominal)
        count -= not entry.excluded
        if count <= 0:
            break
    return rows


def _row(recurrence: Recurrence, entry: Entry) -> PreviewRow:
    notes = ["added (RDATE)"] if entry.added else _moved(recurrence, entry.nominal)
    notes += what_clocks_do(recurrence, entry.nominal)
    if entry.excluded:
        return PreviewRow(entry.nominal.isoformat(), None, None, (*notes, "excluded (EXDATE)"))
    return PreviewRow(entry.nominal.isoformat(), entry.at, _seen(recurrence, entry.at), tuple(notes))


def _absent(recurrence: Recurrence, since: date, until: date) -> Iterator[PreviewRow]:
    rule = recurrence.rule
    if rule and rule.skip == "OMIT":
        for absent in absent_days(rule, recurrence.dtstart, since, until):
            yield PreviewRow(str(absent), None, None, (f"{absent.why}: skipped",))


def _moved(recurrence: Recurrence, nominal: date) -> list[str]:
    rule = recurrence.rule
    absent = moved_from(rule, recurrence.dtstart, _day(nominal)) if rule else None
    if rule is None or absent is None:
        return []
    return [f"{absent.why}: moved to the {ordinal(nominal.day)} (SKIP={rule.skip})"]


def _seen(recurrence: Recurrence, at: date) -> date:
    return to_local(at, recurrence.zone) if recurrence.zone and isinstance(at, datetime) and at.tzinfo else at


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
