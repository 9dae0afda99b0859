"""Rules, and recurrence sets as content lines: read and expanded, or refused."""

from datetime import date, datetime
from itertools import islice, pairwise

import pytest
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import Recurrence, parse_recurrence_id, parse_rule, recurrence_id
from functions.kernel.domain.recurrence.content_lines import format_recurrence, parse_recurrence
from functions.kernel.domain.recurrence.preview import preview
from functions.kernel.errors import InvalidInputError
from tests.unit.fuzz.fuzzing import fuzz, mutated

pytestmark = pytest.mark.requirement("TRUST-061")

RULES = [
    "FREQ=SECONDLY;UNTIL=99991231T235959Z",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=1;BYMINUTE=1;BYSECOND=1",
    "FREQ=MINUTELY;INTERVAL=999999;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
    "FREQ=HOURLY;BYYEARDAY=366,-366;INTERVAL=7919",
    "FREQ=DAILY;INTERVAL=1000000000",
    "FREQ=WEEKLY;BYDAY=MO,WE;WKST=SU;COUNT=10",
    "FREQ=MONTHLY;BYDAY=-1FR,2TU;BYSETPOS=1,-1",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=1,12",
    "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=31",
    "FREQ=YEARLY;BYHOUR=0,23;BYMINUTE=0,59;BYSECOND=0,59;BYSETPOS=-366",
]
NAMES = """FREQ INTERVAL COUNT UNTIL BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYDAY BYHOUR BYMINUTE BYSECOND BYSETPOS WKST
RSCALE SKIP SECONDLY MINUTELY HOURLY DAILY WEEKLY MONTHLY YEARLY BACKWARD MO 1MO -53SU ; = , 0 -366 366 60
19970714T133000Z""".split()  # noqa: SIM905
SETS = [
    "DTSTART;TZID=America/New_York:19970902T090000\r\nRRULE:FREQ=DAILY;COUNT=10\r\nEXDATE;TZID=Europe/Berlin:19970903T150000",
    "DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=MONTHLY\nRDATE;VALUE=DATE:20260228,20260301\nEXDATE:20260131",
    "DTSTART:20260329T023000Z\n\n RRULE:FREQ=YEARLY\r\nRDATE:20260101T000000Z",
]
STARTS = st.sampled_from(
    [
        datetime(2026, 1, 31, 2, 30),  # noqa: DTZ001 - local times are naive here, by design
        datetime(1, 1, 1),  # noqa: DTZ001
        datetime(9999, 12, 31, 23, 59, 59),  # noqa: DTZ001
        date(2028, 2, 29),
        date(9999, 12, 31),
        date(1, 1, 1),
    ]
)
ZONES = st.sampled_from([None, "UTC", "Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "Mars/Olympus"])


@fuzz(text=mutated(RULES, *NAMES), start=STARTS, zone=ZONES)
def test_any_rule_is_expanded_or_refused(text: str, start: date, zone: str | None) -> None:
    try:
        rule = parse_rule(text)
        recurrence = Recurrence(start, zone, rule)
        recurrence.check()
    except InvalidInputError as error:
        assert error.field in ("rrule", "zone", "dtstart", "due_local")
        return
    assert parse_rule(str(rule)) == rule
    few = list(islice(recurrence.occurrences(), 3))
    assert all(earlier < later for earlier, later in pairwise(few))
    preview(recurrence, 3)


@fuzz(text=mutated(SETS, *NAMES, "DTSTART", "RRULE", "RDATE", "EXDATE", "TZID", "VALUE", "DATE", "Z", ":", "\r\n "))
def test_any_set_is_read_or_refused(text: str) -> None:
    try:
        recurrence = parse_recurrence(text)
    except InvalidInputError as error:
        assert error.field in ("recurrence", "dtstart", "rrule", "rdate", "exdate", "zone")
        return
    again = parse_recurrence(format_recurrence(recurrence))
    assert (again.dtstart, again.zone, again.rule) == (recurrence.dtstart, recurrence.zone, recurrence.rule)
    # Moments are written behind local times.
    assert set(again.rdates) == set(recurrence.rdates)
    assert set(again.exdates) == set(recurrence.exdates)
    list(islice(recurrence.entries(), 3))


@fuzz(text=mutated(["20260101", "20260101T090000", "2026-01-01", "99991231T235959"], "T", "Z", "W01", "240000"))
def test_any_recurrence_id_is_a_date_or_refused(text: str) -> None:
    try:
        value = parse_recurrence_id(text)
    except InvalidInputError as error:
        assert error.field == "recurrence_id"
        return
    assert parse_recurrence_id(recurrence_id(value)) == value
