import pytest

from functions.kernel.domain.recurrence import parse_rule
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("FLOW-006", "TIME-001", "TIME-003", "TIME-005")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("RRULE:FREQ=DAILY", "FREQ=DAILY"),
        ("rrule:freq=weekly;byday=th,mo,th;interval=1", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("FREQ=MONTHLY;BYDAY=-1FR,+2MO", "FREQ=MONTHLY;BYDAY=-1FR,2MO"),
        (" BYSETPOS=-1;FREQ=MONTHLY;BYDAY=FR,MO; ", "FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1"),
        ("FREQ=DAILY;UNTIL=20261231t235959z", "FREQ=DAILY;UNTIL=20261231T235959Z"),
        ("FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231"),
        ("FREQ=WEEKLY;WKST=SU;COUNT=3;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=3"),
        ("FREQ=MINUTELY;BYSECOND=60", "FREQ=MINUTELY;BYSECOND=59"),
        ("SKIP=backward;FREQ=MONTHLY;RSCALE=gregorian", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD"),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", "FREQ=MONTHLY"),
    ],
)
def test_a_rule_is_written_in_one_canonical_form(text: str, canonical: str) -> None:
    rule = parse_rule(text)
    assert str(rule) == canonical
    assert parse_rule(str(rule)) == rule


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "FREQ is missing"),
        ("every day", "no part of a rule"),
        ("FREQ=DAILY;COLOUR=RED", "'COLOUR' is no part"),
        ("INTERVAL=2", "FREQ is missing"),
        ("FREQ=OFTEN", "unknown"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=10001", "COUNT=10001 is out of range.*at most 10000; for more, say when it ends: UNTIL"),
        ("RSCALE=CHINESE;FREQ=DAILY", "RSCALE=CHINESE is not known"),
        ("FREQ=MONTHLY;SKIP=FORWARD", "SKIP needs RSCALE"),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=SIDEWAYS", "SKIP=SIDEWAYS is unknown"),
        ("FREQ=DAILY;COUNT=1;UNTIL=20270101", "exclude each other"),
        ("FREQ=DAILY;FREQ=DAILY", "twice"),
        ("FREQ=DAILY;BYMONTH=13", "BYMONTH"),
        ("FREQ=DAILY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "weekday"),
        ("FREQ=WEEKLY;BYDAY=1MO", "needs FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYWEEKNO=3", "needs FREQ=YEARLY"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "cannot stand"),
        ("FREQ=MONTHLY;BYSETPOS=1", "needs another BY part"),
        ("FREQ=DAILY;UNTIL=20261331", "no date"),
        ("FREQ=DAILY;UNTIL=soon", "no date"),
        ("FREQ=DAILY;BYHOUR=", "no value"),
        ("FREQ=DAILY;INTERVAL=" + "9" * 5000, "longer"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never gives a date"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6,9,11", "never gives a date"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never gives a date"),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "never gives a date"),
        ("FREQ=SECONDLY;BYYEARDAY=366;BYMONTH=1", "never gives a date"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=3", "never gives a date"),
        ("FREQ=DAILY;BYHOUR=9;BYSETPOS=2", "never gives a date"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=2FR", "never gives a date"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "never gives a date"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_with_its_reason(text: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as caught:
        parse_rule(text)
    assert caught.value.field == "rrule"
