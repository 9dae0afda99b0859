# ruff: noqa: DTZ001 (local times are naive here, by design)
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.kernel.domain.phrases import DateOrder, Habits, Phrase, parse
from functions.kernel.domain.phrases.phrase import MOST_AMBIGUITIES
from functions.kernel.domain.phrases.tokens import ORDINALS
from functions.kernel.domain.recurrence import parse_rule
from functions.kernel.domain.reminder import Before, Nag, OnDay, TaskReminder

pytestmark = pytest.mark.requirement("FLOW-014")

NOW = datetime(2026, 11, 25, 10)  # a Wednesday


def read(text: str) -> Phrase:
    return parse(text, NOW)


@pytest.mark.parametrize(
    ("text", "title", "due_on"),
    [
        ("buy milk today", "buy milk", date(2026, 11, 25)),
        ("buy milk tomorrow", "buy milk", date(2026, 11, 26)),
        ("call Sam the day after tomorrow", "call Sam", date(2026, 11, 27)),
        ("buy milk friday", "buy milk", date(2026, 11, 27)),
        ("buy milk next friday", "buy milk", date(2026, 12, 4)),
        ("buy milk this friday", "buy milk", date(2026, 11, 27)),
        ("meet Jo on mon", "meet Jo", date(2026, 11, 30)),
        ("submit friday next week", "submit", date(2026, 12, 4)),
        ("renew in a week", "renew", date(2026, 12, 2)),
        ("renew in 3 days", "renew", date(2026, 11, 28)),
        ("renew in two months", "renew", date(2027, 1, 25)),
        ("walk a week from friday", "walk", date(2026, 12, 4)),
        ("dentist 3rd of May", "dentist", date(2027, 5, 3)),
        ("May 3 2027 exam", "exam", date(2027, 5, 3)),
        ("exam 3 May 2027", "exam", date(2027, 5, 3)),
        ("exam December 1st", "exam", date(2026, 12, 1)),
        ("exam 2026-12-01", "exam", date(2026, 12, 1)),
        ("exam 1.12.", "exam", date(2026, 12, 1)),
        ("exam on the 3rd", "exam", date(2026, 12, 3)),
        ("pay end of month", "pay", date(2026, 11, 30)),
        ("pay at the end of next month", "pay", date(2026, 12, 31)),
        ("plan next week", "plan", date(2026, 11, 30)),
        ("plan next month", "plan", date(2026, 12, 1)),
        ("plan next year", "plan", date(2027, 1, 1)),
        ("clean this weekend", "clean", date(2026, 11, 28)),
        ("first monday of next month pay", "pay", date(2026, 12, 7)),
        ("last friday of the month party", "party", date(2026, 11, 27)),
        ("friday, november 27 dinner", "dinner", date(2026, 11, 27)),
    ],
)
def test_days_are_understood_and_leave_the_title(text: str, title: str, due_on: date) -> None:
    phrase = read(text)
    assert (phrase.title, phrase.due_on, phrase.due_local) == (title, due_on, None)


@pytest.mark.parametrize(
    ("text", "title", "due_local"),
    [
        ("call Sam tomorrow at 9", "call Sam", datetime(2026, 11, 26, 9)),
        ("call at 9", "call", datetime(2026, 11, 26, 9)),
        ("call at 11", "call", datetime(2026, 11, 25, 11)),
        ("call at 9pm", "call", datetime(2026, 11, 25, 21)),
        ("call 9:30", "call", datetime(2026, 11, 26, 9, 30)),
        ("call at 9.30", "call", datetime(2026, 11, 26, 9, 30)),
        ("call at 12am", "call", datetime(2026, 11, 26, 0)),
        ("lunch at noon", "lunch", datetime(2026, 11, 25, 12)),
        ("party at midnight", "party", datetime(2026, 11, 26)),
        ("call Sam tonight", "call Sam", datetime(2026, 11, 25, 20)),
        ("tonight at 8 call mom", "call mom", datetime(2026, 11, 25, 20)),
        ("at 8 in the evening call mom", "call mom", datetime(2026, 11, 25, 20)),
        ("monday morning run", "run", datetime(2026, 11, 30, 9)),
        ("run in the morning", "run", datetime(2026, 11, 26, 9)),
        ("call at half past nine tomorrow", "call", datetime(2026, 11, 26, 9, 30)),
        ("call at quarter to 5 pm", "call", datetime(2026, 11, 25, 16, 45)),
        ("in 2 hours check the oven", "check the oven", datetime(2026, 11, 25, 12)),
        ("check the oven in half an hour", "check the oven", datetime(2026, 11, 25, 10, 30)),
        ("in an hour and a half call", "call", datetime(2026, 11, 25, 11, 30)),
        ("in 2h 30m call", "call", datetime(2026, 11, 25, 12, 30)),
        ("exam 2026-12-01T09:30", "exam", datetime(2026, 12, 1, 9, 30)),
        ("meeting friday 14:00-15:00", "meeting", datetime(2026, 11, 27, 14)),
        ("remind me tomorrow at 9 to call Sam", "call Sam", datetime(2026, 11, 26, 9)),
    ],
)
def test_times_are_understood_and_come_next(text: str, title: str, due_local: datetime) -> None:
    phrase = read(text)
    assert (phrase.title, phrase.due_local, phrase.due_on) == (title, due_local, None)


@pytest.mark.parametrize(
    ("text", "rrule", "first"),
    [
        ("every day", "FREQ=DAILY", date(2026, 11, 25)),
        ("daily", "FREQ=DAILY", date(2026, 11, 25)),
        ("every weekday at 9:15", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", datetime(2026, 11, 26, 9, 15)),
        ("every monday", "FREQ=WEEKLY;BYDAY=MO", date(2026, 11, 30)),
        ("every other monday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", date(2026, 11, 30)),
        ("every mon and thu at 18:00", "FREQ=WEEKLY;BYDAY=MO,TH", datetime(2026, 11, 26, 18)),
        ("mondays at 9", "FREQ=WEEKLY;BYDAY=MO", datetime(2026, 11, 30, 9)),
        ("every mon-fri", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", date(2026, 11, 25)),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2", date(2026, 11, 25)),
        ("weekly", "FREQ=WEEKLY", date(2026, 11, 25)),
        ("every month on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15", date(2026, 12, 15)),
        ("every 1st and 15th", "FREQ=MONTHLY;BYMONTHDAY=1,15", date(2026, 12, 1)),
        ("every last workday", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", date(2026, 11, 30)),
        ("every last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 11, 30)),
        ("on the 1st of every month", "FREQ=MONTHLY;BYMONTHDAY=1", date(2026, 12, 1)),
        ("the last friday of each month", "FREQ=MONTHLY;BYDAY=-1FR", date(2026, 11, 27)),
        ("every first monday", "FREQ=MONTHLY;BYDAY=1MO", date(2026, 12, 7)),
        ("every year", "FREQ=YEARLY", date(2026, 11, 25)),
        ("every april 15", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15", date(2027, 4, 15)),
        ("every quarter", "FREQ=MONTHLY;INTERVAL=3", date(2026, 11, 25)),
        ("every morning", "FREQ=DAILY", datetime(2026, 11, 26, 9)),
        ("every 90 minutes", "FREQ=MINUTELY;INTERVAL=90", datetime(2026, 11, 25, 11, 30)),
        ("every day until december 31", "FREQ=DAILY;UNTIL=20261231", date(2026, 11, 25)),
        ("every day for 2 weeks", "FREQ=DAILY;UNTIL=20261208", date(2026, 11, 25)),
        ("daily 10 times", "FREQ=DAILY;COUNT=10", date(2026, 11, 25)),
        ("every 3 days starting monday", "FREQ=DAILY;INTERVAL=3", date(2026, 11, 30)),
    ],
)
def test_recurrences_become_a_rule_with_its_first_occurrence(text: str, rrule: str, first: date) -> None:
    phrase = read(f"stretch {text}")
    assert (phrase.title, phrase.rrule, phrase.due_local or phrase.due_on) == ("stretch", rrule, first)
    assert str(parse_rule(rrule)) == rrule


def test_a_whole_sentence_gives_every_part() -> None:
    phrase = read("pay rent every last workday at 9 remind me 2 days before #home @bills p1")
    assert phrase.title == "pay rent"
    assert phrase.due_local == datetime(2026, 11, 30, 9)
    assert phrase.rrule == "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    assert phrase.minutes_before == (2880,)
    assert (phrase.list_name, phrase.labels, phrase.priority) == ("home", ("bills",), 1)
    assert [span.kind for span in phrase.spans] == [
        "recurrence",
        "time",
        "reminder",
        "list",
        "label",
        "priority",
    ]


def test_the_marks_of_vikunja_mean_the_same() -> None:
    phrase = read("pay rent +home *bills !4")
    assert (phrase.title, phrase.list_name, phrase.labels, phrase.priority) == (
        "pay rent",
        "home",
        ("bills",),
        1,
    )


def test_every_with_a_bang_counts_from_completion() -> None:
    phrase = read("water plants every! 3 days")
    assert (phrase.title, phrase.rrule, phrase.anchor) == (
        "water plants",
        "FREQ=DAILY;INTERVAL=3",
        "completion",
    )


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("remind me 10 minutes before", (10,)),
        ("remind me 2 days and 1 hour before", (2880, 60)),
        ("remind me an hour and 30 minutes before", (90,)),
        ("1 hour before", (60,)),
        ("with a reminder 1 day ahead", (1440,)),
    ],
)
def test_reminders_before_are_understood(text: str, minutes: tuple[int, ...]) -> None:
    phrase = read(f"dentist tomorrow at 14:00 {text}")
    assert (phrase.title, phrase.minutes_before) == ("dentist", minutes)


@pytest.mark.parametrize(
    ("text", "reminder"),
    [
        ("remind me the day before at 18:00", OnDay(time=time(18), days_before=1)),
        ("remind me 2 days before at 7pm", OnDay(time=time(19), days_before=2)),
        ("remind me on the day at 8", OnDay(time=time(8))),
        ("remind me the evening before", OnDay(time=time(18), days_before=1)),
        ("remind me the day before", Before(minutes_before=1440)),
        ("nag me every 30 minutes", Nag(every_minutes=30)),
        ("remind me every hour until it's done", Nag(every_minutes=60)),
        ("and remind me every 2 hours until done", Nag(every_minutes=120)),
    ],
)
def test_reminders_on_a_day_and_again_and_again_are_understood(text: str, reminder: TaskReminder) -> None:
    phrase = read(f"dentist tomorrow at 14:00 {text}")
    assert (phrase.title, phrase.reminders, phrase.due_local) == ("dentist", (reminder,), datetime(2026, 11, 26, 14))
    assert phrase.rrule is None


@pytest.mark.parametrize("text", ["remind me 3 years before", "nag me every minute", "remind me every 3 days"])
def test_what_no_reminder_can_be_is_none(text: str) -> None:
    assert read(f"dentist tomorrow at 14:00 {text}").reminders == ()


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("14:00 Berlin time", "Europe/Berlin"),
        ("9am EST", "America/New_York"),
        ("at 9 UTC", "UTC"),
        ("9:00 Europe/Paris", "Europe/Paris"),
        ("9am New York time", "America/New_York"),
        ("9:00 UTC+2", "Etc/GMT-2"),
    ],
)
def test_a_zone_after_a_time_is_understood(text: str, zone: str) -> None:
    phrase = read(f"dentist 3rd of May {text}")
    assert (phrase.title, phrase.zone, phrase.ambiguities) == ("dentist", zone, ())
    assert phrase.due_local is not None
    assert phrase.due_local.date() == date(2027, 5, 3)


@pytest.mark.parametrize(
    "text",
    [
        "may I ask",
        "get a second opinion",
        "march on",
        "buy 2 apples",
        "call Sam at home",
        "the cat sat on the mat",
        "buy sun cream",
        "read 3/4 of the book",
        "on-call 24/7",
        "meeting at 5 Guys",
        "visit on the 5th floor",
        "leave the friday meeting",
        "weekly report",
        "daily standup notes",
        "fix bug #123",
        "mail sam@home.com",
        "learn C#",
        "march 5 miles",
        "these 3 may fail",
        "book for 2 people",
        "buy midnight blue paint",
        "leave 10 minutes before the meeting",
        "30 February party",
        "Black Friday sale",
        "talk about 5 things",
        "watch Sunday's game",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert read(text) == Phrase(title=text)


def test_quoted_text_is_left_alone_and_unquoted() -> None:
    phrase = read('buy "The Day After  Tomorrow" dvd friday')
    assert (phrase.title, phrase.due_on) == ("buy The Day After  Tomorrow dvd", date(2026, 11, 27))


@pytest.mark.parametrize("name", ['"Big work"', "“Big work”"])
def test_a_mark_may_have_a_name_in_quotes_of_either_kind(name: str) -> None:
    phrase = read(f"report @{name} #{name} friday")
    assert (phrase.title, phrase.labels, phrase.list_name) == ("report", ("Big work",), "Big work")
    assert phrase.due_on == date(2026, 11, 27)


@pytest.mark.requirement("TIME-024")
@pytest.mark.parametrize(
    ("text", "part", "taken", "other"),
    [
        ("meet next friday", "next friday", "4 December 2026", "27 November 2026"),
        ("call at 5", "5", "05:00", "17:00"),
        ("call at half past 5", "half past 5", "05:30", "17:30"),
        ("call at 9am CST", "CST", "America/Chicago", "Asia/Shanghai"),
        ("beers every second friday", "every second friday", "every other friday", "every 2nd friday of the month"),
        ("meet wednesday", "wednesday", "2 December 2026", "25 November 2026"),
        ("sync biweekly", "biweekly", "every 2 weeks", "every monday and thursday"),
        ("party saturday midnight", "midnight", "00:00", "24:00"),
        ("call tomorrow or on monday", "tomorrow or on monday", 'tomorrow or "on monday"', '"tomorrow" or on monday'),
        ("pay end of week", "end of week", "29 November 2026", "27 November 2026"),
        ("dinner friday, may 3", "friday, may 3", "3 May 2027", "27 November 2026"),
    ],
)
def test_an_ambiguity_offers_two_readings_and_the_first_is_taken(text: str, part: str, taken: str, other: str) -> None:
    phrase = read(text)
    [ambiguity] = phrase.ambiguities
    assert (ambiguity.words, ambiguity.settled) == (part, True)
    assert text[ambiguity.start : ambiguity.end] == part
    first, second = ambiguity.readings
    assert (first.words, second.words) == (taken, other)
    assert says(first.phrase) == says(phrase)
    assert says(second.phrase) != says(phrase)
    assert str(ambiguity) == f"“{part}” was read as “{taken}”; it can also mean “{other}”."


def says(phrase: Phrase) -> Phrase:
    """The phrase without where in its text it was found."""
    return replace(phrase, spans=(), ambiguities=())


@pytest.mark.requirement("TIME-024")
@pytest.mark.parametrize("text", ["exam 03/04", "exam on 03/04 at 9", "exam 03/04/2027", "exam daily until 03/04"])
def test_day_and_month_are_not_guessed_where_the_order_is_unknown(text: str) -> None:
    phrase = read(text)
    assert not phrase.is_settled
    assert (phrase.title, phrase.due_on, phrase.due_local, phrase.rrule) == ("exam", None, None, None)
    [ambiguity] = phrase.ambiguities
    assert [reading.words for reading in ambiguity.readings] == ["4 March 2027", "3 April 2027"]
    assert all(reading.phrase.has_due for reading in ambiguity.readings)
    assert str(ambiguity) == f"“{ambiguity.words}” can mean “4 March 2027” or “3 April 2027”."


@pytest.mark.requirement("TIME-024")
@pytest.mark.parametrize(
    ("text", "title", "due_on"),
    [
        ("chapter 3.4. tomorrow", "chapter 3.4.", date(2026, 11, 26)),
        ("call tomorrow 3.4.", "call 3.4.", date(2026, 11, 26)),
        ("exam 03/04 tomorrow", "exam 03/04", date(2026, 11, 26)),
    ],
)
def test_of_two_days_beside_each_other_one_stays_in_the_title_unread(text: str, title: str, due_on: date) -> None:
    phrase = read(text)
    assert (phrase.title, phrase.due_on) == (title, due_on)
    [ambiguity] = phrase.ambiguities
    assert all(" 2027" not in reading.words for reading in ambiguity.readings)


def test_a_day_that_is_said_twice_is_one() -> None:
    phrase = read("call tomorrow, 26 november")
    assert (phrase.title, phrase.due_on, phrase.ambiguities) == ("call", date(2026, 11, 26), ())


@pytest.mark.requirement("TIME-024")
@pytest.mark.parametrize(
    ("order", "due_on"),
    [("mdy", date(2026, 12, 1)), ("dmy", date(2027, 1, 12)), ("ymd", date(2026, 12, 1))],
)
def test_the_order_of_day_and_month_is_the_persons(order: DateOrder, due_on: date) -> None:
    phrase = parse("exam 12/1", NOW, Habits(order))
    assert (phrase.due_on, phrase.is_settled) == (due_on, True)
    assert len(phrase.ambiguities) == 1


@pytest.mark.requirement("TIME-024")
@pytest.mark.parametrize("text", ["exam 31/12", "exam 12/31", "exam 2026-12-31", "exam 31.12."])
def test_what_can_mean_one_day_only_is_never_asked_about(text: str) -> None:
    phrase = read(text)
    assert (phrase.due_on, phrase.ambiguities) == (date(2026, 12, 31), ())


@pytest.mark.requirement("TIME-024")
def test_the_start_of_the_week_is_the_persons() -> None:
    sundays = Habits(week_start=6)
    assert parse("plan next week", NOW, sundays).due_on == date(2026, 11, 29)
    assert parse("gym every other week on mon and sun", NOW, sundays).rrule == (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU"
    )


def test_hours_from_now_are_true_hours_when_the_clocks_change() -> None:
    before = datetime(2026, 3, 29, 1, 30)
    assert parse("call in 2 hours", before, Habits(zone="Europe/Berlin")).due_local == datetime(2026, 3, 29, 4, 30)


_FRAGMENTS = (
    "every every! other mon friday next this in at on by 3 9 9pm 25:00 14:00 2 days hours week month "
    "of the last first workday may 31 february 2/30 1.13. 2026-13-01 until for times remind me "
    "before #a @b p1 !3 \" ' “ ” ( ) , . - and to Berlin time EST tomorrow tonight midnight 10000 "
    "years İ ß 0th 99th 0 hourly weekly end next week 9999-12-31 "
)
FRAGMENTS = st.sampled_from(_FRAGMENTS.split())


TEXTS = st.one_of(st.text(max_size=60), st.lists(FRAGMENTS, max_size=12).map(" ".join))
ORDERS: st.SearchStrategy[DateOrder | None] = st.sampled_from(["mdy", "dmy", "ymd", None])


@pytest.mark.requirement("TIME-023")
@settings(max_examples=300, deadline=None)
@given(TEXTS, ORDERS)
def test_no_text_makes_it_raise_and_spans_lie_apart_inside_it(text: str, order: DateOrder | None) -> None:
    for now in (NOW, datetime(9999, 12, 31, 23, 59)):
        phrase = parse(text, now, Habits(order, zone="Europe/Berlin"))
        position = 0
        for span in phrase.spans:
            assert position <= span.start < span.end <= len(text)
            position = span.end
        assert phrase.due_on is None or phrase.due_local is None
        assert phrase.is_settled or (phrase.due_on or phrase.due_local or phrase.rrule) is None
        if phrase.rrule:
            assert phrase.has_due
            assert str(parse_rule(phrase.rrule)) == phrase.rrule


@pytest.mark.requirement("TIME-024")
@settings(max_examples=300, deadline=None)
@example("EVERY TOMOROW MON", "mdy")
@given(TEXTS, ORDERS)
def test_the_first_reading_of_each_ambiguity_is_the_one_that_was_taken(text: str, order: DateOrder | None) -> None:
    phrase = parse(text, NOW, Habits(order))
    for ambiguity in phrase.ambiguities:
        first, second = ambiguity.readings
        for reading in (first, second):
            assert reading.text == text[: ambiguity.start] + reading.words + text[ambiguity.end :]
            again = parse(reading.text, NOW, Habits(order))
            assert says(again) == says(reading.phrase)
        if phrase.is_settled:
            assert says(first.phrase) == says(phrase)


@pytest.mark.requirement("TIME-023")
@settings(max_examples=200, deadline=None)
@given(st.lists(FRAGMENTS, max_size=6).map(" ".join), st.text("abc tomorrow9:/#@p1!", min_size=1, max_size=20))
def test_quoted_text_is_never_read(around: str, inside: str) -> None:
    around = "".join(c for c in around if c not in "\"'“”‘’")
    inside = inside.strip() or "x"
    text = f'{around} "{inside}"'
    phrase = read(text)
    assert all(span.end <= len(around) for span in phrase.spans)
    assert phrase.title.endswith(inside)


@pytest.mark.requirement("TIME-022")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("pay the 4th of every other month", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=4"),
        ("pay the first friday of every 3rd month", "FREQ=MONTHLY;INTERVAL=3;BYDAY=1FR"),
        ("pay the 2nd to last friday of each month", "FREQ=MONTHLY;BYDAY=-2FR"),
        ("pay the first, second, and third friday of each month", "FREQ=MONTHLY;BYDAY=1FR,2FR,3FR"),
        ("pay the last of each month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("pay every friday twice", "FREQ=WEEKLY;BYDAY=FR;COUNT=2"),
        ("pay every friday 3x", "FREQ=WEEKLY;BYDAY=FR;COUNT=3"),
    ],
)
def test_intervals_counts_and_days_from_the_end_are_read(text: str, rule: str) -> None:
    assert (read(text).title, read(text).rrule) == ("pay", rule)


@pytest.mark.requirement("TIME-022")
def test_exceptions_are_told_not_to_be_understood() -> None:
    phrase = read("water daily from march except in may 2027")
    assert (phrase.rrule, phrase.has_due, phrase.title) == (None, False, "water daily from march except in may 2027")
    assert phrase.remarks == (
        "“except in may 2027” was not understood: only days, weekdays and months can be left out.",
    )


@pytest.mark.requirement("TIME-029")
@pytest.mark.parametrize(
    ("text", "due", "excluded"),
    [
        ("water daily except tomorrow", date(2026, 11, 25), [date(2026, 11, 26)]),
        ("water daily except on june 23rd and july 4th", date(2026, 11, 25), [date(2027, 6, 23), date(2027, 7, 4)]),
        ("water every friday except november 27 and december 11", date(2026, 12, 4), [date(2026, 12, 11)]),
        ("water daily at 18:00 except tomorrow", datetime(2026, 11, 25, 18), [datetime(2026, 11, 26, 18)]),
        (
            "water every 8 hours except tomorrow",
            datetime(2026, 11, 25, 18),
            [datetime(2026, 11, 26, hour) for hour in (2, 10, 18)],
        ),
        ("water every 8 hours except tomorrow at 10:00", datetime(2026, 11, 25, 18), [datetime(2026, 11, 26, 10)]),
    ],
)
def test_days_that_are_left_out_are_exdates(text: str, due: date, excluded: list[date]) -> None:
    phrase = read(text)
    assert (phrase.title, phrase.due_local or phrase.due_on, list(phrase.exdates)) == ("water", due, excluded)


@pytest.mark.requirement("TIME-024")
def test_a_day_left_out_that_has_two_readings_is_asked_back() -> None:
    phrase = read("water daily except on 3/4")
    assert (phrase.rrule, phrase.exdates, phrase.is_settled) == (None, (), False)


@pytest.mark.requirement("TIME-022")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("pay rent at the end of each month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("pay rent every month at the end", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("pay rent at the beginning of every other month", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1"),
        ("pay rent every month on the 4th day", "FREQ=MONTHLY;BYMONTHDAY=4"),
        ("pay rent 2nd and last fridays of each month", "FREQ=MONTHLY;BYDAY=2FR,-1FR"),
        ("pay rent first friday and second tuesday of every month", "FREQ=MONTHLY;BYDAY=1FR,2TU"),
        ("pay rent every year on december 21st and 31st", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=21,31"),
        ("pay rent every aug 20 and 30", "FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=20,30"),
        ("pay rent every year on day 31", "FREQ=YEARLY;BYYEARDAY=31"),
        ("pay rent every fri in week 12 and 14", "FREQ=YEARLY;BYWEEKNO=12,14;BYDAY=FR"),
        ("pay rent every 3 fridays", "FREQ=WEEKLY;INTERVAL=3;BYDAY=FR"),
        ("pay rent every 4 weekends", "FREQ=WEEKLY;INTERVAL=4;BYDAY=SA,SU"),
        ("pay rent saturdays through tuesdays", "FREQ=WEEKLY;BYDAY=MO,TU,SA,SU"),
        ("pay rent daily except on weekends", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("pay rent every weekday except friday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
        ("pay rent every monday except in july and sept", "FREQ=WEEKLY;BYMONTH=1,2,3,4,5,6,8,10,11,12;BYDAY=MO"),
    ],
)
def test_a_repetition_is_of_the_days_that_are_said(text: str, rule: str) -> None:
    phrase = read(text)
    assert (phrase.title, phrase.rrule) == ("pay rent", str(parse_rule(rule)))


@pytest.mark.requirement("TIME-022")
@pytest.mark.parametrize(
    ("text", "first", "until"),
    [
        ("swim every wed from march until june", date(2027, 3, 3), "20270531"),
        ("swim starting in april, daily until march", date(2027, 4, 1), "20280229"),
        ("swim fridays through december", date(2026, 11, 27), "20261231"),
        ("swim every mon for the next month", date(2026, 11, 30), "20261225"),
        ("swim every thursday for the next three weeks", date(2026, 11, 26), "20261216"),
    ],
)
def test_a_repetition_begins_and_ends_where_it_is_said(text: str, first: date, until: str) -> None:
    phrase = read(text)
    assert (phrase.title, phrase.due_on) == ("swim", first)
    assert (phrase.rrule or "").endswith(f";UNTIL={until}")


@pytest.mark.requirement("TIME-024")
def test_monthly_on_a_weekday_is_asked_back() -> None:
    phrase = read("swim monthly on friday")
    assert (phrase.rrule, phrase.is_settled) == (None, False)
    rules = [reading.phrase.rrule for reading in phrase.ambiguities[0].readings]
    assert rules == ["FREQ=MONTHLY;BYDAY=1FR", "FREQ=MONTHLY;BYDAY=-1FR"]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("dine 5 hours after noon", datetime(2026, 11, 25, 17)),
        ("dine 10 minutes before 17:00", datetime(2026, 11, 25, 16, 50)),
        ("dine an hour before thursday", datetime(2026, 11, 25, 23)),
        ("dine eod friday", datetime(2026, 11, 27, 17)),
        ("dine by close of business", datetime(2026, 11, 25, 17)),
        ("dine 3 o'clock pm", datetime(2026, 11, 25, 15)),
        ("dine in 0,5 hours", datetime(2026, 11, 25, 10, 30)),
        ("dine now + 2 hours", datetime(2026, 11, 25, 12)),
        ("dine 1st fri in feb 2028 at 14:00", datetime(2028, 2, 4, 14)),
        ("dine 2nd to last fri of february at 14:00", datetime(2027, 2, 19, 14)),
    ],
)
def test_times_beside_others_and_of_the_working_day_are_read(text: str, due: datetime) -> None:
    assert (read(text).title, read(text).due_local) == ("dine", due)


@pytest.mark.parametrize("number", range(1, 32))
def test_each_day_of_a_month_has_its_word(number: int) -> None:
    [word] = [word for word, value in ORDINALS.items() if value == number]
    assert read(f"pay on the {word} of every month").rrule == f"FREQ=MONTHLY;BYMONTHDAY={number}"


@pytest.mark.requirement("TIME-022")
@pytest.mark.parametrize("text", ["buy 5p stamps", "anhour", "awk", "30 minutes of yoga"])
def test_what_only_looks_like_a_length_or_an_hour_is_none(text: str) -> None:
    assert not read(text).has_due


@pytest.mark.requirement("TIME-025")
def test_the_work_is_bounded_a_text_beyond_any_sentence_is_taken_as_it_is() -> None:
    text = "call tomorrow at 9 " * 200
    phrase = read(text)
    assert (phrase.title, phrase.has_due, phrase.spans) == (text.strip(), False, ())


@pytest.mark.requirement("TIME-025")
def test_the_work_is_bounded_of_many_ambiguities_so_many_are_told() -> None:
    phrase = read("meet " + " or ".join(f"on {day} december" for day in range(1, 29)))
    assert len(phrase.ambiguities) == MOST_AMBIGUITIES


@pytest.mark.requirement("PROD-082")
def test_a_mark_of_several_words_is_written_in_quotes() -> None:
    phrase = parse('sweep +"tomorrow or so" @"the stairs" tomorrow', datetime(2026, 1, 1))
    assert (phrase.title, phrase.list_name, phrase.labels) == ("sweep", "tomorrow or so", ("the stairs",))
    assert phrase.due_on == date(2026, 1, 2)
