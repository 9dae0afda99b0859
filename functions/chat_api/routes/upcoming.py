"""/upcoming: the next days, with what recurs in them."""

from datetime import MAXYEAR, date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from functions.chat_api import upcoming
from functions.chat_api.access import Asking
from functions.chat_api.context import Api
from functions.chat_api.fields import Day
from functions.chat_api.models.upcoming import Upcoming
from functions.kernel.domain.wall_time import to_local
from functions.kernel.errors import InvalidInputError

router = APIRouter(tags=["tasks"])


@router.get("/upcoming")
async def read_upcoming(
    person: Asking,
    api: Api,
    from_: Annotated[Day | None, Query(alias="from", description="A day of yours; today, if you name none.")] = None,
    days: Annotated[int, Query(ge=1, le=62)] = 14,
) -> Upcoming:
    """The open tasks that are due in these days, and the occurrences that their series will bring, by their times.

    Whatever recurs by its schedule shows its occurrences to come (`expected`); what recurs after each completion has
    none that are known.
    """
    async with api.database.begin(person.id) as (connection, now):
        first: date = from_ or to_local(now, person.zone).date()
        if not 1 < first.year < MAXYEAR:
            raise InvalidInputError("from", "name a day of the years 2 to 9998")
        period = upcoming.Period(first, first + timedelta(days=days), person.zone, now)
        entries, more = await upcoming.read(connection, person.id, period)
    return Upcoming.model_validate(
        {"from": period.first, "until": period.until, "zone": period.zone, "entries": entries, "more": more}
    )
