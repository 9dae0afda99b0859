"""Tokens with scopes, and sessions: made, seen, noted as used, revoked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from functions.kernel.credential import hashed
from functions.operations import accounts
from tests.integration.world import NO_TLS, Person, World, soon

pytestmark = pytest.mark.requirement("PROD-021")


async def with_token(taskwake: World, person: Person, *scopes: str, **fields: Any) -> tuple[httpx.AsyncClient, Any]:
    made = await person.post("/tokens", {"name": "script", "scopes": scopes} | fields)
    headers = {"authorization": f"Bearer {made['secret']}"}
    return httpx.AsyncClient(base_url=taskwake.base_url, headers=headers, verify=NO_TLS, timeout=15), made


@contextlib.asynccontextmanager
async def logged_in(taskwake: World, person: Person, agent: str = "Browser") -> AsyncIterator[httpx.AsyncClient]:
    login = await asyncio.to_thread(accounts.issue, taskwake.url(), person.id, "login")
    headers = {"user-agent": agent, "x-taskwake": "page"}
    async with httpx.AsyncClient(base_url=taskwake.base_url, headers=headers, verify=NO_TLS, timeout=15) as browser:
        await browser.get("/login", params={"login": login})
        yield browser


async def test_a_tokens_secret_is_shown_once_and_only_its_hash_is_kept(taskwake: World, sam: Person) -> None:
    made = await sam.post("/tokens", {"name": "script", "scopes": ["tasks:read"]})
    assert made["secret"].startswith("twk_")
    [row] = await taskwake.execute("SELECT c::text AS text, hash FROM credentials c WHERE id = %s", made["id"])
    assert row["hash"] == hashed(made["secret"])
    assert made["secret"] not in row["text"]
    listed = (await sam.get("/tokens"))["tokens"]
    assert [(token["name"], token["scopes"]) for token in listed] == [
        ("script", ["tasks:read"]),
        ("", ["tasks:read", "tasks:write", "account"]),  # of the command line
    ]
    assert "secret" not in listed[0]


async def test_a_token_sent_again_with_its_key_is_one_token_without_its_secret(taskwake: World, sam: Person) -> None:
    body, key = {"name": "script", "scopes": ["tasks:read"]}, {"Idempotency-Key": str(uuid4())}
    first, again = [await sam.http.post("/tokens", json=body, headers=key) for _ in range(2)]
    assert again.status_code == 201
    assert again.json() == first.json() | {"secret": None}
    kept = await taskwake.execute("SELECT k::text, convert_from(body, 'utf8') AS body FROM idempotency_keys k")
    assert first.json()["secret"] not in str(kept)


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        (["tasks:read"], {"GET /tasks", "GET /lists", "GET /me"}),
        (["tasks:write"], {"POST /tasks", "POST /lists", "GET /me"}),
        (["account"], {"GET /tokens", "PATCH /me", "POST /webhooks", "GET /me"}),
        (
            ["tasks:read", "tasks:write"],
            {"GET /tasks", "GET /lists", "POST /tasks", "POST /lists", "POST /chat", "GET /me"},
        ),
    ],
)
async def test_a_token_does_what_its_scopes_say_and_nothing_else(
    taskwake: World, sam: Person, scopes: list[str], may: set[str]
) -> None:
    http, _ = await with_token(taskwake, sam, *scopes)
    bodies: dict[str, Any] = {
        "GET /tasks": None,
        "GET /lists": None,
        "GET /me": None,
        "GET /tokens": None,
        "POST /tasks": {"title": "x"},
        "POST /lists": {"name": "x"},
        "PATCH /me": {"name": "x"},
        "POST /webhooks": {"url": "https://example.org/", "topics": ["task.due.v1"]},
        "POST /chat": {"text": "hello"},
    }
    async with http:
        for asked, body in bodies.items():
            method, path = asked.split()
            answer = await http.request(method, path, json=body)
            assert answer.is_success is (asked in may), (asked, answer.text)
            if asked not in may:
                assert answer.status_code == 403
                challenge = answer.headers["www-authenticate"]
                missing = challenge.removeprefix('Bearer error="insufficient_scope", scope="').removesuffix('"').split()
                assert missing
                assert not set(missing) & set(scopes)
                assert " ".join(missing) in answer.json()["detail"]


async def test_a_token_makes_none_that_may_do_more_than_itself(taskwake: World, sam: Person) -> None:
    http, _ = await with_token(taskwake, sam, "account")
    async with http:
        refused = await http.post("/tokens", json={"name": "x", "scopes": ["account", "tasks:read"]})
        assert refused.status_code == 403
        assert 'scope="tasks:read"' in refused.headers["www-authenticate"]
        assert (await http.post("/tokens", json={"name": "x", "scopes": ["account"]})).status_code == 201


async def test_a_revoked_or_expired_token_is_refused_at_once(taskwake: World, sam: Person) -> None:
    http, made = await with_token(taskwake, sam, "tasks:read", expires_at=soon(60))
    async with http:
        assert (await http.get("/tasks")).status_code == 200
        await taskwake.execute("UPDATE credentials SET expires_at = now() WHERE id = %s", made["id"])
        assert (await http.get("/tasks")).status_code == 401
        await taskwake.execute("UPDATE credentials SET expires_at = NULL WHERE id = %s", made["id"])
        assert (await sam.http.delete(f"/tokens/{made['id']}")).status_code == 204
        refused = await http.get("/tasks")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


async def test_last_use_is_noted_at_most_once_an_hour(taskwake: World, sam: Person) -> None:
    http, made = await with_token(taskwake, sam, "tasks:read")

    async def version() -> Any:
        return await taskwake.execute("SELECT xmin::text, used_at FROM credentials WHERE id = %s", made["id"])

    async with http:
        assert made["last_used_at"] is None
        await http.get("/tasks")
        first = await version()
        assert first[0]["used_at"]
        await http.get("/tasks")
        assert await version() == first
        await taskwake.execute(
            "UPDATE credentials SET used_at = used_at - interval '61 minutes' WHERE id = %s", made["id"]
        )
        await http.get("/tasks")
        assert (await version())[0]["used_at"] >= first[0]["used_at"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "", "scopes": ["account"]},
        {"name": "x"},
        {"name": "x", "scopes": ["account"], "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "x", "scopes": ["account"], "expires_at": "2020-01-01T00:00:00"},
    ],
)
async def test_what_is_no_token_is_refused(taskwake: World, sam: Person, body: dict[str, Any]) -> None:
    before = await taskwake.everything()
    assert (await sam.http.post("/tokens", json=body)).status_code == 422
    assert await taskwake.everything() == before


async def test_there_is_a_most_of_tokens(taskwake: World, sam: Person) -> None:
    await taskwake.execute(
        """
        INSERT INTO credentials (id, user_id, kind, hash)
        SELECT gen_random_uuid(), %s, 'token', sha256(convert_to(%s::text || n::text, 'utf8'))
        FROM generate_series(1, 99) AS n
        """,
        sam.id,
        sam.id,
    )
    refused = await sam.http.post("/tokens", json={"name": "x", "scopes": ["account"]})
    assert refused.status_code == 409
    assert "may have 100" in refused.json()["detail"]


async def test_sessions_are_listed_by_browser_and_ended_at_once(taskwake: World, sam: Person) -> None:
    async with logged_in(taskwake, sam, "Phone") as phone, logged_in(taskwake, sam, "Laptop") as laptop:
        listed = (await laptop.get("/sessions")).json()["sessions"]
        assert [(session["name"], session["current"]) for session in listed] == [("Laptop", True), ("Phone", False)]
        assert (await laptop.delete(f"/sessions/{listed[1]['id']}")).status_code == 204
        assert (await phone.get("/me")).status_code == 401
        ended = await laptop.delete(f"/sessions/{listed[0]['id']}")
        assert ended.status_code == 204
        assert 'taskwake_session=""' in ended.headers["set-cookie"]
        assert (await laptop.get("/me")).status_code == 401


async def test_sessions_are_read_by_pages(taskwake: World, sam: Person) -> None:
    names, cursor = [], None
    async with contextlib.AsyncExitStack() as open_ones:
        for number in range(3):
            browser = await open_ones.enter_async_context(logged_in(taskwake, sam, f"Browser {number}"))
        while True:
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await browser.get("/sessions", params=query)).json()
            names += [session["name"] for session in page["sessions"]]
            if not (cursor := page["next_cursor"]):
                break
    assert names == ["Browser 2", "Browser 1", "Browser 0"]


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 201), ("none", 201)]
)
async def test_a_session_writes_for_no_foreign_page(taskwake: World, sam: Person, site: str, status: int) -> None:
    async with logged_in(taskwake, sam) as browser:
        answer = await browser.post("/tasks", json={"title": "x"}, headers={"sec-fetch-site": site})
        assert answer.status_code == status
        assert (await browser.get("/tasks", headers={"sec-fetch-site": site})).status_code == 200


async def test_by_tls_the_cookie_is_this_hosts_alone(taskwake: World, sam: Person) -> None:
    login = await asyncio.to_thread(accounts.issue, taskwake.url(), sam.id, "login")
    behind_tls = {"x-forwarded-proto": "https"}
    async with httpx.AsyncClient(base_url=taskwake.base_url, verify=NO_TLS, headers=behind_tls) as browser:
        answer = await browser.get("/login", params={"login": login})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-taskwake_session=")
        assert {"httponly", "secure", "path=/", "samesite=lax"} <= set(cookie.lower().split("; "))
        assert "domain" not in cookie.lower()
        session = cookie.partition("=")[2].partition(";")[0]
        for name, status in (("__Host-taskwake_session", 200), ("taskwake_session", 401)):
            read = await browser.get("/me", headers={"cookie": f"{name}={session}"})
            assert read.status_code == status, name


async def test_a_foreign_page_logs_nobody_out(taskwake: World, sam: Person) -> None:
    async with logged_in(taskwake, sam) as browser:
        del browser.headers["x-taskwake"]
        assert (await browser.post("/logout")).status_code == 403
        assert (await browser.get("/me")).status_code == 200
