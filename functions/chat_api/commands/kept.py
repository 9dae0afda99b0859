"""What commands were answered, so that one that is sent again is not run again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Json

from functions.chat_api.models.commands import Command
from functions.kernel.storage.database import Connection

_KEPT_DAYS = 90
"""A program that was away may send again what it had no answer to, weeks later."""
_SWEPT_AT_ONCE = 200
"""More than a request can add, and read from an index, so that it costs a request nothing that shows."""

Answer = dict[str, Any] | None
"""What a command was answered; null: its route has no body."""


def fingerprint(command: Command) -> bytes:
    """SHA-256 of what makes two commands the same: all but the uuid, however its JSON was written."""
    asked = [command.type, command.temp_id, command.args]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()


async def claim(
    connection: Connection, user_id: UUID, wanted: Mapping[UUID, bytes]
) -> dict[UUID, tuple[bytes, Answer]]:
    """Take these uuids, with their fingerprints, for this transaction; those that were used before, with what was
    answered. One that is just being used elsewhere is waited for, as long as a transaction may last."""
    known: dict[UUID, tuple[bytes, Answer]] = {}
    # In one order, so that two requests with the same uuids never wait for each other.
    left = sorted(wanted)
    while left:
        claimed = await connection.execute(
            """
            INSERT INTO commands (user_id, uuid, fingerprint)
            SELECT %s, * FROM unnest(%s::uuid[], %s::bytea[]) ON CONFLICT DO NOTHING RETURNING uuid
            """,
            (user_id, left, [wanted[uuid] for uuid in left]),
        )
        taken = {row["uuid"] for row in await claimed.fetchall()}
        left = [uuid for uuid in left if uuid not in taken]
        if left:
            found = await connection.execute(
                "SELECT uuid, fingerprint, answer FROM commands WHERE user_id = %s AND uuid = ANY(%s)", (user_id, left)
            )
            known |= {row["uuid"]: (row["fingerprint"], row["answer"]) for row in await found.fetchall()}
            left = [uuid for uuid in left if uuid not in known]  # which were swept in between
    return known


async def keep(connection: Connection, user_id: UUID, answers: Mapping[UUID, Answer], refused: Sequence[UUID]) -> None:
    """Keep the answers of what was done; what was refused did nothing, so its uuid is free again. Sweep some of this
    person's that are kept for long enough, the oldest first."""
    await connection.execute(
        f"""
        WITH swept AS (
            DELETE FROM commands WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM commands
                WHERE user_id = %(user)s AND created_at < now() - interval '{_KEPT_DAYS} days'
                ORDER BY created_at LIMIT {_SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
            ))
        ), freed AS (DELETE FROM commands WHERE user_id = %(user)s AND uuid = ANY(%(refused)s))
        UPDATE commands SET answer = given.answer
        FROM ROWS FROM (unnest(%(uuids)s::uuid[]), json_array_elements(%(answers)s)) AS given (uuid, answer)
        WHERE user_id = %(user)s AND commands.uuid = given.uuid
        """,  # noqa: S608 - constants
        {
            "user": user_id,
            "refused": list(refused),
            "uuids": list(answers),
            "answers": Json(list(answers.values())),
        },
    )
