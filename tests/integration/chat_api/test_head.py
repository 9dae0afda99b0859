"""HEAD, which monitors ask: what GET would say, without what it would send."""

import pytest

from functions.chat_api import page_files
from tests.integration.world import Person

pytestmark = pytest.mark.requirement("PROD-174")

VERSION, _ = page_files.load()


@pytest.mark.parametrize(
    "path",
    ["/", "/app", "/app/today", "/page/app.js", f"/page/{VERSION}/app.js", f"/page/{VERSION}/icon.svg", "/healthz"],
)
async def test_head_is_answered_as_get_without_the_content(sam: Person, path: str) -> None:
    told = await sam.http.head(path)
    got = await sam.http.get(path)
    assert (told.status_code, told.content) == (200, b"")
    assert got.content
    assert int(told.headers["content-length"]) > 0
    changing = {"date", "traceresponse"}
    assert {name: value for name, value in told.headers.items() if name not in changing} == {
        name: value for name, value in got.headers.items() if name not in changing
    }


async def test_head_of_what_is_known_already_says_so(sam: Person) -> None:
    etag = (await sam.http.head("/")).headers["etag"]
    assert (await sam.http.head("/", headers={"if-none-match": etag})).status_code == 304
    assert (await sam.http.head("/page/nothing.js")).status_code == 404


async def test_head_opens_no_session(sam: Person) -> None:
    """A login is used up by opening it, so what only looks whether an address is there must not."""
    assert (await sam.http.head("/login", params={"login": "x"})).status_code == 405
