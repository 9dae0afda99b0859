"""Quiet hours: a time of the day during which a person is not reminded."""

from datetime import datetime, time, timedelta

from functions.kernel.domain.wall_time import to_local, to_utc


def quiet_until(moment: datetime, begin: time, end: time, zone: str) -> datetime | None:
    """The UTC moment at which the quiet hours end that this moment falls into; None when it falls into none.

    They last from `begin` until just before `end`, by the clocks of `zone`, over midnight where `end` is not the later
    one. Equal: there are none.
    """
    local = to_local(moment, zone)
    now = local.time()
    if not (begin <= now < end if begin <= end else now >= begin or now < end):
        return None
    day = local.date() if now < end else local.date() + timedelta(days=1)
    ends = to_utc(datetime.combine(day, end), zone)
    # Where the clocks go back over the end, the first of the two has passed.
    return ends if ends > moment else None
