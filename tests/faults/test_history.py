"""The fault tests' checker finds each kind of fault, and none where there is none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.history import Arrival, Found, Handled, Logged, Notice, Write, faults

pytestmark = pytest.mark.requirement("TRUST-011")

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TOPICS = ("task.created.v1", "task.due.v1")
WRITES = [
    Write("a", "accepted", NOON),
    Write("b", "accepted"),
    Write("kept", "unknown", NOON),
    Write("gone", "unknown", NOON),
    Write("refused", "refused"),
]


def right() -> Found:
    """All of it as it should be; a webhook call came twice, as it may."""
    rung = ["a", "kept"]
    found = Found(
        tasks=["a", "b", "kept"],
        reminders=list(rung),
        notices=[Notice(title, "due", NOON, NOON + SECOND) for title in rung],
        arrivals=[Arrival(title, TOPICS[0], f"created-{title}", NOON - SECOND) for title in ("a", "b", "kept")],
        log=[Logged(title, TOPICS[0], 1) for title in ("a", "b", "kept")],
        handled=[Handled("task-due", "a", 4, NOON + SECOND), Handled("task-due", "a", 7, NOON + 2 * SECOND)],
    )
    found.arrivals += [Arrival(title, TOPICS[1], f"due-{title}", NOON + SECOND) for title in [*rung, "a"]]
    found.log += [Logged(title, TOPICS[1]) for title in rung] + [Logged("b", "task.updated.v1", 2)]
    return found


def test_nothing_is_wrong_with_what_was_kept() -> None:
    assert faults(WRITES, right(), topics=TOPICS) == []


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (lambda found: found.tasks.remove("b"), "lost: b was accepted"),
        (lambda found: found.notices.pop(0), "lost: the reminder of a"),
        (lambda found: found.notices.pop(1), "lost: the reminder of kept"),
        (lambda found: found.arrivals.pop(1), "lost: task.created.v1 of b never arrived"),
        (lambda found: found.tasks.append("refused"), "refused, yet there: refused"),
        (lambda found: found.tasks.append("gone"), "in part: gone: the task and no more"),
        (lambda found: found.reminders.append("gone"), "in part: gone: its reminder and no more"),
        (lambda found: found.log.pop(0), "in part: a: the task, its reminder and no more"),
        (lambda found: found.tasks.append("a"), "twice: task a, 2 times"),
        (lambda found: found.notices.append(found.notices[0]), "twice: notice ('a', 'due'"),
        (lambda found: found.log.append(found.log[3]), "twice: event ('a', 'task.due.v1')"),
        (lambda found: found.handled.append(found.handled[0]), "twice: handling ('task-due', 'a', 4)"),
        (
            lambda found: found.arrivals.append(replace(found.arrivals[0], delivery="another")),
            "twice: task.created.v1 of a arrived under 2 ids",
        ),
        (
            lambda found: found.notices.append(Notice("c", "due", NOON, NOON - SECOND)),
            "early: c by 0:00:01",
        ),
        (
            lambda found: found.arrivals.append(replace(found.arrivals[-1], at=NOON - SECOND)),
            "early: task.due.v1 of a arrived 0:00:01 before",
        ),
        (lambda found: found.log.append(Logged("b", "task.deleted.v1", 1)), "out of order: version 1 of b"),
        (
            lambda found: found.handled.append(Handled("task-due", "a", 2, NOON + 3 * SECOND)),
            "out of order: task-due handled event 2 of a after 7",
        ),
        (lambda found: found.left.append("an event is not published"), "left: an event is not published"),
        (lambda found: found.dead.append("task-due of a"), "given up: task-due of a"),
    ],
)
def test_each_kind_of_fault_is_said(breaks: Callable[[Found], object], said: str) -> None:
    found = right()
    breaks(found)
    wrong = faults(WRITES, found, topics=TOPICS)
    assert any(line.startswith(said) for line in wrong), wrong
