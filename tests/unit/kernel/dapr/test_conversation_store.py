from uuid import uuid4

import pytest

from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.dapr.conversation_store import DaprConversationStore
from functions.kernel.ports import Turn

pytestmark = pytest.mark.requirement("CLUSTER-016")


async def test_a_daprd_that_does_not_answer_costs_the_memory_of_a_conversation_and_nothing_else() -> None:
    connection = DaprConnection("127.0.0.1:1")
    store = DaprConversationStore(connection)

    await store.save(uuid4(), [Turn(said="hello", answered="hello")])

    assert await store.load(uuid4()) == []
    await connection.close()
