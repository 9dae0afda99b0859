"""What functions, daprds, Kafka, scheduler and PostgreSQL write into their logs, whatever they are asked: no secret."""

import json
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from functions.kernel.dapr.secret_store import STORE
from functions.operations import accounts
from functions.operations.demo.live import webhook_receiver
from infra.local.stack import DaprStack
from tests.dapr_world import World


def kept_in(stack: DaprStack) -> dict[str, str]:
    """Every secret of its secret store, and of what is an address with a password, that password too."""
    values = dict(json.loads((stack.folder / "secrets.json").read_text()))
    passwords = {f"{name}'s password": urlsplit(value).password for name, value in values.items() if "://" in value}
    addresses = {name for name, value in values.items() if "://" in value and not urlsplit(value).password}
    values |= {name: unquote(password) for name, password in passwords.items() if password}
    return {name: value for name, value in values.items() if name not in addresses}


def said_in(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text(errors="replace") for path in folder.rglob("*.log")}


async def use(world: World) -> dict[str, str]:
    """The main job, and what goes wrong beside it; every secret that was made, shown or guessed meanwhile."""
    wrong = secrets.token_urlsafe(32)
    login = accounts.issue(world.stack.owner_url, world.user_id, "login")
    used = {"token": world.token, "guess": wrong, "login": login}
    async with webhook_receiver(answer="500 Internal Server Error") as (url, _):
        hook = f"{url}/{secrets.token_hex(16)}"
        for name, path, body, field in (
            ("made token", "/tokens", {"name": "a", "scopes": ["tasks:read"]}, "secret"),
            ("webhook's secret", "/webhooks", {"url": hook, "topics": ["task.due.v1"]}, "secret"),
            ("feed", "/calendar-feeds", {"name": "a"}, "url"),
        ):
            answer = (await world.http.post(path, json=body)).raise_for_status()
            used[name] = answer.json()[field].rpartition("/")[2].removesuffix(".ics")
            if name == "webhook's secret":
                made = answer.json()["id"]
        used["webhook's address"] = hook.rpartition("/")[2]
        task = await world.create(due_at="2020-01-01T09:00:00Z")
        await world.until("SELECT * FROM notices WHERE task_id = %s AND kind = 'due'", task["id"])
        await world.until(
            "SELECT delivery_id FROM delivery_attempts WHERE user_id = %s AND status = 500", world.user_id
        )
        await world.http.delete(f"/webhooks/{made}")
    async with httpx.AsyncClient(base_url=world.stack.url) as nobody:
        await nobody.get("/me", headers={"authorization": f"Bearer {wrong}"})
        await nobody.get("/me", headers={"authorization": f"Bearer {used['made token']}"})
        for _ in range(2):
            await nobody.get("/login", params={"login": login})
        await nobody.get(f"/calendar/{used['feed']}.ics")
        poison = {"content-type": "application/cloudevents+json", "dapr-api-token": wrong}
        await nobody.post(world.stack.function_url("task-due") + "/events", content=b"{", headers=poison)
        secret = f"{world.stack.daprd_url('task-due')}/v1.0/secrets/{STORE}/database-url-functions"
        for token in (wrong, world.stack.tokens.api):
            await nobody.get(secret, headers={"dapr-api-token": token})
    await world.to_function("task-due", "/events", content=b"{", headers={"content-type": "application/json"})
    return used


@pytest.mark.requirement("TRUST-078")
async def test_no_log_of_the_dapr_way_holds_a_secret_after_the_main_job_and_what_went_wrong_beside_it(
    world: World,
) -> None:
    used = await use(world)
    kept = kept_in(world.stack) | {"Dapr's token": world.stack.tokens.api, "the app's token": world.stack.tokens.app}
    said = said_in(world.stack.folder)
    assert {"logs/daprd-task-due.log", "logs/task-due.log", "logs/chat-api.log"} <= set(said)
    assert any(text for name, text in said.items() if "daprd" in name)
    assert len(kept) >= 6
    assert [(name, log) for name, value in (kept | used).items() for log, text in said.items() if value in text] == []
