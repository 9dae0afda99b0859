"""An account is read from what GET /tasks answers; what is wrong with it is named."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from functions.chat_api.models.task import TaskPage
from functions.kernel.errors import InvalidInputError
from functions.operations.simulation.account import read_account

pytestmark = pytest.mark.requirement("TIME-027")

TASK: dict[str, Any] = {
    "id": str(UUID(int=1)),
    "list_id": str(UUID(int=2)),
    "title": "water",
    "due_local": "2026-12-01T09:00:00",
    "zone": "Europe/Berlin",
    "due_at": "2026-12-01T08:00:00Z",
    "series_id": str(UUID(int=3)),
    "recurrence_id": "20261201T090000",
    "rrule": "FREQ=DAILY",
    "reminders": [{"minutes_before": 10}],
    "version": 1,
    "created_by": str(UUID(int=4)),
    "created_at": "2026-11-26T09:00:00Z",
}


def written(path: Path, *pages: object) -> Path:
    file = path / "account.json"
    file.write_text("\n".join(page if isinstance(page, str) else json.dumps(page) for page in pages))
    return file


def page(*tasks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"tasks": list(tasks), "next_cursor": None} | more


def test_an_answer_of_the_api_is_an_account(tmp_path: Path) -> None:
    answer = TaskPage.model_validate(page(TASK)).model_dump_json()

    account = read_account(written(tmp_path, answer), "UTC")

    assert [task.title for task in account.tasks] == ["water"]
    assert account.complete
    series = account.series[UUID(int=3)]
    assert (series.rrule, series.dtstart, series.anchor) == ("FREQ=DAILY", datetime(2026, 12, 1, 9), "schedule")  # noqa: DTZ001
    assert (series.zone, series.all_day) == ("Europe/Berlin", False)


def test_several_pages_are_one_account(tmp_path: Path) -> None:
    second = TASK | {"id": str(UUID(int=7)), "title": "feed"}

    account = read_account(written(tmp_path, page(TASK, next_cursor="x"), page(TASK, second)), "UTC")

    assert [task.title for task in account.tasks] == ["water", "feed"]
    assert account.complete


def test_a_last_page_that_says_more_follow_is_no_whole_account(tmp_path: Path) -> None:
    assert not read_account(written(tmp_path, page(TASK, next_cursor="x")), "UTC").complete


def test_a_series_that_is_given_says_where_it_began(tmp_path: Path) -> None:
    series = {
        "id": str(UUID(int=3)),
        "rrule": "FREQ=DAILY;COUNT=5",
        "dtstart": "2026-11-29T09:00:00",
        "all_day": False,
        "zone": None,
        "anchor": "completion",
        "user_zone": "UTC",
    }
    account = read_account(written(tmp_path, page(TASK, series=[series])), "UTC")

    assert account.series[UUID(int=3)].rrule == "FREQ=DAILY;COUNT=5"
    assert account.series[UUID(int=3)].anchor == "completion"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("{", "is no JSON"),
        ("[]", "page 1, all of it"),
        ({"tasks": [{"id": "x"}]}, "page 1, tasks.0.id"),
        (page({key: value for key, value in TASK.items() if key != "title"}), "tasks.0.title: Field required"),
        (page(TASK | {"zone": "Mars"}), "the task “water” .*no time zone is called 'Mars'"),
        (page(TASK | {"rrule": "FREQ=OFTEN"}), "the task “water” .*FREQ=OFTEN is unknown"),
        (page(TASK | {"recurrence_id": None}), "the task “water” .*recurrence_id"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, content: object, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said) as wrong:
        read_account(written(tmp_path, content), "UTC")
    assert wrong.value.field.endswith("account.json")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"none\.json: cannot be read: No such file"):
        read_account(tmp_path / "none.json", "UTC")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInputError, match="is no UTF-8 text"):
        read_account(tmp_path / "account.json", "UTC")
