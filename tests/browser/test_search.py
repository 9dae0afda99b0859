"""Search: by words, by a filter, and by filters that are kept."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.words import SCROLLS_SIDEWAYS, row, unique

pytestmark = pytest.mark.requirement("PROD-088")


async def test_words_find_tasks_also_those_that_are_done_and_the_address_says_them(open_page, api):
    word = unique("zebra").replace(" ", "")
    done = await api.call("POST", "/tasks", {"title": f"Feed the {word}"})
    await api.call("POST", f"/tasks/{done['id']}/complete")
    await api.call("POST", "/tasks", {"title": unique("Call the zoo"), "notes": f"about the {word}"})
    page = await open_page("/app/today")
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type(word)
    found = page.get_by_role("region", name="Found")
    await expect(found.get_by_role("listitem")).to_have_count(2)
    await expect(page).to_have_url(re.compile(rf"/app/search\?q={word}$"))
    await page.reload()
    await expect(found.get_by_role("listitem")).to_have_count(2)
    await page.get_by_role("searchbox").fill(f"{word} nobody")
    await expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()


@pytest.mark.requirement("PROD-193")
async def test_words_find_first_what_fits_best_and_a_filter_what_is_due_first(open_page, api):
    word = unique("zebra").replace(" ", "")
    for title, notes, due in (
        (unique("Aside"), f"about the {word}", "2031-03-03"),
        (f"Feed the {word}", "", "2031-02-02"),
        (f"{word}", f"{word} {word}", "2031-01-01"),
    ):
        await api.call("POST", "/tasks", {"title": title, "notes": notes, "due_on": due, "labels": [word]})
    page = await open_page(f"/app/search?q={word}")
    found = page.get_by_role("region", name="Found").locator("li.row .title")
    await expect(found.first).to_have_text(word)
    await expect(found.last).to_contain_text("Aside")
    await page.goto(page.url.replace(f"q={word}", f"filter=%40{word}"))
    await expect(found).to_have_text([word, f"Feed the {word}", re.compile("Aside")])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 390])
async def test_what_cannot_be_read_is_underlined_and_said(open_page, scheme, width):
    page = await open_page(
        "/app/search", may_complain=True, viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    await page.get_by_text("Filter", exact=True).click()
    await page.get_by_role("searchbox").fill("p1 & todya")
    await expect(page.locator("#query-marks mark")).to_have_text("todya")
    await expect(page.locator("#query-error")).to_contain_text("did you mean “today”?")
    await expect(page.get_by_role("searchbox")).to_have_attribute("aria-invalid", "")
    assert not await page.evaluate(SCROLLS_SIDEWAYS)
    await page.get_by_role("searchbox").fill("p1 & today")
    await expect(page.locator("#query-error")).to_be_empty()


async def test_a_filter_is_kept_shows_what_comes_to_be_and_is_taken_away_again(open_page, api):
    name, title = unique("House"), unique("Sweep")
    made = await api.call("POST", "/lists", {"name": name.replace(" ", "")})
    page = await open_page("/app/search", may_complain=True)
    await page.get_by_text("Filter", exact=True).click()
    await page.get_by_role("searchbox").fill(f"#{name.replace(' ', '')} & no date")
    await page.get_by_role("button", name="Keep this filter", exact=True).click()
    await page.get_by_role("dialog", name="Keep this filter").get_by_label("Name").fill(name)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#heading")).to_have_text(name)
    await expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
    task = await api.call("POST", "/tasks", {"title": title, "list_id": made["id"]})
    await expect(page.get_by_role("region", name="Found").get_by_text(title)).to_be_visible()
    await api.call("POST", f"/tasks/{task['id']}/complete")
    await expect(row(page, title)).to_have_count(0)
    await page.get_by_role("button", name="Keep this filter no longer").click()
    await expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    await expect(page.get_by_role("searchbox")).to_have_value(f"#{name.replace(' ', '')} & no date")
