"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a write that is sent again is done once.

The key, what the request did and its answer are one transaction. Who sends the key again meanwhile waits for it, and
gets the same answer. A request that failed changed nothing, so nothing of it is kept, its key neither.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from psycopg.types.json import Jsonb
from starlette.datastructures import Headers

from functions.chat_api.access import AuthenticatedRoute, authenticate
from functions.chat_api.context import ApiContext
from functions.chat_api.permissions import SAFE_METHODS
from functions.kernel.errors import InvalidInputError
from functions.kernel.storage.database import Connection

HEADER = "Idempotency-Key"
REPLAYED = "idempotency-replayed"
LONGEST = 255
PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": rf'^("([ !#-\[\]-~]|\\["\\]){{1,{LONGEST}}}"|[!#-~]{{1,{LONGEST}}})$'},
    "description": f"Yours alone, 1 to {LONGEST} characters, in double quotes or bare. The same request, sent again "
    "with it within 24 hours, is not done again and answered alike (`Idempotency-Replayed: true`); another is a 422.",
    "examples": {"uuid": {"value": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}},
}
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BARE = re.compile(r"[!#-~]+")
_SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered to the request of this fingerprint."""

    fingerprint: bytes
    status: int
    headers: dict[str, str]
    body: bytes


class IdempotentRoute(AuthenticatedRoute):
    """A route whose writes take the header; it must do all that it does in the API's database."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if SAFE_METHODS.isdisjoint(self.methods or SAFE_METHODS):
            self.openapi_extra = {**(self.openapi_extra or {}), "parameters": [PARAMETER]}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own; with the header, within the transaction that keeps its answer."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            if request.method in SAFE_METHODS or HEADER not in request.headers:
                return await handle(request)
            return await self._once(request, handle)

        return once

    async def _once(self, request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
        api: ApiContext = request.app.state.api
        # Before the transaction: none asks for a second connection while it has one, or all could wait for each other.
        person = await authenticate(request)
        key = key_of(request.headers)
        fingerprint = _fingerprint(request, await request.body())
        await self.ahead(request)
        async with api.database.joined(person.id) as connection:
            kept = await _claim(connection, person.id, key, fingerprint)
            if kept is None:
                response = await handle(request)
                answer = Kept(fingerprint, response.status_code, _headers(response), self.kept(bytes(response.body)))
                await _keep(connection, person.id, key, answer)
                return response
        if kept.fingerprint != fingerprint:
            raise InvalidInputError(
                HEADER,
                "this key was sent before, with another method, path or body; give each request a key of its own",
            )
        body = await self.given_again(api, kept.body)
        return Response(body, kept.status, kept.headers | {REPLAYED: "true"})

    async def ahead(self, request: Request) -> None:
        """What is asked of others than the database, before the transaction, which would wait for them: nothing. It is
        asked of a request that is sent again, too, and must change nothing."""

    def kept(self, body: bytes) -> bytes:
        """What is kept of an answer's body: all of it, unless there is a secret in it."""
        return body

    async def given_again(self, api: ApiContext, body: bytes) -> bytes:
        """The answer's body, from what was kept of it."""
        return body


class ShownOnceRoute(IdempotentRoute):
    """Of an answer whose `secret` is kept as a hash only, all but the secret is kept: sent again it is null."""

    def kept(self, body: bytes) -> bytes:
        """See IdempotentRoute.kept."""
        answer = json.loads(body) if body else None
        return json.dumps(answer | {"secret": None}).encode() if answer and "secret" in answer else body


def key_of(headers: Headers) -> str:
    """The key that these headers name: a string of RFC 8941 (§3.3.3) in its quotes, or the same without them. Raises
    InvalidInputError."""
    values = headers.getlist(HEADER)
    value = values[0].strip(" \t")
    if quoted := _QUOTED.fullmatch(value):
        value = re.sub(r"\\(.)", r"\1", quoted[1])
    elif not _BARE.fullmatch(value):
        raise InvalidInputError(
            HEADER, 'write it in double quotes, in ASCII, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"'
        )
    if len(values) > 1:
        raise InvalidInputError(HEADER, "send one key, not several")
    if not 1 <= len(value) <= LONGEST:
        raise InvalidInputError(HEADER, f"a key has 1 to {LONGEST} characters, this one has {len(value)}")
    return value


def _fingerprint(request: Request, body: bytes) -> bytes:
    """SHA-256 of what makes two requests the same: method, path with query, and each byte of the body."""
    asked = b"%s %s?%s\n" % (
        request.method.encode(),
        request.scope["path"].encode(),
        request.scope["query_string"],
    )
    return hashlib.sha256(asked + body).digest()


def _headers(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}


async def _claim(connection: Connection, user_id: UUID, key: str, fingerprint: bytes) -> Kept | None:
    """Null: the key is this request's now. Else what it was used for before; if that is still being done, it is waited
    for, as long as a transaction may last."""
    while True:
        claimed = await connection.execute(
            "INSERT INTO idempotency_keys (user_id, key, fingerprint) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (user_id, key, fingerprint),
        )
        if claimed.rowcount:
            return None
        found = await connection.execute(
            "SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE user_id = %s AND key = %s",
            (user_id, key),
        )
        if row := await found.fetchone():  # none: it was swept in between
            return Kept(**row)


async def _keep(connection: Connection, user_id: UUID, key: str, answer: Kept) -> None:
    """Keep the answer, and sweep some of this person's that are older than a day."""
    await connection.execute(
        f"""
        WITH swept AS (
            DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM idempotency_keys WHERE user_id = %(user)s AND created_at < now() - interval '24 hours'
                LIMIT {_SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
            ))
        )
        UPDATE idempotency_keys SET status = %(status)s, headers = %(headers)s, body = %(body)s
        WHERE user_id = %(user)s AND key = %(key)s
        """,  # noqa: S608 - a constant
        {
            "user": user_id,
            "key": key,
            "status": answer.status,
            "headers": Jsonb(answer.headers),
            "body": answer.body,
        },
    )
