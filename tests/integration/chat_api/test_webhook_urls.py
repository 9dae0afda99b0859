"""A webhook's URL that can never be called is refused when it is given, with its field and what to do."""

import socket
from collections.abc import Sequence
from typing import Any

import pytest

from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-430")

HOOK = {"url": "https://example.org/", "topics": ["task.due.v1"]}
INSIDE = [
    *("https://10.0.0.5", "https://[::1]", "https://localhost:8443/x", "https://169.254.169.254/latest/meta-data/"),
    *("https://167772165/", "https://0x0a.0.0.5/", "https://012.0.0.5/", "https://[::ffff:10.0.0.5]/"),
    *("https://[64:ff9b::a00:5]/", "https://[fe80::1%25eth0]/", "http://8.8.8.8/", "http://hooks.example/"),
]


@pytest.fixture
def nothing_allowed(taskwake: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the operator allows no networks; the tests' own is this machine's."""
    monkeypatch.setattr(taskwake.taskwake.context, "webhook_networks", ())


@pytest.mark.usefixtures("nothing_allowed")
@pytest.mark.parametrize("url", INSIDE)
async def test_what_no_call_can_reach_is_refused_at_once(sam: Person, url: str) -> None:
    hook = await sam.post("/webhooks", HOOK)
    for answer in (
        await sam.http.post("/webhooks", json=HOOK | {"url": url}),
        await sam.http.patch(f"/webhooks/{hook['id']}", json={"url": url}),
    ):
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["field"]) == (422, "url")
        assert "https" in error["message"] or "TASKWAKE_WEBHOOK_NETWORKS" in error["message"]
    assert (await sam.get("/webhooks"))["webhooks"] == [hook]


@pytest.mark.usefixtures("nothing_allowed")
async def test_no_request_asks_a_resolver_for_a_name(sam: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    getaddrinfo = socket.getaddrinfo

    def noting(host: Any, *arguments: Any, flags: int = 0, **more: Any) -> Sequence[Any]:
        if not flags & socket.AI_NUMERICHOST:
            asked.append(host)
        return getaddrinfo(host, *arguments, flags=flags, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noting)
    assert (await sam.http.post("/webhooks", json=HOOK | {"url": "https://hooks.example/x"})).status_code == 201
    assert not [host for host in asked if "hooks" in str(host)]


@pytest.mark.usefixtures("nothing_allowed")
async def test_a_webhook_that_was_taken_before_is_changed_in_all_but_its_url(taskwake: World, sam: Person) -> None:
    hook = await sam.post("/webhooks", HOOK)
    await taskwake.execute("UPDATE webhooks SET url = 'https://10.0.0.5/' WHERE id = %s", hook["id"])
    assert (await sam.http.patch(f"/webhooks/{hook['id']}", json={"enabled": False})).status_code == 200
