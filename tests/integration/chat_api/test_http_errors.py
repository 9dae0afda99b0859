"""What the edge of HTTP itself refuses: another method, another type of body."""

import pytest

from tests.integration.world import Person

pytestmark = pytest.mark.requirement("PROD-040")

NOBODY = "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/tasks", "GET, HEAD, POST"),
        (f"/tasks/{NOBODY}", "DELETE, GET, HEAD, PATCH"),
        (f"/tasks/{NOBODY}/skip", "POST"),
        ("/dead-letters/audit", "GET, HEAD"),
        ("/events", "GET"),
    ],
)
async def test_another_method_is_told_each_one_that_the_path_takes(sam: Person, path: str, allowed: str) -> None:
    answer = await sam.http.put(path, json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml; a=b"])
async def test_a_body_of_another_type_is_told_which_is_taken_and_does_nothing(sam: Person, media_type: str) -> None:
    answer = await sam.http.post("/tasks", content='{"title": "x"}', headers={"content-type": media_type})
    assert (answer.status_code, answer.headers["accept"]) == (415, "application/json")
    assert await sam.tasks(status="all") == []


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/ld+json"])
async def test_json_is_taken_however_it_is_called(sam: Person, media_type: str) -> None:
    answer = await sam.http.post("/tasks", content='{"title": "x"}', headers={"content-type": media_type})
    assert answer.status_code == 201


async def test_wrong_json_is_no_other_type(sam: Person) -> None:
    answer = await sam.http.post("/tasks", json=[])
    assert answer.status_code == 422


@pytest.mark.requirement("PROD-435")
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/tasks/", "/lists/", "/me/", "/export.ics/", "/mcp/", "/healthz/", "/page/"])
async def test_an_address_with_a_slash_too_many_is_none(sam: Person, method: str, path: str) -> None:
    answer = await sam.http.request(method, path, json={"title": "x"} if method == "POST" else None)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "location" not in answer.headers


@pytest.mark.requirement("PROD-435")
@pytest.mark.parametrize("path", ["/", "/app", "/app/", "/app/today", "/app/today/", "/app/list/x"])
async def test_each_of_the_pages_addresses_is_the_page(sam: Person, path: str) -> None:
    answer = await sam.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
