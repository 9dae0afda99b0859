import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.kernel.dapr.announcement import PARTITION_KEYS, REMINDERS_A_POD, DaprAnnouncement

pytestmark = pytest.mark.requirement("CLUSTER-014")

MOMENT = datetime(2026, 11, 25, 9, tzinfo=UTC)


def partition(key: str, partitions: int) -> int:
    """Where Kafka clients put it: 32-bit FNV-1a as a signed number, and the rest of its division, without its sign."""
    hashed = 2166136261
    for byte in key.encode():
        hashed = (hashed ^ byte) * 16777619 & 0xFFFFFFFF
    return abs(hashed - (1 << 32) if hashed >= 1 << 31 else hashed) % partitions


class Daprd:
    """Takes what is published; answers with `status`."""

    def __init__(self, status: int = 204) -> None:
        self.published: list[dict[str, Any]] = []
        self._status = status

    def ask(self, method: str, path: str, body: bytes, *, timeout_seconds: float) -> tuple[int, bytes]:
        self.published += json.loads(body)
        return self._status, b""


@pytest.mark.parametrize("partitions", [4, 12])
def test_as_many_announcements_as_there_are_partitions_lie_in_one_each(partitions: int) -> None:
    for pods in range(1, partitions + 1):
        assert len({partition(key, partitions) for key in PARTITION_KEYS[:pods]}) == pods


@pytest.mark.parametrize(("reminders", "pods"), [(1, 1), (REMINDERS_A_POD, 1), (REMINDERS_A_POD + 1, 2), (5000, 5)])
async def test_reminders_are_announced_once_for_each_pod_that_they_are_worth(reminders: int, pods: int) -> None:
    daprd = Daprd()

    await DaprAnnouncement(daprd).make(MOMENT, reminders)  # type: ignore[arg-type]

    assert [entry["event"] for entry in daprd.published] == [{"at": MOMENT.isoformat()}] * pods
    assert [entry["metadata"] for entry in daprd.published] == [{"partitionKey": key} for key in PARTITION_KEYS[:pods]]


async def test_any_number_of_reminders_is_announced_at_most_once_a_partition() -> None:
    daprd = Daprd()

    await DaprAnnouncement(daprd).make(MOMENT, 10**6)  # type: ignore[arg-type]

    assert len(daprd.published) == len(PARTITION_KEYS)


async def test_an_announcement_that_fails_is_said_and_fails_nothing(caplog: pytest.LogCaptureFixture) -> None:
    await DaprAnnouncement(Daprd(status=500)).make(MOMENT, 1)  # type: ignore[arg-type]

    assert "nobody was told" in caplog.text
