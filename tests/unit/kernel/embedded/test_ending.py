"""What runs beside requests ends when it is asked to."""

import asyncio

import pytest

from functions.kernel.embedded import ending

pytestmark = pytest.mark.requirement("FLOW-004")


async def test_a_task_that_is_cancelled_has_ended_with_its_last_words() -> None:
    said = []

    async def speak() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            said.append("goodbye")

    task = asyncio.create_task(speak())
    await asyncio.sleep(0)
    await ending.end(task)
    assert task.cancelled()
    assert said == ["goodbye"]


async def test_a_task_that_forgot_that_it_was_cancelled_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_SECONDS", 0.01)
    forgot = 0

    async def forgetful() -> None:
        nonlocal forgot
        while forgot < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                forgot += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(forgetful())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await ending.end(task)
    assert task.cancelled()
    assert forgot == 2


async def test_what_failed_and_what_had_ended_is_waited_for_like_the_others() -> None:
    async def fail() -> None:
        raise OSError

    failed = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await ending.end(failed, asyncio.create_task(asyncio.sleep(60)))
    assert isinstance(failed.exception(), OSError)


async def test_nothing_is_ended_at_once() -> None:
    await ending.end()
