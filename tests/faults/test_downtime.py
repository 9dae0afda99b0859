"""24 h away, in virtual time: all that fell due meanwhile is told or recorded, once, in its order. The checker itself
is shown to find what is wrong.

FAULT_TIMES=5 is the long form (`make soak`): five times as much, on both nights in which the clocks are set.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.downtime import BEGINS, downtime
from tests.faults.occurrences import HOME, Found, Miss, Planned, Told, judge

TIMES = int(os.environ.get("FAULT_TIMES", "1"))
DOWN = datetime(2031, 3, 29, 15, tzinfo=UTC)
BACK = DOWN + timedelta(hours=24)
HOUR = timedelta(hours=1)
FIRST = datetime(2031, 3, 29, 17, 0)  # noqa: DTZ001 - a wall clock's


@pytest.mark.requirement("TRUST-130")
@pytest.mark.parametrize("night", list(BEGINS) if TIMES > 1 else list(BEGINS)[:1])
async def test_after_a_day_away_everything_due_is_told_or_recorded_once_and_in_its_order(night: str) -> None:
    found = await downtime(BEGINS[night], TIMES)
    assert not found.verdict.wrong, "\n".join(map(str, found.verdict.wrong))
    assert found.verdict.told + found.verdict.recorded == found.verdict.due
    assert found.verdict.told > 100
    assert found.verdict.recorded > 1440, "a rule by the minute was away for a day"


HOURLY = Planned("hourly", FIRST, HOME, HOUR, "latest")
DUE = HOURLY.moments(BACK)


def right() -> Found:
    """What is found after a downtime in which nothing went wrong."""
    told = Told(HOURLY.title, DUE[-1], BACK + timedelta(minutes=1))
    return Found([told], [Miss(HOURLY.title, DUE[0], DUE[-2], len(DUE) - 1, told.at)])


def test_the_model_reads_the_clocks_of_a_night_in_which_they_are_set() -> None:
    daily = Planned("at half past two", datetime(2031, 3, 29, 2, 30), HOME, timedelta(days=1))  # noqa: DTZ001
    assert [f"{at:%d %H:%M}" for at in daily.moments(BACK + timedelta(days=1))] == ["29 01:30", "30 01:30", "31 00:30"]
    assert len(DUE) == 24, "two o'clock is three o'clock, and told of once"


@pytest.mark.requirement("TRUST-130")
def test_of_a_downtime_that_went_well_nothing_is_said_to_be_wrong() -> None:
    verdict = judge([HOURLY], right(), DOWN, BACK)
    assert (verdict.due, verdict.told, verdict.recorded, verdict.wrong) == (len(DUE), 1, len(DUE) - 1, [])


@pytest.mark.requirement("TRUST-130")
@pytest.mark.parametrize("kind", ["lost", "twice", "early", "disorder", "policy", "count", "unplanned"])
def test_each_kind_of_wrong_is_found(kind: str) -> None:
    found, plan = right(), HOURLY
    [told], [miss] = found.told, found.misses
    match kind:
        case "lost":
            found.told = []
        case "twice":
            found.told.append(told)
        case "early":
            found.told = [replace(told, at=told.moment - timedelta(seconds=1))]
        case "disorder":
            plan = replace(plan, catch_up="all")
            found = Found([replace(told, moment=moment) for moment in (DUE[1], DUE[0], *DUE[2:])])
        case "policy":
            plan = replace(plan, catch_up="none")
        case "count":
            found.misses = [replace(miss, count=miss.count + 1)]
        case "unplanned":
            found.told.append(replace(told, moment=told.moment - timedelta(minutes=1)))
    wrong = {each for each, _ in judge([plan], found, DOWN, BACK).wrong}
    assert wrong == {kind if kind in ("lost", "twice", "early", "disorder") else "other"}
