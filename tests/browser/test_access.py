"""Tokens, sessions and members in a real browser."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

pytestmark = pytest.mark.requirement("PROD-025")


@pytest.mark.parametrize("width", [1100, 390])
async def test_a_token_is_made_shown_once_and_revoked(open_page, width):
    page: Page = await open_page("/app/settings", viewport={"width": width, "height": 860})
    name = f"Kitchen {uuid4().hex[:8]}"
    part = page.get_by_role("region", name="Tokens and sessions")
    await part.get_by_label("What it is for").fill(name)
    await part.get_by_label("Change tasks and lists").check()
    await part.get_by_role("button", name="New token").click()
    await expect(part.locator(".once input")).to_have_value(re.compile("^twk_"))
    row = part.locator("li", has_text=name)
    await expect(row).to_contain_text("tasks:read, tasks:write · never used · until")
    await row.scroll_into_view_if_needed()
    assert await part.evaluate("part => part.scrollWidth <= part.clientWidth")
    await row.get_by_role("button").click()
    await expect(row).to_have_count(0)


@pytest.mark.requirement("PROD-198")
@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => Promise.reject(new Error('forbidden')) }"])
async def test_what_cannot_be_copied_is_selected(open_page, clipboard):
    page: Page = await open_page("/app/settings")
    await page.evaluate(f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    part = page.get_by_role("region", name="Tokens and sessions")
    await part.get_by_label("What it is for").fill("Kitchen")
    await part.get_by_role("button", name="New token").click()
    await part.get_by_role("button", name="Copy").click()
    await expect(part.get_by_role("button", name="Selected: copy it with your keys")).to_be_visible()
    selected = await page.evaluate("() => getSelection().toString()")
    assert selected == await part.locator(".once input").input_value()


async def test_a_list_is_shared_by_a_link_that_works_once(open_page, api):
    made = await api.call("POST", "/lists", {"name": f"Home {uuid4().hex[:8]}"})
    page: Page = await open_page(f"/app/list/{made['id']}")
    await page.get_by_role("button", name="Members of this list").click()
    dialog = page.get_by_role("dialog", name=f"Members of {made['name']}")
    await expect(dialog.get_by_label("Members")).to_contain_text("(you)")
    await dialog.get_by_role("button", name="Make an invitation").click()
    link = await dialog.locator(".once input").input_value()
    await expect(dialog.get_by_label("Invitations")).to_contain_text("Invitation as editor")
    # Who has the link is asked first; here it is somebody who is a member already, and uses none.
    guest: Page = await open_page()
    await guest.goto(link)
    question = guest.get_by_role("dialog", name=f"Join {made['name']}?")
    await expect(question).to_contain_text("invites you as editor")
    assert "invitation" not in guest.url
    await question.get_by_role("button", name="Join").click()
    await expect(question).to_have_count(0)
    await dialog.get_by_role("button", name="Revoke").click()
    await expect(dialog.get_by_label("Invitations").locator("li")).to_have_count(0)


async def test_sessions_show_this_browser(page):
    await page.locator("#settings-button").click()
    await expect(page.get_by_role("list", name="Sessions")).to_contain_text("This browser")
