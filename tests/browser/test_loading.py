"""The first load: how much it transfers, how it is kept, and that nothing else is asked for."""

import pytest
from playwright.async_api import Browser, expect

pytestmark = pytest.mark.requirement("PROD-087")

FIRST_LOAD_BYTES = 100_000


async def test_the_first_load_is_less_than_100_kb_and_the_second_almost_nothing(
    browser: Browser, taskwake, session_state
):
    context = await browser.new_context(storage_state=session_state)
    page = await context.new_page()
    network = await context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    received: dict[str, float] = {}
    network.on(
        "Network.responseReceived", lambda event: addresses.update({event["requestId"]: event["response"]["url"]})
    )
    network.on(
        "Network.loadingFinished", lambda event: received.update({event["requestId"]: event["encodedDataLength"]})
    )
    await network.send("Network.enable")
    await page.goto(f"{taskwake.base_url}/app/today")
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    own = {url: received[each] for each, url in addresses.items() if "/page/" in url or "/app/" in url}
    assert 4 <= len(own) <= 8
    assert sum(own.values()) < FIRST_LOAD_BYTES
    assert all(url.startswith(taskwake.base_url) for url in addresses.values())
    await page.reload()
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    transferred = await page.evaluate(
        "performance.getEntriesByType('resource').filter(each => each.name.includes('/page/'))"
        ".reduce((sum, each) => sum + each.transferSize, 0)"
    )
    assert transferred == 0
    await context.close()


async def test_a_file_is_kept_for_ever_by_its_hash_and_asked_for_again_without(api, taskwake):
    index = await api.context.request.get(f"{taskwake.base_url}/app/today")
    assert index.headers["cache-control"] == "no-cache"
    etag = index.headers["etag"]
    again = await api.context.request.get(f"{taskwake.base_url}/app/today", headers={"if-none-match": etag})
    assert (again.status, await again.body()) == (304, b"")
    [address] = {part.split('"')[0] for part in (await index.text()).split('src="')[1:] if "app.js" in part}
    kept = await api.context.request.get(taskwake.base_url + address)
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    name = address.rsplit("/", 1)[1]
    for other in (f"/page/{name}", f"/page/0123456789abcdef/{name}"):
        now = await api.context.request.get(taskwake.base_url + other)
        assert now.headers["cache-control"] == "no-cache"
        assert await now.body() == await kept.body()


async def test_it_can_be_installed(api, taskwake):
    index = await (await api.context.request.get(f"{taskwake.base_url}/")).text()
    address = index.split('rel="manifest" href="')[1].split('"')[0]
    manifest = await (await api.context.request.get(taskwake.base_url + address)).json()
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == ("Taskwake", "standalone", "/app/today")
    for icon in manifest["icons"]:
        image = await api.context.request.get(f"{taskwake.base_url}{address.rsplit('/', 1)[0]}/{icon['src']}")
        assert image.headers["content-type"] == icon["type"]
