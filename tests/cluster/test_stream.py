"""The page and its live stream, through Kourier, from a chat-api that may sleep, move or be cut off."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import async_playwright

from functions.operations import accounts
from infra.local import tools
from infra.render.kubernetes import NAMESPACE
from tests.cluster.world import PATIENCE_SECONDS, World

pytestmark = pytest.mark.requirement("CLUSTER-018")

CUT_AFTER_SECONDS = 6
TASKS = 30


@contextlib.asynccontextmanager
async def cut_off_after(world: World, seconds: int) -> AsyncIterator[None]:
    """chat-api in a revision whose requests end so soon; afterwards in the one before."""

    async def patch(value: int) -> None:
        spec = {"spec": {"template": {"spec": {"timeoutSeconds": value}}}}
        await world.kubectl("patch", "ksvc", "chat-api", f"-n={NAMESPACE}", "--type=merge", "-p", json.dumps(spec))
        await asyncio.sleep(1)  # the controller has to see it before it says that it is not ready
        await world.kubectl("wait", "ksvc/chat-api", f"-n={NAMESPACE}", "--for=condition=Ready", "--timeout=120s")

    before = json.loads(await world.kubectl("get", "ksvc", "chat-api", f"-n={NAMESPACE}", "-o=json"))
    await patch(seconds)
    yield
    await patch(before["spec"]["template"]["spec"]["timeoutSeconds"])


async def test_a_stream_that_the_revision_timeout_cuts_resumes_without_a_gap(world: World) -> None:
    opened, last = 0, ""
    seen: list[str] = []
    listening = asyncio.Event()

    async def listen() -> None:
        nonlocal opened, last
        while True:
            headers = {"last-event-id": last} if last else {}
            # How it is cut depends on what stands in between: the connection breaks, or the answer just ends.
            with contextlib.suppress(httpx.RemoteProtocolError):
                async with world.http.stream("GET", "/events", headers=headers) as answer:
                    answer.raise_for_status()
                    opened += 1
                    listening.set()
                    async for line in answer.aiter_lines():
                        name, _, value = line.partition(": ")
                        if name == "id":
                            last = value
                        elif name == "data" and json.loads(value)["type"].endswith("task.created.v1"):
                            seen.append(json.loads(value)["data"]["task"]["id"])
                            if len(seen) == TASKS:
                                return

    async with cut_off_after(world, CUT_AFTER_SECONDS), asyncio.timeout(PATIENCE_SECONDS):
        stream = asyncio.create_task(listen())
        await listening.wait()
        created = []
        for number in range(TASKS):
            created.append((await world.create(title=f"Streamed {number}"))["id"])
            await asyncio.sleep(0.5)
        await stream

    assert opened >= 3
    assert seen == created


async def test_the_page_works_through_the_gateway_and_hears_of_what_is_done_elsewhere(world: World) -> None:
    gateway = urlsplit(world.cluster.gateway_url).hostname
    login = accounts.issue(world.owner_url, world.user_id, "login")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(tools.chromium().path),
            args=["--no-sandbox", f"--host-resolver-rules=MAP {world.host} {gateway}"],
        )
        page = await browser.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        await page.goto(f"http://{world.host}/login?login={login}")
        await page.goto(f"http://{world.host}/app/all")
        await page.get_by_text("Live", exact=True).wait_for()
        await world.create(title="Written somewhere else")
        await page.get_by_text("Written somewhere else").wait_for()
        await browser.close()
