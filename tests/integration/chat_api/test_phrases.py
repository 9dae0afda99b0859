"""/phrases/preview and /chat: what is understood, and what is asked back when words have two readings."""

from typing import Any

import pytest

from tests.integration.world import Person, World


async def preview(person: Person, text: str) -> dict[str, Any]:
    answer = await person.http.get("/phrases/preview", params={"text": text})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.requirement("TIME-022")
async def test_a_whole_sentence_is_read_into_the_fields_of_a_task(sam: Person) -> None:
    found = await preview(sam, "pay rent every last workday at 9 remind me 2 days before #home p1 @money")
    assert found["title"] == "pay rent"
    assert found["rrule"] == "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    assert found["due_local"].endswith("T09:00:00")
    assert (found["minutes_before"], found["list_name"]) == ([2 * 24 * 60], "home")
    assert (found["priority"], found["labels"]) == (1, ["money"])


@pytest.mark.requirement("TIME-023")
async def test_spans_count_code_points_and_leave_quotes_alone(sam: Person) -> None:
    text = '🌱 water "tomorrow" every! 3 days'
    found = await preview(sam, text)
    assert [(text[s["start"] : s["end"]], s["kind"]) for s in found["spans"]] == [("every! 3 days", "recurrence")]
    assert (found["title"], found["anchor"]) == ("🌱 water tomorrow", "completion")


@pytest.mark.requirement("TIME-024")
async def test_two_readings_are_offered_and_none_is_taken_until_the_person_says_how_they_write_dates(
    sam: Person,
) -> None:
    found = await preview(sam, "dentist 03/04/2031")
    assert (found["due_on"], found["due_local"]) == (None, None)
    (ambiguity,) = found["ambiguities"]
    texts = [reading["text"] for reading in ambiguity["readings"]]
    assert {(await preview(sam, text))["due_on"] for text in texts} == {"2031-04-03", "2031-03-04"}

    assert (await sam.http.patch("/me", json={"date_order": "dmy", "week_start": "SU"})).status_code == 200
    me = (await sam.http.get("/me")).json()
    assert (me["date_order"], me["week_start"]) == ("dmy", "SU")
    found = await preview(sam, "dentist 03/04/2031")
    assert (found["due_on"], [one["settled"] for one in found["ambiguities"]]) == ("2031-04-03", [True])


@pytest.mark.requirement("TIME-024")
async def test_chat_does_nothing_for_an_unclear_date_and_offers_what_to_say_instead(sam: Person) -> None:
    answer = (await sam.http.post("/chat", json={"text": "remind me to see the dentist 03/04/2031"})).json()
    assert (answer["understood"], answer["tasks"]) == (False, [])
    assert len(answer["choices"]) == 2
    assert (await sam.http.get("/tasks")).json()["tasks"] == []

    chosen = (await sam.http.post("/chat", json={"text": answer["choices"][1]["text"]})).json()
    (task,) = chosen["tasks"]
    assert task["due_on"] in ("2031-04-03", "2031-03-04")


@pytest.mark.requirement("TIME-024")
@pytest.mark.parametrize(
    ("change", "field"), [({"date_order": "dym"}, "date_order"), ({"week_start": "monday"}, "week_start")]
)
async def test_a_habit_that_is_none_is_refused_and_changes_nothing(
    sam: Person, change: dict[str, str], field: str
) -> None:
    before = (await sam.http.get("/me")).json()
    answer = await sam.http.patch("/me", json={"name": "Else"} | change)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await sam.http.get("/me")).json() == before


@pytest.mark.requirement("TIME-029")
async def test_a_day_that_is_excepted_is_taken_out_of_the_series(sam: Person) -> None:
    said = await sam.post("/chat", {"text": "water the plants daily at 9 except on 4 july 2031"})
    [task] = said["tasks"]
    series = await sam.get(f"/tasks/{task['id']}/series")
    assert (series["rrule"], series["exdates"]) == ("FREQ=DAILY", ["2031-07-04T09:00:00"])
    shown = await sam.get("/phrases/preview", text="water the plants daily at 9 except on 4 july 2031")
    assert shown["exdates"] == ["2031-07-04T09:00:00"]


@pytest.mark.requirement("PROD-016")
async def test_marks_in_a_sentence_are_fields_of_the_task_and_are_answered(sam: Person) -> None:
    home = await sam.post("/lists", {"name": "Home"})
    said = await sam.post("/chat", {"text": "pay rent tomorrow at 9 #home p1 @money @bank"})
    [task] = said["tasks"]
    assert (task["title"], task["labels"], task["priority"]) == ("pay rent", ["money", "bank"], 1)
    assert task["list_id"] == home["id"]
    assert "@money @bank p1" in said["answer"]


@pytest.mark.requirement("PROD-016")
async def test_a_list_that_one_may_not_write_to_stays_in_the_title_and_is_told(taskwake: World, sam: Person) -> None:
    kim = await taskwake.person(name="Kim")
    shared = await sam.post("/lists", {"name": "Theirs"})
    await sam.share(shared["id"], kim, "viewer")
    said = await kim.post("/chat", {"text": "pay rent #theirs"})
    [task] = said["tasks"]
    assert (task["title"], task["list_id"]) == ("pay rent #theirs", str(kim.list_id))
    assert "no list called theirs" in said["answer"]


@pytest.mark.requirement("PROD-016")
async def test_marks_are_added_to_a_task_by_a_sentence(sam: Person) -> None:
    task = await sam.create(title="pay rent", labels=["home"])
    said = await sam.post("/chat", {"text": "change pay rent to p2 @money"})
    [changed] = said["tasks"]
    assert (changed["id"], changed["labels"], changed["priority"]) == (task["id"], ["home", "money"], 2)
    assert "@home @money p2" in said["answer"]
