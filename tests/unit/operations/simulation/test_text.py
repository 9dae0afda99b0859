# ruff: noqa: DTZ001 (local times are naive here, by design)
"""The drawing as text, seen as a person sees it."""

from datetime import UTC, date, datetime

import pytest

from functions.operations.simulation.progress import Progress
from functions.operations.simulation.rings import Downtime, Note, Ring, Simulation
from functions.operations.simulation.rule import play_rule
from functions.operations.simulation.text import text_of

pytestmark = pytest.mark.requirement("TIME-027")

LAST_DAYS = """\
FREQ=MONTHLY;BYMONTHDAY=31  (UTC)
2026-01-31 to 2027-01-31: 7 rings on 7 days
first Sat 2026-01-31 09:00, last Thu 2026-12-31 09:00

2026                        7 rings    2027                        0 rings
    1   5    10   15   20   25   30        1   5    10   15   20   25   30
Jan                               ●    Jan ······························
Feb ···························×       Feb
Mar ······························●    Mar
Apr ·····························×     Apr
May ······························●    May
Jun ·····························×     Jun
Jul ······························●    Jul
Aug ······························●    Aug
Sep ·····························×     Sep
Oct ······························●    Oct
Nov ·····························×     Nov
Dec ······························●    Dec

● rings once  × does not ring, and is notable

Notable
  31st does not exist: skipped
    2026-02-28, 2026-04-30, 2026-06-30, 2026-09-30, 2026-11-30
"""


def test_a_rule_is_drawn_as_a_calendar_a_year() -> None:
    quiet = Progress(lambda text: None, lambda: 0.0)
    played = play_rule("FREQ=MONTHLY;BYMONTHDAY=31", datetime(2026, 1, 31, 9), "UTC", 1, quiet)
    assert text_of(played, 80) == LAST_DAYS


def january(simulation: Simulation) -> str:
    return next(line for line in text_of(simulation, 40).splitlines() if line.startswith("Jan"))


def test_each_mark_means_something_and_is_explained() -> None:
    def rings(day: int, times: int) -> list[Ring]:
        return [
            Ring(datetime(2026, 1, day, hour, tzinfo=UTC), datetime(2026, 1, day, hour), "") for hour in range(times)
        ]

    played = Simulation(
        "all marks",
        "UTC",
        date(2026, 1, 1),
        date(2027, 1, 1),
        rings=[*rings(2, 1), *rings(3, 3), *rings(4, 12), *rings(5, 1)],
        notes=[Note(date(2026, 1, 5), "moved"), Note(date(2026, 1, 6), "skipped")],
        downtimes=(Downtime(datetime(2026, 1, 8, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)),),
    )

    assert january(played).startswith("Jan ·●3#!×·▒▒·")
    legend = text_of(played, 40).splitlines()[-7]
    assert [mark for mark in "●2#!×▒" if f"{mark} " not in legend] == []
    assert "  skipped\n    2026-01-06\n" in text_of(played, 40)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_of_the_calendar_is_wider_than_what_it_is_drawn_for(width: int) -> None:
    played = Simulation("x", "UTC", date(2026, 1, 1), date(2036, 1, 1))
    assert max(map(len, text_of(played, width).splitlines()[3:])) <= width


def test_of_several_tasks_it_is_said_which_rings_how_often() -> None:
    def ring(title: str, day: int) -> Ring:
        return Ring(datetime(2026, 1, day, 9, tzinfo=UTC), datetime(2026, 1, day, 9), title)

    played = Simulation(
        "x", "UTC", date(2026, 1, 1), date(2027, 1, 1), [ring("feed", 1), ring("water", 2), ring("feed", 3)]
    )
    assert text_of(played).endswith("\nRings by task\n        2  feed\n        1  water\n")


def test_a_title_cannot_command_the_terminal() -> None:
    said = text_of(Simulation("a\x1b[2Jb\nc", "UTC", date(2026, 1, 1), date(2027, 1, 1)))
    assert said.splitlines()[0] == "a\ufffd[2Jb c  (UTC)"
