"""Export: everything of a person, in the documented format, and nothing of anybody else."""

import json
from pathlib import Path

import jsonschema
import pytest

from functions.chat_api import export
from tests.integration.chat_api.test_row_level_security import fill
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-055")

SCHEMA = json.loads((Path(__file__).parents[3] / "specs/004-product/contracts/export.schema.json").read_text())


async def test_holds_every_row_of_a_person_in_the_documented_format_and_nothing_of_others(
    taskwake: World, sam: Person, kim: Person
) -> None:
    await fill(taskwake, kim)
    ids = await fill(taskwake, sam)
    await sam.post(f"/lists/{sam.list_id}/invitations", {})
    await taskwake.execute("UPDATE tasks SET deleted_at = now() WHERE id = %s", ids["task"])
    await taskwake.settled()
    answer = await sam.http.get("/export")
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    jsonschema.validate(document, SCHEMA)
    assert set(document) == set(SCHEMA["required"])
    for name, section in export.SECTIONS.items():
        where = section.where.replace("%(me)s", f"'{sam.id}'")
        [row] = await taskwake.execute(f"SELECT count(*) AS rows FROM {section.table} WHERE {where}")  # noqa: S608
        assert len(document[name]) == row["rows"] > 0, name
    assert ids["task"] in {task["id"] for task in document["tasks"] if task["deleted_at"]}
    assert str(kim.id) not in answer.text
    for hidden in ("whsec_", '"hash"', '"secret_hash"', sam.token):
        assert hidden not in answer.text


async def test_every_table_is_in_it_or_left_out_for_a_reason(taskwake: World) -> None:
    rows = await taskwake.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    exported = {section.table for section in export.SECTIONS.values()}
    assert exported | set(export.LEFT_OUT) == {row["tablename"] for row in rows}
    assert exported.isdisjoint(export.LEFT_OUT)


async def test_is_read_in_pages_without_gap(sam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    made = [(await sam.create())["id"] for _ in range(5)]
    for number in (3, 4):
        await sam.post("/lists", {"name": str(number)})
    document = await sam.get("/export")
    assert sorted(task["id"] for task in document["tasks"]) == sorted(made)
    assert len(document["members"]) == len(document["lists"]) == 3
    told = [event["event"]["data"] for event in document["events"]]
    assert [each["task"]["id"] for each in told if "task" in each] == made
    assert [each["name"] for each in told if "task" not in each] == ["3", "4"]
