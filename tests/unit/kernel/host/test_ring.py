"""Names of jobs, and the alarms they stand for; how often the handler is called, and what is announced."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from functions.kernel.host.deliver import FunctionHost
from functions.kernel.host.ring import (
    LAST_SECOND,
    LEFT_FOR_AT_START,
    REARM,
    Again,
    AlarmRang,
    alarm_named,
    job_name,
    ring,
)
from functions.kernel.storage.unit_of_work import UnitOfWork


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


class Alarm:
    """A host whose handler gives these answers, one a call; it takes notes."""

    now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def __init__(self, *answers: Again | None) -> None:
        self._answers = list(answers)
        self.called: list[AlarmRang] = []
        self.announced: list[tuple[datetime, int]] = []
        self.units = self
        self.function = SimpleNamespace(name="alarm")

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        yield UnitOfWork(cast(Any, None), self.now)

    async def call(self, alarm: AlarmRang, uow: Any) -> Again | None:
        self.called.append(alarm)
        return self._answers.pop(0)

    async def publish(self, uow: Any) -> None:
        """Nothing to publish."""

    async def announce(self, at: datetime, reminders: int) -> None:
        self.announced.append((at, reminders))


@pytest.mark.requirement("TIME-021")
async def test_the_end_of_a_pause_is_handed_on_and_announced_to_nobody() -> None:
    soon = Alarm.now + timedelta(milliseconds=1)
    alarm = Alarm(Again(soon, backlog_from=soon), Again(soon, reminders=3, backlog_from=soon), None)
    await ring(cast(FunctionHost, alarm), AlarmRang(rearm=True))
    assert alarm.called == [AlarmRang(rearm=True), AlarmRang(backlog_from=soon), AlarmRang(backlog_from=soon)]
    assert alarm.announced == [(soon, 3)]
