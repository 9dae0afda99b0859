"""The client asks again where that does no harm, and says what was refused."""

import json
import subprocess
import sys
from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
import pytest

from functions.operations.client import ApiError, Client, FieldError, UnreachableError
from functions.operations.client.connection import ATTEMPTS
from functions.operations.client.models import NewTask, NewTestNotice, TaskChange

pytestmark = pytest.mark.requirement("PROD-042")

SOMEBODY = UUID("1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd")
TASK = {
    "id": str(uuid4()),
    "list_id": str(SOMEBODY),
    "title": "Call Sam",
    "version": 1,
    "created_by": str(SOMEBODY),
    "created_at": "2026-11-22T18:30:00Z",
    "a_field_of_a_newer_api": 1,
}
Answer = httpx.Response | Exception


class Server:
    """Answers in turn, and remembers what it was asked and how long the client waited."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.waits: list[float] = []
        self.client = Client(
            "http://test", "secret", transport=httpx.MockTransport(self.answer), sleep=self.waits.append
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def keys_used(self) -> set[str | None]:
        return {request.headers.get("idempotency-key") for request in self.asked}


def ok(status: int = 201) -> httpx.Response:
    return httpx.Response(status, json=TASK)


def refused(status: int, headers: dict[str, str] | None = None) -> httpx.Response:
    body = {"type": "about:blank", "title": "No", "status": status, "detail": "because", "errors": []}
    return httpx.Response(status, json=body, headers=headers)


def test_an_answer_is_the_object_that_the_document_promises() -> None:
    server = Server(ok())
    task = server.client.create_task(NewTask(title="Call Sam"))
    assert (task.title, task.list_id, task.created_at.tzname(), task.reminders) == ("Call Sam", SOMEBODY, "UTC", [])
    assert server.asked[0].headers["authorization"] == "Bearer secret"
    assert json.loads(server.asked[0].content) == {"title": "Call Sam"}


def test_of_a_change_what_is_named_is_sent_and_null_is_not_left_out() -> None:
    server = Server(ok(200))
    server.client.change_task(SOMEBODY, TaskChange(due_on=None, title="x"), if_match='"1"')
    assert json.loads(server.asked[0].content) == {"due_on": None, "title": "x"}
    assert server.asked[0].headers["if-match"] == '"1"'


def test_a_query_has_what_was_given_as_the_api_writes_it() -> None:
    server = Server(httpx.Response(200, json={"entries": [], "next_cursor": None}))
    server.client.read_ledger(task_id=SOMEBODY, fired=True)
    assert dict(server.asked[0].url.params) == {"task_id": str(SOMEBODY), "fired": "true"}


@pytest.mark.parametrize("status", [429, 503])
def test_who_comes_too_early_waits_as_long_as_is_asked_and_comes_again(status: int) -> None:
    server = Server(refused(status, {"retry-after": "7"}), refused(status), ok())
    server.client.create_task(NewTask(title="x"))
    assert server.waits == [7, 1]
    assert len(server.keys_used()) == 1


def test_a_write_whose_line_was_lost_is_sent_again_with_the_key_of_its_first_time() -> None:
    server = Server(httpx.ReadError("gone"), httpx.RemoteProtocolError("gone"), ok())
    server.client.create_task(NewTask(title="x"))
    assert len(server.asked) == 3
    assert len(server.keys_used()) == 1
    assert None not in server.keys_used()


def test_two_writes_have_two_keys_and_a_key_that_is_given_is_taken() -> None:
    server = Server(ok(), ok(), ok())
    for _ in range(2):
        server.client.create_task(NewTask(title="x"))
    server.client.create_task(NewTask(title="x"), idempotency_key='"mine"')
    assert len(server.keys_used()) == 3
    assert '"mine"' in server.keys_used()


def test_what_takes_no_key_is_not_sent_again_when_it_may_have_been_done() -> None:
    server = Server(httpx.ReadError("gone"))
    with pytest.raises(UnreachableError, match="gone"):
        server.client.send_test_notice(NewTestNotice(channel="email"))
    assert len(server.asked) == 1


def test_it_gives_up_in_the_end() -> None:
    server = Server(*(httpx.ConnectError("nobody there") for _ in range(ATTEMPTS)))
    with pytest.raises(UnreachableError, match="nobody there"):
        server.client.read_me()
    assert server.waits == [0.5, 1, 2, 4]
    server = Server(*(refused(503) for _ in range(ATTEMPTS)))
    with pytest.raises(ApiError, match="503 No: because"):
        server.client.read_me()


def test_a_refusal_is_raised_with_its_fields_and_not_sent_again() -> None:
    problem = refused(422)
    body = json.loads(problem.content) | {"errors": [{"field": "title", "message": "too long"}]}
    server = Server(httpx.Response(422, json=body))
    with pytest.raises(ApiError) as raised:
        server.client.create_task(NewTask(title="x"))
    assert (raised.value.status, raised.value.detail) == (422, "because")
    assert raised.value.errors == (FieldError("title", "too long"),)


@pytest.mark.requirement("PROD-196")
def test_where_in_a_field_the_mistake_is_is_kept() -> None:
    wrong = {"field": "filter", "message": "no term", "start": 5, "end": 13}
    body = {"type": "about:blank", "title": "No", "status": 422, "detail": "no", "errors": [wrong]}
    with pytest.raises(ApiError) as raised:
        Server(httpx.Response(422, json=body)).client.list_tasks(filter="p1 & nonsense")
    assert raised.value.errors == (FieldError("filter", "no term", 5, 13),)


@pytest.mark.parametrize("body", ["<html>Bad Gateway</html>", '"text"', "[]", '{"title": 1}'])
def test_an_error_of_something_in_between_is_raised_too(body: str) -> None:
    with pytest.raises(ApiError, match="502 Bad Gateway"):
        Server(httpx.Response(502, text=body)).client.read_me()


def test_a_stream_that_is_cut_goes_on_behind_its_last_event() -> None:
    def cut() -> httpx.Response:
        def lines() -> Iterator[bytes]:
            yield b"retry: 1000\n\n: alive\n\nid: 1-2\nevent: task.created.v1\ndata: {}\n\nid: 1-3\n"
            raise httpx.ReadError("cut")

        return httpx.Response(200, content=lines())

    server = Server(cut(), httpx.Response(200, text="id: 1-3\nevent: task.due.v1\ndata: {}\n\n"))
    events = server.client.stream_events()
    assert [(event.id, event.event) for event in (next(events), next(events))] == [
        ("1-2", "task.created.v1"),
        ("1-3", "task.due.v1"),
    ]
    assert [request.headers.get("last-event-id") for request in server.asked] == [None, "1-2"]


def test_the_command_line_starts_without_the_client() -> None:
    code = "import sys, functions.operations.cli; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "functions.operations.cli" in loaded
    assert {"functions.operations.client", "httpx"}.isdisjoint(loaded)


def test_a_download_is_whole_and_tells_how_much_is_there() -> None:
    seen: list[int] = []
    server = Server(httpx.Response(200, content=iter([b"ab", b"cde"])))

    assert server.client.download("/export", seen.append) == b"abcde"
    assert seen == [2, 5]


def test_a_download_that_breaks_off_is_none() -> None:
    def broken() -> Iterator[bytes]:
        yield b"ab"
        raise httpx.RemoteProtocolError("peer closed connection")

    server = Server(httpx.Response(200, content=broken()))

    with pytest.raises(UnreachableError, match="broke off after 2 bytes: peer closed connection"):
        server.client.download("/export", lambda _: None)


def test_a_download_that_is_refused_says_why() -> None:
    with pytest.raises(ApiError, match="because"):
        Server(refused(403)).client.download("/export", lambda _: None)
