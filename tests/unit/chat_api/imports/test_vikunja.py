"""Vikunja's export: data.json as its exporter writes it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.chat_api.imports.vikunja import read_vikunja
from functions.kernel.domain.reminder import At, Before

pytestmark = pytest.mark.requirement("PROD-063")

NEVER = "0001-01-01T00:00:00Z"
TASK: dict[str, Any] = {
    "id": 1, "title": "Water", "description": "All of them", "done": False, "done_at": NEVER, "due_date": NEVER,
    "reminders": None, "repeat_after": 0, "repeat_mode": 0, "priority": 0, "start_date": NEVER, "end_date": NEVER,
    "labels": None, "percent_done": 0, "related_tasks": {}, "attachments": None, "comments": None,
    "created": "2023-01-13T14:59:49Z",
}  # fmt: skip


def export(*tasks: dict[str, Any]) -> bytes:
    return json.dumps([{"id": 1, "title": "Inbox", "tasks": [TASK | task for task in tasks]}]).encode()


def one(**fields: Any) -> Any:
    reading = read_vikunja(export(fields), "Europe/Berlin")
    assert [*reading.skipped, *reading.remarks] == []
    [item] = reading.items
    return item


def test_a_task_is_read_with_all_that_a_task_here_has() -> None:
    item = one(
        due_date="2030-01-07T08:00:00Z",
        start_date="2030-01-06T08:00:00Z",
        priority=4,
        labels=[{"title": "at home"}],
        comments=[{"comment": "Not the cactus"}],
        reminders=[
            {"reminder": "2030-01-07T07:00:00Z", "relative_period": -3600, "relative_to": "due_date"},
            {"reminder": "2030-01-05T07:00:00Z", "relative_period": 0, "relative_to": ""},
        ],
    )
    assert (item.list_name, item.state.title, item.state.priority) == ("Inbox", "Water", 1)
    assert (item.state.due_local, item.state.zone) == (datetime(2030, 1, 7, 9), "Europe/Berlin")  # noqa: DTZ001
    assert item.state.start_local == datetime(2030, 1, 6, 9)  # noqa: DTZ001
    assert item.state.labels == ("at-home",)
    assert item.state.notes == "All of them\n\nNot the cactus"
    assert item.state.reminders == (Before(minutes_before=60), At(at=datetime(2030, 1, 5, 7, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("after", "mode", "rule", "anchor"),
    [
        (86_400, 0, "FREQ=DAILY", "schedule"),
        (14 * 86_400, 0, "FREQ=WEEKLY;INTERVAL=2", "schedule"),
        (3 * 86_400, 2, "FREQ=DAILY;INTERVAL=3", "completion"),
        (5_400, 0, "FREQ=MINUTELY;INTERVAL=90", "schedule"),
        (0, 1, "FREQ=MONTHLY", "schedule"),
    ],
)
def test_what_repeats_is_a_series(after: int, mode: int, rule: str, anchor: str) -> None:
    by = one(due_date="2030-01-07T08:00:00Z", repeat_after=after, repeat_mode=mode).repetition
    assert (by.rrule, by.anchor) == (rule, anchor)


def test_a_subtask_names_its_parent_by_the_uid_that_this_has() -> None:
    above = {"id": 1, "created": TASK["created"]}
    parent, child = read_vikunja(export({}, {"id": 2, "related_tasks": {"parenttask": [above]}}), "UTC").items
    assert child.parent == parent.uid


def test_a_task_that_cannot_be_read_is_skipped_alone() -> None:
    reading = read_vikunja(export({}, {"id": 2, "due_date": "soon"}, {"id": 3, "labels": 7}), "UTC")
    assert [item.state.title for item in reading.items] == ["Water"]
    assert [note.where for note in reading.skipped] == ["project 1, task 2", "project 1, task 3"]


def test_an_older_export_has_its_lists_in_namespaces() -> None:
    data = json.dumps([{"title": "Home", "lists": [{"title": "Garden", "tasks": [TASK]}]}]).encode()
    assert [item.list_name for item in read_vikunja(data, "UTC").items] == ["Garden"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"attachments": [{"id": 1}]}, "its attachments are left out"),
        ({"assignees": [{"username": "kim"}]}, "who it is assigned to is left out"),
        ({"percent_done": 0.5}, "how much of it is done is left out"),
        ({"is_favorite": True}, "that it is a favorite is left out"),
        ({"hex_color": "ff0000"}, "its color is left out"),
        (
            {"related_tasks": {"blocking": [{"id": 2}], "subtask": []}},
            "what it is related to in other ways than as a part",
        ),
    ],
)
def test_what_a_task_has_no_place_for_is_reported(fields: dict[str, Any], says: str) -> None:
    [remark] = read_vikunja(export(fields), "UTC").remarks
    assert remark.reason.startswith(says)


def test_a_description_of_its_editor_is_read_as_text() -> None:
    html = "<p>Not the <strong>cactus</strong> &amp; co</p><ul><li>roses</li><li>mint</li></ul>"
    assert one(description=html).state.notes == "Not the cactus & co\n\n- roses\n- mint"
