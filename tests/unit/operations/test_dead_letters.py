"""Dead letters without a database: pace, who is noted, what is advised."""

import socket
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from functions.kernel.domain.dead_letter import NEVER_ANSWERED, DeadLetter
from functions.operations import dead_letters


class Watch:
    """A clock that stands still but when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.requirement("TRUST-024")
@pytest.mark.parametrize("rate", [1, 3, 100, 1000])
def test_in_no_second_are_more_handed_out_than_the_rate_and_each_once(rate: int) -> None:
    watch = Watch()
    ids = [uuid4() for _ in range(rate * 3 + 1)]
    out: list[tuple[float, UUID]] = []
    for step in dead_letters.in_steps(ids, rate, sleep=watch.sleep, clock=watch):
        out += [(watch.now, each) for each in step]
    assert [each for _, each in out] == ids
    assert max(sum(at <= other < at + 1 - 1e-9 for other, _ in out) for at, _ in out) <= rate
    assert watch.now == pytest.approx(3.0, abs=0.51)


@pytest.mark.requirement("TRUST-024")
def test_without_a_rate_nobody_waits_and_no_step_is_too_large_for_a_statement() -> None:
    ids = [uuid4() for _ in range(2500)]
    watch = Watch()
    steps = list(dead_letters.in_steps(ids, 0, sleep=watch.sleep, clock=watch))
    assert [len(step) for step in steps] == [1000, 1000, 500]
    assert watch.now == 0


@pytest.mark.requirement("TRUST-026")
def test_who_became_root_by_sudo_is_noted_as_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "root")
    monkeypatch.setenv("SUDO_USER", "kim")
    assert dead_letters.login_name() == f"kim as root@{socket.gethostname()}"


@pytest.mark.requirement("TRUST-026")
def test_a_container_user_without_a_name_is_noted_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 65532")

    monkeypatch.setattr(dead_letters.getpass, "getuser", nobody)
    monkeypatch.setattr(dead_letters.os, "getuid", lambda: 65532)
    monkeypatch.delenv("SUDO_USER", raising=False)
    assert dead_letters.login_name() == f"uid 65532@{socket.gethostname()}"


NOW = datetime(2030, 1, 7, 3, 0, tzinfo=UTC)


@pytest.mark.requirement("TRUST-022")
@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "refused it at once"),
        ({"attempts": 8}, "failed at it 8 times"),
        ({"reason": NEVER_ANSWERED}, "did not answer: see whether it runs"),
        ({"function": "delivery-requested"}, "mend the address or the receiver"),
        ({"is_logged": False}, "cannot be replayed"),
        ({"replayed_at": NOW}, "taskwake rearm"),
        ({"replayed_at": NOW, "handled_at": NOW}, "handled it at 2030-01-07 03:00:00 UTC: nothing is left to do"),
    ],
)
def test_what_is_advised_goes_by_how_it_stands_and_why_it_died(fields: dict[str, object], says: str) -> None:
    plain: dict[str, object] = {
        "id": UUID(int=1),
        "function": "task-due",
        "topic": "task.due.v1",
        "broker_partition": None,
        "broker_offset": None,
        "source": "/taskwake",
        "event_id": "1",
        "reason": "no",
        "attempts": 1,
        "created_at": NOW,
        "replayed_at": None,
        "handled_at": None,
        "is_logged": True,
    }
    assert says in DeadLetter(**plain | fields).advice  # type: ignore[arg-type]
