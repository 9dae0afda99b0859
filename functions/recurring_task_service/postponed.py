"""What becomes of a claimed reminder that does not ring now, or not for the last time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from functions.kernel.domain.due import again_at
from functions.kernel.domain.quiet_hours import quiet_until
from functions.kernel.storage.unit_of_work import UnitOfWork

Rows = Sequence[dict[str, Any]]


async def hold_back(uow: UnitOfWork, claimed: Rows) -> Rows:
    """Put off those that fell into their person's quiet hours until these end; returns the others. A person who
    snoozes is awake: a snooze is not held."""
    held = [(row, until) for row in claimed if (until := _held_until(uow, row))]
    await _wait_again(uow, held, held=True)
    kept = {row["id"] for row, _ in held}
    return [row for row in claimed if row["id"] not in kept]


async def nag_on(uow: UnitOfWork, ringing: Rows) -> None:
    """Let each nag among these wait for its next moment."""
    await _wait_again(
        uow,
        [
            (row, again_at(row["held_from"] or row["remind_at"], row["every"], uow.present))
            for row in ringing
            if row["every"]
        ],
        held=False,
    )


def _held_until(uow: UnitOfWork, row: dict[str, Any]) -> datetime | None:
    if row["quiet_from"] is None or row["kind"] == "snooze":
        return None
    return quiet_until(uow.present, row["quiet_from"], row["quiet_until"], row["user_zone"])


async def _wait_again(uow: UnitOfWork, waiting: Sequence[tuple[dict[str, Any], datetime]], *, held: bool) -> None:
    if not waiting:
        return
    moments = [moment for _, moment in waiting]
    await uow.connection.execute(
        """
        UPDATE reminders SET fired_at = NULL, version = version + 1, remind_at = again.moment,
            held_from = CASE WHEN %s THEN COALESCE(held_from, remind_at) END
        FROM unnest(%s::uuid[], %s::timestamptz[]) AS again (id, moment) WHERE reminders.id = again.id
        """,
        (held, [row["id"] for row, _ in waiting], moments),
    )
    uow.arm(*moments)
