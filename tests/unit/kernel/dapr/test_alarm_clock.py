import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from grpc import RpcError, StatusCode

from functions.kernel.dapr import alarm_clock
from functions.kernel.dapr.alarm_clock import AT_ONCE, KNOWN_SECONDS, DaprAlarmClock
from functions.kernel.errors import AlarmUnavailableError
from functions.kernel.settings import DEFAULT_ALARM_LEAD_SECONDS


class RefusedError(RpcError):
    def __init__(self, code: StatusCode) -> None:
        self._code = code

    def code(self) -> StatusCode:
        return self._code


class Jobs:
    """Takes jobs as daprd does; `refuses` answers each with this code, `hangs` none at all."""

    def __init__(self, *, refuses: StatusCode | None = None, hangs: bool = False) -> None:
        self.taken: list[Any] = []
        self.at_once = self.most_at_once = 0
        self._refuses = refuses
        self._hangs = hangs

    def client(self) -> "Jobs":
        return self

    async def schedule_job(self, job: Any) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await (asyncio.Event().wait() if self._hangs else asyncio.sleep(0))
        self.at_once -= 1
        self.taken.append(job)
        if self._refuses:
            raise RefusedError(self._refuses)


def clock(jobs: Any) -> DaprAlarmClock:
    return DaprAlarmClock(jobs)


def in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


@pytest.mark.requirement("FLOW-010")
async def test_a_job_rings_a_lead_time_before_its_second() -> None:
    jobs, moment = Jobs(), in_seconds(3600)

    await clock(jobs).arm([moment])

    second = int(moment.timestamp())
    assert [job.name for job in jobs.taken] == [f"ring-{second}"]
    assert datetime.fromisoformat(jobs.taken[0].due_time).timestamp() == second - DEFAULT_ALARM_LEAD_SECONDS


async def test_one_job_serves_all_moments_of_a_second_and_is_asked_for_once() -> None:
    jobs = Jobs()
    alarm, moment = clock(jobs), in_seconds(3600).replace(microsecond=0)

    await alarm.arm([moment, moment + timedelta(milliseconds=999)])
    await alarm.arm([moment])

    assert len(jobs.taken) == 1


@pytest.mark.requirement("TRUST-002")
async def test_what_was_asked_for_before_is_asked_for_anew_when_the_scheduler_may_have_lost_it() -> None:
    jobs = Jobs()
    alarm, moment = clock(jobs), in_seconds(3600)

    await alarm.arm([moment])
    await alarm.arm([moment], anew=True)

    assert len(jobs.taken) == 2


@pytest.mark.requirement("TRUST-002")
async def test_what_was_asked_for_a_while_ago_is_asked_for_again_since_it_may_be_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs = Jobs()
    alarm, first, second = clock(jobs), in_seconds(3600), in_seconds(7200)
    loop = asyncio.get_running_loop()
    began = loop.time()

    for at in (0, KNOWN_SECONDS / 2, KNOWN_SECONDS - 1, KNOWN_SECONDS, KNOWN_SECONDS * 1.5 - 1, KNOWN_SECONDS * 1.5):
        monkeypatch.setattr(loop, "time", lambda at=at: began + at)
        await alarm.arm([first] if at == 0 else [first, second])

    assert [int(job.name.removeprefix("ring-")) for job in jobs.taken] == [
        int(moment.timestamp()) for moment in (first, second, first, second)
    ]


@pytest.mark.requirement("TRUST-134")
@pytest.mark.parametrize("skew", [timedelta(minutes=-2), timedelta(minutes=2)], ids=["behind", "ahead"])
async def test_what_is_near_by_the_databases_clock_is_near_whatever_time_this_process_has(skew: timedelta) -> None:
    jobs, now = Jobs(), datetime(2030, 1, 7, 9, tzinfo=UTC)
    alarm = DaprAlarmClock(jobs, clock=lambda: now + skew)

    for _ in range(2):  # before the commit, which the first job may ring before, and after it
        await alarm.arm([now + timedelta(seconds=3)], now=now)
        await alarm.arm([now + timedelta(seconds=90)], now=now)

    seconds = [int(job.name.split("-")[1]) - int(now.timestamp()) for job in jobs.taken]
    assert sorted(seconds) == [3, 3, 90]


async def test_a_near_moment_gets_a_job_of_its_own_each_time() -> None:
    jobs = Jobs()
    alarm, moment = clock(jobs), in_seconds(3)

    await alarm.arm([moment])
    await alarm.arm([moment])

    assert len({job.name for job in jobs.taken}) == 2


async def test_a_job_that_is_there_already_is_as_good_as_set() -> None:
    await clock(Jobs(refuses=StatusCode.ALREADY_EXISTS)).arm([in_seconds(3600)])


async def test_a_refused_job_is_an_error_that_says_so_and_is_asked_for_again() -> None:
    jobs = Jobs(refuses=StatusCode.UNAVAILABLE)
    alarm, moment = clock(jobs), in_seconds(3600)

    for _ in range(2):
        with pytest.raises(AlarmUnavailableError, match="try again"):
            await alarm.arm([moment])

    assert len(jobs.taken) == 2


async def test_a_scheduler_that_does_not_answer_is_not_waited_for_longer_than_a_person_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alarm_clock, "PATIENCE_SECONDS", 0.01)

    with pytest.raises(AlarmUnavailableError):
        await clock(Jobs(hangs=True)).arm([in_seconds(3600), in_seconds(7200)])


async def test_a_sidecar_that_is_away_is_no_unexpected_error() -> None:
    class Away:
        def client(self) -> None:
            raise TimeoutError("Dapr health check timed out")

    with pytest.raises(AlarmUnavailableError):
        await clock(Away()).arm([in_seconds(3600)])


async def test_thousands_of_jobs_are_asked_for_a_few_at_a_time() -> None:
    jobs = Jobs()

    await clock(jobs).arm([in_seconds(3600 + n) for n in range(1000)])

    assert len(jobs.taken) == 1000
    assert jobs.most_at_once <= AT_ONCE
