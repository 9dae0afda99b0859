"""What each part of the soak and the fuzzing found is kept as it ends, and a shorter one than is promised says so."""

import re
from pathlib import Path

import pytest

from loadtests import cases, fuzz, soak
from loadtests.cases import Cases
from loadtests.result import Result, read_report, reported, write_report

ROOT = Path(__file__).parents[3]
WELL = Cases(ran=12, wrong=0, left_out=0, seconds=9, peak_mib=100)


def met(results: list[Result]) -> dict[str, bool | None]:
    return {result.name: result.met for result in results}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], dict[str, str]]]:
    """What pytest was asked to run; nothing runs, and all goes well."""
    asked = []

    def run(arguments: tuple[str, ...], environment: dict[str, str]) -> Cases:
        asked.append((arguments, environment))
        return WELL

    monkeypatch.setattr(cases, "run", run)
    monkeypatch.delenv("FAULT_TIMES", raising=False)
    monkeypatch.delenv("FAULT_BROKER_SECONDS", raising=False)
    return asked


@pytest.mark.requirement("TRUST-153")
def test_the_parts_are_files_of_tests_that_can_be_repeated_as_often_as_is_said() -> None:
    for part in soak.PARTS:
        text = (ROOT / part.tests).read_text()
        assert ("FAULT_TIMES" in text) == bool(part.times), part.tests
    assert "FAULT_BROKER_SECONDS" in (ROOT / soak.WEATHER.tests).read_text()


@pytest.mark.requirement("TRUST-153")
def test_a_part_is_repeated_as_is_promised_and_its_results_are_added(tmp_path: Path, runs: list) -> None:
    report = tmp_path / "bench.json"
    write_report([reported("live: p50", 3, "ms", ""), reported("soak-kill: of old", 3, "ms", "")], report)
    assert soak.main(["kill", "dapr-weather"], report) == 0
    assert [asked[1] for asked in runs] == [
        {"FAULT_TIMES": "50", "FAULT_BROKER_SECONDS": "600"},
        {"FAULT_TIMES": "10", "FAULT_BROKER_SECONDS": "600"},
    ]
    assert [asked[0] for asked in runs] == [(part.tests,) for part in (soak.PARTS[0], soak.WEATHER)]
    assert met(read_report(report)) == {
        "live: p50": None,
        "soak-dapr-weather: broker gone": True,
        "soak-dapr-weather: cases": True,
        "soak-dapr-weather: times each": True,
        "soak-dapr-weather: wrong": True,
        "soak-kill: cases": True,
        "soak-kill: times each": True,
        "soak-kill: wrong": True,
    }


@pytest.mark.requirement("TRUST-153")
def test_who_stops_it_keeps_what_it_did(tmp_path: Path, runs: list, monkeypatch: pytest.MonkeyPatch) -> None:
    report, run = tmp_path / "bench.json", cases.run

    def stopped(arguments: tuple[str, ...], environment: dict[str, str]) -> Cases:
        if len(runs) == 2:
            raise KeyboardInterrupt
        return run(arguments, environment)

    monkeypatch.setattr(cases, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        soak.main(["disk", "clock", "kill"], report)
    assert {result.name.partition(":")[0] for result in read_report(report)} == {"soak-disk", "soak-clock"}


@pytest.mark.requirement("TRUST-153")
def test_a_short_soak_misses_what_is_promised(tmp_path: Path, runs: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAULT_TIMES", "2")
    monkeypatch.setenv("FAULT_BROKER_SECONDS", "30")
    report = tmp_path / "bench.json"
    assert soak.main(["dapr-weather"], report) == 1
    found = met(read_report(report))
    assert (found["soak-dapr-weather: times each"], found["soak-dapr-weather: broker gone"]) == (False, False)
    assert found["soak-dapr-weather: wrong"] is True


@pytest.mark.requirement("TRUST-153")
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Cases(12, 1, 0, 9, 100), {"cases": True, "wrong": False, "times each": True}),
        (Cases(11, 0, 1, 9, 100), {"cases": False, "wrong": True, "times each": True}),
        (Cases(0, 0, 12, 9, 100), {"cases": False}),
    ],
    ids=["wrong", "some left out", "all left out"],
)
def test_what_was_wrong_or_left_out_is_no_success(found: Cases, expected: dict[str, bool]) -> None:
    kill = soak.PARTS[0]
    results = soak.results_of(kill, kill.times, soak.BROKER_SECONDS, found)
    assert met(results) == {f"soak-kill: {name}": is_met for name, is_met in expected.items()}


@pytest.mark.requirement("TRUST-153")
def test_a_part_that_there_is_not_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        soak.main(["thunder"], tmp_path / "bench.json")
    assert "no part is called thunder; there are seeds, kill" in capsys.readouterr().err


@pytest.mark.requirement("TRUST-154")
def test_fuzzing_keeps_of_each_part_how_many_inputs_how_many_failures_and_how_much_memory(
    tmp_path: Path, runs: list
) -> None:
    report = tmp_path / "bench.json"
    write_report([reported("fuzz-words: failures", 3, "readers", "")], report)
    assert fuzz.main(["events"], report) == 0
    assert runs == [(("-s", "tests/unit/fuzz/test_events.py"), {"FUZZ_EXAMPLES": "1000000"})]
    assert [(result.name, result.value) for result in read_report(report)] == [
        ("fuzz-events: failures", 0),
        ("fuzz-events: greatest memory", 100),
        ("fuzz-events: inputs each", 1_000_000),
        ("fuzz-words: failures", 3),
    ]
    assert fuzz.main(["--examples", "20"], report) == 1
    assert [tests for (_, tests), _ in runs[1:]] == list(fuzz.PARTS.values())
    assert met(fuzz.results_of("words", fuzz.EACH, Cases(20, 1, 0, 9, fuzz.MIB + 1))) == {
        "fuzz-words: inputs each": True,
        "fuzz-words: failures": False,
        "fuzz-words: greatest memory": False,
    }


@pytest.mark.requirement("TRUST-154")
def test_fuzzing_takes_every_file_that_holds_readers_to_a_law() -> None:
    held = {path.name for path in (ROOT / "tests/unit/fuzz").glob("test_*.py")} - {"test_fuzzing.py"}
    assert {Path(tests).name for tests in fuzz.PARTS.values()} == held


@pytest.mark.requirement("TRUST-153", "TRUST-154")
def test_make_runs_both_in_their_long_form() -> None:
    text = (ROOT / "Makefile").read_text()
    assert re.search(r"^soak:.*\n\t\$\(BIN\)/python -m loadtests\.soak --seeds \$\(SEEDS\) \$\(PARTS\)$", text, re.M)
    assert re.search(
        r"^fuzz:.*\n\t\$\(BIN\)/python -m loadtests\.fuzz --examples \$\(EXAMPLES\) \$\(PARTS\)$", text, re.M
    )


@pytest.mark.requirement("TRUST-153")
def test_each_of_several_parts_of_the_fuzzing_stands_once_in_the_report(tmp_path: Path, runs: list) -> None:
    report = tmp_path / "bench.json"
    assert fuzz.main(["words", "files"], report) == 0
    names = [result.name for result in read_report(report)]
    assert len(names) == len(set(names)) == 6
