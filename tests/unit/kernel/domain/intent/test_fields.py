# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import date, datetime

import pytest

from functions.kernel.domain.intent import (
    AddSubtask,
    ChangeTask,
    CreateTask,
    DeleteTask,
    Intent,
    NotUnderstood,
    understand,
)
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


@pytest.mark.requirement("PROD-481")
@pytest.mark.parametrize(
    ("text", "words", "note"),
    [
        ("add note to groceries: whole milk", "groceries", "whole milk"),
        ('add a note to the report: "numbers by Kim"', "report", "numbers by Kim"),
        ("add oat milk too to the notes of groceries", "groceries", "oat milk too"),
        ("note on the dentist: bring the card: the blue one", "dentist", "bring the card: the blue one"),
        ("add a comment to the report saying it is late", "report", "it is late"),
    ],
)
def test_a_note_is_added_to_a_task(text: str, words: str, note: str) -> None:
    assert understand(text, NOW) == ChangeTask(words, note=note)


@pytest.mark.requirement("PROD-481")
@pytest.mark.parametrize("text", ["note for friday: call Sam", "add a note to call Sam", "take notes: all of them"])
def test_a_note_of_no_task_is_a_task_itself(text: str) -> None:
    assert isinstance(understand(text, NOW), CreateTask)


@pytest.mark.requirement("PROD-482")
@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("put the report in #work", "report", "work"),
        ("file the report under #work", "report", "work"),
        ("put milk on the shopping list", "milk", "shopping"),
        ("put bread and milk on my shopping list", "bread and milk", "shopping"),
    ],
)
def test_what_is_put_into_a_list_moves_there_or_is_added_there(text: str, words: str, name: str) -> None:
    expected = ChangeTask(words, Phrase("", list_name=name), otherwise=Phrase(words, list_name=name))
    assert understand(text, NOW) == expected


@pytest.mark.requirement("PROD-482")
@pytest.mark.parametrize("text", ["put the bins out on friday", "put up shelves in the kitchen", "file taxes in april"])
def test_what_is_put_elsewhere_is_a_task(text: str) -> None:
    assert isinstance(understand(text, NOW), CreateTask)


@pytest.mark.requirement("PROD-484")
@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("mark the report as high priority", 1),
        ("make the report urgent", 1),
        ("make the report medium priority", 2),
        ("give the report a low priority", 3),
        ("set the priority of the report to none", 4),
        ("set the report to priority 3", 3),
    ],
)
def test_a_priority_has_names(text: str, priority: int) -> None:
    assert understand(text, NOW) == ChangeTask("report", Phrase("", priority=priority))


@pytest.mark.requirement("PROD-484")
@pytest.mark.parametrize(
    "text",
    [
        "set the deadline of the report to friday",
        "the deadline for the report is friday",
        "give the report a deadline of friday",
    ],
)
def test_a_deadline_is_no_due_time(text: str) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, ChangeTask)
    assert intent.deadline
    assert (intent.words, intent.phrase, intent.deadline.due_on) == ("report", None, date(2026, 11, 27))


@pytest.mark.requirement("PROD-484")
@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("estimate the report at 2 hours", 120),
        ("estimate the report 15 minutes", 15),
        ("set the estimate of the report to an hour and a half", 90),
        ("the report takes about 20 minutes", 20),
    ],
)
def test_an_estimate_is_a_length_of_time(text: str, minutes: int) -> None:
    assert understand(text, NOW) == ChangeTask("report", estimate_minutes=minutes)


@pytest.mark.requirement("PROD-484")
@pytest.mark.parametrize("text", ["set a deadline for Sam", "estimate costs for the party", "make dinner"])
def test_a_plan_that_begins_like_a_change_is_a_task(text: str) -> None:
    assert isinstance(understand(text, NOW), CreateTask)


@pytest.mark.requirement("PROD-484")
@pytest.mark.parametrize("text", ["set the report's due date to friday", "change the due date of the report to friday"])
def test_the_due_date_is_named_before_the_task_or_after_it(text: str) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, ChangeTask)
    assert intent.phrase
    assert (intent.words, intent.phrase.due_on) == ("report", date(2026, 11, 27))


@pytest.mark.requirement("PROD-485")
@pytest.mark.parametrize(
    ("text", "words", "title"),
    [
        ("add subtask buy soil to water the plants", "water the plants", "buy soil"),
        ("add talk to Kim as a step of the party", "party", "talk to Kim"),
        ("subtask of the party: bake a cake", "party", "bake a cake"),
    ],
)
def test_a_subtask_is_added_to_the_task_that_it_names(text: str, words: str, title: str) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, AddSubtask)
    assert (intent.words, intent.phrase.title) == (words, title)


@pytest.mark.requirement("PROD-482")
def test_a_list_that_something_is_added_to_is_no_part_of_its_title() -> None:
    intent = understand("add bread and butter to #shopping", NOW)
    assert isinstance(intent, CreateTask)
    assert (intent.phrase.title, intent.phrase.list_name) == ("bread and butter", "shopping")
