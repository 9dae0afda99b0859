"""Every route, with every kind of another's id, asked by strangers and by members of every role: nothing shows, and
nothing changes, but what the role allows. Directly; through PgBouncer in transaction mode; and with the application's
own filters switched off, where row-level security stands alone."""

from uuid import UUID

import pytest

from functions.chat_api.api import create_app
from functions.chat_api.context import ApiContext
from functions.chat_api.joining import JoiningDatabase
from infra.local.tools import ToolMissingError
from tests.integration.chat_api.foreign import (
    ANYBODY,
    MEMBERS,
    NOBODY,
    OWNER,
    ROLES,
    WRITERS,
    Case,
    Role,
    client,
    filled,
    foreign_to,
    unfiltered,
)
from tests.integration.world import Person, World

pytestmark = pytest.mark.requirement("PROD-024")

OPERATORS = {"refused": frozenset({403})}
CASES: dict[str, Case] = {
    # What names no id of another's shows nothing of theirs, and changes nothing.
    "GET /lists": Case(ANYBODY),
    "GET /me": Case(ANYBODY),
    "GET /notices": Case(ANYBODY),
    "GET /deliveries": Case(ANYBODY),
    "GET /webhooks": Case(ANYBODY),
    "GET /tokens": Case(ANYBODY),
    "GET /sessions": Case(ANYBODY),
    "GET /reminders/misses": Case(ANYBODY),
    "GET /reminders/ledger": Case(ANYBODY, query={"task_id": "{task_id}"}),
    "GET /phrases/preview": Case(ANYBODY, query={"text": "{title} tomorrow"}, echoes=True),
    "GET /recurrences/preview": Case(ANYBODY, query={"rule": "FREQ=DAILY", "start": "2031-01-01"}),
    "GET /tasks": Case(ANYBODY, query={"list_id": "{list_id}", "status": "all"}),
    "POST /lists": Case(ANYBODY, {"name": "x"}),
    "POST /webhooks": Case(ANYBODY, {"url": "http://127.0.0.1:9/", "topics": ["task.due.v1"]}),
    "POST /tokens": Case(ANYBODY, {"name": "x", "scopes": ["account"]}),
    "POST /notices/test": Case(ANYBODY, {"channel": "webhook"}),
    "PATCH /me": Case(ANYBODY, {"name": "x"}),
    "GET /labels": Case(ANYBODY),
    "GET /filters": Case(ANYBODY),
    "POST /filters": Case(ANYBODY, {"name": "x", "query": "p1"}),
    "GET /calendar-feeds": Case(ANYBODY),
    "POST /calendar-feeds": Case(ANYBODY, {"name": "x"}),
    "GET /calendar/{secret}.ics": Case(NOBODY),
    "GET /export.ics": Case(ANYBODY),
    "POST /import": Case(WRITERS, [], {"list_id": "{list_id}"}, refused=frozenset({422})),
    "GET /export": Case(ANYBODY),
    "GET /sync": Case(ANYBODY),
    "GET /activity": Case(ANYBODY, query={"list_id": "{list_id}", "task_id": "{task_id}"}),
    "GET /tasks/{task_id}/activity": Case(MEMBERS),
    "GET /tasks/{task_id}/flow": Case(MEMBERS),
    "GET /upcoming": Case(ANYBODY),
    "DELETE /me": Case(NOBODY, {"confirm": "{email}"}, refused=frozenset({422})),
    "POST /undo": Case(ANYBODY, else_=frozenset({404, 409})),
    "POST /events/{event_id}/undo": Case(NOBODY, refused=frozenset({403, 404})),
    "POST /commands": Case(
        ANYBODY,
        {
            "commands": [
                {
                    "type": "task_update",
                    "uuid": "6b7e0b9a-6b1f-4a1c-9d0e-3f6f6f3b8a01",
                    "args": {"id": "{task_id}", "priority": 2},
                }
            ]
        },
    ),
    "GET /dead-letters": Case(NOBODY, **OPERATORS),
    "GET /dead-letters/audit": Case(NOBODY, **OPERATORS),
    "GET /dead-letters/{letter_id}": Case(NOBODY, **OPERATORS),
    "POST /dead-letters/{letter_id}/replay": Case(NOBODY, **OPERATORS),
    "DELETE /dead-letters/{letter_id}": Case(NOBODY, **OPERATORS),
    "GET /invitations/{secret}": Case(NOBODY),
    "POST /invitations/{secret}/accept": Case(NOBODY),
    # A person's own.
    "POST /notices/{notice_id}/read": Case(NOBODY),
    "POST /notices/{notice_id}/acknowledge": Case(NOBODY),
    "POST /notices/{notice_id}/snooze": Case(NOBODY, {"minutes": 5}),
    "GET /webhooks/{webhook_id}": Case(NOBODY),
    "PATCH /webhooks/{webhook_id}": Case(NOBODY, {"enabled": False}),
    "GET /webhooks/{webhook_id}/deliveries": Case(NOBODY),
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": Case(NOBODY),
    "POST /webhooks/{webhook_id}/redeliver": Case(NOBODY, {"since": "2026-01-01T00:00:00Z"}),
    "POST /webhooks/{webhook_id}/dry-run": Case(NOBODY, {"limit": 5}),
    "POST /webhooks/{webhook_id}/secret/rotate": Case(NOBODY),
    "DELETE /webhooks/{webhook_id}": Case(NOBODY),
    "GET /filters/{filter_id}": Case(NOBODY),
    "PATCH /filters/{filter_id}": Case(NOBODY, {"name": "mine"}),
    "DELETE /filters/{filter_id}": Case(NOBODY),
    "DELETE /calendar-feeds/{feed_id}": Case(NOBODY),
    "DELETE /tokens/{token_id}": Case(NOBODY),
    "DELETE /sessions/{session_id}": Case(NOBODY),
    # A list's.
    "GET /tasks/{task_id}": Case(MEMBERS),
    "GET /tasks/{task_id}/series": Case(MEMBERS),
    "POST /tasks": Case(WRITERS, {"title": "x", "list_id": "{list_id}"}, refused=frozenset({422})),
    "POST /chat": Case(ANYBODY, {"text": "complete {title}"}, else_=frozenset({404}), echoes=True),
    "PATCH /tasks/{task_id}": Case(WRITERS, {"title": "mine"}),
    "POST /tasks/{task_id}/move": Case(WRITERS, {"first": True}),
    "POST /tasks/{task_id}/complete": Case(WRITERS),
    "POST /tasks/{task_id}/reopen": Case(WRITERS),
    "POST /tasks/{task_id}/skip": Case(WRITERS),
    "DELETE /tasks/{task_id}": Case(WRITERS),
    "GET /lists/{list_id}": Case(MEMBERS),
    "GET /lists/{list_id}/members": Case(MEMBERS),
    "GET /lists/{list_id}/invitations": Case(OWNER),
    "POST /lists/{list_id}/invitations": Case(OWNER, {}),
    "PATCH /lists/{list_id}": Case(OWNER, {"name": "mine"}),
    "PATCH /lists/{list_id}/members/{user_id}": Case(OWNER, {"role": "viewer"}),
    "DELETE /lists/{list_id}/invitations/{invitation_id}": Case(OWNER),
    "DELETE /lists/{list_id}/members/{user_id}": Case(OWNER),
    "DELETE /lists/{list_id}": Case(OWNER),
}
"""In an order in which what is allowed takes nothing away from what comes after it."""
ELSEWHERE = {"GET /events": "an endless answer: what it reads has its own test below"}
CHANGES_BY_BODY = ("POST /chat", "POST /commands")
"""Allowed to anybody; what comes of it is for who may change the task."""


def routes() -> set[str]:
    document = create_app().openapi()
    return {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}


def test_every_route_has_its_case() -> None:
    """A new route says here who may do what with another's ids."""
    assert routes() == set(CASES) | set(ELSEWHERE)


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_shows_and_changes_what_the_role_allows(
    taskwake: World, sam: Person, api: ApiContext, role: Role, request: pytest.FixtureRequest
) -> None:
    alone = request.node.callspec.params["api"] == "unfiltered"
    foreign = await foreign_to(taskwake, sam, role)
    hidden = [foreign.hidden, foreign.shown] if role == "stranger" else [foreign.hidden]
    async with client(api, sam) as http:
        for asked, case in CASES.items():
            method, path = asked.split()
            before = await foreign.fingerprint(taskwake)
            answer = await http.request(
                method,
                filled(path, foreign.ids),
                params=filled(case.query, foreign.ids),
                json=filled(case.body, foreign.ids),
            )
            may = role in case.allowed
            # By row-level security alone what is refused may be an error, and what finds nothing a success.
            assert may or alone or answer.status_code in case.refused_to(role), (asked, answer.status_code, answer.text)
            assert not may or alone or answer.is_success or answer.status_code in case.else_, (
                asked,
                answer.status_code,
                answer.text,
            )
            for text in () if case.echoes else hidden:
                assert text not in answer.text, asked
            await taskwake.settled()
            changing = WRITERS if asked in CHANGES_BY_BODY else () if case.allowed == ANYBODY else case.allowed
            if method == "GET" or role not in changing:
                assert await foreign.fingerprint(taskwake) == before, asked


@pytest.mark.parametrize("role", ROLES)
async def test_the_event_log_shows_what_the_role_allows(
    taskwake: World, sam: Person, api: ApiContext, role: Role
) -> None:
    foreign = await foreign_to(taskwake, sam, role)
    found = await api.feed._read(sam.id, None, (0, 0))
    assert found
    text = str(found[0])
    assert foreign.hidden not in text
    assert (foreign.shown in text) is (role != "stranger")


async def test_the_filters_are_off_where_they_are_meant_to_be(sam: Person) -> None:
    query = "SELECT 1 FROM lists JOIN list_members ON list_id = lists.id AND user_id = %s WHERE lists.owner_id = %(a)s"
    assert unfiltered(query).count("OR true") == 2
    assert "OR true" not in unfiltered("UPDATE lists SET owner_id = %s")


async def test_a_transaction_through_the_pooler_keeps_nobody_for_the_next(
    sam: Person, kim: Person, pooler: str | ToolMissingError
) -> None:
    if isinstance(pooler, ToolMissingError):
        pytest.skip(str(pooler))
    database = JoiningDatabase(pooler, max_connections=4)
    people: dict[UUID, UUID] = {sam.id: sam.list_id, kim.id: kim.list_id}
    try:
        for _ in range(10):
            for user_id, list_id in people.items():
                rows = await database.fetch("SELECT id FROM lists", user_id=user_id)
                assert [row["id"] for row in rows] == [list_id]
            assert await database.fetch("SELECT id FROM lists") == []
    finally:
        await database.close()
