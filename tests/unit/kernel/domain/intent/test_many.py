# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import date, datetime

import pytest

from functions.kernel.domain.intent import (
    ChangeTask,
    CompleteTask,
    DeleteTask,
    ListTasks,
    Many,
    NotUnderstood,
    SnoozeTask,
    understand,
)

pytestmark = pytest.mark.requirement("PROD-160")

NOW = datetime(2026, 11, 25, 10)  # a Wednesday
WORK = ListTasks("all", list_name="work")


@pytest.mark.parametrize(
    ("text", "deed", "of"),
    [
        ("delete all tasks in #work", DeleteTask, WORK),
        ("delete all tasks in the work list", DeleteTask, WORK),
        ("delete tasks in #work", DeleteTask, WORK),
        ("delete #work tasks", DeleteTask, WORK),
        ("delete all p1 tasks", DeleteTask, ListTasks("all", priority=1)),
        ("complete all @errand tasks", CompleteTask, ListTasks("all", labels=("errand",))),
        ("complete all tasks due today in #work", CompleteTask, ListTasks("today", list_name="work")),
        ("move all #work tasks to tomorrow", ChangeTask, WORK),
        ("move all tasks in #work to #home", ChangeTask, WORK),
        ("set all #work tasks to p1", ChangeTask, WORK),
        ("remove @errand from all tasks in #work", ChangeTask, WORK),
        ("snooze everything #work friday", SnoozeTask, WORK),
        ("delete all tasks in the calendar list", DeleteTask, ListTasks("all", list_name="calendar")),
        ("delete all tasks due before friday", DeleteTask, ListTasks("range", NOW.date(), date(2026, 11, 26))),
        ("move overdue to tomorrow", ChangeTask, ListTasks("overdue")),
    ],
)
def test_all_that_is_said_of_the_tasks_restricts_them(text: str, deed: type, of: ListTasks) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, Many)
    assert (type(intent.deed), intent.of) == (deed, of)


@pytest.mark.parametrize(
    "text",
    [
        "delete all work tasks",
        "delete all tasks in work",
        "delete all tasks in #work #home",
        "delete all p1 or p2 tasks",
        "delete all p1 and @errand tasks",
        "delete all tasks due today at 9",
        "delete all tasks due 03/04/2032",
        "delete all tasks due",
        "delete all overdue tasks due today",
        "delete all tasks done today",
        "delete all upcoming tasks",
        "delete everything about the party",
        "complete all tasks due by next week",
        "reschedule all p1 tasks tomorrow",
    ],
)
def test_what_is_not_understood_of_a_restriction_makes_nothing_understood(text: str) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, NotUnderstood)
    assert all(not isinstance(understand(example, NOW), NotUnderstood) for example in intent.suggestions)


def test_the_mark_that_is_given_is_not_the_one_that_restricts() -> None:
    intent = understand("move all tasks in #work to #home", NOW)
    assert isinstance(intent, Many)
    assert isinstance(intent.deed, ChangeTask)
    assert intent.deed.phrase is not None
    assert intent.deed.phrase.list_name == "home"
