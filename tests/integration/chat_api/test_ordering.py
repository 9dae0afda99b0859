"""The order of tasks among their siblings."""

import random
from typing import Any

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-013")


async def move(sam: Person, task: dict[str, Any], **to: Any) -> dict[str, Any]:
    return await sam.post(f"/tasks/{task['id']}/move", to)


async def order(sam: Person, **query: Any) -> list[str]:
    return [task["id"] for task in await sam.tasks(sort="position", **query)]


async def test_a_new_task_is_the_last_of_its_list_and_parent(sam: Person) -> None:
    made = [await sam.create() for _ in range(3)]
    parts = [await sam.create(parent_id=made[0]["id"]) for _ in range(2)]
    assert await order(sam, parent_id=made[0]["id"]) == [task["id"] for task in parts]
    assert [task["position"] for task in parts] == [1, 2]
    assert await order(sam, list_id=str(sam.list_id)) == sorted(
        (task["id"] for task in [*made, *parts]),
        key=lambda each: next((t["position"], t["created_at"]) for t in [*made, *parts] if t["id"] == each),
    )


@pytest.mark.parametrize("seed", range(3))
async def test_any_moves_give_the_order_that_a_plain_list_gives(sam: Person, seed: int) -> None:
    choose = random.Random(seed)
    model = [(await sam.create())["id"] for _ in range(6)]
    for _ in range(25):
        task, other = choose.sample(model, 2)
        to = choose.choice([{"before": other}, {"after": other}, {"first": True}, {"last": True}])
        await sam.post(f"/tasks/{task}/move", to)
        model.remove(task)
        place = 0 if "first" in to else len(model) if "last" in to else model.index(other) + ("after" in to)
        model.insert(place, task)
        assert await order(sam) == model, to


async def test_where_no_number_is_left_between_two_all_are_numbered_anew_and_told(taskwake: World, sam: Person) -> None:
    first, second, third, fourth = [await sam.create() for _ in range(4)]
    await taskwake.execute(
        "UPDATE tasks SET position = 1 WHERE id = ANY(%s::uuid[])", [task["id"] for task in (first, second, third)]
    )
    moved = await move(sam, fourth, after=first["id"])
    assert await order(sam) == [task["id"] for task in (first, fourth, second, third)]
    assert moved["version"] == 2
    told = await taskwake.execute(
        "SELECT key::text FROM events WHERE topic = 'task.updated.v1' AND list_id = %s", sam.list_id
    )
    assert {row["key"] for row in told} == {task["id"] for task in (second, third, fourth)}


async def test_moving_to_where_it_is_changes_nothing(sam: Person) -> None:
    one, two, three = [await sam.create() for _ in range(3)]
    assert await move(sam, one, before=two["id"]) == one
    assert await move(sam, three, last=True) == three
    assert await order(sam) == [one["id"], two["id"], three["id"]]


async def test_what_is_no_sibling_or_no_one_place_is_refused(sam: Person, kim: Person) -> None:
    task, parent = await sam.create(), await sam.create()
    part, foreign = await sam.create(parent_id=parent["id"]), await kim.create()
    bodies: list[Any] = [{}, {"first": True, "last": True}, {"before": parent["id"], "last": True}, {"first": False}]
    bodies += [{"before": each["id"]} for each in (task, part, foreign)]
    for body in bodies:
        answer = await sam.http.post(f"/tasks/{task['id']}/move", json=body)
        assert answer.status_code == 422, body
    assert (await sam.http.post(f"/tasks/{foreign['id']}/move", json={"first": True})).status_code == 404
    assert (await sam.get(f"/tasks/{task['id']}")) == task
