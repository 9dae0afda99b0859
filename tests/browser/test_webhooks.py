"""The page's webhooks: what a person sees of their calls, and does about them."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.in_thread import in_thread
from tests.integration.notification_service.test_deliveries import Receiver
from tests.integration.world import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.requirement("PROD-073")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with in_thread(Receiver()) as receiver:
        yield receiver


@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (390, "dark")])
async def test_a_webhook_is_added_fails_is_turned_on_and_sends_again(open_page, api, receiver, width, scheme):
    page = await open_page("/app/settings", viewport={"width": width, "height": 860}, color_scheme=scheme)
    part = page.get_by_role("region", name="Webhooks")
    await expect(part).to_contain_text("Nobody is called yet")
    await part.get_by_label("Call this address").fill("https://:0/")
    await part.get_by_role("button", name="Add").click()
    await expect(part.get_by_role("alert")).to_contain_text("Write an address like")
    await part.get_by_label("Call this address").fill(receiver.url)
    await part.get_by_role("button", name="Add").click()
    await expect(part).to_contain_text("On. For every change.")
    receiver.answers = [410]
    task = await api.call("POST", "/tasks", {"title": "Call Sam"})

    async def is_off() -> bool:
        return not (await api.call("GET", "/webhooks"))["webhooks"][0]["enabled"]

    await until(is_off)
    await page.reload()
    await expect(part).to_contain_text("Off: the webhook answered 410.")
    await part.get_by_role("button", name="Turn on").click()
    await part.get_by_role("button", name="Send again").click()

    async def is_delivered() -> bool:
        [hook] = (await api.call("GET", "/webhooks"))["webhooks"]
        log = (await api.call("GET", f"/webhooks/{hook['id']}/deliveries"))["deliveries"]
        return log[0]["status"] == "delivered"

    await until(is_delivered)
    await part.get_by_role("button", name="New secret").click()
    await expect(part).to_contain_text("The secret before this one holds until")
    await expect(part).to_contain_text("delivered")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0
    await part.get_by_role("button", name="Remove").click()
    await expect(part).to_contain_text("Nobody is called yet")
    await api.call("DELETE", f"/tasks/{task['id']}")
