"""The traces of who left: erased after their account, a little at a time (specs/decisions/0018)."""

import logging

from psycopg import Error

from functions.kernel.storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


async def go_on(uow: UnitOfWork) -> bool:
    """Erase for about a tenth of a second; whether to go on at once. What cannot be erased is logged, changes nothing
    and is tried again when this is asked anew: nobody's reminders wait for it."""
    try:
        async with uow.connection.transaction():
            [row] = await (await uow.connection.execute("SELECT erase_traces() AS more")).fetchall()
    except Error as error:
        log.warning("traces of people who left are not erased, again in an hour: %s", error)
        return False
    return bool(row["more"])
