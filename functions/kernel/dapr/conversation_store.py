"""The ConversationStore over Dapr State."""

import asyncio
import json
import logging
from collections.abc import Sequence
from uuid import UUID

from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.ports import Turn

STORE = "conversations"
ANSWER_SECONDS = 2
"""A transaction is open the while: of two sentences at once the second is to find what the first did, and its lock is
in the database. So a daprd that does not answer holds a connection for twice as long, when turns are loaded and
saved."""

log = logging.getLogger(__name__)


class DaprConversationStore:
    """One key a person. What was said before is a help, so that daprd does not answer costs no more than that."""

    def __init__(self, connection: DaprConnection) -> None:
        self._connection = connection

    async def load(self, user_id: UUID) -> list[Turn]:
        """The turns, oldest first; none while daprd does not answer."""
        from grpc import RpcError

        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                state = await self._connection.client().get_state(STORE, str(user_id))
        except (RpcError, OSError) as error:
            log.warning("a conversation is not known: %s: %s", type(error).__name__, error)
            return []
        return [Turn(**turn) for turn in json.loads(state.data)] if state.data else []

    async def save(self, user_id: UUID, turns: Sequence[Turn]) -> None:
        """Replace the turns; they are forgotten while daprd does not answer."""
        from grpc import RpcError

        value = json.dumps([turn.model_dump(mode="json") for turn in turns])
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._connection.client().save_state(
                    STORE, str(user_id), value, state_metadata={"contentType": "application/json"}
                )
        except (RpcError, OSError) as error:
            log.warning("a conversation is not kept: %s: %s", type(error).__name__, error)

    async def forget(self, user_id: UUID) -> None:
        """Delete the key; if daprd does not answer, say so in the log: it is to be deleted by hand."""
        from grpc import RpcError

        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._connection.client().delete_state(STORE, str(user_id))
        except (RpcError, OSError) as error:
            log.warning(
                "the conversation of %s, who is gone, is still kept in %s: %s: %s",
                user_id,
                STORE,
                type(error).__name__,
                error,
            )
