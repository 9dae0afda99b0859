"""A real browser, signed in to a running Taskwake; the fixture `taskwake` gives its addresses."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import (
    APIResponse,
    Browser,
    BrowserContext,
    Page,
    StorageState,
    async_playwright,
    expect,
)

SCREENSHOTS = Path(__file__).parent / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Without the last four, Chromium calls its maker's hosts at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# A busy machine may be slow without being wrong; what must be quick says so where it is expected.
expect.set_options(timeout=15_000)


HEADERS = {"X-Taskwake": "page"}
"""What a write with the session cookie needs."""


class Taskwake(Protocol):
    """What the tests need to know of the running one: its address, and an address that signs in once."""

    base_url: str
    login_url: str


@dataclass(frozen=True)
class Api:
    """The API as another client of the same person calls it."""

    base_url: str
    context: BrowserContext

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """The JSON of the answer; a status of 400 or above fails the test with the answer's text."""
        answer: APIResponse = await self.context.request.fetch(
            f"{self.base_url}{path}",
            method=method,
            data=body,
            headers=HEADERS | {"Origin": self.base_url},
        )
        assert answer.ok, f"{method} {path}: {answer.status} {await answer.text()}"
        return None if answer.status == 204 else await answer.json()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = f"no browser: install one of {', '.join(BROWSERS)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def session_state(browser: Browser, taskwake: Taskwake) -> StorageState:
    """The cookies after signing in; the address that signs in works once, so every test shares them."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(taskwake.login_url)
    await page.locator("#heading").wait_for()
    state = await context.storage_state()
    await context.close()
    return state


@pytest_asyncio.fixture(scope="module", autouse=True, loop_scope="session")
async def tidy(browser: Browser, taskwake: Taskwake, session_state: StorageState) -> None:
    """Delete what the modules before left: all share one person, and the page shows so many tasks of a list at first,
    whatever the order in which the tests come."""
    context = await browser.new_context(storage_state=session_state)
    api = Api(taskwake.base_url, context)
    own = [each for each in await api.call("GET", "/lists") if each["role"] == "owner"]
    for each in own[1:]:
        await api.call("DELETE", f"/lists/{each['id']}")
    for task in (await api.call("GET", "/tasks?limit=500"))["tasks"]:
        await context.request.delete(
            f"{taskwake.base_url}/tasks/{task['id']}", headers=HEADERS | {"Origin": api.base_url}
        )
    await context.close()


Opener = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(
    browser: Browser, taskwake: Taskwake, session_state: StorageState, request: pytest.FixtureRequest
) -> AsyncIterator[Opener]:
    """Opens the page in a window of its own, at a view (`path`), once its tasks are shown and its stream is live.

    At the end every window is photographed, and none may have logged an error: a violation of the
    content security policy is logged as one. With `may_complain`, of requests that meet no server, it may.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(text: str) -> None:
        complaints.append(text)

    async def opened(path: str = "/app/all", *, may_complain: bool = False, **options: Any) -> Page:
        options = {"viewport": {"width": 1100, "height": 860}, "locale": "en-GB"} | options
        context = await browser.new_context(storage_state=session_state, **options)
        contexts.append(context)
        page = await context.new_page()
        if not may_complain:
            page.on("console", lambda said: complain(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complain(str(error)))
        await page.goto(f"{taskwake.base_url}{path}")
        await page.locator("#connection[data-state=live]").wait_for(state="attached")
        await page.locator("#loading").wait_for(state="hidden")
        return page

    yield opened
    SCREENSHOTS.mkdir(exist_ok=True)
    for number, context in enumerate(contexts, 1):
        name = request.node.name.translate(str.maketrans("[]/", "---")).strip("-")
        await context.pages[0].screenshot(path=SCREENSHOTS / f"{name}-{number}.png", animations="disabled")
        await context.close()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: Opener) -> Page:
    return await open_page()


@pytest_asyncio.fixture(loop_scope="session")
async def api(browser: Browser, taskwake: Taskwake, session_state: StorageState) -> AsyncIterator[Api]:
    context = await browser.new_context(storage_state=session_state)
    yield Api(taskwake.base_url, context)
    await context.close()
