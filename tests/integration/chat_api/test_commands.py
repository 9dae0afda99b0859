"""Commands: many writes in one request, each done once, however often it is sent."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-043")

NOBODY = "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"


def command(kind: str, temp_id: str | None = None, **args: Any) -> dict[str, Any]:
    return {"type": kind, "uuid": str(uuid4()), "args": args} | ({"temp_id": temp_id} if temp_id else {})


async def run(person: Person, *commands: dict[str, Any], **options: Any) -> dict[str, Any]:
    return await person.post("/commands", {"commands": list(commands), **options})


async def everything(taskwake: World) -> dict[str, Any]:
    """All rows of all tables, when nothing of before is still being done."""
    await taskwake.settled()
    return await taskwake.everything()


async def titles(person: Person) -> list[str]:
    return [task["title"] for task in await person.tasks(status="all")]


async def events(taskwake: World, person: Person) -> list[str]:
    found = await taskwake.execute("SELECT topic FROM events WHERE list_id = %s ORDER BY seq", person.list_id)
    return [row["topic"] for row in found]


async def kept(taskwake: World, person: Person) -> list[str]:
    found = await taskwake.execute("SELECT uuid::text FROM commands WHERE user_id = %s", person.id)
    return [row["uuid"] for row in found]


async def test_each_command_does_and_answers_what_its_single_route_does(taskwake: World, sam: Person) -> None:
    task = await sam.create(title="there")
    daily = await sam.create(title="daily", due_on="2031-01-01", rrule="FREQ=DAILY")
    done = await run(
        sam,
        command("task_create", title="new", due_at="2031-01-01T09:00:00Z"),
        command("task_update", id=task["id"], title="changed", version=1),
        command("task_complete", id=task["id"]),
        command("task_reopen", id=task["id"], version=3),
        command("task_skip", id=daily["id"]),
        command("list_create", name="work"),
        command("task_delete", id=task["id"]),
    )
    assert [(each["status"], each["problem"]) for each in done["results"]] == [("ok", None)] * 7
    new, changed, completed, reopened, skipped, made, deleted = (each["result"] for each in done["results"])
    assert new == await sam.get(f"/tasks/{new['id']}")
    assert (changed["title"], completed["status"], reopened["version"]) == ("changed", "done", 4)
    assert (skipped["skipped"], made["role"], deleted) == (True, "owner", None)
    await taskwake.settled()
    assert sorted(await events(taskwake, sam)) == sorted(
        ["task.created.v1"] * 3
        + ["task.updated.v1", "task.reopened.v1", "task.deleted.v1", "task.recurred.v1"]
        + ["task.completed.v1"] * 2
    )
    assert (await sam.http.get(f"/tasks/{task['id']}")).status_code == 404


async def test_a_temporary_id_stands_for_what_its_command_made(sam: Person) -> None:
    done = await run(
        sam,
        command("list_create", "shop", name="Shop"),
        command("task_create", "milk", title="Milk", list_id="shop"),
        command("task_complete", id="milk"),
    )
    shop, milk = done["temp_id_mapping"]["shop"], done["temp_id_mapping"]["milk"]
    assert [task["id"] for task in await sam.tasks(status="done", list_id=shop)] == [milk]


async def test_a_refused_command_is_taken_back_alone_and_its_uuid_is_free(taskwake: World, sam: Person) -> None:
    wrong = command("task_create", "wrong", title=" ")
    done = await run(
        sam,
        command("task_create", title="before"),
        wrong,
        command("task_complete", id="wrong"),
        command("task_update", id=NOBODY, title="x"),
        command("task_skip", id=(await sam.create(title="there"))["id"]),
        command("task_create", title="after"),
    )
    assert [each["problem"] and each["problem"]["status"] for each in done["results"]] == [
        None,
        422,
        422,
        404,
        409,
        None,
    ]
    assert [each["problem"]["errors"][0]["field"] for each in done["results"][1:3]] == ["title", "id"]
    assert "wrong" in done["results"][2]["problem"]["detail"]
    assert sorted(await titles(sam)) == ["after", "before", "there"]
    assert await events(taskwake, sam) == ["task.created.v1"] * 3
    assert len(await kept(taskwake, sam)) == 2
    [put_right] = (await run(sam, wrong | {"args": {"title": "right"}}))["results"]
    assert put_right["status"] == "ok"


async def test_what_a_refused_command_did_before_it_was_refused_is_taken_back(taskwake: World, sam: Person) -> None:
    task = await sam.create(due_on="2031-01-01", rrule="FREQ=DAILY")
    await sam.complete(task)
    await taskwake.settled()
    [following] = await sam.tasks()
    before = await everything(taskwake)
    # Title and closed occurrences first, then the zone that there is none of.
    wrong = command(
        "task_update", id=following["id"], scope="all", title="x", due_local="2031-01-02T09:00", zone="Mars"
    )
    [result] = (await run(sam, wrong))["results"]
    assert [error["field"] for error in result["problem"]["errors"]] == ["zone"]
    assert await taskwake.everything() == before


async def test_atomic_commands_are_all_done_or_none_and_the_answer_says_which_was_refused(
    taskwake: World, sam: Person
) -> None:
    before = await everything(taskwake)
    fine = [command("task_create", "a", title="a"), command("task_update", id="a", title="b")]
    refused = await sam.http.post(
        "/commands", json={"commands": [*fine, command("task_create", title="")], "atomic": True}
    )
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in refused.json()["errors"]] == ["commands.2.args.title"]
    assert "none of the commands was done" in refused.json()["detail"]
    missing = await sam.http.post(
        "/commands", json={"commands": [*fine, command("task_skip", id=NOBODY)], "atomic": True}
    )
    assert missing.status_code == 404
    assert await taskwake.everything() == before
    assert len((await run(sam, *fine, atomic=True))["results"]) == 2
    assert await titles(sam) == ["b"]


async def test_sent_again_commands_are_answered_as_the_first_time_and_not_run(taskwake: World, sam: Person) -> None:
    commands = [
        command("list_create", "shop", name="Shop"),
        command("task_create", "milk", title="Milk", list_id="shop"),
        command("task_delete", id="milk"),
    ]
    first = await run(sam, *commands)
    before = await everything(taskwake)
    assert await run(sam, *commands) == first
    assert await taskwake.everything() == before
    # A part of them, with something new that goes by a temporary id of before.
    more = command("task_create", title="Bread", list_id="shop")
    done = await run(sam, commands[0], more)
    assert done["results"][1]["result"]["list_id"] == first["temp_id_mapping"]["shop"]


async def test_a_uuid_twice_in_a_request_is_run_once(sam: Person) -> None:
    once = command("task_create", title="once")
    first, second = (await run(sam, once, once))["results"]
    assert first == second
    assert await titles(sam) == ["once"]


async def test_a_used_uuid_with_another_command_is_refused(sam: Person) -> None:
    first = command("task_create", title="x")
    await run(sam, first)
    for other in ({"args": {"title": "y"}}, {"type": "list_create", "args": {"name": "x"}}, {"temp_id": "t"}):
        [result] = (await run(sam, first | other))["results"]
        assert (result["problem"]["status"], result["problem"]["errors"][0]["field"]) == (422, "uuid")
    assert await titles(sam) == ["x"]


async def test_a_hundred_at_once_have_one_effect_and_equal_answers(taskwake: World, sam: Person) -> None:
    commands = [command("task_create", title=str(index)) for index in range(3)]
    orders = [commands, commands[::-1]]
    answers = await asyncio.gather(*(run(sam, *orders[index % 2]) for index in range(100)))
    assert all(answer["results"] == answers[0]["results"] for answer in answers[::2])
    assert all(answer["results"] == answers[0]["results"][::-1] for answer in answers[1::2])
    assert sorted(await titles(sam)) == ["0", "1", "2"]
    assert await events(taskwake, sam) == ["task.created.v1"] * 3


async def test_anothers_uuids_are_their_own(sam: Person, kim: Person) -> None:
    same = command("task_create", title="x")
    mine, theirs = [(await run(person, same))["results"][0]["result"]["id"] for person in (sam, kim)]
    assert mine != theirs


async def test_a_request_that_breaks_in_its_middle_leaves_nothing(taskwake: World, sam: Person) -> None:
    """As when the process dies: what was begun is rolled back, and the repetition does all of it."""
    commands = [command("task_create", title=title) for title in ("a", "b")]
    await taskwake.execute(
        f"""
        CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;
        CREATE TRIGGER broken BEFORE UPDATE ON commands FOR EACH ROW WHEN (NEW.user_id = '{sam.id}')
            EXECUTE FUNCTION break();
        """
    )
    before = await everything(taskwake)
    try:
        answer = await sam.http.post("/commands", json={"commands": commands})
        assert answer.status_code == 500
        assert await taskwake.everything() == before
    finally:
        await taskwake.execute("DROP FUNCTION break() CASCADE")
    await run(sam, *commands)
    assert sorted(await titles(sam)) == ["a", "b"]


async def test_with_an_idempotency_key_the_whole_request_is_answered_as_the_first_time(sam: Person) -> None:
    body = {"commands": [command("task_create", title="x")]}
    answers = [await sam.http.post("/commands", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    refused = {"commands": [command("task_create", title="y"), command("task_skip", id=NOBODY)], "atomic": True}
    answer = await sam.http.post("/commands", json=refused, headers={"Idempotency-Key": "l"})
    assert answer.status_code == 404
    assert await titles(sam) == ["x"]


async def age(taskwake: World, sam: Person, days: int) -> None:
    """Let this person's commands have been run so many days ago."""
    await taskwake.execute(
        "UPDATE commands SET created_at = now() - %s * interval '1 day' WHERE user_id = %s", days, sam.id
    )


async def test_a_command_that_is_sent_again_weeks_later_is_not_run_again(taskwake: World, sam: Person) -> None:
    old = command("task_create", title="old")
    first = await run(sam, old)
    await age(taskwake, sam, 89)
    await run(sam, command("task_create", title="young"))
    assert await run(sam, old) == first
    assert [task["title"] for task in await sam.tasks()] == ["old", "young"]


async def test_after_90_days_commands_are_forgotten_by_the_next(taskwake: World, sam: Person) -> None:
    await run(sam, command("task_create", title="old"))
    await age(taskwake, sam, 91)
    young = command("task_create", title="young")
    await run(sam, young)
    assert await kept(taskwake, sam) == [young["uuid"]]


async def test_a_request_forgets_no_more_than_a_few_and_the_oldest(taskwake: World, sam: Person) -> None:
    await taskwake.execute(
        """
        INSERT INTO commands (user_id, uuid, fingerprint, answer, created_at)
        SELECT %s, gen_random_uuid(), '', 'null', now() - (100 + n) * interval '1 day' FROM generate_series(1, 500) AS n
        """,
        sam.id,
    )
    await run(sam, command("task_create", title="young"))
    [left] = await taskwake.execute(
        "SELECT count(*), min(created_at) > now() - interval '402 days' AS oldest FROM commands WHERE user_id = %s",
        sam.id,
    )
    assert left == {"count": 301, "oldest": True}


@pytest.mark.parametrize(
    ("commands", "field"),
    [
        ([], "commands"),
        ([command("task_create", title="x")] * 101, "commands"),
        ([command("task_destroy")], "commands.0.type"),
        ([command("task_create", title="x") | {"uuid": "1"}], "commands.0.uuid"),
        ([command("task_create", title="x") | {"temp_id": "a b"}], "commands.0.temp_id"),
        ([command("task_create", title="x") | {"args": []}], "commands.0.args"),
        ([command("task_create", title="x") | {"more": 1}], "commands.0.more"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_no_request_of_commands_does_nothing(
    taskwake: World, sam: Person, commands: list[dict[str, Any]], field: str
) -> None:
    before = await everything(taskwake)
    answer = await sam.http.post(
        "/commands",
        json={"commands": [command("task_create", title="fine"), *commands][-101:]} if commands else {"commands": []},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].replace(".1.", ".0.") == field
    assert await taskwake.everything() == before
