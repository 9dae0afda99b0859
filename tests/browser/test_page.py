"""The web page in a real browser, against a running Taskwake."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Locator, Page, expect

WITHIN_TWO_SECONDS = 2_000
CONTRAST = """
selectors => selectors.map(selector => {
  const node = document.querySelector(selector);
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const layers = [];
  for (let at = node; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
  paint.fillStyle = matchMedia("(prefers-color-scheme: dark)").matches ? "black" : "white";
  paint.fillRect(0, 0, 1, 1);
  const shade = colour => {
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map(
      byte => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let under = 0;
  for (const layer of layers) under = shade(layer);
  const over = shade(getComputedStyle(node).color);
  return [selector, (Math.max(over, under) + 0.05) / (Math.min(over, under) + 0.05)];
})
"""  # the ratio of WCAG 2.2 §1.4.3


def unique(words: str) -> str:
    """A title that no other test uses: all tests share one Taskwake."""
    return f"{words} {uuid4().hex[:8]}"


def row(page: Page, title: str) -> Locator:
    return page.locator("li.row:not(.leaving)", has_text=title)


def of_the_series(page: Page, title: str) -> tuple[Locator, Locator]:
    """The rows of a recurring task: the open one, and those that are done."""
    rows = "li.row:not(.leaving)"
    return (
        page.locator(f"main section:not(#section-done) {rows}", has_text=title),
        page.locator(f"#section-done {rows}", has_text=title),
    )


async def say(page: Page, sentence: str) -> None:
    await page.keyboard.press("q")
    await page.keyboard.type(sentence)
    await page.keyboard.press("Enter")


@pytest.mark.requirement("FLOW-014")
@pytest.mark.requirement("FLOW-015")
async def test_a_task_said_in_the_box_appears_without_reload(page):
    title = unique("call Sam")
    await say(page, f"remind me to {title} tomorrow at 9")
    tomorrow = page.get_by_role("region", name="Tomorrow")
    await expect(tomorrow.get_by_text(title)).to_be_visible()
    await expect(row(page, title).locator(".due")).to_have_text("09:00")
    await expect(page.locator("#answer")).to_contain_text(title, ignore_case=True)
    await expect(page.locator("#box")).to_have_value("")


async def test_what_is_not_understood_can_be_added_as_it_stands(page):
    sentence = unique("zzz qqq")
    await page.route("**/chat", lambda route: route.fulfill(json=_not_understood()))
    await say(page, sentence)
    await page.get_by_role("button", name=f"Add “{sentence}” as a task").click()
    await expect(page.get_by_role("region", name="No date").get_by_text(sentence)).to_be_visible()


def _not_understood() -> dict[str, object]:
    return {"answer": "I did not understand that.", "tasks": [], "understood": False}


@pytest.mark.requirement("FLOW-015")
@pytest.mark.requirement("TIME-023")
@pytest.mark.parametrize("width", [1100, 360])
async def test_the_words_that_are_understood_are_marked_where_they_stand(open_page, width):
    page = await open_page(viewport={"width": width, "height": 700})
    await page.locator("#box").fill('🌱 read "tomorrow" every 3 days at 9 #home p1')
    await expect(page.locator("#marks mark")).to_have_text(["every 3 days", "at 9", "#home", "p1"])
    await expect(page.locator("#marks")).to_have_text('🌱 read "tomorrow" every 3 days at 9 #home p1')
    scrolled = "[box, marks].map((part) => part.scrollLeft)"
    await page.locator("#box").press("End")
    box, marks = await page.evaluate(scrolled)
    assert box == marks


@pytest.mark.requirement("TIME-024")
async def test_an_unclear_date_is_asked_back_and_one_click_says_which(page):
    await page.locator("#box").fill("Renew the passport 03/04/2032")
    await expect(page.locator("#marks mark.unclear")).to_have_text("03/04/2032")
    await page.locator("#box").press("Enter")
    reading = page.locator("#answer .chip", has_text="3 April 2032").first
    await expect(reading).to_be_visible()
    await reading.click()
    await expect(page.locator("#answer p")).to_contain_text("Renew the passport")
    await expect(page.locator("#answer p")).to_contain_text("3 Apr 2032")


async def test_what_another_client_does_is_shown_within_two_seconds(page, api):
    title = unique("Fetch the parcel")
    task = await api.call("POST", "/tasks", {"title": title})
    await expect(row(page, title)).to_be_visible(timeout=WITHIN_TWO_SECONDS)
    renamed = unique("Fetch both parcels")
    await api.call("PATCH", f"/tasks/{task['id']}", {"title": renamed})
    await expect(row(page, renamed)).to_be_visible(timeout=WITHIN_TWO_SECONDS)
    await expect(row(page, title)).to_have_count(0)
    await api.call("POST", f"/tasks/{task['id']}/complete")
    await expect(page.locator("#section-done").get_by_text(renamed)).to_have_count(1, timeout=WITHIN_TWO_SECONDS)
    await api.call("POST", f"/tasks/{task['id']}/reopen")
    await expect(row(page, renamed)).to_be_visible(timeout=WITHIN_TWO_SECONDS)
    await api.call("DELETE", f"/tasks/{task['id']}")
    await expect(row(page, renamed)).to_have_count(0, timeout=WITHIN_TWO_SECONDS)


@pytest.mark.requirement("PROD-103")
async def test_undo_beside_the_answer_takes_back_that_sentence_and_a_second_click_no_more(page):
    kept, gone = unique("Sort the letters"), unique("Sort the stamps")
    for title in (kept, gone):
        await say(page, f"add {title}")
        await expect(row(page, title)).to_be_visible()
        await expect(page.locator("#answer")).to_contain_text(title)
    said = []
    page.on("request", lambda request: said.append(request.post_data) if request.url.endswith("/chat") else None)
    await page.locator("#answer").get_by_role("button", name="Undo", exact=True).dblclick()
    await expect(page.locator("#answer")).to_contain_text("Undone: ")
    await expect(row(page, gone)).to_have_count(0)
    await expect(page.locator("#answer").get_by_role("button", name="Undo", exact=True)).to_have_count(0)
    await expect(row(page, kept)).to_be_visible()
    assert len(said) == 1


@pytest.mark.requirement("FLOW-002")
async def test_the_keyboard_completes_a_task_and_undo_reopens_it(page, api):
    title = unique("Sweep the stairs")
    await api.call("POST", "/tasks", {"title": title})
    await row(page, title).focus()
    await page.keyboard.press("x")
    await expect(page.locator("#section-done").get_by_text(title)).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("region", name="No date").get_by_text(title)).to_be_visible()


async def test_j_and_k_move_and_space_completes(page, api):
    first, second = unique("First"), unique("Second")
    for title in (first, second):
        await api.call("POST", "/tasks", {"title": title, "due_on": "2020-01-01"})
    await expect(row(page, second)).to_be_visible()
    await row(page, first).focus()
    await page.keyboard.press("j")
    await expect(row(page, second)).to_be_focused()
    await page.keyboard.press("k")
    await expect(row(page, first)).to_be_focused()
    await page.keyboard.press("Space")
    await expect(page.locator("#section-done").get_by_text(first)).to_have_count(1)
    await expect(row(page, second)).to_be_focused()


@pytest.mark.requirement("FLOW-002")
async def test_title_and_due_time_are_edited_in_the_row(page, api):
    title, better = unique("Pay rnet"), unique("Pay the rent")
    task = await api.call("POST", "/tasks", {"title": title})
    await row(page, title).focus()
    await page.keyboard.press("e")
    await page.get_by_label("Title", exact=True).fill(better)
    await page.get_by_label("Date", exact=True).fill("2031-03-04")
    await page.get_by_label("Time", exact=True).fill("07:30")
    await page.keyboard.press("Enter")
    await expect(row(page, better)).to_contain_text("2031, 07:30")
    kept = await api.call("GET", f"/tasks/{task['id']}")
    assert (kept["title"], kept["due_local"]) == (better, "2031-03-04T07:30:00")
    await page.keyboard.press("e")
    await page.get_by_label("Date", exact=True).fill("")
    await page.get_by_label("Time", exact=True).fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("region", name="No date").get_by_text(better)).to_be_visible()


@pytest.mark.requirement("TIME-017")
@pytest.mark.requirement("TIME-018")
async def test_an_occurrence_is_skipped_in_its_row_or_its_form_and_undo_takes_that_back(page, api):
    title = unique("Water the plants")
    await api.call("POST", "/tasks", {"title": title, "due_on": "2035-01-01", "rrule": "FREQ=DAILY"})
    upcoming, done = of_the_series(page, title)
    await expect(upcoming).to_contain_text("1 Jan")
    await upcoming.hover()
    await page.get_by_role("button", name=f"Skip: {title}").click()
    await expect(done).to_contain_text("Skipped")
    await expect(upcoming).to_contain_text("2 Jan")
    await page.get_by_role("button", name="Undo").click()
    await expect(done).to_have_count(0)
    await expect(upcoming).to_have_count(1)  # the one that skipping brought goes again
    await expect(upcoming).to_contain_text("1 Jan")
    await upcoming.focus()
    await page.keyboard.press("e")
    await page.get_by_role("button", name="Skip", exact=True).click()
    await expect(done).to_contain_text("Skipped")
    await expect(upcoming).to_contain_text("2 Jan")
    await upcoming.hover()


@pytest.mark.requirement("TIME-019")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 1100), ("light", 390), ("dark", 390)])
async def test_which_of_a_series_are_meant_is_asked_before_one_is_changed(open_page, api, scheme, width):
    title = unique("Water the plants")
    task = await api.call("POST", "/tasks", {"title": title, "due_on": "2035-01-01", "rrule": "FREQ=DAILY"})
    page = await open_page(viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce")
    upcoming, _ = of_the_series(page, title)
    await upcoming.focus()
    await page.keyboard.press("e")
    await page.get_by_label("Notes", exact=True).fill("and the herbs")
    await page.get_by_role("button", name="Save").click()
    asked = page.get_by_role("dialog", name="Change which ones?")
    await expect(asked).to_contain_text(title)
    await expect(asked.get_by_role("button", name="This one", exact=True)).to_be_focused()
    await expect(asked.get_by_role("button", name="All")).to_have_accessible_description(
        "Also the title and notes of those that are done."
    )
    words = ["#scope h2", "#scope p", "#scope small", "#scope button"]
    assert [(name, ratio) for name, ratio in await page.evaluate(CONTRAST, words) if ratio < 4.5] == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0
    await page.keyboard.press("Escape")
    await expect(asked).to_have_count(0)
    await expect(page.get_by_label("Notes", exact=True)).to_have_value("and the herbs")
    assert (await api.call("GET", f"/tasks/{task['id']}"))["notes"] == ""
    await page.get_by_role("button", name="Save").click()


@pytest.mark.requirement("TIME-019")
async def test_this_one_this_and_following_and_all_are_changed_as_chosen(page, api):
    title, once, anew = unique("Water the plants"), unique("Feed them once"), unique("Feed the plants")
    await api.call("POST", "/tasks", {"title": title, "due_on": "2035-01-01", "rrule": "FREQ=DAILY"})

    async def rename(row: Locator, better: str, scope: str) -> None:
        await row.focus()
        await page.keyboard.press("e")
        await page.get_by_label("Title", exact=True).fill(better)
        await page.keyboard.press("Enter")
        await page.get_by_role("dialog").get_by_role("button", name=scope, exact=True).click()

    await rename(of_the_series(page, title)[0], once, "This one")
    await of_the_series(page, once)[0].get_by_role("checkbox").click()
    await expect(of_the_series(page, title)[0]).to_contain_text("2 Jan")
    await expect(of_the_series(page, once)[1]).to_have_count(1)
    await rename(of_the_series(page, title)[0], anew, "All")
    await expect(of_the_series(page, anew)[0]).to_contain_text("2 Jan")
    await expect(of_the_series(page, anew)[1]).to_have_count(1)
    await of_the_series(page, anew)[0].focus()
    await page.keyboard.press("e")
    await page.get_by_label("Date", exact=True).fill("2035-01-05")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="This and following").click()
    await expect(of_the_series(page, anew)[0]).to_contain_text("5 Jan")
    await of_the_series(page, anew)[0].get_by_role("checkbox").click()
    await expect(of_the_series(page, anew)[0]).to_contain_text("6 Jan")


@pytest.mark.requirement("TIME-019")
async def test_which_of_a_series_are_meant_is_asked_before_one_is_deleted(page, api):
    title = unique("Water the plants")
    await api.call("POST", "/tasks", {"title": title, "due_on": "2035-01-01", "rrule": "FREQ=DAILY"})
    upcoming, done = of_the_series(page, title)
    asked = page.get_by_role("dialog", name="Delete which ones?")
    await upcoming.focus()
    await page.keyboard.press("#")
    await expect(asked.get_by_role("button", name="Keep it")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(asked).to_have_count(0)
    await upcoming.focus()
    await page.keyboard.press("#")
    await asked.get_by_role("button", name="This one", exact=True).click()
    await expect(upcoming).to_contain_text("2 Jan")
    await expect(done).to_have_count(0)
    await upcoming.get_by_role("checkbox").click()
    await expect(upcoming).to_contain_text("3 Jan")
    await expect(done).to_have_count(1)
    await upcoming.focus()
    await page.keyboard.press("#")
    await asked.get_by_role("button", name="All", exact=True).click()
    await expect(upcoming).to_have_count(0)
    await expect(done).to_have_count(0)


@pytest.mark.requirement("FLOW-002")
async def test_deleting_asks_first(page, api):
    title = unique("Old list")
    await api.call("POST", "/tasks", {"title": title})
    await row(page, title).focus()
    await page.keyboard.press("#")
    await page.get_by_role("button", name="Keep it").click()
    await expect(row(page, title)).to_be_visible()
    await page.keyboard.press("#")
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(row(page, title)).to_have_count(0)


@pytest.mark.requirement("FLOW-004")
@pytest.mark.requirement("FLOW-011")
@pytest.mark.requirement("FLOW-015")
async def test_a_reminder_is_shown_when_its_moment_comes(page, api):
    title = unique("Take the tea out")
    due = datetime.now(UTC) + timedelta(seconds=2)
    await api.call("POST", "/tasks", {"title": title, "due_at": due.isoformat()})
    reminder = page.get_by_role("region", name="Reminders").get_by_role("group", name=f"Reminder: {title}")
    await reminder.wait_for(timeout=10_000)
    assert datetime.now(UTC) >= due
    await page.get_by_role("button", name="Notices,").click()
    await expect(page.get_by_role("button", name=title).filter(has_text="unread")).to_be_visible()
    await reminder.get_by_role("button", name="Complete").click()
    await expect(reminder).to_have_count(0)
    await expect(page.locator("#section-done").get_by_text(title)).to_have_count(1)


@pytest.mark.requirement("TIME-011")
async def test_a_reminder_that_is_snoozed_rings_again_and_one_that_is_dismissed_is_acknowledged(page, api):
    title = unique("Turn the bread")
    task = await api.call("POST", "/tasks", {"title": title, "due_at": datetime.now(UTC).isoformat()})
    reminder = page.get_by_role("region", name="Reminders").get_by_role("group", name=f"Reminder: {title}")
    await reminder.get_by_label("Remind me again in").select_option("1 hour")
    await expect(reminder).to_have_count(0)
    await expect(page.get_by_text("You are reminded again in 1 hour.")).to_be_visible()
    waiting = await api.call("GET", f"/reminders/ledger?fired=false&task_id={task['id']}")
    assert [entry["kind"] for entry in waiting["entries"]] == ["snooze"]
    told = await api.call("GET", f"/reminders/ledger?fired=true&task_id={task['id']}")
    assert [bool(entry["acknowledged_at"]) for entry in told["entries"]] == [True]


@pytest.mark.requirement("TIME-009")
@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (360, "dark")])
async def test_reminders_are_added_and_taken_away_where_the_task_is_edited(open_page, api, width, scheme):
    title = unique("Catch the train")
    due = {"due_local": "2031-03-05T12:00:00", "reminders": [{"every_minutes": 60}]}
    task = await api.call("POST", "/tasks", {"title": title} | due)
    page = await open_page(viewport={"width": width, "height": 860}, color_scheme=scheme)
    await expect(row(page, title)).to_contain_text("every hour until done")
    await row(page, title).locator(".title").click()
    field = page.get_by_role("group", name="Remind me, besides when it is due")
    await field.get_by_label("add").select_option("1 day before at 18:00")
    await field.get_by_label("add").select_option("30 minutes before")
    await field.get_by_role("button", name="Remove: every hour until done").click()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0
    await page.get_by_role("button", name="Save").click()
    await expect(row(page, title)).to_contain_text("1 day before at 18:00, +1")
    changed = await api.call("GET", f"/tasks/{task['id']}")
    assert changed["reminders"] == [{"time": "18:00:00", "days_before": 1}, {"minutes_before": 30}]


@pytest.mark.requirement("TIME-010")
@pytest.mark.requirement("TIME-012")
@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (360, "dark")])
async def test_settings_are_shown_changed_and_refused_with_the_reason(open_page, api, width, scheme):
    page = await open_page("/app/settings", viewport={"width": width, "height": 860}, color_scheme=scheme)
    before = await api.call("GET", "/me")
    try:
        dialog = page.get_by_role("region", name="Settings")
        await dialog.get_by_label("The week begins on").select_option("Sunday")
        await dialog.get_by_label("from").fill("03:00")
        await (
            dialog.get_by_role("group", name="Reminders of a new task")
            .get_by_label("add")
            .select_option("10 minutes before")
        )
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.get_by_role("alert")).to_have_text("Quiet hours have a beginning and an end.")
        await dialog.get_by_label("to", exact=True).fill("03:01")
        await dialog.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        after = await api.call("GET", "/me")
        assert (after["week_start"], after["quiet_from"], after["quiet_until"]) == ("SU", "03:00:00", "03:01:00")
        assert after["default_reminders"] == [{"minutes_before": 10}]
        await page.reload()
        await expect(dialog.get_by_label("from")).to_have_value("03:00")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) == 0
    finally:
        usual = ("week_start", "quiet_from", "quiet_until", "default_reminders")
        await api.call("PATCH", "/me", {name: before[name] for name in usual})


@pytest.mark.requirement("FLOW-026")
async def test_a_hidden_page_keeps_no_stream_and_catches_up_when_seen(page, api):
    hide = "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    async with page.expect_event("requestfailed", lambda request: "/events" in request.url):
        await page.evaluate(hide, True)
    title = unique("Written meanwhile")
    await api.call("POST", "/tasks", {"title": title})
    await expect(row(page, title)).to_have_count(0)
    await page.evaluate(hide, False)
    await expect(row(page, title)).to_be_visible(timeout=WITHIN_TWO_SECONDS)


async def test_a_title_is_text_never_markup(page, api):
    title = unique("<img src=x onerror=document.title='broken'><b>bold</b>")
    await api.call("POST", "/tasks", {"title": title})
    await expect(row(page, title).locator(".title")).to_have_text(title)
    await expect(page.locator("li.row img, li.row b")).to_have_count(0)


@pytest.mark.requirement("TIME-015")
@pytest.mark.parametrize("width", [1100, 360])
async def test_the_ledger_tells_when_each_reminder_rang_and_how_late_on_each_channel(open_page, api, width):
    title = unique("Call Sam")
    page = await open_page(viewport={"width": width, "height": 800})
    due = datetime.now(UTC) + timedelta(seconds=2)
    await api.call("POST", "/tasks", {"title": title, "due_at": due.isoformat()})
    await expect(page.get_by_role("region", name="Reminders").get_by_text(title)).to_be_visible()
    await page.get_by_role("button", name="Notices").click()
    await page.get_by_role("link", name="What became of my reminders").click()
    entry = page.locator("#ledger-rows li", has_text=title)
    await expect(entry.locator(".about")).to_contain_text("Today")
    await expect(entry.locator(".channel.delivered")).to_contain_text("here:")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0


@pytest.mark.requirement("TIME-020")
async def test_the_ledger_tells_what_was_missed_while_the_service_was_off(open_page):
    page = await open_page()
    miss = {
        "task_id": "1",
        "series_id": "2",
        "title": "Water the plants",
        "catch_up": "latest",
        "missed": 364,
        "first_at": "2024-11-26T08:00:00Z",
        "last_at": "2025-11-24T08:00:00Z",
        "created_at": "2025-11-25T17:03:11Z",
    }
    once = miss | {"catch_up": "none", "missed": 1, "title": "Call Sam"}
    await page.route("**/reminders/misses*", lambda route: route.fulfill(json={"misses": [miss, once]}))
    await page.get_by_role("button", name="Notices").click()
    await page.get_by_role("link", name="What became of my reminders").click()
    missed = page.get_by_role("list", name="Missed").get_by_role("listitem")
    await expect(missed).to_have_count(2)
    await expect(missed.first).to_contain_text(re.compile("Missed 364 times between .*2024.* and .*2025.* while"))
    await expect(missed.first).to_contain_text("the latest was told")
    await expect(missed.last).to_contain_text(re.compile("Missed once, .*2024.*, while .* none was told"))


async def test_a_phone_needs_no_sideways_scrolling(open_page, api):
    title = unique("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2)
    await api.call("POST", "/tasks", {"title": title, "due_on": "2020-01-01"})
    page = await open_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0
    await row(page, title).locator(".title").tap()
    await expect(page.get_by_label("Title", exact=True)).to_be_focused()
    assert await page.evaluate(wide) == 0
    await page.get_by_role("button", name="Cancel").tap()
    await page.get_by_role("button", name="Notices").tap()
    await expect(page.get_by_role("region", name="Notices")).to_be_in_viewport(ratio=1)
    assert await page.evaluate(wide) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_what_is_behind_them(open_page, api, scheme):
    await api.call("POST", "/tasks", {"title": unique("Late"), "due_on": "2020-01-01", "notes": "and why"})
    page = await open_page(color_scheme=scheme, reduced_motion="reduce")
    words = [
        "h1",
        "#summary",
        ".late",
        ".overdue h2",
        ".overdue .due",
        ".row .title",
        ".note",
        ".count",
        "#send",
    ]
    too_faint = [(name, ratio) for name, ratio in await page.evaluate(CONTRAST, words) if ratio < 4.5]
    assert too_faint == []


async def test_the_policy_allows_nothing_inline_or_from_elsewhere(page, taskwake):
    answer = await page.goto(taskwake.base_url)
    policy = (await answer.all_headers())["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


@pytest.mark.requirement("FLOW-016")
async def test_who_is_not_signed_in_is_told_how(browser: Browser, taskwake):
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(taskwake.base_url)
    await expect(page.get_by_role("heading", name="Please sign in")).to_be_visible()
    await expect(page.get_by_text("taskwake login")).to_be_visible()
    await expect(page.get_by_text("make run")).to_be_visible()
    await context.close()


@pytest.mark.requirement("PROD-017")
@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (360, "dark")])
async def test_what_a_task_has_is_shown_in_its_row_and_edited_in_its_form(open_page, api, width, scheme):
    title = unique("Paint the fence")
    fields = {"labels": ["garden"], "priority": 1, "deadline_on": "2031-03-09", "estimate_minutes": 90}
    task = await api.call("POST", "/tasks", {"title": title} | fields)
    page = await open_page(viewport={"width": width, "height": 1100}, color_scheme=scheme)
    for words in ("p1", "@garden", "takes 90 minutes", "by "):
        await expect(row(page, title).locator(".details")).to_contain_text(words)
    await row(page, title).locator(".title").click()
    form = page.get_by_role("form", name=f"Edit {title}")
    await form.get_by_label("Labels").fill("@garden, weekend")
    await form.get_by_label("Priority").select_option("2")
    await form.get_by_label("Minutes it takes").fill("")
    part = unique("Buy paint")
    await form.get_by_label("Add a subtask").fill(part)
    await page.keyboard.press("Enter")
    await expect(form.get_by_role("checkbox", name=part)).to_be_visible()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0
    await form.get_by_role("checkbox", name=part).check()
    await page.get_by_role("button", name="Save").click()
    await expect(row(page, title).locator(".details")).to_contain_text("@weekend")
    changed = await api.call("GET", f"/tasks/{task['id']}")
    assert (changed["labels"], changed["priority"], changed["estimate_minutes"]) == (["garden", "weekend"], 2, None)
    [of_it] = (await api.call("GET", f"/tasks?status=all&parent_id={task['id']}"))["tasks"]
    assert (of_it["title"], of_it["status"]) == (part, "done")
