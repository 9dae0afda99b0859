"""The months of the event log: made ahead of their time, where the log is divided (specs/decisions/0013)."""

import logging

from functions.kernel.storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


async def prepare(uow: UnitOfWork) -> bool:
    """See to it that the present and the next month have their part of the event log; whether anything had to be done
    for it, which is then to be committed at once. What it does not get within half a second it leaves for the next
    time."""
    rows = await (await uow.connection.execute("SELECT prepare_months() AS changed")).fetchall()
    changed = bool(rows[0]["changed"])
    if changed:
        log.info("the event log has its next month")
    return changed
