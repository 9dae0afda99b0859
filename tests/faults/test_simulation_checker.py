"""The checker finds each kind of wrong in a history that is right but for that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faults.simulation.checker import BOUND, check
from tests.faults.simulation.history import History, Mailed, Miss, Told, Write

pytestmark = pytest.mark.requirement("TRUST-006")

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
INSTANT = timedelta(milliseconds=10)
DUE = NOON + timedelta(hours=1)
EVENING = NOON + timedelta(hours=9)


def task(task_id: str, due: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "id": task_id,
        "title": task_id,
        "status": "open",
        "due_at": due.isoformat(),
        "series_id": None,
        "recurrence_id": None,
        "reminders": [{"minutes_before": 10}],
        "created_at": NOON.isoformat(),
        "completed_at": None,
    } | fields


def write(verb: Any, task_id: str, at: datetime, status: int = 200, **fields: Any) -> Write:
    return Write("sam", verb, task_id, at, at + INSTANT, status, **fields)


def created(task_id: str, due: datetime = DUE, **asked: Any) -> Write:
    body = {"title": task_id, "due_at": due.isoformat(), "reminders": [{"minutes_before": 10}]} | asked
    answer = {"id": task_id, "series_id": f"series of {task_id}" if "rrule" in asked else None}
    return replace(write("create", "", NOON, 201, asked=body), body=answer)


def told(task_id: str, kind: str, moment: datetime | None, at: datetime | None = None, person: str = "sam") -> Told:
    return Told(person, task_id, kind, moment, at or (moment or NOON) + INSTANT)


def right() -> History:
    """Sam, who has an address, and Kim share a list. Sam made a task that rang twice, and one that is done; and a
    series, of which one occurrence rang and was completed."""
    series, name, following = "series of c", f"{DUE:%Y%m%dT%H%M%S}", DUE + timedelta(days=1)
    first = task("c", DUE, series_id=series, recurrence_id=name)
    done = first | {"status": "done", "completed_at": (DUE + timedelta(hours=1)).isoformat()}
    brought = task("d", following, series_id=series, recurrence_id=f"{following:%Y%m%dT%H%M%S}", title="c")
    brought["created_at"] = done["completed_at"]
    rings = [told(name, "before", DUE - timedelta(minutes=10)) for name in "ac"] + [told(n, "due", DUE) for n in "ac"]
    news = [told(name, "created", None, person="kim") for name in "abc"]
    comes = [told("d", "recurred", None, DUE + timedelta(hours=1), person) for person in ("sam", "kim")]
    return History(
        members=["sam", "kim"],
        mailed_to=["sam"],
        writes=[
            created("a"),
            created("b"),
            created("c", rrule="FREQ=DAILY"),
            write("complete", "b", NOON + timedelta(minutes=1), seen=task("b", DUE)),
            write("complete", "c", DUE + timedelta(hours=1), seen=first),
        ],
        told=rings + news + comes,
        mailed=[Mailed("sam", each.task_id, each.at) for each in rings + comes[:1]],
        tasks={
            "a": task("a", DUE),
            "b": task("b", DUE, status="done", completed_at=(NOON + timedelta(minutes=1)).isoformat()),
            "c": done,
            "d": brought,
        },
        ended=EVENING,
    )


def wrongs(history: History) -> set[str]:
    return {finding.wrong for finding in check(history)}


def without(history: History, task_id: str, kind: str) -> list[Told]:
    return [notice for notice in history.told if (notice.task_id, notice.kind) != (task_id, kind)]


def test_nothing_is_wrong_with_a_history_that_is_right() -> None:
    assert check(right()) == []


def test_a_task_that_was_accepted_and_is_gone_is_lost() -> None:
    history = right()
    del history.tasks["a"]
    assert wrongs(history) == {"lost"}


@pytest.mark.parametrize(
    "fields", [{"title": "x"}, {"due_at": NOON.isoformat()}, {"status": "done", "completed_at": NOON.isoformat()}]
)
def test_a_task_that_is_not_as_the_last_write_left_it_is_lost(fields: dict[str, Any]) -> None:
    history = right()
    history.tasks["a"] |= fields
    assert wrongs(history) == {"lost"}


def test_a_deleted_task_that_is_there_is_a_lost_deletion() -> None:
    history = right()
    history.writes.append(write("delete", "a", DUE + BOUND, 204, seen=task("a", DUE)))
    assert wrongs(history) == {"lost"}


def test_a_refused_write_changes_nothing() -> None:
    history = right()
    history.writes.append(write("delete", "a", DUE + BOUND, 409, seen=task("a", DUE)))
    assert check(history) == []


def test_one_write_that_made_two_tasks_happened_twice() -> None:
    history = right()
    history.tasks["e"] = task("e", DUE, title="a")
    assert wrongs(history) == {"twice"}


def test_a_reminder_told_twice_is_found() -> None:
    history = right()
    history.told.append(told("a", "due", DUE, DUE + BOUND))
    history.mailed.append(Mailed("sam", "a", DUE + BOUND))
    assert wrongs(history) == {"twice"}


def test_a_reminder_told_before_its_moment_is_early() -> None:
    history = right()
    history.told = [*without(history, "a", "due"), told("a", "due", DUE, DUE - INSTANT)]
    assert wrongs(history) == {"early"}


def test_a_reminder_that_was_never_told_is_missed() -> None:
    history = right()
    history.told = without(history, "a", "due")
    del history.mailed[2]
    assert wrongs(history) == {"missed"}


def test_a_reminder_told_later_than_faults_explain_is_late() -> None:
    history = right()
    late = told("a", "due", DUE, DUE + BOUND + timedelta(hours=1))
    history.told = [*without(history, "a", "due"), late]
    assert wrongs(history) == {"late"}
    history.outages = [(DUE - INSTANT, late.at - INSTANT)]
    assert check(history) == [], "nothing ran"
    history.outages = []
    history.losses, history.sweeps = [DUE - INSTANT], [(late.at - INSTANT, late.at)]
    assert check(history) == [], "its alarm was lost"
    history.sweeps.insert(0, (DUE, DUE))
    assert wrongs(history) == {"late"}, "and was set again"


def test_a_reminder_that_was_withdrawn_in_time_and_told_is_found() -> None:
    history = right()
    history.told.append(told("b", "due", DUE))
    history.mailed.append(Mailed("sam", "b", DUE))
    assert wrongs(history) == {"withdrawn"}


def test_a_reminder_that_nobody_asked_for_is_found() -> None:
    history = right()
    history.told.append(told("a", "due", DUE + timedelta(minutes=1)))
    history.mailed.append(Mailed("sam", "a", DUE))
    assert wrongs(history) == {"withdrawn"}


def test_reminders_of_one_task_told_in_another_order_are_disorder() -> None:
    history = right()
    history.told = [
        *without(history, "a", "before"),
        told("a", "before", DUE - timedelta(minutes=10), DUE + 2 * INSTANT),
    ]
    assert "disorder" in wrongs(history)


def test_a_reminder_that_rang_late_may_be_told_after_those_on_time() -> None:
    history = right()
    moment, at = DUE - timedelta(minutes=10), DUE + 2 * INSTANT
    late = replace(told("a", "before", moment, at), rang=moment + timedelta(minutes=1))
    history.outages = [(moment, DUE)]
    history.told = [*without(history, "a", "before"), late]
    assert check(history) == []
    history.told[-1] = replace(late, rang=moment)
    assert wrongs(history) == {"disorder"}


def test_a_series_that_does_not_go_on_is_lost() -> None:
    history = right()
    del history.tasks["d"]
    assert "lost" in wrongs(history)


def test_a_series_that_goes_on_twice_is_found() -> None:
    history = right()
    history.tasks["e"] = history.tasks["d"] | {"id": "e"}
    assert "twice" in wrongs(history)


def test_a_series_that_goes_on_from_another_day_is_found() -> None:
    history = right()
    history.tasks["d"]["recurrence_id"] = "20300120T130000"
    assert "lost" in wrongs(history)


def test_an_occurrence_that_its_series_left_out_late_is_not_missed_and_one_left_out_in_time_is() -> None:
    history = right()
    history.told = without(history, "c", "due")
    del history.mailed[3]
    history.misses = [Miss("series of c", "c", DUE, DUE, DUE + timedelta(minutes=2))]
    assert check(history) == []
    history.misses = [replace(history.misses[0], at=DUE + timedelta(seconds=1))]
    assert wrongs(history) == {"missed"}


@pytest.mark.parametrize(("task_id", "kind"), [("a", "created"), ("d", "recurred")])
def test_news_that_did_not_come_are_missed(task_id: str, kind: str) -> None:
    history = right()
    history.told = [
        notice for notice in history.told if (notice.task_id, notice.kind, notice.person) != (task_id, kind, "kim")
    ]
    assert wrongs(history) == {"missed"}


@pytest.mark.parametrize(("task_id", "kind"), [("a", "created"), ("d", "recurred")])
def test_news_that_came_twice_are_found(task_id: str, kind: str) -> None:
    history = right()
    history.told.append(told(task_id, kind, None, EVENING, person="kim"))
    assert wrongs(history) == {"twice"}


def test_a_message_too_few_or_too_many_is_found() -> None:
    history = right()
    message = history.mailed.pop()
    assert wrongs(history) == {"missed"}
    history.mailed += [message, message]
    assert wrongs(history) == {"twice"}


def test_what_no_fault_explains_is_found() -> None:
    history = right()
    history.failures = ["a dead letter"]
    assert wrongs(history) == {"failure"}
