"""Settings: calendars, files to take in and to take away, and the end of an account."""

import json
import re

import psycopg
import pytest
from playwright.async_api import Browser, Page, expect

from functions.operations import accounts
from tests.browser.words import SCROLLS_SIDEWAYS, row, unique

CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Example//Example//EN\r
BEGIN:VTODO\r
UID:{uid}\r
DTSTAMP:20261122T183000Z\r
SUMMARY:{title}\r
DUE:20310123T080000Z\r
END:VTODO\r
BEGIN:VTODO\r
UID:{uid}-broken\r
DTSTAMP:20261122T183000Z\r
SUMMARY:{title} broken\r
DUE:soon\r
END:VTODO\r
END:VCALENDAR\r
"""


@pytest.mark.requirement("PROD-091")
@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (390, "dark")])
async def test_a_calendar_address_is_made_read_by_whoever_knows_it_and_revoked(open_page, api, width, scheme):
    name, title = unique("Kitchen"), unique("Call Sam")
    task = await api.call("POST", "/tasks", {"title": title, "due_on": "2031-01-01"})
    await api.call("POST", f"/tasks/{task['id']}/complete")
    page: Page = await open_page("/app/settings", viewport={"width": width, "height": 860}, color_scheme=scheme)
    part = page.get_by_role("region", name="Calendars")
    await part.get_by_label("Name of the calendar").fill(name)
    await part.get_by_label("Also what is done").check()
    await part.get_by_role("button", name="New address").click()
    address = await part.locator(".once input").input_value()
    line = part.locator("li", has_text=name)
    await expect(line).to_contain_text("all lists · with what is done · never read")
    assert not await page.evaluate(SCROLLS_SIDEWAYS)
    calendar = await api.context.request.get(address)
    assert title in await calendar.text()
    await line.get_by_role("button", name="Revoke").click()
    await expect(line).to_have_count(0)
    await expect(part.locator(".once")).to_have_count(0)
    assert (await api.context.request.get(address)).status == 404


@pytest.mark.requirement("PROD-091")
async def test_everything_is_taken_away_as_json_and_tasks_as_a_calendar(open_page, api):
    title = unique("Call Sam")
    await api.call("POST", "/tasks", {"title": title})
    page: Page = await open_page("/app/settings")
    for link, name in (("Everything, as JSON", "taskwake.json"), ("Tasks, as iCalendar", "taskwake.ics")):
        async with page.expect_download() as download:
            await page.get_by_role("link", name=link).click()
        file = await download.value
        assert file.suggested_filename == name
        text = (await file.path()).read_text()
        assert title in text
        assert text.startswith("{") is name.endswith("json")


@pytest.mark.requirement("PROD-090")
@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (390, "dark")])
async def test_a_calendar_file_is_tried_then_taken_and_what_is_left_out_is_told(open_page, api, width, scheme):
    title = unique("From elsewhere")
    page: Page = await open_page("/app/settings", viewport={"width": width, "height": 860}, color_scheme=scheme)
    part = page.get_by_role("region", name="Import")
    await part.get_by_role("button", name="Import").click()
    await expect(part.get_by_role("alert")).to_have_text("Choose a file.")
    text = CALENDAR.format(uid=title.replace(" ", "-"), title=title).encode()
    await part.get_by_label("File", exact=True).set_input_files({"name": "mine.ics", "mimeType": "", "buffer": text})
    await part.get_by_role("button", name="Try it first").click()
    await expect(part.get_by_role("status")).to_contain_text("1 would be added, 1 left out.")
    assert not [task for task in (await api.call("GET", f"/tasks?search={title}"))["tasks"] if task["title"] == title]
    await part.get_by_role("button", name="Import").click()
    await expect(part.get_by_role("status")).to_contain_text("1 added, 1 left out.")
    await expect(part.get_by_role("listitem")).to_contain_text(f"{title} broken: ")
    await part.get_by_role("button", name="Import").click()
    await expect(part.get_by_role("status")).to_contain_text("1 as they were")
    await part.scroll_into_view_if_needed()
    assert not await page.evaluate(SCROLLS_SIDEWAYS)
    await page.goto(page.url.replace("settings", "all"))
    await expect(row(page, title)).to_have_count(1)


@pytest.mark.requirement("PROD-090")
async def test_files_of_todoist_and_vikunja_are_taken_into_a_list_that_is_chosen(open_page, api):
    made = await api.call("POST", "/lists", {"name": unique("Old")})
    here, there = unique("Sweep"), unique("Bake")
    files = {
        "inbox.csv": f"TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE\r\ntask,{here},,1,1,\r\n",
        "data.json": json.dumps([{"id": 1, "title": "Home", "tasks": [{"id": 1, "title": there}]}]),
    }
    page: Page = await open_page("/app/settings")
    part = page.get_by_role("region", name="Import")
    for name, text in files.items():
        await part.get_by_label("File", exact=True).set_input_files(
            {"name": name, "mimeType": "", "buffer": text.encode()}
        )
        await part.get_by_label("Into").select_option(made["name"])
        await part.get_by_role("button", name="Import").click()
        await expect(part.get_by_role("status")).to_contain_text("1 added")
    tasks = (await api.call("GET", f"/tasks?list_id={made['id']}"))["tasks"]
    assert {task["title"] for task in tasks} == {here, there}


@pytest.mark.requirement("PROD-090")
async def test_a_file_that_is_none_is_refused_with_the_reason(open_page):
    page: Page = await open_page("/app/settings", may_complain=True)
    part = page.get_by_role("region", name="Import")
    await part.get_by_label("File", exact=True).set_input_files({"name": "mine.txt", "mimeType": "", "buffer": b"?"})
    await part.get_by_role("button", name="Import").click()
    await expect(part.get_by_role("alert")).to_contain_text("end in .ics, .csv, .json or .zip")
    await part.get_by_label("File", exact=True).set_input_files({"name": "mine.json", "mimeType": "", "buffer": b"{"})
    await part.get_by_role("button", name="Import").click()
    await expect(part.get_by_role("alert")).not_to_be_empty()
    await expect(part.get_by_role("status")).to_be_empty()


@pytest.mark.requirement("PROD-092")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_account_is_deleted_once_it_is_confirmed_and_lists_of_others_are_asked_for(
    browser: Browser, taskwake, scheme
):
    owner_url = taskwake.owner_url
    kim, sam = (f"{unique(who).replace(' ', '-')}@example.org".lower() for who in ("kim", "sam"))
    leaving, other = accounts.add_user(owner_url, "Kim", kim), accounts.add_user(owner_url, "Sam", sam)
    login = accounts.issue(owner_url, leaving, "login")
    context = await browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{taskwake.base_url}/login?login={login}")
    await page.locator("#loading").wait_for(state="hidden")
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "INSERT INTO list_members (list_id, user_id) SELECT id, %s FROM lists WHERE owner_id = %s", (other, leaving)
        )
    await page.goto(f"{taskwake.base_url}/app/settings")
    await page.get_by_role("button", name="Delete my account…").click()
    dialog = page.get_by_role("alertdialog")
    delete = dialog.get_by_role("button", name="Delete my account")
    await delete.click()
    await expect(dialog.get_by_role("alert")).to_contain_text("write your e-mail address")
    await dialog.get_by_label(f"To confirm, write {kim}").fill(kim)
    await delete.click()
    await expect(dialog.get_by_role("alert")).to_contain_text("others use lists of yours: Inbox")
    await dialog.get_by_label("Delete these lists for the others, too").check()
    await page.screenshot(path=f"tests/browser/screenshots/leaving-{scheme}.png")
    await delete.click()
    await expect(page.get_by_role("heading", name="Please sign in")).to_be_visible()
    assert re.search("(401|403)", str((await context.request.get(f"{taskwake.base_url}/me")).status))
    assert accounts.find_user(owner_url, kim) is None
    assert accounts.find_user(owner_url, sam) is not None
    await context.close()
