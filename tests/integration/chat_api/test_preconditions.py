"""ETag, If-Match, If-None-Match: nothing is done to a task that is not the one that was read."""

import asyncio
from typing import Any

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-003")

ACTIONS = {
    "PATCH": ("PATCH", "", {"title": "Call Kim"}),
    "DELETE": ("DELETE", "", None),
    "complete": ("POST", "/complete", None),
    "skip": ("POST", "/skip", None),
    "reopen": ("POST", "/reopen", None),
}


async def act(person: Person, task: dict[str, Any], action: str, **headers: str) -> Any:
    method, path, body = ACTIONS[action]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await person.http.request(method, f"/tasks/{task['id']}{path}", json=body, headers=named)


async def test_every_answer_that_is_a_task_has_its_version_as_its_etag(sam: Person) -> None:
    created = await sam.http.post("/tasks", json={"title": "x", "due_on": "2031-01-01", "rrule": "FREQ=DAILY"})
    assert created.headers["etag"] == '"1"'
    task = created.json()
    for action, version in (("PATCH", 2), ("complete", 3), ("reopen", 4), ("skip", 5)):
        answer = await act(sam, task, action)
        assert (answer.headers["etag"], answer.json()["version"]) == (f'"{version}"', version), action
        assert (await sam.http.get(f"/tasks/{task['id']}")).headers["etag"] == f'"{version}"'


@pytest.mark.parametrize("action", list(ACTIONS))
async def test_a_task_that_was_changed_meanwhile_is_left_as_it_is(taskwake: World, sam: Person, action: str) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.change(task, title="changed meanwhile")
    await taskwake.settled()
    before = await taskwake.everything()
    answer = await act(sam, task, action, If_Match='"1"')
    assert (answer.status_code, answer.headers["content-type"]) == (412, "application/problem+json")
    assert 'it is at version 2 now, its ETag is "2"' in answer.json()["detail"]
    assert await taskwake.everything() == before


@pytest.mark.parametrize("tags", ['"2"', "*", '"1", "2"', '"0","2","9"'])
@pytest.mark.parametrize("action", list(ACTIONS))
async def test_the_task_that_was_read_is_changed(sam: Person, action: str, tags: str) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.change(task, title="x")
    assert (await act(sam, task, action, If_Match=tags)).is_success


@pytest.mark.parametrize("tags", ['W/"1"', '"01"', '"10"', '""'])
async def test_a_weak_tag_and_another_one_match_no_version(sam: Person, tags: str) -> None:
    task = await sam.create()
    assert (await act(sam, task, "PATCH", If_Match=tags)).status_code == 412


async def test_tags_in_several_headers_are_one_list(sam: Person) -> None:
    task = await sam.create()
    headers = [("If-Match", '"7"'), ("If-Match", '"1"')]
    assert (await sam.http.post(f"/tasks/{task['id']}/complete", headers=headers)).status_code == 200


@pytest.mark.parametrize("tags", ["1", "", '"1', '"1" "2"', '*, "1"', "'1'"])
@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
async def test_what_is_no_tag_is_refused_and_changes_nothing(
    taskwake: World, sam: Person, header: str, tags: str
) -> None:
    task = await sam.create()
    method = "PATCH" if header == "If-Match" else "GET"
    answer = await sam.http.request(
        method, f"/tasks/{task['id']}", json={"title": "y"} if method == "PATCH" else None, headers={header: tags}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, header)
    assert await sam.tasks() == [task]


@pytest.mark.parametrize("action", list(ACTIONS))
async def test_a_task_that_is_not_there_is_not_found_whatever_tag_is_asked_for(
    sam: Person, kim: Person, action: str
) -> None:
    task = await kim.create()
    for tags in ("*", '"1"', '"9"'):
        assert (await act(sam, task, action, If_Match=tags)).status_code == 404
    assert await kim.tasks() == [task]


async def test_of_two_changes_at_once_with_the_same_tag_one_is_done(sam: Person) -> None:
    for _ in range(10):
        task = await sam.create()
        path = f"/tasks/{task['id']}"
        answers = await asyncio.gather(
            *(sam.http.patch(path, json={"title": title}, headers={"If-Match": '"1"'}) for title in ("a", "b"))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        [done] = [answer.json() for answer in answers if answer.status_code == 200]
        assert await sam.get(path) == done
        assert done["version"] == 2


async def test_all_of_a_series_is_changed_only_if_the_one_that_is_named_is_as_it_was_read(sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    path = f"/tasks/{task['id']}"
    await sam.change(task, title="x")
    for method, query, body in (("PATCH", "", {"title": "y", "scope": "all"}), ("DELETE", "?scope=all", None)):
        answer = await sam.http.request(method, path + query, json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == 412
    assert (await sam.get(path))["title"] == "x"


async def test_a_change_sent_again_with_its_key_is_not_held_against_what_it_changed_itself(sam: Person) -> None:
    task = await sam.create()
    answers = [await act(sam, task, "PATCH", If_Match='"1"', Idempotency_Key="a") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers["etag"] == answers[1].headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("tags", "status"),
    [('"1"', 304), ('W/"1"', 304), ("*", 304), ('"7", "1"', 304), ('"2"', 200), ('W/"2"', 200)],
)
async def test_a_task_that_is_known_is_not_sent_again(sam: Person, tags: str, status: int) -> None:
    task = await sam.create()
    answer = await sam.http.get(f"/tasks/{task['id']}", headers={"If-None-Match": tags})
    assert (answer.status_code, answer.headers["etag"]) == (status, '"1"')
    assert (answer.content == b"") == (status == 304)
