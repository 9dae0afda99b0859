"""Somebody else's things, and who may do what with their ids: for tests that ask with every one of them."""

import re
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from functions.chat_api.api import create_app
from functions.chat_api.context import ApiContext
from tests.integration.world import Person, World, soon

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
    """To who does not see it."""
    else_: frozenset[int] = frozenset({409})
    """What it may answer instead to who may: that it is so already."""
    echoes: bool = False
    """Its answer repeats what was asked."""

    def refused_to(self, role: Role) -> frozenset[int]:
        """What it may answer to who may not: to a member, that they may not."""
        return frozenset({403}) if role in MEMBERS and self.allowed in (WRITERS, OWNER) else self.refused


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
