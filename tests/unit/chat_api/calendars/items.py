"""Strategies of all that a task or a series can say."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from hypothesis import strategies as st

from functions.chat_api.calendars.item import Item, Occurrence, Repetition, State
from functions.kernel.domain.labels import as_label, unique
from functions.kernel.domain.recurrence import Recurrence, parse_rule, recurrence_id
from functions.kernel.domain.reminder import At, Before, Nag, OnDay

FIRST, LAST = datetime(1995, 1, 1), datetime(2037, 1, 1)  # noqa: DTZ001 - wall-clock times
ZONES = ["Europe/Berlin", "America/New_York", "UTC", "Pacific/Apia", "Asia/Kathmandu", "Etc/GMT+5"]
RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3;COUNT=40",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO",
    "FREQ=DAILY;UNTIL=20391231",
    "FREQ=WEEKLY;UNTIL=20391231T120000",
    "FREQ=MONTHLY;UNTIL=20391231T120000Z",
]

plain = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t\r"), max_size=60)
awkward = st.sampled_from(
    [
        "a\\nb\\Nc",
        "C:\\new\\;x,y:z",
        'say "hi"; %2C',
        "line\r\nbreak\rlone\n",
        "é" * 200,
        "日本語" * 90,
        " \u2028\x85 ",
        "\\",
    ]
)
notes = plain | awkward | st.lists(plain | awkward, max_size=4).map("\n".join)
titles = (plain | awkward).map(lambda text: text.strip()[:400].strip()).filter(bool)
labels = st.lists(titles, max_size=3).map(lambda names: tuple(unique(label for label in map(as_label, names) if label)))
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
local = st.datetimes(FIRST, LAST).map(lambda at: at.replace(microsecond=0))
days = st.dates(FIRST.date(), LAST.date())
reminders = st.lists(
    st.builds(Before, minutes_before=st.integers(1, 527_040))
    | st.builds(Before, minutes_before=st.integers(0, 527_040), related=st.just("start"))
    | st.builds(At, at=moments)
    | st.builds(OnDay, time=st.times().map(lambda at: at.replace(microsecond=0)), days_before=st.integers(0, 366))
    | st.builds(Nag, every_minutes=st.integers(5, 10_080)),
    max_size=4,
).map(tuple)


@st.composite
def states(draw: st.DrawFn, due: date | None = None, zone: str | None = None, closed: bool | None = None) -> State:
    """A task; one that is due then, if it is said."""
    if due is None:
        kind = draw(st.sampled_from(["none", "day", "time"]))
        due = draw(days) if kind == "day" else draw(local) if kind == "time" else None
        zone = draw(st.none() | st.sampled_from(ZONES)) if kind == "time" else None
    starts = draw(st.sampled_from(["no", "day", "time"])) if due else "no"
    done = draw(st.booleans()) if closed is None else closed
    latest = due if isinstance(due, datetime) else datetime.combine(due, time(23)) if due else LAST
    start = draw(st.datetimes(datetime(1990, 1, 1), latest)).replace(microsecond=0)  # noqa: DTZ001
    return State(
        title=draw(titles),
        notes=draw(notes),
        labels=draw(labels),
        priority=draw(st.integers(1, 4)),
        deadline_on=draw(st.none() | days),
        estimate_minutes=draw(st.none() | st.integers(1, 100_000)),
        due_on=due if due and not isinstance(due, datetime) else None,
        due_local=due if isinstance(due, datetime) else None,
        zone=zone,
        start_on=start.date() if starts == "day" else None,
        start_local=start if starts == "time" else None,
        reminders=draw(reminders),
        done=done,
        completed_at=draw(moments) if done else None,
    )


@st.composite
def series(draw: st.DrawFn) -> tuple[State, Repetition]:
    """A series: its rule, its dates, and some of its occurrences."""
    rule = draw(st.sampled_from(RULES))
    zone = draw(st.none() | st.sampled_from(ZONES))
    start: date = draw(days if draw(st.booleans()) else local)
    zone = zone if isinstance(start, datetime) else None
    completion = "COUNT" not in rule and draw(st.booleans())
    recurrence = Recurrence(start, None, parse_rule(rule))
    some = [at for at, _ in zip(recurrence.occurrences(), range(12), strict=False)]
    if not some:
        return draw(series())
    names = sorted({recurrence_id(at) for at in draw(st.lists(st.sampled_from(some), max_size=5))})
    occurrences = tuple(Occurrence(name=name, state=draw(st.deferred(lambda: occurrence_states()))) for name in names)
    others = sorted({recurrence_id(at) for at in some[1:]} - set(names))
    passed = tuple(others[:2])
    excluded = () if completion else tuple(others[2:4])
    kinds = st.lists(local if isinstance(start, datetime) else days, max_size=2)
    added = () if completion else tuple(sorted({recurrence_id(at) for at in draw(kinds)}))
    by = Repetition(
        rrule=str(parse_rule(rule)),
        anchor="completion" if completion else "schedule",
        catch_up=draw(st.sampled_from(["latest", "all", "none"])),
        rdates=added,
        exdates=excluded,
        passed=passed,
        listed=draw(st.booleans()),
        occurrences=occurrences,
    )
    return draw(states(start, zone, closed=False)), by


@st.composite
def occurrence_states(draw: st.DrawFn) -> State:
    """One that is open, done or skipped, at any time."""
    due: date = draw(days | local)
    zone = draw(st.none() | st.sampled_from(ZONES)) if isinstance(due, datetime) else None
    state = draw(states(due, zone))
    return replace(state, skipped=state.done and draw(st.booleans()))


@st.composite
def items(draw: st.DrawFn) -> Item:
    """A task or a series."""
    uid = draw(st.uuids().map(str) | titles.map(lambda text: text.replace("\r", "").strip() or "x"))
    others = {
        "parent": draw(st.none() | st.uuids().map(str)),
        "list_name": draw(st.none() | st.just("Home; \\n, sweet")),
    }
    if draw(st.booleans()):
        state, by = draw(series())
        return Item(uid=uid, state=state, repetition=by, **others)
    return Item(uid=uid, state=draw(states()), **others)
