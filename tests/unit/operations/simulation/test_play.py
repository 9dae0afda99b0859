# ruff: noqa: DTZ001 (local times are naive here, by design)
"""An account is played as the services would act at each moment of the virtual clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.kernel.domain.recurrence import CatchUp, next_occurrence, parse_rule
from functions.kernel.domain.reminder import Before
from functions.kernel.domain.task import Task
from functions.kernel.domain.wall_time import to_utc
from functions.operations.simulation.account import Account
from functions.operations.simulation.play import Habits, VirtualClock, play_account
from functions.operations.simulation.progress import Progress
from functions.operations.simulation.rings import Downtime, Note, Ring, Simulation
from functions.operations.simulation.rule import play_rule
from functions.recurring_task_service.series import Series

pytestmark = pytest.mark.requirement("TIME-027")

QUIET = Progress(lambda text: None, lambda: 0.0)
BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 26, 12)
NEVER = Habits(completes_after=None)


def once(due: datetime, *minutes_before: int) -> Account:
    return Account([_task(due, minutes_before)], {})


def recurring(rule: str, due: datetime, *minutes_before: int, anchor: str = "schedule") -> Account:
    name = f"{due:%Y%m%dT%H%M%S}"
    task = _task(due, minutes_before).model_copy(
        update={"series_id": UUID(int=9), "recurrence_id": name, "rrule": rule}
    )
    return Account([task], {UUID(int=9): Series(UUID(int=9), rule, due, False, BERLIN, anchor, BERLIN)})  # type: ignore[arg-type]


def _task(due: datetime, minutes_before: tuple[int, ...]) -> Task:
    return Task(
        id=UUID(int=1),
        list_id=UUID(int=2),
        title="water",
        due_local=due,
        zone=BERLIN,
        due_at=to_utc(due, BERLIN),
        reminders=[Before(minutes_before=minutes) for minutes in minutes_before],
        version=1,
        created_by=UUID(int=3),
        created_at=datetime(2026, 11, 26, tzinfo=UTC),
    )


def play(account: Account, habits: Habits, years: int = 1) -> Simulation:
    return play_account(account, "an account", NOW, BERLIN, years, habits, QUIET)


def heard(simulation: Simulation) -> list[tuple[str, datetime]]:
    return [(ring.kind, ring.local) for ring in simulation.rings]


def test_a_task_rings_before_it_is_due_and_when_it_is() -> None:
    assert heard(play(once(datetime(2026, 12, 1, 9), 60, 2880), NEVER)) == [
        ("before", datetime(2026, 11, 29, 9)),
        ("before", datetime(2026, 12, 1, 8)),
        ("due", datetime(2026, 12, 1, 9)),
    ]


def test_what_was_due_before_the_clock_starts_has_rung() -> None:
    assert heard(play(once(datetime(2026, 11, 26, 11)), NEVER)) == []


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(
        [
            "FREQ=DAILY;INTERVAL=9",
            "FREQ=WEEKLY;BYDAY=MO,SU",
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=YEARLY",
            "FREQ=DAILY;COUNT=9",
        ]
    ),
    st.datetimes(NOW + timedelta(days=1), NOW + timedelta(days=700)),
)
def test_completed_on_time_a_series_rings_as_its_rule_says(rule: str, start: datetime) -> None:
    first = next_occurrence(parse_rule(rule), start.replace(second=0, microsecond=0), start - timedelta(days=1))
    assert first is not None
    played = play(recurring(rule, first), Habits(), years=3)

    by_rule = play_rule(rule, first, BERLIN, 3, QUIET)
    assert [ring.at for ring in played.rings] == [ring.at for ring in by_rule.rings if ring.local.date() < played.end]


def test_completed_late_a_series_leaves_out_what_it_missed() -> None:
    played = play(recurring("FREQ=DAILY", datetime(2026, 12, 1, 9)), Habits(timedelta(days=2)))

    assert [local.day for _, local in heard(played)[:4]] == [1, 4, 7, 10]


def test_a_series_by_completion_counts_from_the_day_it_was_completed() -> None:
    account = recurring("FREQ=DAILY;INTERVAL=3", datetime(2026, 12, 1, 9), anchor="completion")

    assert [local.day for _, local in heard(play(account, Habits(timedelta(days=2))))[:3]] == [1, 6, 11]


def test_never_completed_an_occurrence_waits() -> None:
    assert heard(play(recurring("FREQ=DAILY", datetime(2026, 12, 1, 9)), NEVER)) == [("due", datetime(2026, 12, 1, 9))]


def test_what_waited_rings_in_the_order_of_its_moments() -> None:
    off = Downtime(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 3, tzinfo=UTC))
    played = play(once(datetime(2026, 12, 2, 9), 60), Habits(timedelta(), (off,)))

    assert [(ring.kind, ring.at, ring.late) for ring in played.rings] == [
        ("before", off.until, timedelta(hours=17)),
        ("due", off.until, timedelta(hours=16)),
    ]


def test_what_rings_late_says_so_and_the_series_goes_on() -> None:
    off = Downtime(datetime(2026, 12, 2, tzinfo=UTC), datetime(2026, 12, 5, 12, tzinfo=UTC))
    played = play(recurring("FREQ=DAILY", datetime(2026, 12, 1, 9)), Habits(timedelta(), (off,)))

    assert [ring.local.day for ring in played.rings[:4]] == [1, 5, 6, 7]
    assert [bool(ring.late) for ring in played.rings[:4]] == [False, True, False, False]
    assert played.rings[1].why == "late: the service was off"


def test_a_year_of_downtime_is_played_like_a_day() -> None:
    off = Downtime(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    played = play(recurring("FREQ=DAILY", datetime(2026, 12, 1, 9), 10), Habits(timedelta(), (off,)), years=3)

    assert not [ring for ring in played.rings if off.since <= ring.at < off.until]
    assert [(ring.kind, ring.late) for ring in played.rings if ring.at == off.until] == [("due", timedelta(hours=16))]


@pytest.mark.requirement("TIME-020")
@pytest.mark.parametrize(
    ("catch_up", "late_days", "next_day"), [("latest", [5], 6), ("all", [2, 3, 4, 5], 6), ("none", [], 6)]
)
@pytest.mark.parametrize("all_day", [False, True])
def test_after_downtime_a_series_does_what_it_is_set_to(
    catch_up: CatchUp, late_days: list[int], next_day: int, all_day: bool
) -> None:
    off = Downtime(datetime(2026, 12, 2, tzinfo=UTC), datetime(2026, 12, 5, 12, tzinfo=UTC))
    account = recurring("FREQ=DAILY", datetime(2026, 12, 1, 9))
    series = replace(account.series[UUID(int=9)], catch_up=catch_up, all_day=all_day)
    whole_day = {"due_on": date(2026, 12, 1), "due_local": None, "due_at": None, "recurrence_id": "20261201"}
    task = account.tasks[0].model_copy(update=whole_day if all_day else {})
    played = play(Account([task], {series.id: series}), Habits(timedelta(), (off,)))

    late = [ring for ring in played.rings if ring.late]
    assert {ring.at for ring in late} <= {off.until}
    assert [int((ring.due or "")[8:10]) for ring in late] == late_days
    assert [ring.local.day for ring in played.rings if not ring.late][:2] == [1, next_day]


def test_an_account_in_which_two_occurrences_are_open_moves_on_once() -> None:
    account = recurring("FREQ=DAILY", datetime(2026, 12, 1, 9))
    later = account.tasks[0].model_copy(
        update={
            "id": UUID(int=5),
            "recurrence_id": "20261202T090000",
            "due_local": datetime(2026, 12, 2, 9),
            "due_at": datetime(2026, 12, 2, 8, tzinfo=UTC),
        }
    )
    played = play(Account([account.tasks[0], later], account.series), Habits())

    assert [ring.local.day for ring in played.rings[:4]] == [1, 2, 3, 4]


def test_the_same_play_twice_is_the_same() -> None:
    account = recurring("FREQ=MONTHLY;BYMONTHDAY=-1", datetime(2026, 11, 30, 9), 5)
    assert play(account, Habits(), years=5).document() == play(account, Habits(), years=5).document()


def test_it_ends_with_its_last_day() -> None:
    days = [ring.local.date() for ring in play(recurring("FREQ=DAILY", datetime(2026, 11, 27, 23)), Habits()).rings]
    assert (days[0], days[-1]) == (date(2026, 11, 27), date(2027, 11, 25))


def test_a_virtual_clock_never_goes_back() -> None:
    clock = VirtualClock(datetime(2026, 1, 2, tzinfo=UTC))
    clock.move_to(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock() == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_ring_at_the_gap_says_why() -> None:
    ring: Ring = play(once(datetime(2027, 3, 28, 2, 30)), NEVER).rings[0]
    assert (ring.local, ring.why) == (
        datetime(2027, 3, 28, 3, 30),
        "DST gap: 02:30 → 03:30",
    )


def test_a_date_that_does_not_come_is_noted_with_its_reason() -> None:
    played = play(recurring("FREQ=MONTHLY", datetime(2026, 12, 31, 9)), Habits())

    assert [(note.on, note.why) for note in played.notes[:2]] == [
        (date(2027, 2, 28), "31st does not exist: skipped"),
        (date(2027, 4, 30), "31st does not exist: skipped"),
    ]
    assert played.notes[-1].on == date(2027, 9, 30)  # not that of November, after the last day


def test_a_date_that_was_moved_says_so() -> None:
    played = play(recurring("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", datetime(2026, 12, 31, 9)), Habits())

    moved = next(ring for ring in played.rings if ring.local.month == 2)
    assert moved.local == datetime(2027, 2, 28, 9)
    assert moved.why == "31st does not exist: moved to the 28th (SKIP=BACKWARD)"
    assert played.notes == []


def test_a_series_by_completion_leaves_nothing_out() -> None:
    account = recurring("FREQ=MONTHLY", datetime(2026, 12, 31, 9), anchor="completion")
    assert play(account, Habits(timedelta(days=1))).notes == []


def test_an_all_day_series_says_what_it_leaves_out() -> None:
    account = recurring("FREQ=MONTHLY", datetime(2026, 12, 31))
    task = account.tasks[0].model_copy(
        update={"due_on": date(2026, 12, 31), "due_local": None, "due_at": None, "recurrence_id": "20261231"}
    )
    series = Series(UUID(int=9), "FREQ=MONTHLY", datetime(2026, 12, 31), True, None, "schedule", BERLIN)

    played = play(Account([task], {series.id: series}), Habits())

    assert [ring.local for ring in played.rings[:2]] == [datetime(2026, 12, 31, 9), datetime(2027, 1, 31, 9)]
    assert [note.on for note in played.notes[:2]] == [date(2027, 2, 28), date(2027, 4, 30)]


def test_a_series_by_completion_passes_the_dates_it_had_already() -> None:
    account = recurring("FREQ=DAILY;INTERVAL=3", datetime(2026, 12, 1, 9), anchor="completion")
    done = account.tasks[0].model_copy(
        update={
            "id": UUID(int=6),
            "status": "done",
            "recurrence_id": "20261206T090000",
            "due_local": datetime(2026, 12, 6, 9),
        }
    )

    played = play(Account([*account.tasks, done], account.series), Habits(timedelta(days=2)))

    assert [ring.local.day for ring in played.rings[:3]] == [1, 9, 14]


@pytest.mark.requirement("TIME-029")
def test_a_date_taken_out_does_not_ring_and_one_added_does() -> None:
    account = recurring("FREQ=DAILY", datetime(2026, 12, 1, 9))
    [series] = account.series.values()
    changed = replace(series, rdates=["20261202T170000"], exdates=["20261203T090000"])

    played = play(Account(account.tasks, {series.id: changed}), Habits())

    assert [(ring.local.day, ring.local.hour) for ring in played.rings[:4]] == [(1, 9), (2, 9), (2, 17), (4, 9)]
    assert played.notes == [Note(date(2026, 12, 3), "excluded (EXDATE)", "water")]
    assert played.rings[2].why == "added (RDATE)"
