"""The ConversationStore over Dapr State."""

import json
from collections.abc import Sequence
from uuid import UUID

from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.ports import Turn

STORE = "conversations"


class DaprConversationStore:
    """One key a person."""

    def __init__(self, connection: DaprConnection) -> None:
        self._connection = connection

    async def load(self, user_id: UUID) -> list[Turn]:
        """The turns, oldest first."""
        state = await self._connection.client().get_state(STORE, str(user_id))
        return [Turn(**turn) for turn in json.loads(state.data)] if state.data else []

    async def save(self, user_id: UUID, turns: Sequence[Turn]) -> None:
        """Replace the turns."""
        value = json.dumps([turn.model_dump(mode="json") for turn in turns])
        await self._connection.client().save_state(
            STORE, str(user_id), value, state_metadata={"contentType": "application/json"}
        )
