# ruff: noqa: DTZ001 (local times are naive here, by design)
"""The picture is well-formed, says what it shows, and has each ring at its day and hour."""

import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest

from functions.operations.simulation.progress import Progress
from functions.operations.simulation.rings import Downtime, Ring, Simulation
from functions.operations.simulation.rule import play_rule
from functions.operations.simulation.svg import svg_of

pytestmark = pytest.mark.requirement("TIME-027")

SVG = "{http://www.w3.org/2000/svg}"
QUIET = Progress(lambda text: None, lambda: 0.0)


def parsed(simulation: Simulation) -> ElementTree.Element:
    return ElementTree.fromstring(svg_of(simulation))  # noqa: S314 - our own


def marks(picture: ElementTree.Element, kind: str) -> list[tuple[int, int]]:
    """Where rings are drawn, a day each, but for the legend's own mark."""
    paths = [path.get("d", "") for path in picture.iter(f"{SVG}path") if path.get("class") == f"mark {kind}"]
    strokes = [tuple(map(int, found)) for path in paths for found in re.findall(r"M(\d+) (\d+)h(\d+)", path)]
    return [(x + day, y) for x, y, length in strokes[:-1] for day in range(0, length, 3)]


def test_it_says_what_it_shows_also_to_who_cannot_see_it() -> None:
    picture = parsed(play_rule("FREQ=MONTHLY;BYMONTHDAY=31", datetime(2026, 1, 31, 9), "Europe/Berlin", 10, QUIET))

    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "title desc"
    assert picture.findtext(f"{SVG}title") == "FREQ=MONTHLY;BYMONTHDAY=31"
    assert "2026-01-31 to 2036-01-31: 70 rings on 70 days" in (picture.findtext(f"{SVG}desc") or "")


def test_each_ring_is_at_its_day_and_hour() -> None:
    at_nine = marks(parsed(play_rule("FREQ=DAILY;COUNT=2", datetime(2026, 1, 1, 9), "UTC", 1, QUIET)), "due")
    at_ten = marks(parsed(play_rule("FREQ=DAILY;COUNT=2", datetime(2026, 1, 1, 10), "UTC", 1, QUIET)), "due")

    (first, nine), (second, same) = at_nine
    assert same == nine
    assert second - first == 3
    assert [y for _, y in at_ten] == [nine + 2, nine + 2]


def test_years_are_below_each_other_and_months_above_each_other() -> None:
    played = play_rule("FREQ=YEARLY", datetime(2026, 3, 1, 9), "UTC", 4, QUIET)

    places = marks(parsed(played), "due")
    assert len({x for x, _ in places}) == 1
    assert len({y for _, y in places}) == 4


def test_whatever_is_in_a_name_stays_text() -> None:
    evil = Simulation("<script>&\"'\x0b\ud800", "UTC", date(2026, 1, 1), date(2027, 1, 1))
    assert parsed(evil).findtext(f"{SVG}title") == "<script>&\"'\ufffd\ufffd"


def test_what_is_late_or_notable_is_drawn_apart_and_explained() -> None:
    off = Downtime(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 4, tzinfo=UTC))
    late = Ring(off.until, datetime(2026, 1, 4), "x", late=timedelta(days=1), why="late: the service was off")
    picture = parsed(Simulation("x", "UTC", date(2026, 1, 1), date(2027, 1, 1), [late], downtimes=(off,)))

    assert len(marks(picture, "late")) == 1
    assert marks(picture, "due") == []
    titles = [title.text for path in picture.iter(f"{SVG}path") for title in path.iter(f"{SVG}title")]
    assert titles == ["2026-01-04 late: the service was off"]
    in_row_and_legend = [path for path in picture.iter(f"{SVG}path") if path.get("class") == "off"]
    assert len(in_row_and_legend) == 2


def test_a_picture_stays_small_however_often_it_rings() -> None:
    often = play_rule("FREQ=MINUTELY;INTERVAL=15;COUNT=3000", datetime(2026, 1, 1), "UTC", 1, QUIET)
    seldom = play_rule("FREQ=DAILY", datetime(2026, 1, 1), "UTC", 1, QUIET)
    assert len(svg_of(often)) < 2 * len(svg_of(seldom))
