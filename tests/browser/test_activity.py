"""Who did what, and taking it back."""

from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.words import SCROLLS_SIDEWAYS, row, unique

pytestmark = pytest.mark.requirement("PROD-089")


def line(page: Page, words: str) -> Locator:
    return page.locator("#activity li", has_text=words)


async def test_what_i_did_is_told_the_last_first_and_taken_back_and_done_again(open_page, api):
    title = unique("Call Sam")
    task = await api.call("POST", "/tasks", {"title": title})
    page = await open_page("/app/activity")
    await expect(line(page, f"You added “{title}”")).to_be_visible()
    await api.call("PATCH", f"/tasks/{task['id']}", {"priority": 1})
    changed = line(page, f"You changed “{title}”: priority 4 → 1")
    await expect(changed).to_be_visible()  # it came by itself
    await expect(page.locator("#activity li").first).to_contain_text(f"You changed “{title}”")
    await changed.get_by_role("button", name="Undo").click()
    await expect(changed).to_contain_text("taken back")
    await expect(changed.get_by_role("button")).to_have_count(0)
    assert (await api.call("GET", f"/tasks/{task['id']}"))["priority"] == 4
    await line(page, f"You changed “{title}”: priority 1 → 4").get_by_role("button", name="Undo").click()
    await expect(line(page, "taken back")).not_to_have_count(0)
    await expect(page.locator("#messages")).to_contain_text("priority 4 → 1")
    assert (await api.call("GET", f"/tasks/{task['id']}"))["priority"] == 1


async def test_what_stands_in_the_way_of_taking_back_is_said(open_page, api):
    title = unique("Sweep")
    task = await api.call("POST", "/tasks", {"title": title})
    await api.call("PATCH", f"/tasks/{task['id']}", {"priority": 1})
    await api.call("PATCH", f"/tasks/{task['id']}", {"priority": 2})
    page = await open_page("/app/activity", may_complain=True)
    await line(page, f"“{title}”: priority 4 → 1").get_by_role("button", name="Undo").click()
    await expect(page.locator("#messages")).to_contain_text("priority")
    assert (await api.call("GET", f"/tasks/{task['id']}"))["priority"] == 2


async def test_what_is_older_is_read_when_it_is_asked_for(open_page, api):
    title = unique("Old")
    await api.call("POST", "/tasks", {"title": title})
    commands = [{"type": "task_create", "uuid": str(uuid4()), "args": {"title": unique("New")}} for _ in range(60)]
    await api.call("POST", "/commands", {"commands": commands})
    page = await open_page("/app/activity")
    await expect(page.locator("#activity li")).to_have_count(50)
    await page.get_by_role("button", name="Show older ones").click()
    await expect(line(page, title)).to_be_visible()
    await expect(page.locator("#activity li:focus")).to_have_count(1)
    await page.get_by_label("Only what I did").check()
    await expect(page.locator("#activity li")).to_have_count(50)


async def test_the_flow_of_a_task_says_who_did_each_and_takes_it_back(open_page, api):
    title, better = unique("Call Sma"), unique("Call Sam")
    task = await api.call("POST", "/tasks", {"title": title})
    await api.call("PATCH", f"/tasks/{task['id']}", {"title": better})
    page = await open_page("/app/all")
    await row(page, better).focus()
    await page.keyboard.press("h")
    changed = page.get_by_role("article").filter(has_text=f"title “{title}” → “{better}”")
    await changed.get_by_role("button", name="Undo").click()
    await expect(page.locator("#heading")).to_have_text(title)
    await expect(changed).to_contain_text("taken back")
    assert (await api.call("GET", f"/tasks/{task['id']}"))["title"] == title


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_nothing_scrolls_sideways(open_page, api, scheme):
    title = unique("Donaudampfschifffahrtsgesellschaftskapitän")
    task = await api.call("POST", "/tasks", {"title": title})
    await api.call("POST", f"/tasks/{task['id']}/complete")
    page = await open_page("/app/activity", viewport={"width": 390, "height": 844}, color_scheme=scheme)
    await expect(line(page, title)).to_have_count(2)
    assert not await page.evaluate(SCROLLS_SIDEWAYS)


@pytest.mark.requirement("PROD-405")
async def test_deleted_list_is_told_of_and_restored_there(open_page, api):
    name, title = unique("Attic"), unique("Sweep")
    made = await api.call("POST", "/lists", {"name": name})
    await api.call("POST", "/tasks", {"title": title, "list_id": made["id"]})
    await api.call("DELETE", f"/lists/{made['id']}")
    page = await open_page("/app/activity")
    deleted = line(page, f"You deleted the list “{name}”")
    await deleted.get_by_role("button", name="Undo").click()
    await expect(deleted).to_contain_text("taken back")
    await expect(line(page, f"You restored the list “{name}”")).to_be_visible()
    await expect(page.locator("#lists").get_by_role("link", name=name)).to_be_visible()
    await expect(line(page, f"You added “{title}”")).to_be_visible()
