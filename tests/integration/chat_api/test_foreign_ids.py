"""Every route, with every kind of another's id, asked by strangers and by members of every role: nothing shows, and
nothing changes, but what the role allows. Directly; through PgBouncer in transaction mode; and with the application's
own filters switched off, where row-level security stands alone."""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from psycopg import AsyncConnection
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from functions.chat_api.api import create_app
from functions.chat_api.context import ApiContext
from functions.chat_api.feed import Feed
from functions.chat_api.joining import JoiningDatabase
from functions.kernel.storage import logins
from functions.kernel.storage.unit_of_work import UnitsOfWork
from infra.local.pgbouncer import pgbouncer_process
from infra.local.ports import claim_block
from infra.local.process import ChildProcess
from infra.local.tools import ToolMissingError, pgbouncer
from tests.integration.world import Person, World, soon

pytestmark = pytest.mark.requirement("PROD-024")

Role = Literal["stranger", "viewer", "editor", "owner"]
ROLES: tuple[Role, ...] = ("stranger", "viewer", "editor", "owner")
MEMBERS, WRITERS, OWNER, NOBODY, ANYBODY = ROLES[1:], ROLES[2:], ROLES[3:], (), ROLES


@dataclass(frozen=True)
class Case:
    """Who may do this with the ids of the other's things; `{…}` stands for one in body and query, as in the path."""

    allowed: tuple[str, ...]
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    refused: frozenset[int] = frozenset({404})
    else_: frozenset[int] = frozenset({409})
    """What it may answer instead to who may: that it is so already."""
    echoes: bool = False
    """Its answer repeats what was asked."""


BY_OWNER = {"allowed": OWNER, "refused": frozenset({403, 404})}
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
    "POST /import": Case(ANYBODY, {"data": []}, {"list_id": "{list_id}"}, else_=frozenset({422})),
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
    "GET /lists/{list_id}/invitations": Case(**BY_OWNER),
    "POST /lists/{list_id}/invitations": Case(body={}, **BY_OWNER),
    "POST /lists/{list_id}/members": Case(body={"email": "{email}", "role": "viewer"}, **BY_OWNER),
    "PATCH /lists/{list_id}": Case(body={"name": "mine"}, **BY_OWNER),
    "PATCH /lists/{list_id}/members/{user_id}": Case(body={"role": "viewer"}, **BY_OWNER),
    "DELETE /lists/{list_id}/invitations/{invitation_id}": Case(**BY_OWNER),
    "DELETE /lists/{list_id}/members/{user_id}": Case(**BY_OWNER),
    "DELETE /lists/{list_id}": Case(**BY_OWNER),
}
"""In an order in which what is allowed takes nothing away from what comes after it."""
ELSEWHERE = {"GET /events": "an endless answer: what it reads has its own test below"}
CHANGES_BY_BODY = ("POST /chat", "POST /commands")
"""Allowed to anybody; what comes of it is for who may change the task."""


class Unfiltered(AsyncConnection[DictRow]):
    """Every comparison with a person that the application makes holds."""

    async def execute(self, query: Any, *args: Any, **options: Any) -> Any:
        if isinstance(query, str) and not query.lstrip().startswith(("INSERT", "BEGIN")):
            query = unfiltered(query)
        return await super().execute(query, *args, **options)


def unfiltered(query: str) -> str:
    """The statement with `… = <a person>` made true, except where it sets something."""
    filters = r"(?:\w+\.)?(?:user_id|owner_id|COALESCE\([^)]*\)) = (?:%s|%\(\w+\)s)"
    head, where, tail = query.partition("WHERE")
    join = re.sub(rf"(?<= AND ){filters}", r"(\g<0> OR true)", head)
    return join + where + re.sub(filters, r"(\g<0> OR true)", tail)


@pytest_asyncio.fixture(scope="session")
async def pooler(taskwake: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str | ToolMissingError]:
    """chat-api's login, through PgBouncer in transaction mode, with two connections to the server; else what is to be
    installed."""
    try:
        tool = pgbouncer()
    except ToolMissingError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        yield error
        return
    server = urlsplit(taskwake.url())
    folder = tmp_path_factory.mktemp("pgbouncer")
    with claim_block() as ports:
        port = ports.take("pgbouncer")
        spec = pgbouncer_process(
            binary=tool.path,
            version=tool.version,
            folder=folder,
            port=port,
            server_host=unquote(server.netloc.rpartition("@")[2].rpartition(":")[0]),
            server_port=int(server.netloc.rpartition(":")[2]),
            passwords={logins.API.name: "x"},
            pool_size=2,
        )
        process = await ChildProcess.start(spec, folder / "log")
        try:
            await process.wait_ready()
            yield f"postgresql://{logins.API.name}:x@127.0.0.1:{port}/postgres"
        finally:
            await process.kill()


@pytest_asyncio.fixture(params=["directly", "pooled", "unfiltered"])
async def api(
    taskwake: World, pooler: str | ToolMissingError, request: pytest.FixtureRequest
) -> AsyncIterator[ApiContext]:
    """The application's context over this way to the database."""
    url = taskwake.url(logins.API.name)
    if request.param == "pooled":
        if isinstance(pooler, ToolMissingError):
            pytest.skip(str(pooler))
        url = pooler
    database = JoiningDatabase(url, max_connections=4)
    if request.param == "unfiltered":
        kwargs = database._pool.kwargs
        database._pool = AsyncConnectionPool(
            url, connection_class=Unfiltered, min_size=0, max_size=4, open=False, kwargs=kwargs
        )
    whole = taskwake.taskwake.context
    units = UnitsOfWork(database, whole.units._bus, whole.units._alarm_clock)
    context = ApiContext(database, units, Feed(database), whole.conversations, whole.secrets, whole.test_notices)
    yield context
    await context.close()


@dataclass
class Foreign:
    """Another person with things of their hidden, and a list that is theirs, or of which they are a member."""

    person: Person
    list_id: str
    ids: dict[str, str]
    shown: str
    """In what members of the list may see; and in what nobody else may:"""
    hidden: str

    async def fingerprint(self, taskwake: World) -> dict[str, str]:
        """All rows that name this person, or their list."""
        names = await taskwake.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        union = " UNION ALL ".join(
            f"SELECT '{row['tablename']}' AS name, string_agg(t::text, E'\\n' ORDER BY t::text) AS rows"  # noqa: S608
            f" FROM {row['tablename']} t WHERE t::text ~ %s"
            for row in names
        )
        mine = f"{self.person.id}|{self.list_id}"
        return {row["name"]: row["rows"] for row in await taskwake.execute(union, *[mine] * len(names))}


async def foreign_to(taskwake: World, sam: Person, role: Role) -> Foreign:
    kim = await taskwake.person(name="Kim", email=f"{uuid4()}@example.org")
    owner = sam if role == "owner" else kim
    # A second list, since one's only one can't be deleted.
    shown, hidden = f"shown-{uuid4()}", f"hidden-{uuid4()}"
    list_id = (await owner.post("/lists", {"name": shown}))["id"]
    member, as_role = (kim, "editor") if role == "owner" else (sam, role)
    if role != "stranger":
        await taskwake.execute("INSERT INTO list_members VALUES (%s, %s, %s)", list_id, member.id, as_role)
    task = await kim.create(title=shown, list_id=list_id, due_at=soon(86_400), rrule="FREQ=DAILY")
    made = {
        name: uuid4()
        for name in ("notice", "webhook", "delivery", "session", "miss", "invitation", "filter", "feed", "letter")
    }
    await kim.create(title=hidden, due_at=soon(86_400))
    for statement, *values in [
        ("INSERT INTO notices (id, user_id, task_id, event_id, kind, title) VALUES (%s, %s, %s, 'x', 'due', %s)",
         made["notice"], kim.id, task["id"], hidden),
        ("INSERT INTO webhooks (id, user_id, url, topics) VALUES (%s, %s, %s, '{}')",
         made["webhook"], kim.id, f"http://127.0.0.1:9/{hidden}"),
        ("INSERT INTO deliveries (id, user_id, task_id, channel, title) VALUES (%s, %s, %s, 'email', %s)",
         made["delivery"], kim.id, task["id"], hidden),
        ("INSERT INTO credentials (id, user_id, kind, hash, name, expires_at)"
         " VALUES (%s, %s, 'session', %s, %s, now() + interval '1 day')",
         made["session"], kim.id, made["session"].bytes, hidden),
        ("INSERT INTO misses VALUES (%s, %s, %s, %s, %s, 'latest', 1, now(), now())",
         made["miss"], kim.id, task["series_id"], task["id"], hidden),
        ("INSERT INTO list_invitations VALUES (%s, %s, 'viewer', %s, %s, now(), now() + interval '1 day')",
         made["invitation"], list_id, made["invitation"].bytes, owner.id),
        ("INSERT INTO filters (id, user_id, name, query, position) VALUES (%s, %s, %s, 'p1', 1)",
         made["filter"], kim.id, hidden),
        ("INSERT INTO calendar_feeds (id, user_id, name, secret_hash, components, done)"
         " VALUES (%s, %s, %s, %s, '{VTODO}', false)",
         made["feed"], kim.id, hidden, made["feed"].bytes),
        ("INSERT INTO dead_letters (id, function, topic, source, event_id, reason, attempts, event)"
         " VALUES (%s, 'task-due', 'task.due.v1', '', %s, 'x', 1, %s)", made["letter"], str(kim.id), hidden),
        ("INSERT INTO conversations VALUES (%s, to_json(ARRAY[%s::text]))", kim.id, hidden),
        ("UPDATE credentials SET name = %s WHERE user_id = %s", hidden, kim.id),
    ]:  # fmt: skip
        await taskwake.execute(statement, *values)
    [event] = await taskwake.execute(
        "SELECT id FROM events WHERE key = %s AND topic = 'task.created.v1'", UUID(task["id"])
    )
    [token] = await taskwake.execute("SELECT id FROM credentials WHERE user_id = %s AND kind = 'token'", kim.id)
    ids = {f"{name}_id": str(value) for name, value in made.items()}
    ids |= {"task_id": task["id"], "list_id": list_id, "user_id": str(kim.id), "token_id": str(token["id"])}
    ids |= {"event_id": str(event["id"]), "secret": "made-up", "title": shown, "email": str(kim.email)}
    await taskwake.settled()
    return Foreign(kim, list_id, ids, shown, hidden)


def filled(template: Any, ids: dict[str, str]) -> Any:
    match template:
        case str():
            return re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], template)
        case dict():
            return {name: filled(value, ids) for name, value in template.items()}
        case list():
            return [filled(value, ids) for value in template]
    return template


def client(api: ApiContext, person: Person) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(api), raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {person.token}"}
    return httpx.AsyncClient(transport=transport, base_url="http://taskwake", headers=headers)


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
            assert may or alone or answer.status_code in case.refused, (asked, answer.status_code, answer.text)
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
    rows, _, _ = await api.feed._read(sam.id, (0, 0))
    text = str(rows)
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
