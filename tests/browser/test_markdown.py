"""Notes are Markdown: their form shows what they look like, and nothing in them is run."""

import pytest
from playwright.async_api import expect

from tests.browser.words import SCROLLS_SIDEWAYS, row, unique

pytestmark = pytest.mark.requirement("PROD-187")

NOTES = """## To pack

- **passport** and _tickets_
- [x] socks
- [ ] a `tent`

See [the plan](https://example.org/plan), ~~not~~ 1 < 2.

| day | place |
|-----|-------|
| Mon | Bath  |

> rain likely
"""
HARMFUL = """# Look

<img src=x onerror="window.harmed = 1"><script>window.harmed = 2</script>
[click](javascript:window.harmed=3) ![x](javascript:window.harmed=4)
[data](data:text/html,<script>window.harmed=5</script>)
"""


async def form_of(page, title):
    await row(page, title).focus()
    await page.keyboard.press("e")
    return page.get_by_role("form", name=f"Edit {title}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 390])
async def test_notes_are_shown_as_they_are_meant(open_page, api, width, scheme):
    title = unique("Trip")
    await api.call("POST", "/tasks", {"title": title, "notes": NOTES})
    page = await open_page(viewport={"width": width, "height": 1100}, color_scheme=scheme)
    form = await form_of(page, title)
    await expect(form.get_by_role("heading", name="To pack")).to_be_visible()
    await expect(form.locator(".markdown strong")).to_have_text("passport")
    await expect(form.get_by_role("img", name="done")).to_have_count(1)
    await expect(form.get_by_role("link", name="the plan")).to_have_attribute("href", "https://example.org/plan")
    await expect(form.get_by_role("cell", name="Bath")).to_be_visible()
    assert not await page.evaluate(SCROLLS_SIDEWAYS)


async def test_they_follow_what_is_typed_and_plain_ones_are_not_shown_twice(open_page, api):
    title = unique("Trip")
    await api.call("POST", "/tasks", {"title": title, "notes": "just words\nin two lines"})
    page = await open_page()
    form = await form_of(page, title)
    await expect(form.locator(".shown-notes")).to_be_hidden()
    await form.get_by_label("Notes").fill("now **bold**")
    await expect(form.locator(".markdown strong")).to_have_text("bold")


async def test_nothing_in_notes_is_run_or_leads_to_what_runs(open_page, api):
    title = unique("Trip")
    await api.call("POST", "/tasks", {"title": title, "notes": HARMFUL})
    page = await open_page()
    form = await form_of(page, title)
    await expect(form.get_by_role("heading", name="Look")).to_be_visible()
    assert await form.locator(".markdown :is(a, img, script)").count() == 0
    assert await page.evaluate("window.harmed") is None
