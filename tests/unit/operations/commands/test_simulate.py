"""`taskwake simulate`, as it is called."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from functions.operations.commands.simulate import app

pytestmark = pytest.mark.requirement("TIME-027")

RULE = ("rule", "FREQ=MONTHLY;BYMONTHDAY=31", "--start", "2026-01-31T09:00", "--zone", "Europe/Berlin")


def test_a_rule_is_drawn_as_text() -> None:
    said = CliRunner().invoke(app, RULE)

    assert said.exit_code == 0, said.output
    assert "2026-01-31 to 2036-01-31: 70 rings on 70 days" in said.stdout
    assert "Mar ······························●" in said.stdout


def test_json_holds_each_ring_and_nothing_else_is_on_stdout() -> None:
    said = CliRunner().invoke(app, [*RULE, "--years", "1", "--json"])

    document = json.loads(said.stdout)
    assert [ring["local"] for ring in document["rings"]][:2] == ["2026-01-31T09:00:00", "2026-03-31T09:00:00"]
    assert [ring["at"] for ring in document["rings"]][:2] == ["2026-01-31T08:00:00Z", "2026-03-31T07:00:00Z"]


def test_a_picture_is_written_beside_the_text(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, [*RULE, "--svg", str(tmp_path / "rule.svg")])

    assert said.exit_code == 0, said.output
    assert "Drawn into" in said.stderr
    assert ElementTree.parse(tmp_path / "rule.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own


def test_a_start_without_an_hour_is_all_day() -> None:
    said = CliRunner().invoke(app, ["rule", "FREQ=YEARLY", "--start", "2026-07-01", "--years", "1", "--json"])

    assert [ring["due"] for ring in json.loads(said.stdout)["rings"]] == ["2026-07-01"]


def test_a_phrase_is_said_back_as_it_was_understood() -> None:
    phrase = "pay rent every last workday at 9 remind me 2 days before"
    said = CliRunner().invoke(app, ["phrase", phrase, "--now", "2026-11-26T12:00", "--years", "1", "--json"])

    assert said.exit_code == 0, said.output
    assert "Understood: every last workday (recurrence), at 9 (time), remind me 2 days before (reminder)" in said.stderr
    rings = json.loads(said.stdout)["rings"]
    assert [(ring["kind"], ring["local"]) for ring in rings[:2]] == [
        ("before", "2026-11-28T09:00:00"),
        ("due", "2026-11-30T09:00:00"),
    ]


def test_who_is_late_and_when_it_was_off_is_played_too() -> None:
    options = ["--now", "2026-11-26T12:00", "--years", "1", "--json"]
    habits = ["--done", "2", "--off", "2026-11-27T00:00/2026-11-30T00:00"]
    said = CliRunner().invoke(app, ["phrase", "water every day at 18:00", *options, *habits])

    rings = json.loads(said.stdout)["rings"]
    assert [ring["local"][:10] for ring in rings[:3]] == ["2026-11-26", "2026-11-30", "2026-12-03"]


def test_an_account_that_is_not_whole_is_played_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text('{"tasks": [], "next_cursor": "x"}')
    said = CliRunner().invoke(app, ["account", str(tmp_path / "account.json")])

    assert said.exit_code == 0, said.output
    assert "is not all of it" in said.stderr
    assert "0 tasks" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rule", "FREQ=OFTEN"], "rrule: FREQ=OFTEN is unknown"),
        (
            ["rule", "FREQ=DAILY", "--zone", "Berlin"],
            "zone: no time zone is called 'Berlin'; use an IANA name",
        ),
        (["rule", "FREQ=DAILY", "--start", "soon"], "--start: 'soon' is no local time; write it like 2026-01-31T09:00"),
        (["rule", "FREQ=DAILY", "--start", "2026-01-31T09:00Z"], "without an offset"),
        (["rule", "FREQ=HOURLY", "--start", "2026-01-31"], "needs a start with a time of day"),
        (["rule", "FREQ=DAILY", "--start", "2026-01-31", "--svg", "/none/x.svg"], "/none/x.svg cannot be written"),
        (["phrase", "buy milk"], "phrase: no due time was understood"),
        (
            ["phrase", "tomorrow at 9", "--done", "soon"],
            "--done: 'soon' is neither on-time, never nor",
        ),
        (["phrase", "tomorrow at 9", "--off", "2027-01-01"], "--off: '2027-01-01' is no span"),
        (["phrase", "tomorrow at 9", "--off", "2027-01-02/2027-01-01"], "ends before it begins"),
        (["account", "/none.json"], "/none.json: cannot be read: No such file or directory"),
    ],
)
def test_a_mistake_is_said_in_a_line_with_exit_code_2(arguments: list[str], message: str) -> None:
    said = CliRunner().invoke(app, arguments)

    assert said.exit_code == 2
    assert message in said.stderr
    assert said.stdout == ""
    assert len(said.stderr.splitlines()) <= 2  # what a phrase was understood as, and the mistake
