"""axe-core finds nothing in any view, light and dark, narrow and wide; what is to be pressed is large enough."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.words import SCROLLS_SIDEWAYS, row, unique

pytestmark = pytest.mark.requirement("PROD-085")

VIEWS = ["today", "upcoming", "all", "done", "search?q=call", "search?filter=todya", "activity", "ledger", "settings"]
WIDE = {"viewport": {"width": 1180, "height": 860}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SMALL = """
selector => [...document.querySelectorAll(selector)]
  .filter(node => node.checkVisibility({ contentVisibilityAuto: true }) && !node.closest("[inert]"))
  .map(node => {
    const { width, height } = node.getBoundingClientRect();
    const before = getComputedStyle(node, "::before");
    const grown = before.content === "none" ? 0 : -2 * (parseFloat(before.top) || 0);
    return [node.id || node.className || node.textContent, Math.round(width + grown), Math.round(height + grown)];
  }).filter(([, width, height]) => width < 44 || height < 44)
"""


async def faults(page: Page) -> list[str]:
    """What axe-core objects to, each with where."""
    found = await Axe().run(page)
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} {node['any'][:1]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
async def test_axe_finds_nothing_in_any_view(open_page, api, window, scheme):
    shared = await api.call("POST", "/lists", {"name": unique("Family")})
    for body in (
        {"due_on": "2020-01-01", "notes": "and why", "list_id": shared["id"]},
        {"due_at": datetime.now(UTC).isoformat(), "reminders": [{"minutes_before": 5}]},
        {"due_on": datetime.now(UTC).date().isoformat(), "rrule": "FREQ=DAILY"},
    ):
        task = await api.call("POST", "/tasks", {"title": unique("Call Sam")} | body)
    done = await api.call("POST", "/tasks", {"title": unique("Done")})
    await api.call("POST", f"/tasks/{done['id']}/complete")
    page = await open_page("/app/today", may_complain=True, color_scheme=scheme, reduced_motion="reduce", **window)
    for view in [*VIEWS, f"list/{shared['id']}", f"flow/{task['id']}"]:
        await page.goto(f"{page.url.split('/app/')[0]}/app/{view}")
        await page.locator("#loading").wait_for(state="hidden")
        await expect(page.locator("#heading")).not_to_be_empty()
        if view.startswith("flow"):
            await expect(page.get_by_role("article").first).to_be_visible()
        if view == "activity":
            await expect(page.locator("#activity li").first).to_be_visible()
        if view == "settings":
            await expect(page.get_by_role("list", name="Sessions")).to_contain_text("This browser")
        assert (view, await faults(page)) == (view, [])
        assert (view, await page.evaluate(SCROLLS_SIDEWAYS)) == (view, False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_what_opens_over_the_page(open_page, api, scheme):
    title = unique("Call Sam")
    await api.call("POST", "/tasks", {"title": title, "due_on": "2020-01-01", "rrule": "FREQ=DAILY"})
    page = await open_page("/app/today", color_scheme=scheme, reduced_motion="reduce")
    for key in ("?", "s", "#"):
        await row(page, title).focus()
        await page.keyboard.press(key)
        await expect(page.locator("dialog[open]")).to_be_visible()
        assert (key, await faults(page)) == (key, [])
        await page.keyboard.press("Escape")
    await row(page, title).focus()
    await page.keyboard.press("e")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.get_by_role("region", name="Notices")).to_be_visible()
    assert await faults(page) == []
    await page.locator("#lists a").first.click()
    await page.get_by_role("button", name="Members of this list").click()
    await expect(page.get_by_role("list", name="Members")).to_contain_text("(you)")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await page.locator("#settings-button").click()
    await page.get_by_role("button", name="Delete my account…").click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    assert await faults(page) == []


async def test_on_a_phone_what_is_to_be_pressed_is_44_pixels_wide_and_high(open_page, api):
    title = unique("Call Sam")
    await api.call("POST", "/tasks", {"title": title, "due_on": "2020-01-01"})
    page = await open_page("/app/today", **PHONE)
    await expect(row(page, title)).to_be_visible()
    assert await page.evaluate(SMALL, ".tabs a, .tabs button, .bar button, .check, #send, .head button") == []
    await page.get_by_role("button", name="Lists").tap()
    assert await page.evaluate(SMALL, ".sidebar a, .sidebar button") == []
    await page.get_by_role("link", name="Settings").tap()
    await expect(page.get_by_role("list", name="Sessions")).to_contain_text("This browser")
    assert await page.evaluate(SMALL, "#settings button, #settings a, #settings label.choice, #settings select") == []


async def test_at_twice_the_size_everything_is_still_there_without_scrolling_sideways(open_page, api):
    title = unique("Donaudampfschifffahrtsgesellschaftskapitän")
    task = await api.call("POST", "/tasks", {"title": title, "due_on": "2020-01-01"})
    for view in (*VIEWS, f"flow/{task['id']}"):
        page = await open_page(
            f"/app/{view}", may_complain=True, viewport={"width": 640, "height": 450}, device_scale_factor=2
        )
        assert (view, await page.evaluate(SCROLLS_SIDEWAYS)) == (view, False)


async def test_with_less_motion_nothing_moves(open_page):
    page = await open_page("/app/today", reduced_motion="reduce")
    await page.keyboard.press("?")
    moving = "document.getAnimations().filter(one => one.effect.getComputedTiming().duration > 1).length"
    assert await page.evaluate(moving) == 0
