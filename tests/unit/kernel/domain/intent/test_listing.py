# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import date, datetime

import pytest

from functions.kernel.domain.intent import CreateTask, ListTasks, MakeList, NotUnderstood, ShowLists, understand

pytestmark = pytest.mark.requirement("PROD-160")

NOW = datetime(2026, 11, 25, 10)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("show me #work", ListTasks("all", list_name="work")),
        ("list p1 tasks", ListTasks("all", priority=1)),
        ("what's on today in #work", ListTasks("today", list_name="work")),
        ("what's due today in the Work list?", ListTasks("today", list_name="Work")),
        ("show the work list", ListTasks("all", list_name="work")),
        ('show my "big work" list', ListTasks("all", list_name="big work")),
        ("overdue @errand", ListTasks("overdue", labels=("errand",))),
        ("what is due this week in #work with @call p2", ListTasks("week", None, None, "work", ("call",), 2)),
        ("#work", ListTasks("all", list_name="work")),
        ("show my open list", ListTasks("all")),
        ("what do I have to work on today", ListTasks("today")),
        ("what is due before friday", ListTasks("range", NOW.date(), date(2026, 11, 26))),
        ("whats due today", ListTasks("today")),
        ("is anything due today", ListTasks("today")),
        ("list all tasks in inbox", ListTasks("all", list_name="inbox")),
        ("show my inbox", ListTasks("all", list_name="inbox")),
    ],
)
def test_list_labels_and_priority_say_which_tasks_are_shown(text: str, expected: ListTasks) -> None:
    assert understand(text, NOW) == expected


@pytest.mark.parametrize("text", ["show my work tasks", "show tasks in groceries", "show tasks in #work #home"])
def test_what_else_would_say_which_is_not_left_out(text: str) -> None:
    assert isinstance(understand(text, NOW), NotUnderstood)


@pytest.mark.parametrize(
    "text", ["plan tasks for tomorrow", "clean up the inbox", "buy milk #work", "show Sam the report #work"]
)
def test_marks_on_a_plan_are_a_tasks(text: str) -> None:
    assert isinstance(understand(text, NOW), CreateTask)


@pytest.mark.requirement("PROD-486")
@pytest.mark.parametrize("text", ["show my lists", "what lists do I have?", "which are my lists", "my lists"])
def test_lists_are_shown_themselves(text: str) -> None:
    assert understand(text, NOW) == ShowLists()


@pytest.mark.requirement("PROD-487")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("create a list called Groceries", "Groceries"),
        ("new list: Work", "Work"),
        ('make a new list "Big work"', "Big work"),
        ("please add a list named “Big work”!", "Big work"),
        ("can you make me a list #work please?", "work"),
        ("New list Home and garden", "Home and garden"),
        ("create a new shopping list", "shopping"),
    ],
)
def test_a_list_is_made(text: str, name: str) -> None:
    assert understand(text, NOW) == MakeList(name)


@pytest.mark.requirement("PROD-487")
@pytest.mark.parametrize(
    "text", ["make a list", "new list", "create a list called", 'add a list named ""', "new list: **"]
)
def test_a_list_without_a_name_is_asked_for(text: str) -> None:
    assert isinstance(understand(text, NOW), NotUnderstood)


@pytest.mark.requirement("PROD-487")
@pytest.mark.parametrize(
    "text",
    [
        "make a list of groceries",
        "make a shopping list",
        "create a list for the party",
        "make a new list of guests",
        "list groceries",
    ],
)
def test_to_write_a_list_is_a_task(text: str) -> None:
    assert isinstance(understand(text, NOW), CreateTask)
