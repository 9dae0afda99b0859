"""Delete my account: nothing of a person is left, in whatever table, and others keep what is theirs."""

from typing import Any

import pytest

from tests.integration.chat_api.test_row_level_security import fill
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-054")


async def traces(taskwake: World, *texts: str) -> set[str]:
    """The tables that hold one of these anywhere."""
    tables = await taskwake.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    found = set()
    for table in (row["table_name"] for row in tables):
        for text in texts:
            hidden = text.encode().hex()  # as bytea is shown
            rows = await taskwake.execute(
                f"SELECT 1 FROM {table} AS t WHERE strpos(lower(t::text), %s) + strpos(t::text, %s) > 0 LIMIT 1",  # noqa: S608
                text,
                hidden,
            )
            found |= {table} if rows else set()
    return found


async def leave(person: Person, **body: Any) -> Any:
    return await person.http.request("DELETE", "/me", json=body)


async def test_no_row_of_any_table_holds_id_or_address_and_others_keep_what_is_theirs(
    taskwake: World, kim: Person
) -> None:
    sam = await taskwake.person(email=f"sam-{kim.id}@example.org")
    await fill(taskwake, sam)
    await taskwake.execute("UPDATE users SET email = %s WHERE id = %s", sam.email, sam.id)
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", kim.list_id, sam.id)
    written = await sam.create(title=f"mail {sam.email}", list_id=str(kim.list_id), due_on="2031-01-01")
    hers = await kim.create(title="hers")
    await sam.complete(hers)
    headers = {"Idempotency-Key": "of-kim"}
    await kim.http.patch(f"/tasks/{written['id']}", json={"notes": f"by {sam.id}"}, headers=headers)
    await taskwake.settled()
    assert {"users", "events", "tasks", "idempotency_keys"} <= await traces(taskwake, str(sam.id))
    answer = await leave(sam, confirm=sam.email.upper())
    assert answer.status_code == 204, answer.text
    assert (await sam.http.get("/me")).status_code == 401
    await taskwake.settled()
    assert await traces(taskwake, str(sam.id), sam.email) == set()
    [kept] = await kim.tasks()
    assert (kept["id"], kept["created_by"], kept["title"]) == (written["id"], str(kim.id), "mail nobody")
    told = (await kim.get("/activity"))["activity"]
    assert "Somebody completed “hers”" in [each["text"] for each in told]


async def test_lists_that_others_use_are_named_and_kept_until_one_says_otherwise(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await taskwake.execute("INSERT INTO list_members (list_id, user_id) VALUES (%s, %s)", sam.list_id, kim.id)
    answer = await leave(sam, confirm="Sam")
    assert answer.status_code == 409
    assert "Inbox" in answer.json()["detail"]
    assert (await sam.get("/me"))["id"] == str(sam.id)
    assert (await leave(sam, confirm="Sam", shared="delete")).status_code == 204
    assert [each["id"] for each in await kim.get("/lists")] == [str(kim.list_id)]


async def test_without_its_confirmation_nothing_is_done(taskwake: World, sam: Person) -> None:
    await taskwake.settled()
    before = await taskwake.everything()
    for body in ({}, {"confirm": ""}, {"confirm": "Kim"}, {"confirm": "Sam", "shared": "all"}):
        assert (await leave(sam, **body)).status_code == 422
    assert await taskwake.everything() == before


async def test_sent_with_a_key_it_is_done_like_any_other_write(sam: Person) -> None:
    answer = await sam.http.request("DELETE", "/me", json={"confirm": "Sam"}, headers={"Idempotency-Key": "bye"})
    assert answer.status_code == 204
    assert (await sam.http.get("/me")).status_code == 401
