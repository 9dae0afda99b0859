"""The whole flow through PgBouncer in transaction mode, as Neon's pooled endpoint is."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest

from functions.operations import accounts
from functions.operations.demo.play import play
from tests.dapr_world import World


@pytest.mark.requirement("FLOW-021")
async def test_the_demo_sees_every_step_through_the_pooler(pooled: World) -> None:
    port = pooled.stack.ports.block.take("pgbouncer")
    addresses = json.loads((pooled.stack.folder / "secrets.json").read_text())
    assert all(f":{port}/" in addresses[f"database-url-{whose}"] for whose in ("api", "functions", "conversations"))

    timeline = await play(pooled.stack.url, pooled.token, mails=pooled.mails, say=print)

    assert timeline.missing == []


@pytest.mark.requirement("FLOW-020")
@pytest.mark.requirement("FLOW-021")
async def test_people_whose_transactions_share_connections_see_their_own_tasks_only(pooled: World) -> None:
    owner_url = pooled.stack.owner_url
    tokens = [accounts.issue(owner_url, accounts.add_user(owner_url, name), "token") for name in ("Kim", "Lee", "Max")]

    async def works(token: str) -> None:
        title = f"Task {uuid4()}"
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=pooled.stack.url, headers=headers, timeout=30) as http:
            assert (await http.post("/tasks", json={"title": title})).status_code == 201
            for _ in range(10):
                seen = (await http.get("/tasks")).json()["tasks"]
                assert [task["title"] for task in seen] == [title]

    await asyncio.gather(*map(works, tokens))
