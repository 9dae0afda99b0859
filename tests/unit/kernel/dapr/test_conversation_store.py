import asyncio
import json
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.kernel.dapr import conversation_store
from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.dapr.conversation_store import DaprConversationStore
from functions.kernel.ports import Turn


class State:
    """What daprd answers for one store: the bytes that were saved last under a key."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def client(self) -> "State":
        return self

    async def get_state(self, store: str, key: str) -> Any:
        return SimpleNamespace(data=self.kept.get(key, b""))

    async def save_state(self, store: str, key: str, value: str, **options: Any) -> None:
        self.kept[key] = value.encode()


@pytest.mark.requirement("PROD-103")
async def test_turns_are_loaded_with_what_they_did_and_those_from_before_that_was_kept_too() -> None:
    state, user_id, event_id = State(), uuid4(), uuid4()
    store = DaprConversationStore(state)  # type: ignore[arg-type]
    old = {"said": "add One", "answered": "Added “One”.", "task_ids": [str(uuid4())]}
    state.kept[str(user_id)] = json.dumps([old]).encode()
    turns = await store.load(user_id)
    assert (turns[0].did, turns[0].snoozed, turns[0].goes_on) == ([], [], False)
    turns.append(Turn(said="add Two", answered="Added “Two”.", did=[event_id], snoozed=[UUID(int=1)], goes_on=True))
    await store.save(user_id, turns)
    assert await store.load(user_id) == turns


@pytest.mark.requirement("CLUSTER-016")
async def test_a_daprd_that_does_not_answer_costs_the_memory_of_a_conversation_and_nothing_else() -> None:
    connection = DaprConnection("127.0.0.1:1")
    store = DaprConversationStore(connection)

    await store.save(uuid4(), [Turn(said="hello", answered="hello")])

    assert await store.load(uuid4()) == []
    await connection.close()


@pytest.mark.requirement("PROD-423")
async def test_a_daprd_that_takes_a_call_and_says_nothing_is_waited_for_a_moment_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversation_store, "ANSWER_SECONDS", 0.01)

    class Silent(State):
        async def get_state(self, store: str, key: str) -> Any:
            await asyncio.Event().wait()

        async def save_state(self, store: str, key: str, value: str, **options: Any) -> None:
            await asyncio.Event().wait()

        async def delete_state(self, store: str, key: str) -> None:
            await asyncio.Event().wait()

    store = DaprConversationStore(Silent())  # type: ignore[arg-type]
    assert await store.load(uuid4()) == []
    await store.save(uuid4(), [Turn(said="hello", answered="hello")])
    await store.forget(uuid4())
