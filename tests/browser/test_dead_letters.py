"""The operator's view of what functions could not handle."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from functions.operations import accounts
from tests.browser.conftest import Api
from tests.browser.test_accessibility import PHONE, SMALL, WIDE, faults
from tests.browser.words import SCROLLS_SIDEWAYS, unique
from tests.conftest import RunningTaskwake

pytestmark = pytest.mark.requirement("TRUST-027")


@pytest_asyncio.fixture(loop_scope="session")
async def operated(api: Api, taskwake: RunningTaskwake) -> AsyncIterator[RunningTaskwake]:
    """Whoever is signed in is an operator, for this test."""
    me = UUID((await api.call("GET", "/me"))["id"])
    await asyncio.to_thread(accounts.set_operator, taskwake.owner_url, me, True)
    yield taskwake
    await asyncio.to_thread(accounts.set_operator, taskwake.owner_url, me, False)


async def dead(taskwake: RunningTaskwake, api: Api) -> str:
    """A dead letter of a function that did not handle this event of the log; its reason."""
    task = await api.call("POST", "/tasks", {"title": unique("Call Sam")})
    reason = unique("DiskFull: could not extend file: No space left on device")
    async with await psycopg.AsyncConnection.connect(taskwake.owner_url) as connection:
        await connection.execute(
            """
            INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event, broker_partition,
                                      broker_offset)
            SELECT gen_random_uuid(), 'task-completed', topic, '/taskwake', id, %s, 8, event, 3, 4711
            FROM events WHERE key = %s
            """,
            (reason, task["id"]),
        )
    return reason


async def opened(page: Page, reason: str) -> None:
    await page.get_by_role("link", name=reason).click()
    await expect(page.get_by_role("heading", name=reason)).to_be_visible()


async def test_an_operator_finds_one_sees_what_to_do_and_replays_it(open_page, api, operated):
    reason = await dead(operated, api)
    page = await open_page("/app/today")
    await page.get_by_role("link", name="Dead letters").click()
    await expect(page.locator("#heading")).to_have_text("Dead letters")
    await opened(page, reason)
    view = page.locator("#dead-letters")
    await expect(view).to_contain_text("task-completed of task.created.v1, partition 3, offset 4711; 8 attempts")
    await expect(view).to_contain_text("mend what the reason names. Then replay it")
    await expect(view.locator("pre")).to_contain_text('"type": "dev.taskwake.task.created.v1"')
    await view.get_by_role("button", name="Replay").click()
    await expect(view.get_by_role("region", name="What was done")).to_contain_text("replay, handed on")
    await page.go_back()
    await expect(page.get_by_role("link", name=reason)).to_have_count(0)
    await view.get_by_label("Which").select_option("Replayed")
    await expect(page.get_by_role("link", name=reason)).to_be_visible()


@pytest.mark.requirement("TRUST-165")
async def test_an_operator_narrows_them_by_function_and_by_topic(open_page, api, operated):
    reason = await dead(operated, api)
    page = await open_page("/app/dead-letters")
    view, link = page.locator("#dead-letters"), page.get_by_role("link", name=reason)
    await expect(link).to_be_visible()
    for label, its_own in (("Function", "task-completed"), ("Topic", "task.created.v1")):
        field = view.get_by_label(label)
        await field.fill("another")
        await field.press("Enter")
        await expect(link).to_have_count(0)
        await expect(view.get_by_text("There are none.")).to_be_visible()
        await field.fill(its_own)
        await field.press("Enter")
        await expect(link).to_be_visible()


async def test_dropping_asks_first_and_what_was_dropped_stays_in_what_was_done(open_page, api, operated):
    reason = await dead(operated, api)
    page = await open_page("/app/dead-letters")
    await opened(page, reason)
    drop = page.get_by_role("button", name="Drop…")
    await drop.click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name=reason)).to_be_visible()
    await drop.click()
    await page.locator("#confirm").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("region", name="What was done")).to_contain_text(reason)
    await expect(page.get_by_role("link", name=reason)).to_have_count(0)


@pytest.mark.requirement("PROD-436")
async def test_an_operator_reads_all_that_was_done_page_by_page(open_page, api, operated):
    oldest = unique("the oldest")
    async with await psycopg.AsyncConnection.connect(operated.owner_url) as connection:
        await connection.execute(
            """
            INSERT INTO dead_letter_audit (at, by_login, action, outcome, dead_letter_id, function, source, event_id,
                                           reason)
            SELECT clock_timestamp() - make_interval(secs => n), 'root@here', 'drop', 'dropped', gen_random_uuid(),
                   'task-due', '/taskwake', '1', CASE n WHEN 60 THEN %s ELSE 'newer' END
            FROM generate_series(0, 60) AS n
            """,
            (oldest,),
        )
    page = await open_page("/app/dead-letters")
    done = page.get_by_role("region", name="What was done")
    more = done.get_by_role("button", name="Show what was done before")
    await expect(more).to_be_visible()
    await expect(done).not_to_contain_text(oldest)
    await more.click()
    await expect(done).to_contain_text(oldest)


async def test_who_is_no_operator_is_not_led_there_and_is_told_why_not(open_page):
    page = await open_page("/app/dead-letters", may_complain=True)
    await expect(page.locator("#dead-letters").get_by_role("alert")).to_contain_text("taskwake operator grant")
    await expect(page.locator("#operating")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
async def test_axe_finds_nothing_in_it(open_page, api, operated, window, scheme):
    reason = await dead(operated, api)
    page = await open_page("/app/dead-letters", color_scheme=scheme, reduced_motion="reduce", **window)
    link = page.get_by_role("link", name=reason)
    await expect(link).to_be_visible()
    for _ in range(2):
        assert await faults(page) == []
        assert not await page.evaluate(SCROLLS_SIDEWAYS)
        assert await page.evaluate(SMALL, "#dead-letters :is(button, select, summary)") == []
        if await link.count():
            await opened(page, reason)
