"""HEAD, which monitors ask: what GET would say, without what it would send."""

from typing import Any
from uuid import uuid4

import pytest

from functions.chat_api import page_files
from functions.chat_api.api import create_app
from functions.chat_api.head import GET_ONLY
from tests.integration.chat_api.test_dead_letters import dead, operator
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-174")

VERSION, _ = page_files.load()


@pytest.mark.parametrize(
    "path",
    ["/", "/app", "/app/today", "/page/app.js", f"/page/{VERSION}/app.js", f"/page/{VERSION}/icon.svg", "/healthz"],
)
async def test_head_is_answered_as_get_without_the_content(sam: Person, path: str) -> None:
    told = await sam.http.head(path)
    got = await sam.http.get(path)
    assert (told.status_code, told.content) == (200, b"")
    assert got.content
    assert int(told.headers["content-length"]) > 0
    assert lasting(told) == lasting(got)


def lasting(answer: Any) -> dict[str, str]:
    """The headers that two answers to the same question have alike."""
    return {name: value for name, value in answer.headers.items() if name not in ("date", "traceresponse")}


QUERIES = {
    "/phrases/preview": {"text": "call Kim tomorrow"},
    "/recurrences/preview": {"rule": "FREQ=DAILY", "start": "2031-01-01"},
}
READ = sorted(path for path, methods in create_app().openapi()["paths"].items() if "get" in methods)


async def place_of(path: str, taskwake: World, sam: Person, kim: Person) -> str:
    """The path with what there is to be read, of this person's."""
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    filled = {"{task_id}": task["id"], "{list_id}": str(sam.list_id)}
    if "{filter_id}" in path:
        filled["{filter_id}"] = (await sam.post("/filters", {"name": "x", "query": "p1"}))["id"]
    if "{webhook_id}" in path:
        hook = {"url": "https://example.org/", "topics": ["task.due.v1"]}
        filled["{webhook_id}"] = (await sam.post("/webhooks", hook))["id"]
    if path == "/calendar/{secret}.ics":
        feed = await sam.post("/calendar-feeds", {"name": "x"})
        filled["{secret}.ics"] = feed["url"].rpartition("/")[2]
    if path.startswith("/invitations/"):
        filled["{secret}"] = (await kim.post(f"/lists/{kim.list_id}/invitations", {}))["secret"]
    if path.startswith("/dead-letters"):
        filled["{letter_id}"] = (await dead(taskwake, await operator(taskwake, sam), topic=f"only-{uuid4()}"))["id"]
    for name, value in filled.items():
        path = path.replace(name, value)
    return path


@pytest.mark.requirement("PROD-434")
@pytest.mark.parametrize("path", [path for path in READ if path not in GET_ONLY])
async def test_head_of_what_the_api_answers_is_that_without_the_content(
    taskwake: World, sam: Person, kim: Person, path: str
) -> None:
    place, query = await place_of(path, taskwake, sam, kim), QUERIES.get(path)
    await taskwake.settled()
    await sam.http.get(place, params=query)  # which notes that it was read
    got = await sam.http.get(place, params=query)
    told = await sam.http.head(place, params=query)
    assert (got.status_code, told.status_code, told.content) == (200, 200, b""), got.text
    assert lasting(told) == {name: value for name, value in lasting(got).items() if name != "transfer-encoding"}


@pytest.mark.requirement("PROD-434")
async def test_head_is_refused_as_get_is(taskwake: World, sam: Person) -> None:
    assert (await sam.http.head(f"/tasks/{uuid4()}")).status_code == 404
    assert (await sam.http.head("/tasks", headers={"authorization": "Bearer x"})).status_code == 401
    assert (await sam.http.head("/tasks", params={"limit": 0})).status_code == 422
    assert (await sam.http.head("/chat")).status_code == 405


@pytest.mark.requirement("PROD-434")
async def test_a_stream_which_would_not_end_is_not_headed(sam: Person) -> None:
    answer = await sam.http.head("/events")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


async def test_head_of_what_is_known_already_says_so(sam: Person) -> None:
    etag = (await sam.http.head("/")).headers["etag"]
    assert (await sam.http.head("/", headers={"if-none-match": etag})).status_code == 304
    assert (await sam.http.head("/page/nothing.js")).status_code == 404


async def test_head_opens_no_session(sam: Person) -> None:
    """A login is used up by opening it, so what only looks whether an address is there must not."""
    assert (await sam.http.head("/login", params={"login": "x"})).status_code == 405
