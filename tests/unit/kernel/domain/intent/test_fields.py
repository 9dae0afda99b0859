# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import datetime

import pytest

from functions.kernel.domain.intent import ChangeTask, CreateTask, DeleteTask, Intent, NotUnderstood, understand
from functions.kernel.domain.phrases import Phrase

NOW = datetime(2026, 11, 25, 10)  # a Wednesday


@pytest.mark.requirement("PROD-162")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("remove the date from buy milk", ChangeTask("buy milk", clear="due")),
        ("clear the deadline of buy milk", ChangeTask("buy milk", clear="deadline")),
        ("remove the reminder from buy milk", ChangeTask("buy milk", clear="reminders")),
        ("delete its priority", ChangeTask("it", clear="priority")),
        ("remove p1 from buy milk", ChangeTask("buy milk", clear="priority")),
        ("remove @errand from buy milk", ChangeTask("buy milk", without=("errand",))),
        ("unassign buy milk", ChangeTask("buy milk", clear="assignee")),
    ],
)
def test_taking_something_off_a_task_is_a_change(text: str, expected: Intent) -> None:
    assert understand(text, NOW) == expected


@pytest.mark.requirement("PROD-162")
@pytest.mark.parametrize(
    "text", ["remove the time from buy milk", "delete the reminder", "remove #work from buy milk", "clear the subtasks"]
)
def test_what_cannot_be_taken_off_is_not_understood_and_deletes_nothing(text: str) -> None:
    assert isinstance(understand(text, NOW), NotUnderstood)


@pytest.mark.requirement("PROD-162")
def test_a_task_may_be_called_like_a_field() -> None:
    assert understand("delete notes", NOW) == DeleteTask("notes")


@pytest.mark.requirement("PROD-166")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("set buy milk to priority 1", ChangeTask("buy milk", Phrase("", priority=1))),
        ("set the priority of buy milk to 2", ChangeTask("buy milk", Phrase("", priority=2))),
        ("change the priority of buy milk to lowest", ChangeTask("buy milk", Phrase("", priority=4))),
        ("add @errand to buy milk", ChangeTask("buy milk", Phrase("", labels=("errand",)))),
        ("tag buy milk with @errand", ChangeTask("buy milk", Phrase("", labels=("errand",)))),
        ("assign buy milk to Kim", ChangeTask("buy milk", assignee="Kim")),
        ("move buy milk to the work list", ChangeTask("buy milk", Phrase("", list_name="work"))),
        ("move buy milk to #work", ChangeTask("buy milk", Phrase("", list_name="work"))),
    ],
)
def test_a_field_is_set_by_its_name(text: str, expected: Intent) -> None:
    assert understand(text, NOW) == expected


@pytest.mark.requirement("PROD-166")
@pytest.mark.parametrize("text", ["assign seats", "add @errand buy milk", "move the sofa to the living room"])
def test_a_plan_stays_a_plan(text: str) -> None:
    assert isinstance(understand(text, NOW), CreateTask)
