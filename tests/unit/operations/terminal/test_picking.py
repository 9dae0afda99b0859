"""How far it has come with many dead letters, and whom it asks."""

import itertools
from uuid import uuid4

import pytest
import typer

from functions.operations.terminal import picking

pytestmark = pytest.mark.requirement("TRUST-024")

IDS = [uuid4() for _ in range(30)]


def test_what_takes_longer_than_two_seconds_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = itertools.count()
    monkeypatch.setattr(picking.time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr("functions.operations.dead_letters.PAGE", 5)
    rung: list[int] = []
    outcomes = picking.work(
        IDS, 0, "replayed", lambda step: dict.fromkeys(step, "handed on"), then=lambda: rung.append(1)
    )
    assert list(outcomes) == IDS
    assert len(rung) == 6
    assert "of 30 replayed …" in capsys.readouterr().err


def test_what_is_quick_says_nothing_on_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    picking.work(IDS, 0, "replayed", lambda step: dict.fromkeys(step, "handed on"))
    assert capsys.readouterr().err == ""


def test_who_stops_it_is_told_how_far_it_came(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setattr("functions.operations.dead_letters.PAGE", 10)
    steps = iter([dict.fromkeys(IDS[:10], "dropped")])

    def drop(_: object) -> dict[object, str]:
        for step in steps:
            return step
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        picking.work(IDS, 0, "dropped", drop)
    assert "Stopped: 10 of 30 are dropped." in capsys.readouterr().err


@pytest.mark.parametrize("agreed", [True, False])
def test_a_person_at_a_terminal_is_asked_and_without_a_yes_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], agreed: bool
) -> None:
    monkeypatch.setattr(picking.output, "is_terminal", lambda _: True)
    monkeypatch.setattr(picking.typer, "confirm", lambda text, err: agreed)
    if agreed:
        picking.confirm(True, "Drop 2 dead letters for good", yes=False, as_json=False)
        return
    with pytest.raises(typer.Exit):
        picking.confirm(True, "Drop 2 dead letters for good", yes=False, as_json=False)
    assert "Nothing was done." in capsys.readouterr().err
