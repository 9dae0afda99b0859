"""The chat box, where a list is shown and where it asks back."""

import pytest
from playwright.async_api import expect

from tests.browser.test_page import row, unique


async def say(page, sentence):
    await page.locator("#box").fill(sentence)
    await page.locator("#box").press("Enter")


@pytest.mark.requirement("PROD-161")
async def test_in_a_list_a_sentence_is_sent_as_it_is_and_its_answer_too(open_page, api):
    work = await api.call("POST", "/lists", {"name": unique("Work")})
    for title in (unique("Report"), unique("Letter")):
        await api.call("POST", "/tasks", {"title": title, "list_id": work["id"]})
    page = await open_page(f"/app/list/{work['id']}")
    said = []
    page.on("request", lambda request: said.append(request.post_data_json) if request.url.endswith("/chat") else None)
    title = unique("Call Kim")
    await say(page, f"add {title}")
    await expect(row(page, title)).to_be_visible()
    await expect(page.locator("#answer p")).to_contain_text(title)
    await say(page, f'complete all tasks in #"{work["name"]}"')
    await page.locator("#answer").get_by_role("button", name="Yes, complete 3 tasks").click()
    await expect(page.locator("#answer p")).to_have_text("Completed 3 tasks.")
    assert [sentence["text"] for sentence in said] == [
        f"add {title}",
        f'complete all tasks in #"{work["name"]}"',
        "yes",
    ]
    assert {sentence["list_id"] for sentence in said} == {work["id"]}
    assert said[-1]["question"]
    tasks = (await api.call("GET", f"/tasks?status=all&list_id={work['id']}"))["tasks"]
    assert [task["status"] for task in tasks] == ["done"] * 3


@pytest.mark.requirement("PROD-162")
async def test_a_click_says_which_of_two_tasks_of_one_title_is_meant(page, api):
    title = unique("Call Kim")
    for day in ("2035-01-01", "2035-02-02"):
        await api.call("POST", "/tasks", {"title": title, "due_on": day})
    await expect(row(page, title)).to_have_count(2)
    await say(page, f"delete {title}")
    await page.locator("#answer").get_by_role("button", name="2 Feb").click()
    await expect(page.locator("#answer p")).to_contain_text("Deleted")
    await expect(row(page, title)).to_have_count(1)
    await expect(row(page, title)).to_contain_text("1 Jan")
