"""Undoing what was done to lists and their members: all is as it was, and nobody gets in whom another kept out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, get_args

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from functions.chat_api.undo_list import INVERSES
from functions.kernel.events import ListChanged
from functions.kernel.storage import logins
from tests.integration.chat_api.test_sharing import shared, told, watching
from tests.integration.world import Person, World, soon, until

pytestmark = pytest.mark.requirement("PROD-402")

LATER = {"due_at": "2031-01-01T09:00:00Z", "reminders": [{"minutes_before": 5}]}


async def as_it_is(taskwake: World, list_id: str) -> list[dict[str, Any]]:
    """The list, who is what in it, what is in it, and what that will ring; but for versions."""
    return await taskwake.execute(
        """
        SELECT l.name, l.owner_id, l.deleted_at,
            (SELECT jsonb_agg(jsonb_build_array(m.user_id, m.role, m.deleted_at) ORDER BY m.user_id)
             FROM list_members m WHERE m.list_id = l.id) AS members,
            (SELECT jsonb_agg(to_jsonb(t) - '{version,first_version,tx,changed_at}'::text[] ORDER BY t.id)
             FROM tasks t WHERE t.list_id = l.id) AS tasks,
            (SELECT jsonb_agg(jsonb_build_array(r.task_id, r.name, r.remind_at, r.user_id) ORDER BY r.task_id, r.name)
             FROM reminders r WHERE r.list_id = l.id AND fired_at IS NULL) AS waiting
        FROM lists l WHERE l.id = %s
        """,
        list_id,
    )


async def last_change(taskwake: World, list_id: str) -> str:
    """The id of the newest event of the list itself; of a deletion that of who did it."""
    [row] = await taskwake.execute(
        """
        SELECT id::text FROM events WHERE key = %s AND topic = 'list.changed.v1'
          AND (event -> 'data' ->> 'change' <> 'deleted' OR user_id = by_id) ORDER BY seq DESC LIMIT 1
        """,
        list_id,
    )
    return row["id"]


async def rename(_: World, home: str, sam: Person, kim: Person) -> Person:
    await sam.http.patch(f"/lists/{home}", json={"name": "Cottage"})
    return sam


async def demote(_: World, home: str, sam: Person, kim: Person) -> Person:
    await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "viewer"})
    return sam


async def remove(_: World, home: str, sam: Person, kim: Person) -> Person:
    await sam.http.delete(f"/lists/{home}/members/{kim.id}")
    return sam


async def leave(_: World, home: str, sam: Person, kim: Person) -> Person:
    await kim.http.delete(f"/lists/{home}/members/{kim.id}")
    return kim


async def delete(_: World, home: str, sam: Person, kim: Person) -> Person:
    await sam.http.delete(f"/lists/{home}")
    return sam


async def join(taskwake: World, home: str, sam: Person, kim: Person) -> Person:
    lee = await taskwake.person(name="Lee")
    await sam.share(home, lee, "viewer")
    return lee


async def delete_and_restore(taskwake: World, home: str, sam: Person, kim: Person) -> Person:
    await delete(taskwake, home, sam, kim)
    return await undone(taskwake, home, sam)


async def undone(taskwake: World, home: str, by: Person) -> Person:
    await by.post(f"/events/{await last_change(taskwake, home)}/undo")
    return by


DEEDS: dict[str, Callable[[World, str, Person, Person], Awaitable[Person]]] = {
    "renamed": rename,
    "role": demote,
    "removed": remove,
    "left": leave,
    "deleted": delete,
    "joined": join,
    "restored": delete_and_restore,
}
"""Each kind of change, done to the list `home` of Sam's, where Kim is an editor; returns who did it."""
WORDS = {
    "renamed": "Sam renamed the list “Cottage” to “Home”",
    "role": "Sam made Kim an editor of the list “Home”",
    "removed": "Sam made Kim a member of the list “Home” again",
    "left": "Kim joined the list “Home”",
    "deleted": "Sam restored the list “Home”",
    "joined": "Lee left the list “Home”",
    "restored": "Sam deleted the list “Home”",
}


def test_every_kind_of_change_has_its_inverse() -> None:
    kinds = set(get_args(ListChanged.model_fields["change"].annotation))
    assert set(DEEDS) == set(WORDS) == kinds - {"created"}
    assert set(INVERSES) == kinds


async def ours(sam: Person, kim: Person) -> str:
    """A list of Sam's with a task of each, one of them Kim's to do, one a part of another, one that repeats."""
    home = await shared(sam)
    await sam.share(home, kim)
    task = await sam.create(title="assigned", list_id=home, assignee_id=str(kim.id), labels=["garden"], **LATER)
    await sam.create(title="part", parent_id=task["id"])
    await kim.create(title="water", list_id=home, rrule="FREQ=DAILY", **LATER)
    return home


async def home_of(taskwake: World) -> tuple[str, Person, Person]:
    sam, kim = await taskwake.person(), await taskwake.person(name="Kim")
    return await ours(sam, kim), sam, kim


@pytest.mark.parametrize("change", DEEDS)
async def test_what_was_done_is_undone_and_done_again(taskwake: World, sam: Person, kim: Person, change: str) -> None:
    home = await ours(sam, kim)
    before = await as_it_is(taskwake, home)
    by = await DEEDS[change](taskwake, home, sam, kim)
    after = await as_it_is(taskwake, home)
    answer = await by.post(f"/events/{await last_change(taskwake, home)}/undo")
    assert answer["text"] == WORDS[change]
    if change != "restored":
        assert await as_it_is(taskwake, home) == before
    again = await by.post(f"/events/{answer['by_event']}/undo")
    assert "omebody" not in again["text"]
    if change not in ("deleted", "joined"):  # when it was deleted, and who Lee is, is another each time
        assert await as_it_is(taskwake, home) == after
    await by.post(f"/events/{again['by_event']}/undo")
    if change != "restored":
        assert await as_it_is(taskwake, home) == before
    assert (await by.http.post(f"/events/{answer['undone']}/undo")).status_code == 409
    await taskwake.settled()


@pytest.mark.parametrize("change", DEEDS)
async def test_what_was_done_last_is_undone_without_its_id(
    taskwake: World, sam: Person, kim: Person, change: str
) -> None:
    home = await ours(sam, kim)
    if change == "restored":
        return  # it undid something itself, so what was done before that is next
    by = await DEEDS[change](taskwake, home, sam, kim)
    assert (await by.post("/undo"))["text"] == WORDS[change]


@pytest.mark.requirement("PROD-487")
async def test_a_list_that_was_made_is_seen_at_once_and_goes_again_by_undo(taskwake: World, sam: Person) -> None:
    async with watching(sam) as events:
        home = (await sam.post("/lists", {"name": "Home"}))["id"]

        async def seen() -> bool:
            return told(events, home) == ["created"]

        await until(seen)
    [made] = (await sam.get("/activity", list_id=home))["activity"]
    assert (made["text"], made["undoable"]) == ("Sam created the list “Home”", True)
    undone = await sam.post("/undo")
    assert (undone["undone"], undone["text"]) == (made["id"], "Sam deleted the list “Home”")
    assert (await sam.http.get(f"/lists/{home}")).status_code == 404
    await sam.post(f"/events/{undone['by_event']}/undo")
    assert (await sam.get(f"/lists/{home}"))["name"] == "Home"


@pytest.mark.requirement("PROD-487")
async def test_a_list_in_which_something_is_does_not_go_by_undoing_that_it_was_made(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = (await sam.post("/lists", {"name": "Home"}))["id"]
    made = await last_change(taskwake, home)
    task = await sam.create(title="Report", list_id=home)
    refused = await sam.http.post(f"/events/{made}/undo")
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "there are tasks in the list “Home”; delete it instead",
    )
    await sam.delete(task)
    await sam.share(home, kim)
    refused = await sam.http.post(f"/events/{made}/undo")
    assert refused.status_code == 409
    assert "Kim has done something in the list since" in refused.json()["detail"]
    assert (await sam.get(f"/lists/{home}"))["name"] == "Home"


@pytest.mark.requirement("PROD-487")
async def test_who_made_a_list_that_is_anothers_now_has_nothing_to_undo(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = (await sam.post("/lists", {"name": "Home"}))["id"]
    made = await last_change(taskwake, home)
    await sam.share(home, kim)
    await sam.create(title="Report", list_id=home)
    await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "owner"})
    refused = await sam.http.post(f"/events/{made}/undo")
    assert (refused.status_code, refused.json()["detail"]) == (409, "the list is gone, or is not yours any more")


@pytest.mark.requirement("PROD-404")
@given(deeds=st.lists(st.sampled_from([rename, demote, remove, leave, delete]), min_size=1, max_size=4))
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
async def test_any_deeds_undone_one_after_the_other_end_where_they_began(
    taskwake: World, deeds: list[Callable[..., Awaitable[Person]]]
) -> None:
    home, sam, kim = await home_of(taskwake)
    states = [await as_it_is(taskwake, home)]
    done: list[tuple[Person, str]] = []
    for deed in deeds:
        by = await deed(taskwake, home, sam, kim)
        if (state := await as_it_is(taskwake, home)) != states[-1]:
            states.append(state)
            done.append((by, await last_change(taskwake, home)))
    while done:
        by, event = done.pop()
        answer = await by.http.post(f"/events/{event}/undo")
        if by is kim and answer.status_code == 409:
            # Kim left, and Sam went on without her.
            assert await as_it_is(taskwake, home) == states[-1]
            break
        assert answer.status_code == 200, answer.text
        states.pop()
        assert await as_it_is(taskwake, home) == states[-1]
    await taskwake.settled()


@pytest.mark.requirement("PROD-400")
async def test_deleted_list_is_restored_for_all_its_members(taskwake: World, sam: Person, kim: Person) -> None:
    home = await ours(sam, kim)
    invited = await sam.post(f"/lists/{home}/invitations", {"role": "viewer"})
    tasks = {person.id: await person.tasks(list_id=home, status="all") for person in (sam, kim)}
    copies = {person.id: (await person.get("/sync"))["cursor"] for person in (sam, kim)}
    async with watching(kim) as events:
        await sam.http.delete(f"/lists/{home}")
        for person in (sam, kim):
            gone = await person.get("/sync", cursor=copies[person.id])
            assert gone["deleted"]["lists"] == [home]
            copies[person.id] = gone["cursor"]
        await sam.post("/undo")

        async def heard() -> bool:
            return told(events, home) == ["deleted", "restored"]

        await until(heard)
    for person in (sam, kim):
        assert await person.tasks(list_id=home, status="all") == tasks[person.id]
        there = await person.get("/sync", cursor=copies[person.id])
        assert [each["id"] for each in there["lists"]] == [home]
        assert sorted(each["id"] for each in there["tasks"]) == sorted(each["id"] for each in tasks[person.id])
    lee = await taskwake.person(name="Lee")
    await lee.post(f"/invitations/{invited['secret']}/accept")
    await taskwake.settled()


@pytest.mark.requirement("PROD-400")
async def test_what_is_in_a_deleted_list_is_nowhere(taskwake: World, sam: Person, kim: Person) -> None:
    home = await ours(sam, kim)
    [task] = [each for each in await sam.tasks(list_id=home) if each["title"] == "assigned"]
    invited = await sam.post(f"/lists/{home}/invitations", {"role": "viewer"})
    await taskwake.execute(
        """
        INSERT INTO misses (id, user_id, series_id, task_id, title, catch_up, missed, first_at, last_at)
        SELECT gen_random_uuid(), %s, series_id, id, title, 'latest', 1, now(), now() FROM tasks
        WHERE list_id = %s AND series_id IS NOT NULL
        """,
        sam.id,
        home,
    )
    assert len((await sam.get("/reminders/misses"))["misses"]) == 1
    await sam.http.delete(f"/lists/{home}")
    for person in (sam, kim):
        assert (await person.get("/reminders/misses"))["misses"] == []
        assert (await person.get("/reminders/ledger"))["entries"] == []
        assert await person.tasks(search="assigned") == await person.tasks(label="garden") == []
        assert (await person.http.get(f"/tasks/{task['id']}")).status_code == 404
        assert (await person.http.patch(f"/tasks/{task['id']}", json={"title": "x"})).status_code == 404
        assert (await person.http.get(f"/lists/{home}/members")).status_code == 404
        assert home not in {each["id"] for each in await person.get("/lists")}
        assert task["id"] not in (await person.http.get("/export")).text.split('"notices"')[0]
        fresh = await person.get("/sync")
        assert home not in {each["id"] for each in fresh["lists"]}
        assert task["id"] not in {each["id"] for each in fresh["tasks"]}
        answer = await person.http.post("/tasks", json={"title": "x", "list_id": home})
        assert answer.status_code == 422
    lee = await taskwake.person(name="Lee")
    assert (await lee.http.get(f"/invitations/{invited['secret']}")).status_code == 404
    assert (await lee.http.post(f"/invitations/{invited['secret']}/accept")).status_code == 404
    assert (await sam.http.delete(f"/lists/{home}")).status_code == 404


@pytest.mark.requirement("PROD-401")
async def test_nothing_in_a_deleted_list_rings_and_restored_what_is_to_come_does(taskwake: World, sam: Person) -> None:
    home = await shared(sam)
    missed = await sam.create(title="missed", list_id=home, due_at=soon(1))
    await sam.http.delete(f"/lists/{home}")
    # Due at the same moment in a list that is there, so it tells when the moment has come.
    there = await sam.create(title="there", due_at=soon(1))
    await sam.is_told(there)
    await sam.post("/undo")  # of the task that was created last
    await sam.post("/undo")
    coming = await sam.create(title="coming", list_id=home, due_at=soon(1))
    await sam.is_told(coming)
    assert await sam.notices(missed) == []
    assert (await sam.get(f"/tasks/{missed['id']}"))["status"] == "open"


@pytest.mark.requirement("PROD-401")
async def test_reminder_to_come_waits_again_when_its_list_is_restored(taskwake: World, sam: Person) -> None:
    home = await shared(sam)
    task = await sam.create(list_id=home, due_at=soon(4))
    await sam.http.delete(f"/lists/{home}")
    await sam.post("/undo")
    await sam.is_told(task)


@pytest.mark.requirement("PROD-401")
async def test_series_goes_on_in_a_deleted_list_and_reminds_when_that_is_restored(taskwake: World, sam: Person) -> None:
    home = await shared(sam)
    task = await sam.create(title="water", list_id=home, rrule="FREQ=DAILY", **LATER)
    await sam.complete(task)
    await sam.http.delete(f"/lists/{home}")
    await taskwake.settled()
    assert await taskwake.execute("SELECT 1 FROM reminders WHERE list_id = %s AND fired_at IS NULL", home) == []
    await sam.post("/undo")
    [following] = await sam.tasks(list_id=home)
    assert len(await taskwake.execute("SELECT 1 FROM reminders WHERE task_id = %s", following["id"])) == 2


@pytest.mark.requirement("PROD-406")
async def test_deleted_list_goes_for_good_with_its_owners_account(taskwake: World, sam: Person, kim: Person) -> None:
    home = await ours(sam, kim)
    await sam.http.delete(f"/lists/{home}")
    answer = await sam.http.request("DELETE", "/me", json={"confirm": "Sam"})
    assert answer.status_code == 204, answer.text
    for query in (
        "SELECT 1 FROM lists WHERE id = %s",
        "SELECT 1 FROM tasks WHERE list_id = %s",
        "SELECT 1 FROM series WHERE list_id = %s",
        "SELECT 1 FROM list_members WHERE list_id = %s",
    ):
        assert await taskwake.execute(query, home) == []


async def test_member_without_an_account_is_not_in_the_restored_list(taskwake: World, sam: Person, kim: Person) -> None:
    home = await ours(sam, kim)
    await sam.http.delete(f"/lists/{home}")
    assert (await kim.http.request("DELETE", "/me", json={"confirm": "Kim"})).status_code == 204
    await sam.post("/undo")
    assert [each["name"] for each in (await sam.get(f"/lists/{home}/members"))["members"]] == ["Sam"]
    assert {each["assignee_id"] for each in await sam.tasks(list_id=home)} == {None}


async def test_restored_list_is_deleted_again_only_while_nobody_else_used_it(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await ours(sam, kim)
    await sam.http.delete(f"/lists/{home}")
    restored = await sam.post("/undo")
    await kim.create(title="new", list_id=home)
    answer = await sam.http.post(f"/events/{restored['by_event']}/undo")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Kim has done something in the list since; delete it instead"


async def test_of_two_undos_of_one_deletion_at_once_one_is_done(sam: Person, kim: Person, taskwake: World) -> None:
    home = await ours(sam, kim)
    await sam.http.delete(f"/lists/{home}")
    event = await last_change(taskwake, home)
    answers = await asyncio.gather(*(sam.http.post(f"/events/{event}/undo") for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def refused(answer: httpx.Response) -> str:
    assert answer.status_code == 409, answer.text
    detail: str = answer.json()["detail"]
    return detail


async def test_role_that_was_changed_since_is_left_alone(taskwake: World, sam: Person, kim: Person) -> None:
    home = await ours(sam, kim)
    await demote(taskwake, home, sam, kim)
    event = await last_change(taskwake, home)
    await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "editor"})
    assert "another role" in await refused(await sam.http.post(f"/events/{event}/undo"))


@pytest.mark.requirement("PROD-403")
async def test_who_was_removed_does_not_return_by_undoing_that_they_left_before(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await ours(sam, kim)
    await leave(taskwake, home, sam, kim)
    left = await last_change(taskwake, home)
    await sam.share(home, kim)
    await remove(taskwake, home, sam, kim)
    assert "who owns it can invite you again" in await refused(await kim.http.post(f"/events/{left}/undo"))
    removed = await last_change(taskwake, home)
    assert (await kim.http.post(f"/events/{removed}/undo")).status_code == 403


@pytest.mark.requirement("PROD-403")
async def test_who_left_does_not_return_once_something_was_done_in_the_list(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await ours(sam, kim)
    await leave(taskwake, home, sam, kim)
    left = await last_change(taskwake, home)
    secret = await sam.create(title="without Kim", list_id=home)
    assert "something was done in it since" in await refused(await kim.http.post(f"/events/{left}/undo"))
    assert "something was done in it since" in await refused(await kim.http.post("/undo"))
    assert (await kim.http.get(f"/tasks/{secret['id']}")).status_code == 404


@pytest.mark.requirement("PROD-403")
async def test_who_left_by_themselves_is_not_let_in_again_by_undoing_an_older_removal(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await ours(sam, kim)
    await remove(taskwake, home, sam, kim)
    removed = await last_change(taskwake, home)
    await sam.share(home, kim)
    await leave(taskwake, home, sam, kim)
    assert "left it themselves" in await refused(await sam.http.post(f"/events/{removed}/undo"))


@pytest.mark.requirement("PROD-403")
@pytest.mark.parametrize("path", ["/undo", "/events/{id}/undo"])
async def test_token_that_may_not_change_members_lets_nobody_in_by_undo(
    taskwake: World, sam: Person, kim: Person, path: str
) -> None:
    home = await ours(sam, kim)
    made = await sam.post("/tokens", {"name": "writes", "scopes": ["tasks:read", "tasks:write"]})
    await remove(taskwake, home, sam, kim)
    event = await last_change(taskwake, home)
    answer = await sam.http.post(path.format(id=event), headers={"authorization": f"Bearer {made['secret']}"})
    assert answer.status_code == 403
    assert "account" in answer.json()["detail"]
    assert (await kim.http.get(f"/lists/{home}")).status_code == 404


@pytest.mark.requirement("PROD-403")
async def test_database_lets_nobody_in_by_an_event_that_rests_on_no_departure(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await ours(sam, kim)
    lee = await taskwake.person(name="Lee")
    async with await psycopg.AsyncConnection.connect(taskwake.url(logins.API.name)) as connection:
        await connection.execute("SELECT set_config('taskwake.user_id', %s, true)", (str(lee.id),))
        cursor = await connection.execute(
            """
            INSERT INTO events (id, topic, key, list_id, user_id, by_id, event)
            VALUES (gen_random_uuid(), 'list.changed.v1', %(list)s, %(list)s, %(lee)s, %(lee)s, '{}') RETURNING id
            """,
            {"list": home, "lee": lee.id},
        )
        [forged] = await cursor.fetchone() or []
        assert (await connection.execute("SELECT readmit(%s, 100)", (forged,))).rowcount == 0
        await connection.rollback()


@pytest.mark.requirement("PROD-400")
async def test_who_accepts_while_the_list_is_deleted_is_no_member_of_it(taskwake: World, sam: Person) -> None:
    home = await shared(sam)
    people = [await taskwake.person(name=f"p{number}") for number in range(4)]
    secrets = [(await sam.post(f"/lists/{home}/invitations", {}))["secret"] for _ in people]
    await asyncio.gather(
        sam.http.delete(f"/lists/{home}"),
        *(each.http.post(f"/invitations/{secret}/accept") for each, secret in zip(people, secrets, strict=True)),
    )
    for each in people:
        assert (await each.http.get(f"/lists/{home}")).status_code == 404
    assert await taskwake.execute("SELECT 1 FROM list_members WHERE list_id = %s AND deleted_at IS NULL", home) == []


@pytest.mark.requirement("PROD-403")
async def test_handed_over_list_is_not_taken_back(taskwake: World, sam: Person, kim: Person) -> None:
    home = await ours(sam, kim)
    await demote(taskwake, home, sam, kim)
    demoted = await last_change(taskwake, home)
    await remove(taskwake, home, sam, kim)
    removed = await last_change(taskwake, home)
    await undone(taskwake, home, sam)
    await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "owner"})
    assert "its owner can hand it back" in await refused(await sam.http.post("/undo"))
    for event in (demoted, removed):
        await refused(await sam.http.post(f"/events/{event}/undo"))
    assert (await sam.get(f"/lists/{home}"))["owner_id"] == str(kim.id)


@pytest.mark.requirement("PROD-403")
async def test_former_owner_restores_no_list_that_its_next_owner_deleted(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await ours(sam, kim)
    await delete_and_restore(taskwake, home, sam, kim)
    [first] = await taskwake.execute(
        """
        SELECT id FROM events WHERE key = %s AND user_id = %s AND event -> 'data' ->> 'change' = 'deleted'
        """,
        home,
        sam.id,
    )
    await sam.http.patch(f"/lists/{home}/members/{kim.id}", json={"role": "owner"})
    await kim.http.delete(f"/lists/{home}")
    await refused(await sam.http.post(f"/events/{first['id']}/undo"))
    of_kim = await last_change(taskwake, home)
    assert (await sam.http.post(f"/events/{of_kim}/undo")).status_code in (403, 404)
    assert (await kim.post(f"/events/{of_kim}/undo"))["text"] == "Kim restored the list “Home”"


async def test_too_many_lists_restore_none(taskwake: World, sam: Person) -> None:
    home = await shared(sam)
    await sam.http.delete(f"/lists/{home}")
    await taskwake.execute(
        "INSERT INTO lists (id, owner_id, name) SELECT gen_random_uuid(), %s, 'a' FROM generate_series(1, 499)", sam.id
    )
    assert "may have 500" in await refused(await sam.http.post("/undo"))


async def test_new_name_is_undone_and_done_again_until_it_is_another(sam: Person, taskwake: World) -> None:
    work = await shared(sam, name="Work")
    await sam.http.patch(f"/lists/{work}", json={"name": "Office"})
    undone_by = await sam.post("/undo")
    assert (await sam.get(f"/lists/{work}"))["name"] == "Work"
    await sam.post(f"/events/{undone_by['by_event']}/undo")
    assert (await sam.get(f"/lists/{work}"))["name"] == "Office"


async def test_after_a_list_was_deleted_and_restored_what_was_done_in_it_is_undone(sam: Person) -> None:
    work = await shared(sam, name="Work")
    await sam.create(title="in it", list_id=work)
    await sam.http.delete(f"/lists/{work}")
    texts = [(await sam.post("/undo"))["text"] for _ in range(2)]
    assert texts == ["Sam restored the list “Work”", "Sam deleted “in it”"]


async def test_list_that_was_deleted_restored_and_deleted_again_is_restored_by_the_last_deletion(
    taskwake: World, sam: Person, kim: Person
) -> None:
    home = await ours(sam, kim)
    await delete(taskwake, home, sam, kim)
    first = await last_change(taskwake, home)
    await undone(taskwake, home, sam)
    await undone(taskwake, home, sam)
    assert "undone already" in await refused(await sam.http.post(f"/events/{first}/undo"))
    await undone(taskwake, home, sam)
    assert (await sam.get(f"/lists/{home}"))["name"] == "Home"


async def test_name_of_a_list_that_is_gone_is_passed_over_for_what_still_stands(
    taskwake: World, sam: Person, kim: Person
) -> None:
    task = await sam.create(title="older")
    home = await shared(kim)
    await kim.share(home, sam)
    await kim.http.delete(f"/lists/{home}")
    assert (await sam.post("/undo"))["text"] == "Sam deleted “older”"
    assert (await sam.http.get(f"/tasks/{task['id']}")).status_code == 404
