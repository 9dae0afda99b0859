"""Histories of the simulation, played and counted by the command of `make soak`."""

from pathlib import Path

import pytest

from loadtests import soak
from loadtests.result import read_report


@pytest.mark.requirement("TRUST-153")
def test_histories_are_counted_a_number_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "AT_ONCE", 2)
    report = tmp_path / "bench.json"
    assert soak.main(["seeds", "--seeds", "3"], report) == 1, "three are fewer than is promised"
    found = {result.name: result for result in read_report(report)}
    assert found["soak-seeds: histories"].value == 3
    assert found["soak-seeds: histories"].met is False
    assert found["soak-seeds: wrong"].met is True
    assert found["soak-seeds: kills"].value > 0
    assert "seeds 0 to 2, " in found["soak-seeds: kills"].conditions
