"""Who asks too often is told to wait, and how long; by person, and by address for who guesses."""

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from functions.chat_api import oidc
from functions.chat_api.api import create_app
from functions.chat_api.limits import Limits
from functions.kernel.credential import new_secret
from functions.operations import accounts
from tests.integration.chat_api.openid_provider import provider_on_loopback
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-044")

PER_MINUTE, BURST = 30, 10


class Site:
    """An API with limits of its own, and a clock that stands still."""

    def __init__(self, taskwake: World) -> None:
        self.now = 0.0
        context = dataclasses.replace(taskwake.taskwake.context, limits=Limits(PER_MINUTE, lambda: self.now))
        self.app = create_app(context)

    def client(self, token: str | None = None, address: str = "192.0.2.1") -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


@pytest_asyncio.fixture
async def site(taskwake: World) -> AsyncIterator[Site]:
    yield Site(taskwake)
    await taskwake.settled()


async def statuses(client: httpx.AsyncClient, times: int, path: str = "/me") -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


async def test_a_person_who_asks_too_often_is_told_when_to_come_again_and_then_let_in(site: Site, sam: Person) -> None:
    client = site.client(sam.token)
    assert await statuses(client, BURST) == [200] * BURST
    refused = await client.get("/me")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "more requests than 30 a minute; try again in 2 s"
    site.now += 2
    assert await statuses(client, 2) == [200, 429]


async def test_every_answer_says_how_much_is_left(site: Site, sam: Person) -> None:
    answer = await site.client(sam.token).get("/me")
    assert answer.headers["ratelimit-policy"] == '"person";q=10;w=20'
    assert answer.headers["ratelimit"] == '"person";r=9;t=2'
    assert "ratelimit" not in (await sam.http.get("/me")).headers


async def test_one_person_takes_nothing_from_another_behind_the_same_address(
    site: Site, sam: Person, kim: Person
) -> None:
    await statuses(site.client(sam.token), BURST + 1)
    assert await statuses(site.client(kim.token), 1) == [200]


async def test_each_command_counts_and_what_is_refused_is_not_done(site: Site, sam: Person) -> None:
    def body(count: int) -> dict[str, object]:
        one = {"type": "task_create", "args": {"title": "x"}}
        return {"commands": [one | {"uuid": str(uuid4())} for _ in range(count)]}

    client = site.client(sam.token)
    assert (await client.post("/commands", json=body(6))).status_code == 200
    refused = await client.post("/commands", json=body(6))
    assert (refused.status_code, len(await sam.tasks())) == (429, 6)
    assert int(refused.headers["retry-after"]) > 0


async def test_who_guesses_is_stopped_by_address_and_nobody_with_them(site: Site, sam: Person, kim: Person) -> None:
    known = site.client(sam.token)
    assert await statuses(known, 1) == [200]
    guesses = [(await site.client(new_secret()).get("/me")).status_code for _ in range(BURST + 2)]
    assert guesses == [401] * BURST + [429] * 2
    # Behind the same address: a token that was right before, one that is new, no token at all, a login.
    assert await statuses(known, 1) == [200]
    assert await statuses(site.client(kim.token), 1) == [429]
    assert await statuses(site.client(), 1) == [429]
    assert await statuses(site.client(), 1, "/login?login=x") == [429]
    assert await statuses(site.client(kim.token, "192.0.2.2"), 1) == [200]


async def test_addresses_of_one_ipv6_network_are_one(site: Site) -> None:
    for host in range(BURST):
        assert await statuses(site.client(address=f"2001:db8::{host}"), 1) == [401]
    assert await statuses(site.client(address="2001:db8::ffff"), 1) == [429]
    assert await statuses(site.client(address="2001:db8:0:1::1"), 1) == [401]


@pytest.mark.requirement("TRUST-144")
async def test_an_ipv4_address_in_ipv6s_form_is_itself(site: Site) -> None:
    assert await statuses(site.client(address="::ffff:192.0.2.1"), BURST) == [401] * BURST
    assert await statuses(site.client(address="::ffff:192.0.2.2"), 1) == [401]
    assert await statuses(site.client(address="192.0.2.1"), 1) == [429]


async def test_logins_that_are_right_are_no_guesses(taskwake: World, site: Site, sam: Person) -> None:
    for _ in range(BURST + 2):
        login = accounts.issue(taskwake.url(), sam.id, "login")
        assert await statuses(site.client(), 1, f"/login?login={login}") == [303]
    wrong = await statuses(site.client(), BURST + 1, "/login?login=wrong")
    assert wrong == [401] * BURST + [429]


async def test_with_no_limit_nobody_is_stopped(taskwake: World, sam: Person) -> None:
    assert await statuses(sam.http, 50) == [200] * 50


@pytest.mark.requirement("TRUST-077")
async def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw_and_no_header_changes_it(site: Site) -> None:
    async def guess(sent: str, proxy: str) -> int:
        transport = httpx.ASGITransport(ProxyHeadersMiddleware(site.app), client=(proxy, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.get("/me", headers={"x-forwarded-for": sent})).status_code

    # Each claims another address; the last one is the proxy's own word.
    guesses = [await guess(f"198.51.100.{n}, 192.0.2.7", "127.0.0.1") for n in range(BURST + 1)]
    assert guesses == [401] * BURST + [429]
    assert await guess("192.0.2.8", "127.0.0.1") == 401
    # Whom nobody trusts is believed no header.
    guesses = [await guess(f"203.0.113.{n}", "192.0.2.9") for n in range(BURST + 1)]
    assert guesses == [401] * BURST + [429]


@pytest.mark.requirement("TRUST-077")
async def test_a_feed_is_read_so_often_and_no_more_and_takes_nothing_from_its_owner(site: Site, sam: Person) -> None:
    path = "/" + (await sam.post("/calendar-feeds", {"name": "a"}))["url"].split("/", 3)[3]
    reader = site.client()
    assert await statuses(reader, BURST + 1, path) == [200] * BURST + [429]
    assert await statuses(site.client(sam.token), 1) == [200]


@pytest.mark.requirement("TRUST-077")
async def test_guesses_at_every_kind_of_secret_are_one_address_s(site: Site) -> None:
    ways: list[tuple[str, dict[str, str]]] = [
        ("/me", {"authorization": "Bearer made-up"}),
        ("/me", {"cookie": "taskwake_session=made-up"}),
        ("/login?login=made-up", {}),
        ("/calendar/made-up.ics", {}),
        ("/mcp", {"authorization": "Bearer made-up"}),
    ]
    client = site.client()
    for number in range(BURST):
        path, headers = ways[number % len(ways)]
        method = "POST" if path == "/mcp" else "GET"
        answer = await client.request(method, path.replace("made-up", f"made-up{number}"), headers=headers)
        assert answer.status_code in {401, 404}, path
    for path, headers in ways:
        method = "POST" if path == "/mcp" else "GET"
        assert (await client.request(method, path, headers=headers)).status_code == 429, path


@dataclasses.dataclass
class Shown:
    """A request with a secret that is right, and what makes the secret one that is none any more."""

    path: str
    headers: dict[str, str]
    end: Callable[[], Awaitable[object]]


async def token(taskwake: World, sam: Person, site: Site, _: pytest.MonkeyPatch) -> Shown:
    made = await sam.post("/tokens", {"name": "a", "scopes": ["tasks:read"]})
    headers = {"authorization": f"Bearer {made['secret']}"}
    return Shown("/me", headers, lambda: sam.http.delete(f"/tokens/{made['id']}"))


async def session(taskwake: World, sam: Person, site: Site, _: pytest.MonkeyPatch) -> Shown:
    once = await asyncio.to_thread(accounts.issue, taskwake.url(), sam.id, "login")
    opened = await site.client().get("/login", params={"login": once})
    headers = {"cookie": f"taskwake_session={opened.cookies['taskwake_session']}"}
    return Shown("/me", headers, lambda: site.client().post("/logout", headers=headers | {"x-taskwake": "page"}))


async def old_session(taskwake: World, sam: Person, site: Site, patch: pytest.MonkeyPatch) -> Shown:
    shown = await session(taskwake, sam, site, patch)
    expired = "UPDATE credentials SET expires_at = now() WHERE kind = 'session' AND user_id = %s"
    return dataclasses.replace(shown, end=lambda: taskwake.execute(expired, sam.id))


async def openid_token(taskwake: World, sam: Person, site: Site, patch: pytest.MonkeyPatch) -> Shown:
    with provider_on_loopback() as provider:
        site.app.state.api.oidc = provider.issuer()
        patch.setattr(oidc, "LEEWAY_SECONDS", 3600)
        headers = {"authorization": f"Bearer {provider.token(exp=int(time.time()) - 60)}"}
        # The provider's keys are known from now on.
        assert (await site.client().get("/me", headers=headers)).status_code == 200

    async def end() -> None:
        patch.undo()

    return Shown("/me", headers, end)


async def feed(taskwake: World, sam: Person, site: Site, _: pytest.MonkeyPatch) -> Shown:
    made = await sam.post("/calendar-feeds", {"name": "a"})
    path = "/" + made["url"].split("/", 3)[3]
    return Shown(path, {}, lambda: sam.http.delete(f"/calendar-feeds/{made['id']}"))


async def login(taskwake: World, sam: Person, site: Site, _: pytest.MonkeyPatch) -> Shown:
    once = await asyncio.to_thread(accounts.issue, taskwake.url(), sam.id, "login")

    async def end() -> None:
        """It was used."""

    return Shown(f"/login?login={once}", {}, end)


@pytest.mark.requirement("TRUST-143")
@pytest.mark.parametrize("kind", [token, session, old_session, openid_token, feed, login])
async def test_a_secret_that_was_right_is_a_guess_once_it_is_none_any_more(
    taskwake: World, site: Site, sam: Person, monkeypatch: pytest.MonkeyPatch, kind: Callable[..., Awaitable[Shown]]
) -> None:
    shown = await kind(taskwake, sam, site, monkeypatch)
    site.now += 3600  # whatever was asked up to here is forgotten
    client = site.client()
    assert (await client.get(shown.path, headers=shown.headers)).status_code == (303 if kind is login else 200)
    await shown.end()
    answers = [(await client.get(shown.path, headers=shown.headers)).status_code for _ in range(BURST + 2)]
    assert answers == [404 if kind is feed else 401] * BURST + [429] * 2
