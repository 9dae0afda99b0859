"""The flow view: what happened to a task, hop by hop."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.words import SCROLLS_SIDEWAYS, row, unique

pytestmark = pytest.mark.requirement("PROD-084")

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [{}, PHONE], ids=["wide", "phone"])
async def test_a_reminder_is_drawn_from_its_moment_to_the_notice(open_page, api, scheme, window):
    title = unique("Take the tea out")
    due = datetime.now(UTC) + timedelta(seconds=1)
    task = await api.call("POST", "/tasks", {"title": title, "due_at": due.isoformat()})
    page = await open_page(f"/app/flow/{task['id']}", color_scheme=scheme, reduced_motion="reduce", **window)
    await expect(page.locator("#heading")).to_have_text(title)
    rang = page.get_by_role("article", name="A reminder rang")  # it comes while one looks
    hops = rang.get_by_role("img")
    for index, (name, took) in enumerate(
        [("alarm: rang", "after its moment"), ("outbox: handed on", ""), ("task-due: took it up", "")]
    ):
        await expect(hops.nth(index)).to_have_attribute("aria-label", compiled(name, took))
    await expect(hops.nth(3)).to_have_attribute("aria-label", compiled("notice: you were told", "after the function"))
    await hops.nth(3).focus()
    await expect(rang.locator(".tell")).to_contain_text("notice: you were told in the app")
    await rang.get_by_text("As a table").click()
    await expect(rang.get_by_role("row")).to_have_count(5)
    await expect(rang.get_by_role("rowheader", name="task-due")).to_be_visible()
    assert not await page.evaluate(SCROLLS_SIDEWAYS)


def compiled(*parts: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, parts)))


async def test_it_goes_on_while_the_task_is_changed_elsewhere(open_page, api):
    title, better = unique("Pay rnet"), unique("Pay the rent")
    task = await api.call("POST", "/tasks", {"title": title})
    page = await open_page("/app/all")
    await row(page, title).focus()
    await page.keyboard.press("h")
    await expect(page.get_by_role("article")).to_have_count(1)
    await api.call("PATCH", f"/tasks/{task['id']}", {"title": better, "notes": "by the first"})
    await expect(page.get_by_role("heading", name="Changed: title, notes")).to_be_visible()
    await expect(page.locator("#heading")).to_have_text(better)
    await page.go_back()
    await expect(row(page, better)).to_be_visible()


async def test_a_task_that_is_not_there_is_said_to_be_gone(open_page, api):
    task = await api.call("POST", "/tasks", {"title": unique("Old")})
    page = await open_page("/app/all", may_complain=True)
    await api.call("DELETE", f"/tasks/{task['id']}")
    await page.route("**/flow", lambda route: route.fulfill(status=404, json={"title": "Not Found", "status": 404}))
    await page.evaluate(
        "id => { const a = document.createElement('a'); a.href = `/app/flow/${id}`;"
        " document.body.append(a); a.click(); }",
        task["id"],
    )
    await expect(page.get_by_text("This task is not there any more")).to_be_visible()
