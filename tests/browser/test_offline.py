"""Without a connection: it is said, what is changed meanwhile waits, and the page comes back by itself."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.words import row, say, unique
from tests.served import Served

pytestmark = pytest.mark.requirement("PROD-086")


def banner(page: Page):
    return page.locator("#banner")


async def test_offline_is_said_and_what_is_changed_meanwhile_is_sent_once_when_it_is_back(open_page, api):
    done, title = unique("Sweep the stairs"), unique("call Sam")
    task = await api.call("POST", "/tasks", {"title": done})
    page = await open_page("/app/all", may_complain=True)
    await expect(row(page, done)).to_be_visible()
    await page.context.set_offline(True)
    await expect(banner(page)).to_contain_text("Taskwake can’t be reached")
    await row(page, done).focus()
    await page.keyboard.press("x")
    await expect(banner(page)).to_contain_text("1 change waits and will be sent then")
    await say(page, f"{title} tomorrow at 9")
    await expect(banner(page)).to_contain_text("2 changes wait")
    await expect(page.locator("#answer")).to_contain_text("This is sent when Taskwake can be reached again.")
    await expect(page.locator("#box")).to_have_value("")
    assert (await api.call("GET", f"/tasks/{task['id']}"))["status"] == "open"
    await page.context.set_offline(False)
    await expect(banner(page)).to_be_hidden()
    await expect(page.locator("#section-done").get_by_text(done)).to_have_count(1)
    await expect(row(page, title).locator(".due")).to_have_text("09:00")
    made = [each for each in (await api.call("GET", "/tasks?limit=500"))["tasks"] if each["title"] == title]
    assert len(made) == 1


@pytest.mark.requirement("PROD-195")
async def test_what_waited_is_sent_one_after_the_other_as_it_was_written(open_page, api):
    title = unique("call Sam")
    page = await open_page("/app/all", may_complain=True)
    await page.context.set_offline(True)
    await expect(banner(page)).to_be_visible()
    for count, sentence in enumerate((f"{title} tomorrow", "move it to 2031-05-16", "rename it to " + title[::-1]), 1):
        await page.locator("#box").fill(sentence)
        await page.keyboard.press("Enter")
        await expect(banner(page)).to_contain_text(f"{count} change")
    under_way, most = 0, 0

    def begins(request):
        nonlocal under_way, most
        under_way += request.url.endswith("/chat")
        most = max(most, under_way)

    def answered(response):
        nonlocal under_way
        under_way -= response.url.endswith("/chat")

    page.on("request", begins)
    page.on("response", answered)
    await page.context.set_offline(False)
    await expect(row(page, title[::-1])).to_contain_text("2031")
    assert most == 1


async def test_a_write_whose_answer_was_lost_is_sent_again_and_done_once(open_page, api):
    title = unique("buy milk")
    page = await open_page("/app/all", may_complain=True)
    keys = []

    async def lose_the_first(route):
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return await route.continue_()
        await route.fetch()
        return await route.abort()

    await page.route("**/chat", lose_the_first)
    await say(page, title)
    await expect(row(page, title)).to_be_visible()
    await expect(page.locator("#answer")).to_contain_text(title, ignore_case=True)
    assert len(keys) == 2
    assert keys[0] == keys[1]
    made = [each for each in (await api.call("GET", "/tasks?limit=500"))["tasks"] if each["title"].endswith(title[4:])]
    assert len(made) == 1


async def test_a_server_that_ends_and_starts_again_is_found_again_without_a_reload(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ending")
    served = Served.start(folder)
    context = await browser.new_context(viewport={"width": 1100, "height": 860}, locale="en-GB")
    again = None
    try:
        page = await context.new_page()
        await page.goto(served.login_url)
        await page.locator("#connection[data-state=live]").wait_for(state="attached")
        served.end()
        await expect(banner(page)).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / "test_a_server_that_ends.png", animations="disabled")
        await say(page, "water the plants")
        again = Served.start(folder, port=served.port)
        await expect(banner(page)).to_be_hidden(timeout=30_000)
        await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
        await page.keyboard.press("Escape")
        await page.locator("#heading").focus()
        await page.keyboard.press("g")
        await page.keyboard.press("a")
        await expect(row(page, "ater the plants")).to_be_visible()
    finally:
        await context.close()
        for each in (served, again):
            if each and each.process.poll() is None:
                each.end()
