"""What arrives while somebody presses does not take the press away."""

import pytest
from playwright.async_api import expect

from tests.browser.words import day, row, unique

pytestmark = pytest.mark.requirement("PROD-489")

FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"


async def test_a_press_is_a_click_though_what_is_above_goes_meanwhile(open_page, api):
    above, pressed = unique("Aardvark"), unique("Zebra")
    await api.call("POST", "/tasks", {"title": above, "due_on": day(1)})
    await api.call("POST", "/tasks", {"title": pressed})
    page = await open_page("/app/all")
    await row(page, pressed).get_by_role("checkbox").hover()
    await page.mouse.down()
    await row(page, above).focus()
    await page.keyboard.press("x")  # the row above is completed, and goes
    await page.evaluate(FRAMES)
    await expect(row(page, above)).to_be_visible()  # not while it moves what is pressed
    await page.mouse.up()
    for title in (above, pressed):
        await expect(page.get_by_role("checkbox", name=f"Complete: {title}")).to_have_count(0)


async def test_what_waits_for_a_press_does_not_wait_for_one_that_never_ends(open_page, api):
    title, new = unique("Held"), unique("New")
    await api.call("POST", "/tasks", {"title": title})
    page = await open_page("/app/all")
    await row(page, title).get_by_role("checkbox").hover()
    await page.mouse.down()
    await api.call("POST", "/tasks", {"title": new})
    await expect(row(page, new)).to_be_visible()
    await page.mouse.up()
