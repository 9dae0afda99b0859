"""GET /tasks page by page: no gap, no repetition, whatever is written meanwhile."""

import asyncio
import base64
import json

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("FLOW-002")


async def test_pages_hold_every_task_once_in_order(sam: Person) -> None:
    made = [await sam.create(title=f"task {n}") for n in range(7)]
    seen, cursor = [], None
    while True:
        page = await sam.get("/tasks", limit=3, **({"cursor": cursor} if cursor else {}))
        assert len(page["tasks"]) <= 3
        seen += page["tasks"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made


async def test_full_last_page_names_no_next(sam: Person) -> None:
    for _ in range(3):
        await sam.create()
    assert (await sam.get("/tasks", limit=3))["next_cursor"] is None


async def test_pages_are_stable_while_tasks_are_written_changed_and_completed(sam: Person) -> None:
    made = [await sam.create(title=f"task {n}") for n in range(20)]
    seen, cursor = [], None
    for turn in range(100):
        page = await sam.get("/tasks", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [task["id"] for task in page["tasks"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        await asyncio.gather(
            sam.create(title="newer") if turn < 5 else asyncio.sleep(0),
            sam.change(made[turn % 20], title="changed"),
            sam.complete(made[0]),
        )
    assert len(seen) == len(set(seen)) == 25
    assert seen[:20] == [task["id"] for task in made]


async def test_tasks_written_at_once_are_all_paged(sam: Person) -> None:
    made = await asyncio.gather(*(sam.create() for _ in range(20)))
    seen, cursor = [], None
    for _ in range(20):
        page = await sam.get("/tasks", limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [task["id"] for task in page["tasks"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(seen) == sorted(task["id"] for task in made)


@pytest.mark.requirement("TRUST-063")
@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("created", "2026-W01-1T00:00:00+00:00"),
        ("created", "20260101T000000Z"),
        ("due", "--infinity"),
        ("position", "1e-400"),
        ("position", "٣"),
        ("position", " 1 "),
        ("title", "[" * 2_900),
    ],
)
async def test_a_cursor_that_python_reads_and_postgresql_does_not_is_no_error_of_ours(
    sam: Person, sort: str, key: str
) -> None:
    where = json.dumps([sort, key, "2026-01-01T00:00:00+00:00", str(sam.id)])
    for text in (where, key):
        cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        answer = await sam.http.get("/tasks", params={"sort": sort, "cursor": cursor})
        assert answer.status_code in (200, 422), answer.text


@pytest.mark.requirement("PROD-488")
@pytest.mark.parametrize("what", ["notices", "deliveries"])
async def test_what_one_was_told_is_paged_back_to_the_first(taskwake: World, sam: Person, what: str) -> None:
    task = await sam.create()
    made = {
        "notices": """
            INSERT INTO notices (id, user_id, task_id, event_id, kind, title, created_at)
            SELECT gen_random_uuid(), %s, %s, n::text, 'due', 'x', now() - n / 3 * interval '1 hour'
            FROM generate_series(1, 7) AS n RETURNING id::text, created_at AS at
            """,
        "deliveries": """
            INSERT INTO deliveries (id, user_id, task_id, channel, title, requested_at)
            SELECT gen_random_uuid(), %s, %s, 'email', 'x', now() - n / 3 * interval '1 hour'
            FROM generate_series(1, 7) AS n RETURNING id::text, requested_at AS at
            """,
    }[what]
    rows = await taskwake.execute(made, sam.id, task["id"])
    seen, cursor = [], None
    for _ in range(4):
        page = await sam.get(f"/{what}", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [each["id"] for each in page[what]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == [row["id"] for row in sorted(rows, key=lambda row: (row["at"], row["id"]), reverse=True)]
