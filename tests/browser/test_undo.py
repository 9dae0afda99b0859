"""`u` takes back what was done last on this page, however it was done, and nothing that somebody else did."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.words import row, say, unique


async def undone(page: Page, what: str) -> None:
    """Press `u`, and see that this was taken back."""
    await page.locator("#heading").focus()
    await page.keyboard.press("u")
    await expect(page.locator("#messages")).to_contain_text(what)


async def titles(api, status: str = "open") -> set[str]:
    return {task["title"] for task in (await api.call("GET", f"/tasks?limit=500&status={status}"))["tasks"]}


@pytest.mark.requirement("PROD-190")
async def test_what_was_written_in_the_box_is_undone_before_what_was_done_earlier(page, api):
    done, added = unique("Sweep"), unique("Added")
    await api.call("POST", "/tasks", {"title": done})
    await row(page, done).focus()
    await page.keyboard.press("x")
    await expect(page.get_by_text(f"Completed “{done}”.")).to_be_visible()
    await say(page, f"add {added}")
    await expect(row(page, added)).to_be_visible()
    await undone(page, added)
    assert added not in await titles(api)
    assert done in await titles(api, "done")
    await undone(page, done)
    assert done in await titles(api)


@pytest.mark.requirement("PROD-190")
async def test_undo_pressed_before_the_answer_came_waits_for_it(page, api):
    earlier, added = unique("Earlier"), unique("Added")
    await say(page, f"add {earlier}")
    await expect(row(page, earlier)).to_be_visible()
    held = []

    async def hold(route):
        held.append(route)

    await page.route("**/chat", hold)
    async with page.expect_request("**/chat"):
        await say(page, f"add {added}")
    await page.locator("#heading").focus()
    await page.keyboard.press("u")
    [route] = held
    await route.continue_()
    await expect(page.locator("#messages")).to_contain_text(added)
    assert {earlier, added} & await titles(api) == {earlier}


@pytest.mark.requirement("PROD-190")
async def test_what_chat_has_taken_back_already_is_not_the_last_any_more(page, api):
    first, second = unique("First"), unique("Second")
    for title in (first, second):
        await say(page, f"add {title}")
        await expect(page.locator("#answer")).to_contain_text(title)
    await page.locator("#answer").get_by_role("button", name="Undo").click()
    await expect(page.locator("#answer")).to_contain_text("Undone: ")
    await undone(page, first)
    assert not {first, second} & await titles(api)


@pytest.mark.requirement("PROD-190")
async def test_what_one_sentence_did_to_several_is_undone_at_once(page, api):
    parts = [unique("Iron") for _ in range(2)]
    for title in parts:
        await api.call("POST", "/tasks", {"title": title, "due_on": "2031-05-17"})
    await say(page, "complete everything on 2031-05-17")
    await page.locator("#answer").get_by_role("button", name="Yes").click()
    await expect(page.locator("#section-done").get_by_text(parts[0])).to_have_count(1)
    await page.locator("#heading").focus()
    await page.keyboard.press("u")
    await expect(page.locator("#answer")).to_contain_text("Undone: all 2 of it")
    assert set(parts) <= await titles(api)


@pytest.mark.requirement("PROD-190")
async def test_a_task_added_as_it_was_written_is_undone(page, api):
    title = unique("zzz qqq")
    nothing = {"answer": "?", "tasks": [], "understood": False, "choices": [], "undo": None, "event_id": None}
    await page.route("**/chat", lambda route: route.fulfill(json=nothing))
    await say(page, title)
    await page.locator("#answer").get_by_role("button", name="Add “").click()
    await expect(page.locator("#answer")).to_contain_text("Added, with no date.")
    await undone(page, title)
    assert not [each for each in await titles(api) if title in each]


@pytest.mark.requirement("PROD-190")
async def test_subtasks_are_undone_each_by_itself(page, api):
    title, part = unique("Trip"), unique("Pack")
    await api.call("POST", "/tasks", {"title": title})
    await row(page, title).focus()
    await page.keyboard.press("e")
    await page.get_by_label("Add a subtask").fill(part)
    await page.keyboard.press("Enter")
    await page.get_by_role("checkbox", name=part, exact=True).check()
    await expect(page.locator("#section-done").get_by_text(part)).to_have_count(1)
    await page.keyboard.press("Escape")
    await undone(page, f"reopened “{part}”")
    assert part in await titles(api)
    await undone(page, f"deleted “{part}”")
    assert part not in await titles(api)
    assert title in await titles(api)


@pytest.mark.requirement("PROD-190")
async def test_the_undo_of_a_message_takes_back_what_the_message_tells(page, api):
    done, added = unique("Sweep"), unique("Added")
    await api.call("POST", "/tasks", {"title": done})
    await row(page, done).focus()
    await page.keyboard.press("x")
    message = page.locator("#messages").get_by_role("button", name="Undo")
    await message.hover()  # it stays as long
    await say(page, f"add {added}")
    await expect(row(page, added)).to_be_visible()
    await message.click()
    await expect(page.locator("#messages")).to_contain_text(f"reopened “{done}”")
    assert {done, added} <= await titles(api)


async def edited(page: Page, title: str, to: str) -> None:
    await row(page, title).focus()
    await page.keyboard.press("e")
    await page.get_by_label("Title", exact=True).fill(to)
    await page.get_by_role("button", name="Save").click()


@pytest.mark.requirement("PROD-191")
async def test_an_edit_is_undone_without_what_others_changed_beside_it(page, api):
    title, mine = unique("Rent"), unique("Mine")
    task = await api.call("POST", "/tasks", {"title": title, "notes": "old"})
    await edited(page, title, mine)
    await expect(row(page, mine)).to_be_visible()
    await api.call("PATCH", f"/tasks/{task['id']}", {"notes": "theirs"})
    await expect(row(page, mine)).to_contain_text("theirs")
    await undone(page, title)
    now = await api.call("GET", f"/tasks/{task['id']}")
    assert (now["title"], now["notes"]) == (title, "theirs")


@pytest.mark.requirement("PROD-191")
@pytest.mark.parametrize("how", ["edit", "schedule"])
async def test_what_somebody_changed_since_is_not_undone_and_that_is_said(open_page, api, how):
    page = await open_page(may_complain=True)
    title, mine, theirs = unique("Rent"), unique("Mine"), unique("Theirs")
    task = await api.call("POST", "/tasks", {"title": title, "due_on": "2031-01-01"})
    if how == "edit":
        await edited(page, title, mine)
        await expect(row(page, mine)).to_be_visible()
        change = {"title": theirs}
    else:
        await row(page, title).focus()
        await page.keyboard.press("s")
        await page.get_by_role("dialog", name="Schedule").get_by_role("button", name="Tomorrow").click()
        await expect(page.get_by_text(f"Put off “{title}”.")).to_be_visible()
        change = {"due_on": "2032-02-02"}
    await api.call("PATCH", f"/tasks/{task['id']}", change)
    await undone(page, "since")
    now = await api.call("GET", f"/tasks/{task['id']}")
    assert {name: now[name] for name in change} == change


@pytest.mark.requirement("PROD-191")
async def test_what_changed_nothing_leaves_nothing_to_be_undone(page, api):
    title = unique("Rent")
    task = await api.call("POST", "/tasks", {"title": title, "due_on": "2031-01-01"})
    await row(page, title).focus()
    await page.keyboard.press("s")
    await page.get_by_label("Another day").fill("2031-01-01")
    await page.get_by_role("button", name="Set").click()
    await expect(page.get_by_text(f"Put off “{title}”.")).to_be_visible()
    await undone(page, "There is nothing to undo on this page.")
    assert (await api.call("GET", f"/tasks/{task['id']}"))["due_on"] == "2031-01-01"


@pytest.mark.requirement("PROD-191")
@pytest.mark.parametrize("scope", ["This one", "This and following", "All"])
async def test_an_edit_of_a_recurring_task_is_undone(page, api, scope):
    title, mine = unique("Water"), unique("Mine")
    made = {"title": title, "due_on": "2031-01-01", "rrule": "FREQ=WEEKLY"}
    task = await api.call("POST", "/tasks", made)
    await edited(page, title, mine)
    await page.get_by_role("dialog", name="Change which ones?").get_by_role("button", name=scope, exact=True).click()
    await expect(row(page, mine)).to_be_visible()
    await undone(page, title)
    now = await api.call("GET", f"/tasks/{task['id']}")
    assert {name: now[name] for name in made} == made


@pytest.mark.requirement("PROD-191")
async def test_what_was_taken_back_elsewhere_is_not_taken_back_again(page, api):
    title = unique("Rent")
    task = await api.call("POST", "/tasks", {"title": title})
    await row(page, title).focus()
    await page.keyboard.press("x")
    await expect(page.get_by_text(f"Completed “{title}”.")).to_be_visible()
    done = (await api.call("GET", f"/tasks/{task['id']}/activity"))["activity"][0]
    await api.call("POST", f"/events/{done['id']}/undo")
    await undone(page, "Nothing of it is left to be taken back.")
    assert title in await titles(api)


@pytest.mark.requirement("PROD-405")
async def test_deleted_list_and_its_new_name_are_taken_back_where_they_were_done(open_page, api):
    name, better, title = unique("Old"), unique("Better"), unique("sweep the stairs")
    made = await api.call("POST", "/lists", {"name": name})
    await api.call("POST", "/tasks", {"title": title, "list_id": made["id"]})
    page = await open_page(f"/app/list/{made['id']}")
    await page.get_by_role("button", name="Rename this list").click()
    await page.get_by_role("textbox", name="Name").fill(better)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#heading")).to_have_text(better)
    await page.get_by_role("button", name="Delete this list").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await expect(page.locator("#lists").get_by_role("link", name=better)).to_have_count(0)
    await page.locator("#messages").get_by_role("button", name="Undo").click()
    await expect(page.locator("#messages")).to_contain_text(f"restored the list “{better}”")
    await page.locator("#lists").get_by_role("link", name=better).click()
    await expect(row(page, title)).to_be_visible()
    await undone(page, f"renamed the list “{better}” to “{name}”")
    await expect(page.locator("#lists").get_by_role("link", name=name)).to_be_visible()
