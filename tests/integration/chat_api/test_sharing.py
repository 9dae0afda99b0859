"""Lists that are shared: renamed, deleted, members, invitations, and what ends with a membership."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from functions.kernel.credential import hashed
from tests.integration.world import Person, World, soon, until

pytestmark = pytest.mark.requirement("PROD-022")


async def shared(sam: Person, *, name: str = "Home") -> str:
    return (await sam.post("/lists", {"name": name}))["id"]


@contextlib.asynccontextmanager
async def watching(person: Person) -> AsyncIterator[list[dict[str, Any]]]:
    """What arrives on this person's event stream meanwhile."""
    events: list[dict[str, Any]] = []
    async with person.http.stream("GET", "/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"

        async def read() -> None:
            async for line in lines:
                if line.startswith("data: "):
                    events.append(json.loads(line[6:]))

        reading = asyncio.create_task(read())
        try:
            yield events
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


def told(events: list[dict[str, Any]], list_id: str) -> list[str]:
    return [
        event["data"]["change"]
        for event in events
        if event["type"] == "dev.taskwake.list.changed.v1" and event["data"]["list_id"] == list_id
    ]


async def test_an_owner_renames_a_list_and_its_members_see_it(sam: Person, kim: Person) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    async with watching(kim) as events:
        answer = await sam.http.patch(f"/lists/{home}", json={"name": "Cottage"})
        assert answer.json()["name"] == "Cottage"
        await sam.http.patch(f"/lists/{home}", json={"name": "Cottage"})
        assert await kim.get(f"/lists/{home}") == answer.json() | {"role": "editor"}

        async def heard() -> bool:
            return told(events, home) == ["renamed"]

        await until(heard)


async def test_a_deleted_list_is_gone_with_its_tasks_for_every_member(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    task = await sam.create(list_id=home, due_at=soon(3600), rrule="FREQ=DAILY")
    async with watching(kim) as events:
        assert (await sam.http.delete(f"/lists/{home}")).status_code == 204

        async def heard() -> bool:
            return told(events, home) == ["deleted"]

        await until(heard)
    for person in (sam, kim):
        assert (await person.http.get(f"/lists/{home}")).status_code == 404
        assert (await person.http.get(f"/tasks/{task['id']}")).status_code == 404
    assert await taskwake.execute("SELECT 1 FROM reminders WHERE list_id = %s", home) == []
    await taskwake.settled()


async def test_ones_only_list_stays(sam: Person, kim: Person) -> None:
    assert (await sam.http.delete(f"/lists/{sam.list_id}")).status_code == 409
    await sam.share(sam.list_id, kim)
    answer = await sam.http.patch(f"/lists/{sam.list_id}/members/{kim.id}", json={"role": "owner"})
    assert answer.status_code == 409
    assert "create another" in answer.json()["detail"]


async def test_of_two_lists_deleted_at_once_one_stays(sam: Person) -> None:
    other = await shared(sam)
    answers = await asyncio.gather(*(sam.http.delete(f"/lists/{list_id}") for list_id in (other, sam.list_id)))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_an_invitation_lets_one_in_once(taskwake: World, sam: Person, kim: Person) -> None:
    lee = await taskwake.person(name="Lee")
    home = await shared(sam)
    invited = await sam.post(f"/lists/{home}/invitations", {"role": "viewer"})
    [row] = await taskwake.execute("SELECT i::text AS text, hash FROM list_invitations i WHERE id = %s", invited["id"])
    assert row["hash"] == hashed(invited["secret"])
    assert invited["secret"] not in row["text"]
    about = await kim.get(f"/invitations/{invited['secret']}")
    assert (about["list_name"], about["invited_by"], about["role"], about["is_member"]) == (
        "Home",
        "Sam",
        "viewer",
        False,
    )
    answers = await asyncio.gather(
        *(person.http.post(f"/invitations/{invited['secret']}/accept") for person in (kim, lee))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    members = (await sam.get(f"/lists/{home}/members"))["members"]
    assert [member["role"] for member in members] == ["owner", "viewer"]
    assert (await sam.get(f"/lists/{home}/invitations"))["invitations"] == []


@pytest.mark.requirement("PROD-170")
async def test_nobody_joins_by_an_address_that_somebody_says_of_themselves(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim", email=f"{uuid4()}@example.org")
    mallory = await taskwake.person(name="Mallory", email=kim.email)
    home = await shared(sam)
    answer = await sam.http.post(f"/lists/{home}/members", json={"email": kim.email})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    await sam.post(f"/lists/{home}/invitations", {})
    for person in (kim, mallory):
        assert (await person.http.get(f"/lists/{home}")).status_code == 404
    assert len((await sam.get(f"/lists/{home}/members"))["members"]) == 1


async def test_who_is_a_member_uses_no_invitation(sam: Person, kim: Person) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    invited = await sam.post(f"/lists/{home}/invitations", {"role": "viewer"})
    assert (await kim.post(f"/invitations/{invited['secret']}/accept"))["role"] == "editor"
    assert [open["id"] for open in (await sam.get(f"/lists/{home}/invitations"))["invitations"]] == [invited["id"]]


async def test_a_revoked_old_or_made_up_invitation_is_none(taskwake: World, sam: Person, kim: Person) -> None:
    home = await shared(sam)
    revoked, old = [await sam.post(f"/lists/{home}/invitations", {}) for _ in range(2)]
    assert (await sam.http.delete(f"/lists/{home}/invitations/{revoked['id']}")).status_code == 204
    await taskwake.execute("UPDATE list_invitations SET expires_at = now() WHERE id = %s", old["id"])
    for secret in (revoked["secret"], old["secret"], "made-up", "%00", "x" * 90):
        assert (await kim.http.get(f"/invitations/{secret}")).status_code == 404
        assert (await kim.http.post(f"/invitations/{secret}/accept")).status_code == 404
    assert len((await sam.get(f"/lists/{home}/members"))["members"]) == 1


@pytest.mark.parametrize("expires_at", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "soon"])
async def test_an_invitation_holds_for_30_days_at_most(sam: Person, expires_at: str) -> None:
    home = await shared(sam)
    answer = await sam.http.post(f"/lists/{home}/invitations", json={"expires_at": expires_at})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "expires_at"


async def test_an_invitation_sent_again_with_its_key_is_one_without_its_secret(sam: Person) -> None:
    home = await shared(sam)
    key = {"Idempotency-Key": str(uuid4())}
    first, again = [await sam.http.post(f"/lists/{home}/invitations", json={}, headers=key) for _ in range(2)]
    assert again.json() == first.json() | {"secret": None}


async def test_a_list_handed_over_has_another_owner(sam: Person, kim: Person) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    assert (await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "owner"})).status_code == 204
    assert (await kim.get(f"/lists/{home}"))["role"] == "owner"
    assert (await sam.get(f"/lists/{home}"))["role"] == "editor"
    assert (await sam.http.delete(f"/lists/{home}")).status_code == 403
    assert (await sam.http.delete(f"/lists/{home}/members/{sam.id}")).status_code == 204


async def test_a_viewer_writes_from_the_moment_they_are_an_editor(sam: Person, kim: Person) -> None:
    home = await shared(sam)
    await sam.share(home, kim, "viewer")
    task = await sam.create(list_id=home)
    assert (await kim.http.post(f"/tasks/{task['id']}/complete")).status_code == 403
    assert (await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "editor"})).status_code == 204
    assert (await kim.http.post(f"/tasks/{task['id']}/complete")).status_code == 200


@pytest.mark.requirement("PROD-172")
async def test_a_viewer_is_told_that_they_may_only_see_and_a_stranger_that_there_is_nothing(
    taskwake: World, sam: Person, kim: Person
) -> None:
    stranger = await taskwake.person(name="Lee")
    home = await shared(sam)
    await sam.share(home, kim, "viewer")
    task = await sam.create(title="Paint the fence", list_id=home, due_at=soon(3600), rrule="FREQ=DAILY")
    own, lees = await kim.create(), await stranger.create()
    writes: list[tuple[str, str, Any]] = [
        ("PATCH", "", {"title": "mine"}),
        ("POST", "/move", {"first": True}),
        ("POST", "/complete", None),
        ("POST", "/skip", None),
        ("POST", "/reopen", None),
        ("DELETE", "", None),
    ]
    for who, mine, status in ((kim, own, 403), (stranger, lees, 404)):
        for method, path, body in writes:
            answer = await who.http.request(method, f"/tasks/{task['id']}{path}", json=body)
            assert answer.status_code == status, (path, answer.text)
        # A body's id of what is not there for one is a wrong field.
        in_body = 403 if status == 403 else 422
        for field, value in (("list_id", home), ("parent_id", task["id"])):
            for answer in (
                await who.http.post("/tasks", json={"title": "x", field: value}),
                await who.http.patch(f"/tasks/{mine['id']}", json={field: value}),
            ):
                assert answer.status_code == in_body, (field, answer.text)
        imported = await who.http.post("/import", params={"list_id": home}, json=[])
        assert imported.status_code == in_body
    assert await sam.get(f"/tasks/{task['id']}") == task
    said = await kim.post("/chat", {"text": "complete paint the fence"})
    assert "may only look at" in said["answer"]


@pytest.mark.requirement("PROD-173")
async def test_a_viewer_is_assigned_nothing_and_who_becomes_one_no_more(sam: Person, kim: Person) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    assigned = await sam.create(
        list_id=home, due_local="2035-06-01T09:00:00", rrule="FREQ=DAILY", assignee_id=str(kim.id)
    )
    assert (await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "viewer"})).status_code == 204
    task = await sam.get(f"/tasks/{assigned['id']}")
    assert (task["assignee_id"], task["version"]) == (None, 2)
    assert [entry["task_id"] for entry in (await sam.get("/reminders/ledger"))["entries"]] == [task["id"]]
    assert (await kim.get("/reminders/ledger"))["entries"] == []
    elsewhere = await sam.create()
    for answer in (
        await sam.http.patch(f"/tasks/{task['id']}", json={"assignee_id": str(kim.id)}),
        await sam.http.post("/tasks", json={"title": "x", "list_id": home, "assignee_id": str(kim.id)}),
        await sam.http.patch(f"/tasks/{elsewhere['id']}", json={"list_id": home, "assignee_id": str(kim.id)}),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == "assignee_id"
        assert "viewer" in answer.json()["detail"]


async def become_viewer(owner: Person, home: str, person: Person) -> None:
    answer = await owner.http.patch(f"/lists/{home}/members/{person.id}", json={"role": "viewer"})
    assert answer.status_code == 204


@pytest.mark.requirement("PROD-437")
async def test_what_is_open_again_is_nobodys_when_its_assignee_became_a_viewer(sam: Person, kim: Person) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    done, gone = [await sam.create(list_id=home, assignee_id=str(kim.id)) for _ in range(2)]
    parts = [await sam.create(parent_id=whole["id"], assignee_id=str(kim.id)) for whole in (done, gone)]
    await sam.complete(done)
    assert (await sam.http.delete(f"/tasks/{gone['id']}")).status_code == 204
    await become_viewer(sam, home, kim)
    assert (await sam.get(f"/tasks/{done['id']}"))["assignee_id"] == str(kim.id), "who did it stays known"
    [deleted, *_] = (await sam.get(f"/tasks/{gone['id']}/activity"))["activity"]
    await sam.post(f"/events/{deleted['id']}/undo")
    assert (await sam.http.post(f"/tasks/{done['id']}/reopen")).status_code == 200
    for task in (done, gone, *parts):
        now = await sam.get(f"/tasks/{task['id']}")
        assert (now["status"], now["assignee_id"]) == ("open", None)


@pytest.mark.requirement("PROD-437")
async def test_no_occurrence_that_comes_is_assigned_to_who_became_a_viewer(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    task = await sam.create(list_id=home, due_on="2031-01-01", rrule="FREQ=DAILY", assignee_id=str(kim.id))
    await sam.change(task, assignee_id=str(sam.id), scope="this")
    await become_viewer(sam, home, kim)
    await sam.complete(task)
    await taskwake.settled()
    [following] = [each for each in await sam.tasks() if each["list_id"] == home]
    assert (following["due_on"], following["assignee_id"]) == ("2031-01-02", None)


@pytest.mark.requirement("PROD-173")
async def test_a_task_that_moves_to_where_its_assignee_may_only_see_is_not_theirs(sam: Person, kim: Person) -> None:
    home, garden = await shared(sam), await shared(sam, name="Garden")
    await sam.share(home, kim)
    await sam.share(garden, kim, "viewer")
    whole = await sam.create(list_id=home, assignee_id=str(kim.id))
    part = await sam.create(parent_id=whole["id"], assignee_id=str(kim.id))
    assert (await sam.change(whole, list_id=garden))["assignee_id"] is None
    assert (await sam.get(f"/tasks/{part['id']}"))["assignee_id"] is None


async def test_the_owner_neither_leaves_nor_is_another_role(sam: Person, kim: Person) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    assert (await sam.http.delete(f"/lists/{home}/members/{sam.id}")).status_code == 409
    assert (await sam.http.patch(f"/lists/{home}/members/{sam.id}", json={"role": "viewer"})).status_code == 409
    for method, path, body in [
        ("PATCH", f"/lists/{home}", {"name": "x"}),
        ("DELETE", f"/lists/{home}", None),
        ("DELETE", f"/lists/{home}/members/{sam.id}", None),
        ("PATCH", f"/lists/{home}/members/{kim.id}", {"role": "owner"}),
        ("POST", f"/lists/{home}/invitations", {}),
        ("GET", f"/lists/{home}/invitations", None),
    ]:
        assert (await kim.http.request(method, path, json=body)).status_code == 403, (method, path)


@pytest.mark.requirement("PROD-023")
@pytest.mark.parametrize("by", ["removed", "left"])
async def test_who_is_no_member_any_more_is_assigned_reminded_and_told_nothing(
    taskwake: World, sam: Person, kim: Person, by: str
) -> None:
    home = await shared(sam)
    await sam.share(home, kim)
    due = soon(3600)
    theirs = await kim.create(list_id=home, due_at=due)
    assigned = await sam.create(list_id=home, due_at=due, assignee_id=str(kim.id))
    await kim.create(due_at=due)
    async with watching(kim) as events:
        who = sam if by == "removed" else kim
        assert (await who.http.delete(f"/lists/{home}/members/{kim.id}")).status_code == 204
        reminded = await taskwake.execute("SELECT DISTINCT list_id FROM reminders WHERE user_id = %s", kim.id)
        assert [row["list_id"] for row in reminded] == [kim.list_id]
        assert (await sam.get(f"/tasks/{assigned['id']}"))["assignee_id"] is None
        # What they wrote is changed by who stays, and reminds them no more.
        await sam.change(theirs, due_at=soon(7200))
        reminded = await taskwake.execute("SELECT 1 FROM reminders WHERE user_id = %s AND list_id = %s", kim.id, home)
        assert reminded == []
        last = await kim.create(title="last")

        async def heard() -> bool:
            return any(event.get("data", {}).get("task", {}).get("id") == last["id"] for event in events)

        await until(heard)
        assert told(events, home) == [by]
        assert [event for event in events if event.get("data", {}).get("task", {}).get("list_id") == home] == []
    assert (await kim.http.get(f"/tasks/{theirs['id']}")).status_code == 404
    assert (await kim.http.get(f"/lists/{home}/members")).status_code == 404
