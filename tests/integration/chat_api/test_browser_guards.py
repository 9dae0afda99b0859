"""What keeps a browser's owner safe: headers, cookies, no write for a foreign page, nothing shared with one."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from functions.chat_api.page_files import FOLDER
from tests.integration.chat_api.test_tokens import logged_in
from tests.integration.world import NO_TLS, Person, World

SOMEBODY = "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"
WRITES = [("POST", "/tasks"), ("POST", "/lists"), ("POST", "/tokens"), ("POST", "/chat"), ("POST", "/commands")]


@pytest.fixture
async def stranger(taskwake: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=taskwake.base_url, verify=NO_TLS, timeout=15) as http:
        yield http


def directives(answer: httpx.Response) -> dict[str, str]:
    [policy] = answer.headers.get_list("content-security-policy")
    return {name: rest for name, _, rest in (one.strip().partition(" ") for one in policy.split(";"))}


def assert_guarded(answer: httpx.Response) -> None:
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert directives(answer)["default-src"] == "'none'"
    assert directives(answer)["frame-ancestors"] == "'none'"
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert len(answer.headers.get_list("cache-control")) == 1


@pytest.mark.requirement("TRUST-074")
async def test_every_answer_of_every_route_carries_the_guards_and_no_cache_keeps_it(
    stranger: httpx.AsyncClient, sam: Person
) -> None:
    document = (await stranger.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        if path == "/events":
            continue
        concrete = "/".join(SOMEBODY if part.startswith("{") else part for part in path.split("/"))
        for method in methods:
            for http in (stranger, sam.http) if method == "get" else (stranger,):
                answer = await http.request(method.upper(), concrete, headers={"origin": "https://evil.example"})
                assert_guarded(answer)
                assert answer.headers["cache-control"] in {"no-store", "private, no-store", "private, no-cache"}, path


@pytest.mark.requirement("TRUST-074")
@pytest.mark.parametrize(
    "path", ["/", "/app/today", "/page/app.js", "/page/style.css", "/page/none", "/none", "/login"]
)
async def test_the_page_and_what_is_not_there_carry_the_guards(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert_guarded(answer)
    if answer.headers["content-type"].startswith("text/html"):
        policy = directives(answer)
        assert {policy[name] for name in ("script-src", "style-src", "connect-src", "img-src")} == {"'self'"}
        assert policy["require-trusted-types-for"] == "'script'"
        assert "unsafe" not in str(policy)


@pytest.mark.requirement("TRUST-074")
async def test_a_page_that_has_not_changed_keeps_its_own_policy(stranger: httpx.AsyncClient) -> None:
    etag = (await stranger.get("/")).headers["etag"]
    unchanged = await stranger.get("/", headers={"if-none-match": etag})
    assert unchanged.status_code == 304
    assert "content-security-policy" not in unchanged.headers


@pytest.mark.requirement("TRUST-074")
async def test_by_tls_the_browser_is_told_to_keep_to_it(stranger: httpx.AsyncClient) -> None:
    assert "strict-transport-security" not in (await stranger.get("/")).headers
    answer = await stranger.get("/", headers={"x-forwarded-proto": "https"})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.requirement("TRUST-074")
def test_the_page_has_no_script_style_or_listener_within_it_and_makes_html_of_no_text() -> None:
    index = (FOLDER / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", index) == []
    writes = r"\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    for script in FOLDER.glob("*.js"):
        assert re.findall(writes, script.read_text()) == [], script.name


@pytest.mark.requirement("TRUST-073")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-taskwake": "page", "sec-fetch-site": "cross-site"},
        {"x-taskwake": "page", "sec-fetch-site": "same-site"},
        {"x-taskwake": "page", "sec-fetch-site": ""} | {"origin": "https://evil.example"},
        {"x-taskwake": "page", "origin": "https://evil.example"},
        {"x-taskwake": "page", "origin": "null"},
        {"x-taskwake": "page", "origin": "http://127.0.0.1"},
        {"origin": "https://evil.example", "content-type": "text/plain"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "made-up", "x-taskwake": "page"},
    ],
    ids=str,
)
async def test_with_the_cookie_alone_or_from_a_foreign_page_nothing_is_written(
    taskwake: World, sam: Person, headers: dict[str, str]
) -> None:
    async with logged_in(taskwake, sam) as browser:
        del browser.headers["x-taskwake"]
        before = await taskwake.everything()
        for method, path in WRITES:
            answer = await browser.request(method, path, json={"title": "x", "name": "x"}, headers=headers)
            assert answer.status_code == 403, path
        assert (await browser.post("/logout", headers=headers)).status_code == 403
        assert (await browser.post("/mcp", json={}, headers=headers)).status_code in {401, 403}
        assert await taskwake.everything() == before


@pytest.mark.requirement("TRUST-073")
async def test_the_pages_own_write_is_done(taskwake: World, sam: Person) -> None:
    own = {"origin": taskwake.base_url}
    async with logged_in(taskwake, sam) as browser:
        assert (await browser.post("/tasks", json={"title": "x"}, headers=own)).status_code == 201
        seen = own | {"sec-fetch-site": "same-origin"}
        assert (await browser.post("/tasks", json={"title": "x"}, headers=seen)).status_code == 201


@pytest.mark.requirement("TRUST-073")
async def test_a_foreign_page_is_told_that_it_may_ask_nothing(stranger: httpx.AsyncClient) -> None:
    asked = {
        "origin": "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-taskwake, authorization",
    }
    for path in ("/tasks", "/me", "/events", "/mcp", "/login"):
        answer = await stranger.options(path, headers=asked)
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.requirement("TRUST-075")
@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"headers": {"authorization": "Bearer made-up"}},
        {"headers": {"cookie": "taskwake_session=made-up"}},
        {"headers": {"cookie": "__Host-taskwake_session={session}"}},
        {"params": {"token": "{token}"}},
        {"params": {"access_token": "{token}"}},
        {"params": {"authorization": "Bearer {token}"}},
        {"headers": {"authorization": "Basic {token}"}},
        {"headers": {"x-api-key": "{token}"}},
    ],
    ids=str,
)
async def test_the_stream_is_opened_by_no_secret_in_its_address_nor_by_a_guess(
    taskwake: World, sam: Person, stranger: httpx.AsyncClient, shown: dict[str, dict[str, str]]
) -> None:
    given: Any = {
        kind: {name: value.format(token=sam.token, session="x") for name, value in fields.items()}
        for kind, fields in shown.items()
    }
    answer = await stranger.get("/events", **given)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
