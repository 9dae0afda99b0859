"""Everything by the keyboard, the focus always seen and never lost."""

from datetime import date, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.words import row, unique

pytestmark = pytest.mark.requirement("PROD-083")


async def test_g_and_a_letter_go_to_a_view(page):
    for key, name in (("t", "Today"), ("u", "Upcoming"), ("d", "Done"), ("a", "All tasks")):
        await page.keyboard.press("g")
        await page.keyboard.press(key)
        await expect(page.locator("#heading")).to_have_text(name)


async def test_every_key_that_is_listed_is_there_to_be_pressed(page):
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_text("Undo")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


@pytest.mark.parametrize("key", ["u", "Control+z"])
async def test_undo_takes_the_last_back_and_says_when_there_is_nothing(page, api, key):
    first, second = unique("First"), unique("Second")
    for title in (first, second):
        await api.call("POST", "/tasks", {"title": title, "due_on": "2020-01-02"})
        await row(page, title).focus()
        await page.keyboard.press("x")
        await expect(page.get_by_text(f"Completed “{title}”.")).to_be_visible()
    overdue = page.get_by_role("region", name="Overdue")
    await page.keyboard.press(key)
    await expect(overdue.get_by_text(second)).to_be_visible()
    await page.keyboard.press(key)
    await expect(overdue.get_by_text(first)).to_be_visible()
    await page.keyboard.press(key)
    await expect(page.get_by_text("There is nothing to undo on this page.")).to_be_visible()


async def test_s_puts_a_task_off_keeps_its_time_and_undo_brings_it_back(page, api):
    title = unique("Call Sam")
    due = {"due_local": "2020-01-01T09:30:00", "zone": "Europe/Berlin"}
    task = await api.call("POST", "/tasks", {"title": title} | due)
    await row(page, title).focus()
    await page.keyboard.press("s")
    await expect(page.get_by_role("dialog", name="Schedule").get_by_role("button", name="Tomorrow")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(f"Put off “{title}”.")).to_be_visible()
    moved = await api.call("GET", f"/tasks/{task['id']}")
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 - the browser's day
    assert (moved["due_local"], moved["zone"]) == (f"{tomorrow}T09:30:00", "Europe/Berlin")
    await page.keyboard.press("u")
    await expect(page.get_by_role("region", name="Overdue").get_by_text(title)).to_be_visible()
    assert (await api.call("GET", f"/tasks/{task['id']}"))["due_local"] == due["due_local"]


async def test_a_dialog_that_closed_takes_the_focus_from_nothing_that_was_opened_since(page, api):
    title = unique("Call Sam")
    await api.call("POST", "/tasks", {"title": title})
    await row(page, title).focus()
    await page.keyboard.press("s")
    await row(page, title).evaluate(
        """(row) => new Promise((closed) => {
          const dialog = document.getElementById("schedule");
          dialog.addEventListener("close", () => setTimeout(closed));
          dialog.close(); // which it tells in a moment; by then:
          row.focus();
          row.dispatchEvent(new KeyboardEvent("keydown", { key: "e", bubbles: true, cancelable: true }));
        })"""
    )
    await expect(page.get_by_role("textbox", name="Title")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(row(page, title)).to_be_focused()


async def test_a_day_is_chosen_and_a_task_without_one_gets_it(page, api):
    title = unique("Renew the passport")
    task = await api.call("POST", "/tasks", {"title": title})
    await row(page, title).focus()
    await page.keyboard.press("s")
    await page.get_by_label("Another day").fill("2031-03-04")
    await page.get_by_role("button", name="Set").click()
    await expect(row(page, title)).to_contain_text("2031")
    assert (await api.call("GET", f"/tasks/{task['id']}"))["due_on"] == "2031-03-04"
    await expect(row(page, title)).to_be_focused()
    await page.keyboard.press("s")
    await page.keyboard.press("Escape")
    await expect(row(page, title)).to_be_focused()


async def test_the_focus_goes_on_when_its_row_goes(page, api):
    first, second = unique("First"), unique("Second")
    made = [await api.call("POST", "/tasks", {"title": title, "due_on": "2020-01-03"}) for title in (first, second)]
    await expect(row(page, second)).to_be_visible()  # else both may be told in one frame
    await row(page, first).focus()
    await api.call("DELETE", f"/tasks/{made[0]['id']}")
    await expect(row(page, first)).to_have_count(0)
    await expect(row(page, second)).to_be_focused()


async def test_tab_leads_through_the_page_and_out_of_it_again(open_page):
    page = await open_page("/app/today")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the view")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#heading")).to_be_focused()
    seen = set()
    for _ in range(200):
        await page.keyboard.press("Tab")
        focused = await page.evaluate("document.activeElement.tagName + (document.activeElement.id || '')")
        if focused in seen and focused == "BODY":
            break
        seen.add(focused)
    assert "BODY" in seen  # past the last, as every browser does
    assert "INPUTbox" in seen


async def test_undo_brings_a_deleted_task_back(page, api):
    title = unique("Old list")
    task = await api.call("POST", "/tasks", {"title": title, "labels": ["home"]})
    await row(page, title).focus()
    await page.keyboard.press("#")
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(row(page, title)).to_have_count(0)
    await page.keyboard.press("u")
    await expect(row(page, title)).to_contain_text("@home")
    assert (await api.call("GET", f"/tasks/{task['id']}"))["status"] == "open"


async def test_undo_makes_an_edited_task_what_it_was(page, api):
    title, other = unique("Pay the rent"), unique("Something else")
    task = await api.call("POST", "/tasks", {"title": title, "due_on": "2031-01-01", "notes": "by the first"})
    await row(page, title).focus()
    await page.keyboard.press("e")
    await page.get_by_label("Title", exact=True).fill(other)
    await page.get_by_label("Date", exact=True).fill("2031-02-02")
    await page.get_by_label("Notes", exact=True).fill("")
    await page.get_by_label("Labels", exact=True).fill("home")
    await page.get_by_label("Priority").select_option("1, the highest")
    await page.get_by_role("button", name="Save").click()
    await expect(row(page, other)).to_be_visible()
    await page.keyboard.press("u")
    await expect(row(page, title)).to_contain_text("by the first")
    kept = await api.call("GET", f"/tasks/{task['id']}")
    assert {**kept, "version": 1} == task
