"""A simulation as a picture (SVG): a row a year, a column a day, and in each row the hours from top to bottom."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from html import escape
from itertools import groupby
from operator import attrgetter

from functions.operations.simulation.rings import Note, Ring, Simulation

_LEFT, _TOP, _RIGHT = 92, 84, 24
_DAY, _HOUR, _GAP = 3, 2, 20
_ROW = 24 * _HOUR
_COLUMNS = 366
_ALL = range(1, 13)
_KINDS = {"due": "due", "before": "before it is due", "late": "late: the service was off"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEAP = 2000
"""A column is a day of a leap year, so that months are above each other; 29 February is empty in the other years."""
_MAX_REASONS = 8
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_STYLE = """
svg { --paper: #ffffff; --ink: #1f2328; --faint: #656d76; --line: #d8dee4; --weekend: #f3f5f7; --off: #e6d9c3;
      --due: #0b5cad; --before: #8a5a00; --late: #b3261e; --notable: #7a1fa2;
      font: 12px system-ui, sans-serif; background: var(--paper); }
@media (prefers-color-scheme: dark) {
  svg { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #30363d; --weekend: #161b22; --off: #3a3222;
        --due: #6cb6ff; --before: #e3b341; --late: #ff8f86; --notable: #d9a6f5; }
}
text { fill: var(--ink); } .faint { fill: var(--faint); } .hour { text-anchor: end; }
.title { font-size: 16px; font-weight: 600; }
.paper { fill: var(--paper); } .weekend { fill: var(--weekend); } .off { fill: var(--off); }
.line { fill: none; stroke: var(--line); } .mark { fill: none; stroke-width: 3; } .notable { fill: var(--notable); }
.due { stroke: var(--due); } .before { stroke: var(--before); } .late { stroke: var(--late); }
"""


def svg_of(simulation: Simulation) -> str:
    """A well-formed SVG document that is legible on light and on dark ground, with a title and a description."""
    years = simulation.years
    below = _TOP + len(years) * (_ROW + _GAP)
    notes = list(_reasons(simulation))
    width, height = _LEFT + _COLUMNS * _DAY + _RIGHT, below + 40 + 18 * len(notes)
    title, description = _text(simulation.title), _text(_description(simulation))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'role="img" aria-labelledby="title desc">',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{description}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        f'<text class="title" x="{_LEFT}" y="26">{title}</text>',
        f'<text class="faint" x="{_LEFT}" y="48">{description}</text>',
        *(f'<text class="faint" x="{_x(date(_LEAP, m, 1)) + 4}" y="{_TOP - 8}">{_MONTHS[m - 1]}</text>' for m in _ALL),
    ]
    rings: defaultdict[int, list[Ring]] = defaultdict(list)
    for ring in simulation.rings:
        rings[ring.local.year].append(ring)
    reasons = simulation.reasons
    for row, year in enumerate(years):
        top = _TOP + row * (_ROW + _GAP)
        lines += _ground(simulation, year, top)
        lines += _rings(rings[year], year, top)
        lines += _notable([note for note in reasons if note.on.year == year], top)
    lines += _legend(simulation, below + 14)
    lines += [f'<text x="{_LEFT}" y="{below + 40 + 18 * at}">{_text(note)}</text>' for at, note in enumerate(notes)]
    return "\n".join([*lines, "</svg>", ""])


def _ground(simulation: Simulation, year: int, top: int) -> Iterator[str]:
    """A year's weekends, what it was off, and the lines of its hours and months."""
    first, last = max(simulation.begin, date(year, 1, 1)), min(simulation.last_day, date(year, 12, 31))
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    yield f'<path class="weekend" d="{_columns((day for day in days if day.weekday() > 4), top)}"/>'
    off = {day for downtime in simulation.downtimes for day in downtime.days(simulation.zone)}
    if not off.isdisjoint(days):
        yield f'<path class="off" d="{_columns((day for day in days if day in off), top)}"/>'
    right = _LEFT + _COLUMNS * _DAY
    hours = "".join(f"M{_LEFT} {top + hour * _HOUR}H{right}" for hour in (0, 6, 12, 18, 24))
    months = "".join(f"M{_x(date(_LEAP, month, 1))} {top}v{_ROW}" for month in _ALL)
    yield f'<path class="line" d="{hours}{months}M{right} {top}v{_ROW}"/>'
    for hour in (0, 12, 24):
        yield f'<text class="faint hour" x="{_LEFT - 6}" y="{top + hour * _HOUR + 4}">{hour}</text>'


def _rings(rings: Sequence[Ring], year: int, top: int) -> Iterator[str]:
    yield f'<text x="16" y="{top + 16}">{year:04}</text><text class="faint" x="16" y="{top + 34}">{len(rings)}×</text>'
    for kind in _KINDS:
        points = {(_y(ring, top), _x(ring.local)) for ring in rings if _kind(ring) == kind}
        if points:
            yield f'<path class="mark {kind}" d="{_strokes(points)}"/>'


def _strokes(points: Iterable[tuple[int, int]]) -> str:
    """Days beside each other at one hour are one stroke, so that a picture stays small."""
    strokes: list[list[int]] = []
    for y, x in sorted(points):
        if strokes and strokes[-1][0] == y and strokes[-1][2] == x:
            strokes[-1][2] = x + _DAY
        else:
            strokes.append([y, x, x + _DAY])
    return "".join(f"M{x} {y}h{end - x}" for y, x, end in strokes)


def _notable(notes: Sequence[Note], top: int) -> Iterator[str]:
    for day, same in groupby(notes, attrgetter("on")):
        said = _text("; ".join(note.why for note in same))
        path = f"M{_x(day) + _DAY / 2:g} {top + 1}l-4 -7h8z"
        yield f'<path class="notable" d="{path}"><title>{day} {said}</title></path>'


def _legend(simulation: Simulation, y: int) -> Iterator[str]:
    used = {_kind(ring) for ring in simulation.rings}
    x = _LEFT
    for kind, text in _KINDS.items():
        if kind in used:
            yield f'<path class="mark {kind}" d="M{x} {y - 4}h12"/><text x="{x + 18}" y="{y}">{text}</text>'
            x += 40 + 7 * len(text)
    if simulation.downtimes:
        yield f'<path class="off" d="M{x} {y - 10}h12v12h-12z"/><text x="{x + 18}" y="{y}">off</text>'
        x += 60
    if simulation.reasons:
        yield f'<path class="notable" d="M{x + 4} {y}l-4 -7h8z"/><text x="{x + 14}" y="{y}">notable</text>'
        x += 90
    yield f'<text class="faint" x="{x}" y="{y}">each row from 0 to 24 o’clock, {_text(simulation.zone)}</text>'


def _reasons(simulation: Simulation) -> Iterator[str]:
    said = simulation.reasons_said
    for why, days in said[:_MAX_REASONS]:
        yield f"{why}: {days}"
    if len(said) > _MAX_REASONS:
        yield f"and {len(said) - _MAX_REASONS} more reasons"


def _kind(ring: Ring) -> str:
    return "late" if ring.late else ring.kind


def _columns(days: Iterable[date], top: int) -> str:
    return "".join(f"M{_x(day)} {top}h{_DAY}v{_ROW}h-{_DAY}z" for day in days)


def _x(day: date) -> int:
    return _LEFT + (date(_LEAP, day.month, day.day).timetuple().tm_yday - 1) * _DAY


def _y(ring: Ring, top: int) -> int:
    return top + round((ring.local.hour + ring.local.minute / 60) * _HOUR)


def _description(simulation: Simulation) -> str:
    return "; ".join(simulation.summary)


def _text(text: str) -> str:
    """Text for XML 1.0 (§2.2), which has no place for most control characters and for half a surrogate pair."""
    return escape(_NO_CHARACTER.sub("\ufffd", text))
