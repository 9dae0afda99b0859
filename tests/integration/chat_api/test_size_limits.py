"""Each limit of size: what is just within is taken; one over is refused by the name of its limit, and does nothing."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from functions.chat_api.edge import MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_IMPORT_BYTES, MAX_URL_BYTES
from functions.chat_api.models.commands import MOST_COMMANDS
from functions.chat_api.models.input import Input
from functions.kernel.domain.filters import MAX_LENGTH as LONGEST_FILTER
from functions.kernel.domain.filters.reading import MAX_DEPTH, MAX_TERMS
from functions.kernel.domain.labels import LONGEST_LABEL, MOST_LABELS
from functions.kernel.domain.recurrence.reading import MAX_LENGTH as LONGEST_RULE
from functions.kernel.domain.reminder import MOST_MINUTES, MOST_REMINDERS
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("TRUST-064")

assert Input.model_config["extra"] == "forbid"  # so that what pads a body is text that is kept


def task(**fields: Any) -> bytes:
    return json.dumps({"title": "a", "due_on": "2031-01-01"} | fields).encode()


def padded(size: int) -> bytes:
    """A task's JSON of so many bytes; between its members JSON may have as much space as one likes."""
    body = task()
    return body[:-1] + b" " * (size - len(body)) + b"}"


def commands(count: int) -> bytes:
    one = {"type": "task_create", "args": {"title": "a"}}
    return json.dumps({"commands": [one | {"uuid": str(uuid4())} for _ in range(count)]}).encode()


def reminders(count: int) -> bytes:
    return task(reminders=[{"minutes_before": n} for n in range(1, count + 1)])


FIELDS: list[tuple[str, str, Callable[[int], bytes], int, str]] = [
    ("title", "/tasks", lambda n: task(title="a" * n), 500, "title"),
    ("title-of-other-planes", "/tasks", lambda n: task(title="😀" * n), 500, "title"),
    ("notes", "/tasks", lambda n: task(notes="a" * n), 50_000, "notes"),
    ("labels", "/tasks", lambda n: task(labels=[f"l{i}" for i in range(n)]), MOST_LABELS, "labels"),
    ("label", "/tasks", lambda n: task(labels=["a" * n]), LONGEST_LABEL, "labels.0"),
    ("reminders", "/tasks", reminders, MOST_REMINDERS, "reminders"),
    ("minutes", "/tasks", lambda n: task(reminders=[{"minutes_before": n}]), MOST_MINUTES,
     "reminders.0.minutes_before"),
    ("estimate", "/tasks", lambda n: task(estimate_minutes=n), 527_040, "estimate_minutes"),
    ("rule", "/tasks", lambda n: task(rrule="FREQ=DAILY;BYDAY=" + ("MO," * 1400)[: n - 19] + "TU"), LONGEST_RULE,
     "rrule"),
    ("exdates", "/tasks", lambda n: task(rrule="FREQ=DAILY", exdates=["2031-01-02"] * n), 10_000, "exdates"),
    ("commands", "/commands", commands, MOST_COMMANDS, "commands"),
    ("list", "/lists", lambda n: json.dumps({"name": "a" * n}).encode(), 200, "name"),
    ("sentence", "/chat", lambda n: json.dumps({"text": "add " + "a" * (n - 4)}).encode(), 2_000, "text"),
    ("filter", "/filters", lambda n: json.dumps({"name": "a", "query": "p1".ljust(n)}).encode(), LONGEST_FILTER,
     "query"),
]  # fmt: skip

QUERIES: list[tuple[str, Callable[[int], dict[str, Any]], int, str]] = [
    ("filter", lambda n: {"filter": "p1".ljust(n)}, LONGEST_FILTER, "filter"),
    ("filter-deep", lambda n: {"filter": "(" * n + "p1" + ")" * n}, MAX_DEPTH, "filter"),
    ("filter-terms", lambda n: {"filter": "|".join(["p1"] * n)}, MAX_TERMS, "filter"),
    ("search", lambda n: {"search": "a".ljust(n)}, 1_000, "search"),
    ("search-words", lambda n: {"search": " ".join(["a"] * n)}, 20, "search"),
    ("limit", lambda n: {"limit": n}, 500, "limit"),
    ("label", lambda n: {"label": "a" * n}, LONGEST_LABEL, "label"),
]


@pytest.mark.parametrize(("path", "body", "most", "field"), [case[1:] for case in FIELDS], ids=[c[0] for c in FIELDS])
async def test_a_field_at_its_limit_is_taken_and_one_over_refused(
    taskwake: World, sam: Person, path: str, body: Callable[[int], bytes], most: int, field: str
) -> None:
    sent = {"headers": {"content-type": "application/json"}}
    answer = await sam.http.post(path, content=body(most), **sent)
    assert answer.is_success, answer.text
    await taskwake.settled()
    before = await taskwake.everything()
    refused = await sam.http.post(path, content=body(most + 1), **sent)
    assert refused.status_code == 422, refused.text
    assert field in [error["field"] for error in refused.json()["errors"]]
    assert f"{most}" in refused.text.replace(",", "") or f"{most // 1440}" in refused.text
    assert await taskwake.everything() == before


@pytest.mark.parametrize(("query", "most", "field"), [case[1:] for case in QUERIES], ids=[c[0] for c in QUERIES])
async def test_a_query_at_its_limit_is_taken_and_one_over_refused(
    sam: Person, query: Callable[[int], dict[str, Any]], most: int, field: str
) -> None:
    assert (await sam.http.get("/tasks", params=query(most))).status_code == 200
    refused = await sam.http.get("/tasks", params=query(most + 1))
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert f"{most}" in refused.text.replace(",", "")


@pytest.mark.parametrize(
    ("path", "media_type", "body", "most"),
    [
        ("/tasks", "application/json", padded, MAX_BODY_BYTES),
        ("/import", "text/csv", lambda n: b"TYPE,CONTENT\n" + b"," * (n - 13), MAX_IMPORT_BYTES),
    ],
)
async def test_a_body_at_its_limit_is_taken_and_one_over_refused(
    taskwake: World, sam: Person, path: str, media_type: str, body: Callable[[int], bytes], most: int
) -> None:
    sent = {"headers": {"content-type": media_type}}
    answer = await sam.http.post(path, content=body(most), **sent)
    assert answer.is_success, answer.text
    await taskwake.settled()
    before = await taskwake.everything()
    refused = await sam.http.post(path, content=body(most + 1), **sent)
    assert (refused.status_code, refused.json()["detail"]) == (413, f"the body is larger than {most} bytes")
    assert await taskwake.everything() == before


async def test_an_address_at_its_limit_is_looked_at_and_one_over_refused(sam: Person) -> None:
    assert (await sam.http.get("/tasks?x=" + "a" * (MAX_URL_BYTES - len("/tasksx=")))).status_code == 200
    refused = await sam.http.get("/tasks?x=" + "a" * (MAX_URL_BYTES - len("/tasksx=") + 1))
    assert (refused.status_code, refused.json()["detail"]) == (
        414,
        f"path and query are longer than {MAX_URL_BYTES} bytes",
    )
    assert "content-security-policy" in refused.headers


@pytest.mark.parametrize("of", [1, 100])
async def test_headers_at_their_limit_are_looked_at_and_one_over_refused(sam: Person, of: int) -> None:
    usual = sam.http.build_request("GET", "/tasks").headers.raw
    left = MAX_HEADER_BYTES - sum(len(name) + len(value) for name, value in usual)
    sizes = [left // of] * (of - 1) + [left - left // of * (of - 1)]
    headers = {f"x-{n:03}": "a" * (size - 5) for n, size in enumerate(sizes)}
    assert (await sam.http.get("/tasks", headers=headers)).status_code == 200
    refused = await sam.http.get("/tasks", headers=headers | {"x-000": headers["x-000"] + "a"})
    assert refused.status_code == 431
    assert refused.json()["detail"] == f"the headers are larger than {MAX_HEADER_BYTES} bytes together"


async def test_json_may_be_deep_but_not_too_deep(taskwake: World, sam: Person) -> None:
    before = await taskwake.everything()
    for depth in (100, 900, 2_000, 500_000):
        body = b'{"title": "a", "x": ' + b"[" * depth + b"]" * depth + b"}"
        refused = await sam.http.post("/tasks", content=body, headers={"content-type": "application/json"})
        assert refused.status_code in (400, 422), depth
        assert refused.headers["content-type"] == "application/problem+json"
    assert await taskwake.everything() == before
