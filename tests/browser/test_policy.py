"""The content security policy holds in every view: nothing of the page breaks it, and what is slipped in does."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_accessibility import VIEWS
from tests.browser.words import row, unique

pytestmark = pytest.mark.requirement("TRUST-074")

NOTE_BREACHES = """
window.breaches = [];
addEventListener("securitypolicyviolation", found => breaches.push(`${found.effectiveDirective} ${found.blockedURI}`));
"""


async def breaches(page: Page) -> list[str]:
    return await page.evaluate("breaches")


async def test_nothing_that_the_page_does_in_any_view_breaks_the_policy(open_page, api):
    title = unique("<img src=x onerror=alert(1)>")
    notes = "javascript:alert(1) https://evil.example/<script>alert(1)</script>"
    body = {"title": title, "notes": notes, "due_on": "2020-01-01", "rrule": "FREQ=DAILY", "labels": ["<b>"]}
    task = await api.call("POST", "/tasks", body)
    shared = await api.call("POST", "/lists", {"name": unique("<script>alert(1)</script>")})
    page = await open_page("/app/today", may_complain=True)  # of the filter that cannot be read
    await page.add_init_script(NOTE_BREACHES)
    for view in [*VIEWS, f"list/{shared['id']}", f"flow/{task['id']}"]:
        await page.goto(f"{page.url.split('/app/')[0]}/app/{view}")
        await page.locator("#loading").wait_for(state="hidden")
        await expect(page.locator("#heading")).not_to_be_empty()
        assert (view, await breaches(page)) == (view, [])
    await page.goto(f"{page.url.split('/app/')[0]}/app/today")
    for key in ("?", "s", "e", "#", "n", "h"):
        await row(page, title).first.focus()
        await page.keyboard.press(key)
        await page.keyboard.press("Escape")
    assert await breaches(page) == []
    assert await page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("slipped_in", "broken"),
    [
        ("try { document.body.setAttribute('onclick', 'alert(1)') } catch {}", "trusted-types"),
        ("document.body.setAttribute('style', 'color: red')", "style"),
        ("document.body.append(Object.assign(new Image(), {src: 'https://evil.example/x.png'}))", "img-src"),
        ("fetch('https://evil.example/').catch(() => 0)", "connect-src"),
        ("try { document.body.innerHTML = '<b>x</b>' } catch {}", "trusted-types"),
    ],
)
async def test_what_is_slipped_into_the_page_does_not_run_load_or_send(open_page, slipped_in, broken):
    page = await open_page("/app/today", may_complain=True)
    await page.evaluate(NOTE_BREACHES)
    await page.evaluate(f"() => {{ {slipped_in} }}")
    await page.wait_for_function("breaches.length")
    assert broken in str(await breaches(page))
