"""`taskwake deploy` brings the next version while people and reminders go on."""

import asyncio
import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from infra.image import source
from infra.local.cluster.product import install
from infra.render.kubernetes import NAMESPACE
from tests.cluster.world import World

EVERY_SECONDS = 0.25
DUE_IN = timedelta(seconds=8)


def next_version(folder: Path) -> Path:
    """This checkout with one line more in what every image holds."""
    for name in ("functions", "infra/migrations"):
        shutil.copytree(source.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("infra/__init__.py", "pyproject.toml"):
        shutil.copy(source.ROOT / name, folder / name)
    package = folder / "functions" / "__init__.py"
    package.write_text(package.read_text() + "\n# The next version.\n")
    return folder


async def images(world: World) -> set[str]:
    found = json.loads(await world.kubectl("get", "ksvc", f"-n={NAMESPACE}", "-o=json"))
    return {service["spec"]["template"]["spec"]["containers"][0]["image"] for service in found["items"]}


@pytest.mark.requirement("CLUSTER-009")
@pytest.mark.requirement("CLUSTER-016")
async def test_the_next_version_comes_under_load_without_a_failed_request_or_a_dead_letter(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, dead_before = await images(world), await world.dead_letters()
    monkeypatch.setattr(source, "ROOT", next_version(tmp_path / "next"))
    answers: Counter[str] = Counter()
    created: list[str] = []

    async def ask(number: int) -> None:
        due_at = datetime.now(UTC) + DUE_IN
        fields = {"title": f"Under load {number}", "due_at": due_at.isoformat()}
        try:
            answer = await world.http.post("/tasks", json=fields)
        except httpx.HTTPError as error:
            answers[repr(error)] += 1
            return
        if answer.status_code == httpx.codes.CREATED:
            created.append(answer.json()["id"])
        else:
            answers[f"{answer.status_code} {answer.text}"] += 1

    deploying = asyncio.create_task(asyncio.to_thread(install, world.cluster))
    async with asyncio.TaskGroup() as people:
        number = 0
        while not deploying.done():
            number += 1
            people.create_task(ask(number))
            await asyncio.sleep(EVERY_SECONDS)
    await deploying

    assert answers == {}
    assert created
    assert before.isdisjoint(await images(world))
    query = "SELECT task_id, count(*) AS n FROM notices WHERE task_id = ANY(%s::uuid[]) AND kind = 'due' GROUP BY 1"
    noticed = await world.until(query, created, rows=len(created))
    assert {row["n"] for row in noticed} == {1}
    assert await world.dead_letters() == dead_before
