"""Names of jobs, and the alarms they stand for."""

from datetime import UTC, datetime

import pytest

from functions.kernel.host.ring import LAST_SECOND, LEFT_FOR_AT_START, REARM, AlarmRang, alarm_named, job_name


@pytest.mark.parametrize("nonce", ["", "ab12-7"])
def test_job_of_a_second_rings_for_that_second(nonce: str) -> None:
    moment = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert alarm_named(job_name(int(moment.timestamp()), nonce)) == AlarmRang(moment)


def test_last_second_that_there_is_has_an_alarm() -> None:
    assert alarm_named(f"ring-{LAST_SECOND}") == AlarmRang(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    "name", ["", "ring-", "ring-x", "ring--5", f"ring-{int(LAST_SECOND) + 1}", "ring-" + "9" * 9999]
)
def test_name_without_a_second_rings_for_this_moment(name: str) -> None:
    assert alarm_named(name) == AlarmRang()


def test_rearming_is_asked_for_by_name() -> None:
    assert alarm_named(REARM) == AlarmRang(rearm=True, left_for=LEFT_FOR_AT_START)
