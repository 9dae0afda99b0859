"""GET /tasks by filter, by one that is kept, and by words; and the filters that are kept."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.world import Person, World


async def titles(person: Person, **query: Any) -> list[str]:
    return [task["title"] for task in await person.tasks(**query)]


async def refused(person: Person, path: str, **query: Any) -> dict[str, Any]:
    answer = await person.http.get(path, params=query)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["errors"][0]


@pytest.mark.requirement("PROD-031")
async def test_filter_selects_by_day_of_who_asks(taskwake: World) -> None:
    far = await taskwake.person(zone="Pacific/Kiritimati")  # UTC+14: their day begins before anybody's
    there = datetime.now(UTC) + timedelta(hours=14)
    await far.create(title="today", due_on=there.date().isoformat())
    await far.create(title="yesterday", due_on=(there - timedelta(days=1)).date().isoformat())
    await far.create(title="passed", due_at=(datetime.now(UTC) - timedelta(seconds=1)).isoformat())
    await far.create(title="never")
    assert "today" in await titles(far, filter="today")
    assert "yesterday" not in await titles(far, filter="today")
    assert await titles(far, filter="overdue") == ["yesterday", "passed"]
    assert await titles(far, filter="no date") == ["never"]


@pytest.mark.requirement("PROD-031")
async def test_filter_means_open_tasks_unless_it_names_another_status(sam: Person) -> None:
    await sam.create(title="to do")
    await sam.complete(await sam.create(title="done"))
    assert await titles(sam, filter="no date") == ["to do"]
    assert await titles(sam, filter="done") == ["done"]
    assert await titles(sam, filter="done | open") == ["to do", "done"]
    assert await titles(sam, filter="done | open", status="done") == ["done"]
    assert await titles(sam, filter="no date", status="all") == ["to do", "done"]
    assert await titles(sam) == ["to do"]


@pytest.mark.requirement("PROD-031")
async def test_filter_names_lists_people_and_who_is_shared_with(taskwake: World, sam: Person, kim: Person) -> None:
    await taskwake.execute("UPDATE users SET email = 'kim-filters@example.org' WHERE id = %s", kim.id)
    work = await sam.post("/lists", {"name": "Büro & Co"})
    await sam.share(work["id"], kim)
    await sam.create(title="mine")
    await sam.create(title="ours", list_id=work["id"])
    await kim.create(title="hers", list_id=work["id"])
    await kim.create(title="her own")
    assert await titles(sam, filter='#"büro & co"') == ["ours", "hers"]
    assert await titles(sam, filter="#büro*") == ["ours", "hers"]
    assert await titles(sam, filter="shared & created by: me") == ["ours"]
    assert await titles(sam, filter="created by: kim") == ["hers"]
    assert await titles(sam, filter="!shared") == ["mine"]
    assert await titles(kim, filter="created by: others") == ["ours"]


@pytest.mark.requirement("PROD-438")
async def test_nobodys_e_mail_address_can_be_tried_out_by_a_filter_or_in_chat(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await taskwake.execute("UPDATE users SET email = 'q-filters@example.org' WHERE id = %s", kim.id)
    await sam.share(sam.list_id, kim)
    task = await kim.create(title="Paint", list_id=str(sam.list_id))
    await kim.change(task, assignee_id=str(kim.id))
    for guess in ("q-filters@example.org", "q*", "*@example.org", "*filters*"):
        for term in ("created by", "assigned to"):
            assert await titles(sam, filter=f"{term}: {guess}") == []
    assert await titles(sam, filter="created by: k* & assigned to: KIM") == ["Paint"]
    await sam.post("/chat", {"text": "assign Paint to q-filters@example.org"})
    assert (await sam.get(f"/tasks/{task['id']}"))["version"] == 2


@pytest.mark.requirement("PROD-031")
async def test_filter_goes_by_labels_priority_parent_assignee_deadline_and_estimate(sam: Person) -> None:
    whole = await sam.create(title="whole", labels=["Waiting", "home"], priority=1, assignee_id=str(sam.id))
    await sam.create(title="part", parent_id=whole["id"], deadline_on="2031-01-01", estimate_minutes=90)
    assert await titles(sam, filter="@waiting & p1 & assigned to: me & !subtask") == ["whole"]
    assert await titles(sam, filter="@h* & !no labels & no deadline & no estimate") == ["whole"]
    assert await titles(sam, filter="subtask & deadline: 2031-01-01 & estimate > 1h & !assigned") == ["part"]
    assert await titles(sam, filter="!deadline before: 2031-01-01 & p4") == ["part"]
    assert await titles(sam, search="waiting") == ["whole"]


@pytest.mark.requirement("PROD-031")
async def test_name_of_somebody_one_shares_nothing_with_finds_nobody(taskwake: World, sam: Person, kim: Person) -> None:
    await sam.create()
    await kim.create()
    assert await titles(sam, filter="created by: Kim") == []
    assert await titles(sam, filter="created by: *") == ["Call Sam"]


@pytest.mark.requirement("PROD-031")
@pytest.mark.parametrize(
    ("text", "start", "end", "says"),
    [
        ("p1 & todya", 5, 10, "did you mean “today”?"),
        ("🙂", 0, 1, "no term"),
        ("(p1", 0, 1, "does not end"),
        ("", 0, 0, "a filter says something"),
        ("@a\0", 2, 3, "no text"),
        ("p1 " + " " * 998, 1000, 1001, "at most 1,000 characters"),
    ],
)
async def test_filter_that_cannot_be_read_is_refused_where_it_is_wrong(sam: Person, text, start, end, says) -> None:
    error = await refused(sam, "/tasks", filter=text)
    assert (error["field"], error["start"], error["end"]) == ("filter", start, end)
    assert says in error["message"]


@pytest.mark.requirement("PROD-031")
async def test_filtered_pages_hold_every_task_once(sam: Person) -> None:
    for n in range(9):
        await sam.create(title=f"milk {n}" if n % 3 else "bread")
    seen, cursor = [], None
    while True:
        page = await sam.get(
            "/tasks", limit=2, filter="no date", search="milk", **({"cursor": cursor} if cursor else {})
        )
        seen += [task["title"] for task in page["tasks"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["milk 1", "milk 2", "milk 4", "milk 5", "milk 7", "milk 8"]


@pytest.mark.requirement("PROD-031")
async def test_filter_of_the_most_terms_is_answered(sam: Person) -> None:
    await sam.create(title="mine")
    for term in ("#inbox", "@a*", "today", "shared", "created by: x", "search: mi"):
        assert await titles(sam, filter="|".join([term] * 50)[:1000].rstrip("|& ")) in (["mine"], [])


@pytest.mark.requirement("PROD-032")
async def test_search_finds_words_in_title_and_notes(sam: Person) -> None:
    await sam.create(title="Call Sam about the Straße", notes="His e-mail is sam@example.org")
    await sam.create(title="Buy MILK", notes="Café au lait")
    assert await titles(sam, search="sam call") == ["Call Sam about the Straße"]
    assert await titles(sam, search="example") == ["Call Sam about the Straße"]
    assert await titles(sam, search="sam@example.org") == ["Call Sam about the Straße"]
    assert await titles(sam, search="straß") == ["Call Sam about the Straße"]
    assert await titles(sam, search="cafe milk") == ["Buy MILK"]
    assert await titles(sam, search='"au lait"') == ["Buy MILK"]
    assert await titles(sam, search='"lait au"') == []
    assert await titles(sam, search="call -milk") == ["Call Sam about the Straße"]
    assert await titles(sam, search="-milk") == ["Call Sam about the Straße"]
    assert await titles(sam, search='"cal"') == []
    assert await titles(sam, search="cal sam") == []
    assert await titles(sam, filter="search: milk | search: call") == ["Call Sam about the Straße", "Buy MILK"]


@pytest.mark.requirement("PROD-032")
async def test_search_follows_a_change(sam: Person) -> None:
    task = await sam.create(title="milk")
    await sam.change(task, title="bread", notes="butter")
    assert await titles(sam, search="milk") == []
    assert await titles(sam, search="butter") == ["bread"]


@pytest.mark.requirement("PROD-032")
@pytest.mark.parametrize("text", ["", " ", "-", '""', "!&|", "a " * 21, "a\0b"])
async def test_search_without_words_or_with_too_many_is_refused(sam: Person, text: str) -> None:
    error = await refused(sam, "/tasks", search=text)
    assert error["field"] == "search"
    assert "start" in error


@pytest.mark.requirement("PROD-032")
@pytest.mark.parametrize(
    "text", ["'", "a'b", "\\", "a:*", "a & !b | (c", "<->", "日本", "\u2019", "½", "🙂 a", "%s %(x)s"]
)
async def test_search_takes_any_words(sam: Person, text: str) -> None:
    await sam.create(title=f"so {text} it")
    answer = await sam.http.get("/tasks", params={"search": text})
    assert answer.status_code == 200 or not any(character.isalnum() for character in text), answer.text


@pytest.mark.requirement("PROD-032")
@pytest.mark.parametrize("notes", ["\u3316" * 50_000, "\ufdfa" * 50_000, " ".join(map(str, range(8000))), "x" * 50_000])
async def test_task_with_the_longest_notes_is_kept_and_found(sam: Person, notes: str) -> None:
    await sam.create(title="long", notes=notes)
    assert await titles(sam, search="long") == ["long"]


@pytest.mark.requirement("PROD-032")
async def test_most_relevant_comes_first_and_pages_go_on_behind_it(sam: Person) -> None:
    await sam.create(title="walk", notes="take milk along")
    await sam.create(title="buy bread", labels=["milk"])
    await sam.create(title="buy milk")
    await sam.create(title="milk, twice milk")
    assert await titles(sam, search="milk") == ["walk", "buy bread", "buy milk", "milk, twice milk"]
    wanted = ["milk, twice milk", "buy milk", "buy bread", "walk"]
    assert await titles(sam, search="milk", sort="relevance") == wanted
    seen, cursor = [], {}
    for _ in wanted:
        page = await sam.get("/tasks", search="milk", sort="relevance", limit=1, **cursor)
        seen += [task["title"] for task in page["tasks"]]
        cursor = {"cursor": page["next_cursor"]}
    assert seen == wanted
    assert cursor == {"cursor": None}


@pytest.mark.requirement("PROD-032")
async def test_relevance_needs_words(sam: Person) -> None:
    assert (await refused(sam, "/tasks", sort="relevance"))["field"] == "sort"


@pytest.mark.requirement("PROD-033")
async def test_kept_filter_selects_tasks_as_its_text_does(sam: Person) -> None:
    made = await sam.post("/filters", {"name": "Work", "query": "#inbox & !search: later"})
    assert (made["name"], made["query"], made["position"]) == ("Work", "#inbox & !search: later", 1)
    await sam.create(title="now")
    await sam.create(title="later")
    assert await titles(sam, filter_id=made["id"]) == ["now"]
    assert await titles(sam, filter_id=made["id"], search="later") == []
    await sam.http.patch(f"/filters/{made['id']}", json={"query": "search: later"})
    assert await titles(sam, filter_id=made["id"]) == ["later"]


@pytest.mark.requirement("PROD-033")
async def test_filters_come_in_their_order_and_change_and_go(sam: Person) -> None:
    first, second = [await sam.post("/filters", {"name": name, "query": "p1"}) for name in ("a", "b")]
    answer = await sam.http.patch(f"/filters/{second['id']}", json={"position": 0.5, "name": "c"})
    assert answer.json() == second | {"position": 0.5, "name": "c"}
    assert [each["id"] for each in (await sam.get("/filters"))["filters"]] == [second["id"], first["id"]]
    assert await sam.get(f"/filters/{first['id']}") == first
    assert (await sam.http.delete(f"/filters/{first['id']}")).status_code == 204
    assert (await sam.http.get(f"/filters/{first['id']}")).status_code == 404
    assert [each["id"] for each in (await sam.get("/filters"))["filters"]] == [second["id"]]


@pytest.mark.requirement("PROD-033")
async def test_filter_is_its_persons_own(sam: Person, kim: Person) -> None:
    made = await sam.post("/filters", {"name": "a", "query": "p1"})
    path = f"/filters/{made['id']}"
    for answer in (
        await kim.http.get(path),
        await kim.http.patch(path, json={"name": "b"}),
        await kim.http.delete(path),
        await kim.http.get("/tasks", params={"filter_id": made["id"]}),
        await sam.http.get("/tasks", params={"filter_id": str(uuid4())}),
    ):
        assert answer.status_code == 404
    assert (await kim.get("/filters"))["filters"] == []
    assert await sam.get(path) == made


@pytest.mark.requirement("PROD-033")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "a", "query": "todya"}, "query"),
        ({"name": "a", "query": "p" * 1001}, "query"),
        ({"name": "a", "query": "@\ud800"}, "query"),
        ({"name": "a", "query": None}, "query"),
        ({"name": "", "query": "p1"}, "name"),
        ({"name": "a", "query": "p1", "position": "x"}, "position"),
        ({"name": "a", "query": "p1", "sort": "x"}, "sort"),
    ],
)
async def test_filter_that_is_wrong_is_not_kept(sam: Person, body: dict[str, Any], field: str) -> None:
    made = await sam.post("/filters", {"name": "right", "query": "p1"})
    content, headers = json.dumps(body).encode(), {"content-type": "application/json"}
    for method, path in (("POST", "/filters"), ("PATCH", f"/filters/{made['id']}")):
        answer = await sam.http.request(method, path, content=content, headers=headers)
        assert answer.status_code == 422, answer.text
        assert field in [error["field"] for error in answer.json()["errors"]]
    assert (await sam.get("/filters"))["filters"] == [made]


@pytest.mark.requirement("PROD-033")
async def test_hundred_filters_are_kept_and_no_more_also_when_made_at_once(sam: Person) -> None:
    await asyncio.gather(*(sam.post("/filters", {"name": "a", "query": "p1"}) for _ in range(99)))
    answers = await asyncio.gather(*(sam.http.post("/filters", json={"name": "a", "query": "p1"}) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert len({each["position"] for each in (await sam.get("/filters"))["filters"]}) == 100
