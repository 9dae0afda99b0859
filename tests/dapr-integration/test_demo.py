"""The demo that anybody can play, on real daprd, scheduler, Kafka and PostgreSQL."""

import pytest

from functions.operations.demo.play import play
from tests.dapr_world import World


@pytest.mark.requirement("FLOW-017")
@pytest.mark.requirement("FLOW-018")
async def test_the_demo_sees_every_step(world: World) -> None:
    timeline = await play(world.stack.url, world.token, mails=world.mails, say=print)

    assert timeline.missing == []
    assert {"live stream", "app", "webhook", "mail server", "chat"} <= {step.where for step in timeline.seen}
