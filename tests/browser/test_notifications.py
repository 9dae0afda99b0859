"""The browser's notifications, where the person allowed them and looks elsewhere; whatever a browser makes of them, the
page goes on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.words import unique

pytestmark = pytest.mark.requirement("PROD-192")

ELSEWHERE = "document.hasFocus = () => false"
WITHOUT_WORKERS = "delete Navigator.prototype.serviceWorker"
PLAINLY = """
window.shown = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, options) { shown.push({ title, ...options }); }
  close() {}
};
"""
AS_ON_ANDROID = """
window.Notification = class {
  static permission = "granted";
  constructor() { throw new TypeError("Illegal constructor."); }
};
"""
SHOWN = """
async () => {
  const registration = await navigator.serviceWorker.getRegistration("/page/");
  return (await registration?.getNotifications() ?? []).map(({ title, body }) => ({ title, body }));
}
"""


async def rings(api, title: str) -> dict[str, Any]:
    return await api.call("POST", "/tasks", {"title": title, "due_at": datetime.now(UTC).isoformat()})


def reminder(page: Page, title: str):
    return page.get_by_role("region", name="Reminders").get_by_role("group", name=f"Reminder: {title}")


async def titles(page: Page) -> list[str]:
    return [each["title"] for each in await page.evaluate(SHOWN)]


async def test_a_service_worker_notifies_and_a_click_leads_to_the_task(open_page, api):
    title = unique("Tea")
    page = await open_page(permissions=["notifications"])
    await page.evaluate(ELSEWHERE)
    await rings(api, title)
    await expect(reminder(page, title)).to_be_visible()
    await page.wait_for_function(f"async () => (await ({SHOWN})()).length")
    assert await titles(page) == [title]
    [worker] = page.context.service_workers
    await worker.evaluate(
        """async () => {
          const [notification] = await registration.getNotifications();
          dispatchEvent(new NotificationEvent("notificationclick", { notification }));
        }"""
    )
    await expect(page.locator("li.row", has_text=title)).to_be_focused()
    await page.wait_for_function(f"async () => !(await ({SHOWN})()).length")


async def test_who_looks_at_the_page_is_told_by_the_page_alone(open_page, api):
    title = unique("Tea")
    page = await open_page(permissions=["notifications"])
    await page.evaluate("document.hasFocus = () => true")
    await rings(api, title)
    await expect(reminder(page, title)).to_be_visible()
    assert await titles(page) == []


async def reopened(open_page, *scripts: str) -> Page:
    """The page, begun anew in a browser that is changed so."""
    page = await open_page()
    for script in (ELSEWHERE, *scripts):
        await page.add_init_script(script)
    await page.reload()
    await page.locator("#connection[data-state=live]").wait_for(state="attached")
    return page


async def test_without_a_service_worker_the_page_notifies_itself(open_page, api):
    title = unique("Tea")
    page = await reopened(open_page, WITHOUT_WORKERS, PLAINLY)
    await rings(api, title)
    await page.wait_for_function("() => shown.length")
    [notification] = await page.evaluate("shown")
    assert notification["title"] == title


async def test_a_browser_that_refuses_to_notify_leaves_the_page_following_what_happens(open_page, api):
    title = unique("Tea")
    page = await reopened(open_page, WITHOUT_WORKERS, AS_ON_ANDROID)
    task = await api.call("POST", "/tasks", {"title": title})
    await page.locator("li.row", has_text=title).focus()
    await page.keyboard.press("h")
    await expect(page.get_by_role("article")).to_have_count(1)
    await api.call("PATCH", f"/tasks/{task['id']}", {"due_at": datetime.now(UTC).isoformat()})
    await expect(reminder(page, title)).to_be_visible()
    # The flow is told of an event after the reminders are.
    await expect(page.get_by_role("article", name="A reminder rang")).to_be_visible()


@pytest.mark.requirement("PROD-490")
async def test_of_many_tabs_that_nobody_looks_at_one_follows_for_all(open_page, api):
    """A browser has six connections to a server, and each stream takes one."""
    title = unique("Tea")
    page = await open_page(permissions=["notifications"])
    context = page.context
    await context.add_init_script("Object.defineProperty(Document.prototype, 'hidden', { get: () => true })")
    await context.add_init_script(ELSEWHERE)
    await page.close()
    tabs = [await context.new_page() for _ in range(8)]
    for tab in tabs:
        await tab.goto(f"{api.base_url}/app/all")
        await tab.locator("#loading").wait_for(state="hidden")
    first, *others = tabs
    await first.close()  # another has the turn
    await rings(api, title)
    await others[0].wait_for_function(f"async () => (await ({SHOWN})()).length")
    assert await titles(others[0]) == [title]
