"""The flow view: what happened to a task, hop by hop."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.words import SCROLLS_SIDEWAYS, row, unique

pytestmark = pytest.mark.requirement("PROD-084")

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [{}, PHONE], ids=["wide", "phone"])
async def test_a_reminder_is_drawn_from_its_moment_to_the_notice(open_page, api, scheme, window):
    title = unique("Take the tea out")
    due = datetime.now(UTC) + timedelta(seconds=1)
    task = await api.call("POST", "/tasks", {"title": title, "due_at": due.isoformat()})
    page = await open_page(f"/app/flow/{task['id']}", color_scheme=scheme, reduced_motion="reduce", **window)
    await expect(page.locator("#heading")).to_have_text(title)
    rang = page.get_by_role("article", name="A reminder rang")  # it comes while one looks
    hops = rang.get_by_role("img")
    for index, (name, took) in enumerate(
        [("alarm: rang", "after its moment"), ("outbox: handed on", ""), ("task-due: took it up", "")]
    ):
        await expect(hops.nth(index)).to_have_attribute("aria-label", compiled(name, took))
    await expect(hops.nth(3)).to_have_attribute("aria-label", compiled("notice: you were told", "after the function"))
    await hops.nth(3).focus()
    await expect(rang.locator(".tell")).to_contain_text("notice: you were told in the app")
    await rang.get_by_text("As a table").click()
    await expect(rang.get_by_role("row")).to_have_count(5)
    await expect(rang.get_by_role("rowheader", name="task-due")).to_be_visible()
    assert not await page.evaluate(SCROLLS_SIDEWAYS)


def compiled(*parts: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, parts)))


async def test_it_goes_on_while_the_task_is_changed_elsewhere(open_page, api):
    title, better = unique("Pay rnet"), unique("Pay the rent")
    task = await api.call("POST", "/tasks", {"title": title})
    page = await open_page("/app/all")
    await row(page, title).focus()
    await page.keyboard.press("h")
    await expect(page.get_by_role("article")).to_have_count(1)
    await api.call("PATCH", f"/tasks/{task['id']}", {"title": better, "notes": "by the first"})
    await expect(page.get_by_role("heading", name="Changed: title, notes")).to_be_visible()
    await expect(page.locator("#heading")).to_have_text(better)
    await page.go_back()
    await expect(row(page, better)).to_be_visible()


async def test_a_task_that_is_not_there_is_said_to_be_gone(open_page, api):
    task = await api.call("POST", "/tasks", {"title": unique("Old")})
    page = await open_page("/app/all", may_complain=True)
    await api.call("DELETE", f"/tasks/{task['id']}")
    await page.route("**/flow", lambda route: route.fulfill(status=404, json={"title": "Not Found", "status": 404}))
    await page.evaluate(
        "id => { const a = document.createElement('a'); a.href = `/app/flow/${id}`;"
        " document.body.append(a); a.click(); }",
        task["id"],
    )
    await expect(page.get_by_text("This task is not there any more")).to_be_visible()


def told(title: str, **flow: object) -> dict[str, object]:
    """GET /tasks/{id}/flow of a reminder that was mailed: the mail was asked for, handed on, taken up and delivered."""
    at = "2026-11-20T09:00:0{}Z".format
    mail = {"id": "3", "channel": "email", "status": "delivered", "attempts": 1, "last_error": None}
    mail |= {"requested_at": at(3), "published_at": at(4), "handled_at": at(5), "attempted_at": at(7)}
    rang = {
        "id": "1",
        "topic": "task.due.v1",
        "emitter": "alarm",
        "at": at(0),
        "published_at": at(1),
        "remind_at": at(0),
    }
    rang |= {"changed": [], "handled": [{"function": "task-due", "at": at(2)}], "given_up": []}
    rang |= {"notice": {"id": "2", "title": title, "at": at(3), "read_at": None}}
    rang |= {"deliveries": [mail | {"delivered_at": at(7)}]}
    consumers = {"task.due.v1": ["task-due"], "task.created.v1": ["task-created"]}
    whole = {"task_id": "t", "title": title, "consumers": consumers, "events": [rang], "earlier": False}
    return whole | {"log_begins_at": None} | flow


async def shown(open_page, api, flow: dict[str, object], **options: object):
    task = await api.call("POST", "/tasks", {"title": flow["title"]})
    page = await open_page("/app/today", reduced_motion="reduce", **options)
    await page.route("**/flow", lambda route: route.fulfill(json=flow))
    await page.goto(page.url.replace("/app/today", f"/app/flow/{task['id']}"))
    await expect(page.locator("#heading")).to_have_text(str(flow["title"]))
    return page


@pytest.mark.requirement("PROD-194")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [{}, PHONE], ids=["wide", "phone"])
async def test_a_delivery_is_drawn_hop_by_hop(open_page, api, scheme, window):
    page = await shown(open_page, api, told(unique("Call Kim")), color_scheme=scheme, **window)
    hops = page.get_by_role("article", name="A reminder rang").get_by_role("img")
    for index, words in enumerate(
        (
            "outbox: handed the e-mail on, 1 s after it was asked for",
            "delivery-requested: took the e-mail up, 1 s after it was handed on",
            "e-mail: delivered, 2 s after it was taken up",
        ),
        4,
    ):
        await expect(hops.nth(index)).to_have_attribute("aria-label", f"{words}.")
    await expect(page.locator(".tell")).to_have_text("7 s from the first to the last.")
    assert not await page.evaluate(SCROLLS_SIDEWAYS)


@pytest.mark.requirement("PROD-194")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [{}, PHONE], ids=["wide", "phone"])
async def test_an_event_that_could_not_be_handled_is_not_on_its_way(open_page, api, scheme, window):
    dead = {"id": "1", "topic": "task.created.v1", "emitter": "chat-api", "at": "2026-11-20T09:00:00Z"}
    dead |= {"published_at": "2026-11-20T09:00:01Z", "remind_at": None, "changed": [], "handled": [], "notice": None}
    dead |= {"given_up": [{"function": "task-created", "at": "2026-11-20T09:00:05Z"}], "deliveries": []}
    flow = told(unique("Call Kim"), events=[dead], log_begins_at="2026-11-01T00:00:00Z")
    page = await shown(open_page, api, flow, color_scheme=scheme, **window)
    created = page.get_by_role("article", name="Created")
    await expect(created.locator(".tell")).to_contain_text("task-created could not handle it.")
    await expect(created.get_by_role("img").nth(2)).to_have_attribute(
        "aria-label", compiled("could not handle it", "5 s")
    )
    await expect(page.get_by_text("The log begins on 1 November 2026")).to_be_visible()
    assert not await page.evaluate(SCROLLS_SIDEWAYS)
