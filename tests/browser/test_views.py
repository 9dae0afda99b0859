"""The views and their addresses."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.words import SCROLLS_SIDEWAYS, day, row, say, unique

pytestmark = pytest.mark.requirement("PROD-082")


async def heading(page: Page) -> str:
    return await page.locator("#heading").inner_text()


async def test_the_first_address_is_today_and_each_view_has_its_own(open_page):
    page = await open_page("/")
    await expect(page).to_have_url(re.compile("/app/today$"))
    for name, path in (("Upcoming", "upcoming"), ("All tasks", "all"), ("Done", "done"), ("Reminders", "ledger")):
        await page.get_by_role("navigation", name="Views", exact=True).get_by_role("link", name=name).click()
        await expect(page.locator("#heading")).to_have_text(name)
        await expect(page).to_have_url(re.compile(f"/app/{path}$"))
        await expect(page).to_have_title(re.compile(f"{name} · Taskwake$"))
        await expect(page.locator("#heading")).to_be_focused()
    await page.go_back()
    await expect(page.locator("#heading")).to_have_text("Done")
    await page.reload()
    await expect(page.locator("#heading")).to_have_text("Done")


async def test_today_shows_what_is_overdue_and_due_today_and_nothing_else(open_page, api):
    late, now, later, someday = unique("Late"), unique("Now"), unique("Later"), unique("Some day")
    for title, due in ((late, "2020-01-01"), (now, day(0)), (later, day(1)), (someday, None)):
        await api.call("POST", "/tasks", {"title": title, "due_on": due})
    page = await open_page("/app/today")
    await expect(page.get_by_role("region", name="Overdue").get_by_text(late)).to_be_visible()
    await expect(page.get_by_role("region", name="Today").get_by_text(now)).to_be_visible()
    await expect(row(page, later)).to_have_count(0)
    await expect(row(page, someday)).to_have_count(0)


async def test_upcoming_shows_day_by_day_also_what_a_series_will_bring(open_page, api):
    title, once = unique("Water the plants"), unique("Call Sam")
    await api.call("POST", "/tasks", {"title": title, "due_on": day(1), "rrule": "FREQ=DAILY;INTERVAL=2"})
    await api.call("POST", "/tasks", {"title": once, "due_on": day(3)})
    page = await open_page("/app/upcoming")
    tomorrow = page.locator(f"#section-day-{day(1)}")
    third = page.locator(f"#section-day-{day(3)}")
    await expect(tomorrow.get_by_role("checkbox", name=title)).to_be_visible()
    await expect(third.get_by_role("checkbox", name=once)).to_be_visible()
    await expect(third.locator(".expected", has_text=title)).to_contain_text(", to come")
    await expect(third.get_by_role("checkbox", name=title)).to_have_count(0)
    await tomorrow.get_by_role("checkbox", name=title).click()
    await expect(third.get_by_role("checkbox", name=title)).to_be_visible()  # it came
    await expect(third.locator(".expected", has_text=title)).to_have_count(0)
    await expect(page.locator(f"#section-day-{day(15)}", has_text=title)).to_have_count(0)
    await page.get_by_role("button", name="Show 30 days").click()
    await expect(page.locator(f"#section-day-{day(15)} .expected", has_text=title)).to_be_visible()


async def test_a_list_is_made_renamed_and_what_is_written_in_it_goes_into_it(open_page, api):
    page = await open_page("/app/today")
    name, better, title = unique("Hosue"), unique("House"), unique("sweep the stairs")
    await page.get_by_role("button", name="New list").click()
    await page.get_by_role("dialog", name="New list").get_by_label("Name").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.locator("#heading")).to_have_text(name)
    await page.get_by_role("button", name="Rename this list").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text("Write a name.")
    await page.get_by_role("dialog").get_by_label("Name").fill(better)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#heading")).to_have_text(better)
    link = page.locator("#lists").get_by_role("link", name=better)
    await expect(link).to_have_attribute("aria-current", "page")
    await say(page, f"{title} tomorrow at 9")
    await expect(row(page, title).locator(".due")).to_have_text("09:00")
    await expect(link).to_contain_text("1")
    [made] = [task for task in (await api.call("GET", "/tasks?limit=500"))["tasks"] if task["title"] == title]
    assert page.url.endswith(made["list_id"])


async def test_a_list_is_deleted_with_what_is_in_it_after_a_question(open_page, api):
    name, title = unique("Old"), unique("sweep the stairs")
    made = await api.call("POST", "/lists", {"name": name})
    await api.call("POST", "/tasks", {"title": title, "list_id": made["id"]})
    page = await open_page(f"/app/list/{made['id']}")
    await page.get_by_role("button", name="Delete this list").click()
    await expect(page.get_by_role("alertdialog", name="Delete this list?")).to_contain_text(name)
    await page.get_by_role("button", name="Keep it").click()
    await expect(row(page, title)).to_be_visible()
    await page.get_by_role("button", name="Delete this list").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.locator("#heading")).to_have_text("Today")
    await expect(page.locator("#lists").get_by_role("link", name=name)).to_have_count(0)
    await page.get_by_role("link", name="All tasks").click()
    await expect(row(page, title)).to_have_count(0)


async def test_a_list_is_named_in_the_box_by_its_name(open_page, api):
    name, title = unique("Work").replace(" ", ""), unique("send the slides")
    made = await api.call("POST", "/lists", {"name": name})
    page = await open_page("/app/all")
    await say(page, f"{title} #{name}")
    await expect(row(page, title)).to_contain_text(f"#{name}")
    await page.locator("#lists").get_by_role("link", name=name).click()
    await expect(row(page, title)).to_be_visible()
    await expect(page).to_have_url(re.compile(made["id"]))


async def test_what_is_done_is_kept_by_day_and_can_be_reopened(open_page, api):
    title = unique("Sweep")
    task = await api.call("POST", "/tasks", {"title": title})
    await api.call("POST", f"/tasks/{task['id']}/complete")
    page = await open_page("/app/done")
    await page.get_by_role("region", name="Today").get_by_role("checkbox", name=title).click()
    await expect(row(page, title)).to_have_count(0)
    assert (await api.call("GET", f"/tasks/{task['id']}"))["status"] == "open"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_has_the_views_below_and_the_lists_behind_a_button(open_page, api, scheme):
    name = unique("Family")
    await api.call("POST", "/lists", {"name": name})
    page = await open_page(
        "/app/today", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, color_scheme=scheme
    )
    await page.get_by_role("navigation", name="Main views").get_by_role("link", name="Upcoming").tap()
    await expect(page.locator("#heading")).to_have_text("Upcoming")
    assert not await page.evaluate(SCROLLS_SIDEWAYS)
    await page.get_by_role("button", name="Lists").tap()
    await page.get_by_role("link", name=name).tap()
    await expect(page.locator("#heading")).to_have_text(name)
    await expect(page.locator("#sidebar")).to_be_hidden()
    assert not await page.evaluate(SCROLLS_SIDEWAYS)


async def test_light_or_dark_is_chosen_for_this_browser(open_page):
    page = await open_page("/app/settings", color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(paper)
    await page.get_by_label("Colours, in this browser").select_option("Dark")
    dark = await page.evaluate(paper)
    assert dark != light
    await page.reload()
    await page.locator("#heading").wait_for()
    assert await page.evaluate(paper) == dark


async def test_what_is_done_in_one_window_is_seen_in_another(open_page, api):
    title = unique("Sweep")
    await api.call("POST", "/tasks", {"title": title, "due_on": day(0)})
    one, other = await open_page("/app/today"), await open_page("/app/upcoming")
    await one.get_by_role("checkbox", name=title).click()
    await expect(row(other, title)).to_have_count(0)


async def test_a_list_that_is_not_there_is_said_not_to_be(open_page):
    page = await open_page("/app/list/00000000-0000-4000-8000-000000000000")
    await expect(page.get_by_role("heading", name="There is no such list")).to_be_visible()


@pytest.mark.requirement("PROD-198")
@pytest.mark.parametrize("address", ["list/%E0", "nothing-of-ours"])
@pytest.mark.parametrize("width", [1100, 390])
async def test_at_a_wrong_address_it_is_said_that_there_is_no_such_page(open_page, address, width):
    page = await open_page(f"/app/{address}", viewport={"width": width, "height": 844})
    await expect(page.locator("#heading")).to_have_text("There is no such page")
    await page.locator("#nowhere").get_by_role("link", name="Go to Today").click()
    await expect(page.locator("#heading")).to_have_text("Today")
