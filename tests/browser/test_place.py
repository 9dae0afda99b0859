"""A task's list and who is to do it: shown in its row, chosen in its form."""

import pytest
from playwright.async_api import expect

from tests.browser.words import SCROLLS_SIDEWAYS, row, unique

pytestmark = pytest.mark.requirement("PROD-199")

KIM = {"user_id": "0198a000-0000-7000-8000-000000000001", "name": "Kim", "role": "editor"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 390])
async def test_a_task_is_moved_to_another_list_and_given_to_one_of_its_members(open_page, api, width, scheme):
    me = await api.call("GET", "/me")
    title, name = unique("Mow"), unique("Garden")
    garden = await api.call("POST", "/lists", {"name": name})
    task = await api.call("POST", "/tasks", {"title": title})
    page = await open_page(viewport={"width": width, "height": 860}, color_scheme=scheme)
    members = {"members": [{"user_id": me["id"], "name": me["name"], "role": "owner"}, KIM]}
    await page.route(f"**/lists/{garden['id']}/members", lambda route: route.fulfill(json=members))
    await row(page, title).focus()
    await page.keyboard.press("e")
    await expect(page.get_by_label("Who does it")).to_be_hidden()
    await page.get_by_role("combobox", name="List", exact=True).select_option(name)
    await page.get_by_label("Who does it").select_option(f"{me['name']} (you)")
    assert not await page.evaluate(SCROLLS_SIDEWAYS)
    await page.get_by_role("button", name="Save").click()
    await expect(row(page, title)).to_contain_text("for you")
    await expect(row(page, title)).to_contain_text(f"#{name}")
    kept = await api.call("GET", f"/tasks/{task['id']}")
    assert (kept["list_id"], kept["assignee_id"]) == (garden["id"], me["id"])


async def test_whose_task_it_is_is_shown_by_name(open_page, api):
    title = unique("Mow")
    task = await api.call("POST", "/tasks", {"title": title})
    page = await open_page("/app/today")
    await page.route("**/members", lambda route: route.fulfill(json={"members": [KIM]}))
    found = {"tasks": [task | {"assignee_id": KIM["user_id"], "version": 9}], "next_cursor": None}
    await page.route("**/tasks?*search=*", lambda route: route.fulfill(json=found))
    await page.goto(page.url.replace("/app/today", "/app/search?q=mow"))
    await expect(row(page, title)).to_contain_text("for Kim")
