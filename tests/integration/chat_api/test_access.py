"""Who asks: one-time logins, sessions, tokens."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from functions.kernel.credential import hashed
from functions.operations import accounts
from tests.integration.world import NO_TLS, PATIENCE_SECONDS, Person, World

pytestmark = pytest.mark.requirement("FLOW-020")


@pytest.fixture
async def browser(taskwake: World):
    """Somebody who brings nothing but the cookies they are given."""
    async with httpx.AsyncClient(base_url=taskwake.base_url, verify=NO_TLS) as browser:
        yield browser


async def new_login(taskwake: World, person: Person) -> str:
    return await asyncio.to_thread(accounts.issue, taskwake.url(), person.id, "login")


@pytest.mark.requirement("FLOW-016")
async def test_login_opens_one_session(taskwake: World, sam: Person, browser: httpx.AsyncClient) -> None:
    login = await new_login(taskwake, sam)
    answer = await browser.get("/login", params={"login": login})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await browser.get("/me")).json()["id"] == str(sam.id)


@pytest.mark.requirement("FLOW-016")
async def test_login_used_by_many_at_once_opens_one_session(taskwake: World, sam: Person) -> None:
    login = await new_login(taskwake, sam)

    async def attempt() -> bool:
        async with httpx.AsyncClient(base_url=taskwake.base_url, verify=NO_TLS) as browser:
            return "set-cookie" in (await browser.get("/login", params={"login": login})).headers

    assert sum(await asyncio.gather(*(attempt() for _ in range(10)))) == 1


async def test_used_expired_or_made_up_login_opens_none(
    taskwake: World, sam: Person, browser: httpx.AsyncClient
) -> None:
    used, old = await new_login(taskwake, sam), await new_login(taskwake, sam)
    await browser.get("/login", params={"login": used})
    browser.cookies.clear()
    await taskwake.execute("UPDATE credentials SET expires_at = now() WHERE hash = %s", hashed(old))
    token = await asyncio.to_thread(accounts.issue, taskwake.url(), sam.id, "token")
    for login in (used, old, token, "", "made-up", "\0", "ö"):
        answer = await browser.get("/login", params={"login": login})
        assert answer.status_code < 500
        assert "set-cookie" not in answer.headers
        assert (await browser.get("/me")).status_code == 401


async def test_session_writes_only_with_the_pages_own_header(
    taskwake: World, sam: Person, browser: httpx.AsyncClient
) -> None:
    await browser.get("/login", params={"login": await new_login(taskwake, sam)})
    for method, path in [("POST", "/tasks"), ("PATCH", "/me"), ("DELETE", "/webhooks/x"), ("POST", "/chat")]:
        answer = await browser.request(method, path, json={"title": "x"})
        assert answer.status_code == 403, path
        assert "X-Taskwake" in answer.json()["detail"]
    assert (await browser.get("/tasks")).json()["tasks"] == []
    answer = await browser.post("/tasks", json={"title": "x"}, headers={"x-taskwake": "page"})
    assert answer.status_code == 201


async def test_session_ends_at_logout(taskwake: World, sam: Person, browser: httpx.AsyncClient) -> None:
    await browser.get("/login", params={"login": await new_login(taskwake, sam)})
    session = browser.cookies["taskwake_session"]
    assert (await browser.post("/logout", headers={"x-taskwake": "page"})).status_code == 204
    browser.cookies.set("taskwake_session", session)
    assert (await browser.get("/me")).status_code == 401


async def test_expired_session_is_none(taskwake: World, sam: Person, browser: httpx.AsyncClient) -> None:
    await browser.get("/login", params={"login": await new_login(taskwake, sam)})
    await taskwake.execute("UPDATE credentials SET expires_at = now() WHERE user_id = %s AND kind = 'session'", sam.id)
    assert (await browser.get("/me")).status_code == 401


@pytest.mark.parametrize(
    "header",
    ["Bearer made-up", "Bearer", "Basic {token}", "{token}", "bearer  x y", "Bearer {token}x", "Bearer \xff"],
)
async def test_wrong_authorization_is_refused(sam: Person, browser: httpx.AsyncClient, header: str) -> None:
    value = header.format(token=sam.token).encode("latin-1")
    answer = await browser.get("/me", headers={b"authorization": value})
    assert answer.status_code == 401
    shown = header.lower().startswith("bearer ")
    assert answer.headers["www-authenticate"] == ('Bearer error="invalid_token"' if shown else "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_scheme_is_read_in_any_case(sam: Person, browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/me", headers={"authorization": f"bEARER {sam.token}"})).status_code == 200


async def test_revoked_token_is_refused(taskwake: World, sam: Person) -> None:
    await taskwake.execute("DELETE FROM credentials WHERE user_id = %s", sam.id)
    assert (await sam.http.get("/me")).status_code == 401


async def test_session_is_no_token_and_a_token_no_session(
    taskwake: World, sam: Person, browser: httpx.AsyncClient
) -> None:
    browser.cookies.set("taskwake_session", sam.token)
    assert (await browser.get("/me")).status_code == 401
    browser.cookies.clear()
    await browser.get("/login", params={"login": await new_login(taskwake, sam)})
    session = browser.cookies["taskwake_session"]
    browser.cookies.clear()
    assert (await browser.get("/me", headers={"authorization": f"Bearer {session}"})).status_code == 401


async def test_every_route_but_the_public_ones_wants_to_know_who_asks(
    taskwake: World, browser: httpx.AsyncClient
) -> None:
    document = (await browser.get("/openapi.json")).json()
    someone = "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"
    asked = 0
    for path, methods in document["paths"].items():
        for method in methods:
            concrete = "/".join(someone if part.startswith("{") else part for part in path.split("/"))
            answer = await browser.request(method.upper(), concrete, json={})
            # The address of a calendar feed is itself what lets in.
            assert answer.status_code == (404 if path == "/calendar/{secret}.ics" else 401), (method, path)
            asked += 1
    assert asked >= 15


@pytest.mark.requirement("TRUST-141")
@pytest.mark.parametrize(
    "credential", ["", "Authorization: Bearer made-up\r\n", "Cookie: taskwake_session=made-up\r\n"]
)
async def test_no_body_of_somebody_unknown_is_waited_for(
    taskwake: World, browser: httpx.AsyncClient, credential: str
) -> None:
    document = (await browser.get("/openapi.json")).json()
    address = urlsplit(taskwake.base_url)

    async def status(method: str, path: str) -> int:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        kinds = "X-Taskwake: page\r\nContent-Type: application/json\r\n"
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: a\r\n{credential}{kinds}Content-Length: 1000\r\n\r\n{{".encode()
        )
        answer = await reader.readline()
        writer.close()
        return int(answer.split()[1])

    written = [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, methods in document["paths"].items()
        for method in methods
        if method != "get"
    ]
    written.append(("POST", "/mcp"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        answers = dict(zip(written, await asyncio.gather(*(status(*each) for each in written)), strict=True))
    assert {each: answer for each, answer in answers.items() if answer != 401} == {}
    assert len(answers) > 40


async def test_no_credential_is_kept_as_it_is(taskwake: World, sam: Person) -> None:
    rows = await taskwake.execute("SELECT c::text AS text, hash FROM credentials c WHERE user_id = %s", sam.id)
    assert rows[0]["hash"] == hashed(sam.token)
    assert sam.token not in rows[0]["text"]
