"""Every error at the HTTP edge is a problem with the status of its kind."""

import httpx
import pytest
from fastapi import FastAPI
from psycopg import OperationalError
from psycopg.errors import DiskFull
from psycopg_pool import PoolTimeout

from functions.chat_api import problems
from functions.kernel import errors

pytestmark = pytest.mark.requirement("FLOW-003")

STATUS = [
    (errors.InvalidInputError("due_at", "no moment"), 422),
    (errors.NotFoundError("gone"), 404),
    (errors.ConflictError("done"), 409),
    (errors.OutdatedError("changed"), 412),
    (errors.NotAllowedError("no"), 403),
    (errors.UnauthenticatedError("who?"), 401),
    (errors.RateLimitedError("too often", 7), 429),
    (errors.SecretMissingError("no secret"), 503),
    (errors.AlarmUnavailableError("no alarm"), 503),
    (OperationalError("secret words of the server"), 503),
    (PoolTimeout("secret words of the pool"), 503),
]


async def answer_to(error: Exception, method: str = "GET") -> httpx.Response:
    app = FastAPI()
    problems.install(app)

    @app.api_route("/", methods=["GET", "POST"])
    async def fail() -> None:
        raise error

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.request(method, "/")


@pytest.mark.parametrize(("error", "status"), STATUS, ids=[type(error).__name__ for error, _ in STATUS])
async def test_error_is_answered_with_its_status_as_a_problem(error: Exception, status: int) -> None:
    answer = await answer_to(error)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["title"]
    assert "secret words" not in body["detail"]


async def test_wrong_field_is_named() -> None:
    answer = await answer_to(errors.InvalidInputError("due_at", "no moment"))
    assert answer.json()["errors"] == [{"field": "due_at", "message": "no moment"}]


async def test_who_is_unknown_learns_how_to_be_known_and_who_comes_too_early_when_to_come_again() -> None:
    assert (await answer_to(errors.UnauthenticatedError("who?"))).headers["www-authenticate"] == "Bearer"
    assert (await answer_to(OperationalError())).headers["retry-after"] == "1"
    assert (await answer_to(errors.RateLimitedError("too often", 7))).headers["retry-after"] == "7"


@pytest.mark.requirement("TRUST-013")
@pytest.mark.parametrize(
    ("error", "method", "said"),
    [
        (OperationalError("cut"), "POST", "may have been done"),
        (OperationalError("cut"), "GET", "nothing was changed"),
        (PoolTimeout("none"), "POST", "nothing was changed"),
        (DiskFull("could not extend file"), "POST", "disk of the database is full, so nothing was changed"),
    ],
)
async def test_what_may_have_been_done_is_not_called_undone(error: Exception, method: str, said: str) -> None:
    assert said in (await answer_to(error, method)).json()["detail"]


def test_every_error_that_a_person_can_meet_has_a_status() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    assert kinds - set(problems.STATUS_OF) == {errors.TaskwakeError, errors.RejectedError, errors.InvalidEventError}
