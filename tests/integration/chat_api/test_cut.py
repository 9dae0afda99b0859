"""A stream that is cut again and again: at any byte, at any instant, while others write."""

import asyncio
import json
import random

import pytest

from tests.integration.world import PATIENCE_SECONDS, Person

pytestmark = pytest.mark.requirement("PROD-051")

WRITERS, EACH = 3, 12


@pytest.mark.parametrize("seed", range(4))
async def test_stream_cut_at_any_byte_tells_each_event_once_in_its_order(sam: Person, seed: int) -> None:
    chance = random.Random(seed)
    start = last = (await sam.http.get("/tasks")).headers["x-event-cursor"]

    async def write() -> None:
        task = await sam.create(title="0")
        for number in range(1, EACH):
            await sam.change(task, title=str(number))

    writing = asyncio.gather(*(write() for _ in range(WRITERS)))
    seen: list[tuple[str, str, str]] = []
    async with asyncio.timeout(4 * PATIENCE_SECONDS):
        while len(seen) < WRITERS * EACH:
            for block in (await cut_off(sam, last, chance.randint(0, 6000))).split("\n\n")[:-1]:
                fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
                if "data" in fields:
                    last = fields["id"]
                    event = json.loads(fields["data"])
                    seen.append((event["id"], event["data"]["task"]["id"], event["data"]["task"]["title"]))
    await writing
    assert len({event for event, _, _ in seen}) == len(seen) == WRITERS * EACH
    for task in {task for _, task, _ in seen}:
        assert [title for _, of, title in seen if of == task] == [str(number) for number in range(EACH)]
    assert last != start


async def cut_off(person: Person, last: str, most: int) -> str:
    """What comes of a stream, up to so many bytes, when the line is cut."""
    came = b""
    async with person.http.stream("GET", "/events", headers={"last-event-id": last}) as answer:
        try:
            async with asyncio.timeout(1):
                async for chunk in answer.aiter_bytes():
                    came += chunk
                    if len(came) >= most:
                        break
        except TimeoutError:  # nothing more came; that is no reason to miss anything
            pass
    return came[:most].decode(errors="ignore")
