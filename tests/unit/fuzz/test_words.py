"""What people type: phrases, sentences of the chat, filters, words to search for."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import strategies as st

from functions.kernel.domain.filters import parse as parse_filter
from functions.kernel.domain.filters import read_search, write
from functions.kernel.domain.intent import understand
from functions.kernel.domain.phrases import Habits, parse
from functions.kernel.domain.recurrence import parse_rule
from functions.kernel.domain.reminder import MOST_REMINDERS
from functions.kernel.errors import InvalidInputError
from tests.unit.fuzz.fuzzing import fuzz, mutated

pytestmark = pytest.mark.requirement("TRUST-061")

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "phrases"
PHRASES = [case["text"] for path in sorted(VECTORS.glob("*.json")) for case in json.loads(path.read_text())]
WORDS = """every other last first third at on in until till for from starting except weekend weekdays noon
midnight monday mon january may 31st 29 february
10:30 25:00 9am 9 pm 1/2 31/12/2026 2026-11-27 minutes hours days weeks months years
times twice tomorrow today tonight next this before after remind me ! p1 @home #work utc europe/berlin and or to , ;
( ) : - 1,000 0 99999999999""".split()  # noqa: SIM905
SENTENCES = [
    "remind me to call Sam tomorrow at 9 p1 @phone",
    "what is due today",
    "what's overdue and tagged @home",
    "done with the report",
    "move the report to friday at 10",
    "move everything overdue to tomorrow",
    "rename buy milk to buy oat milk",
    "snooze call Sam for 2 hours",
    "delete all done tasks",
    "push all of this week's tasks by 2 days",
    "reopen the report",
    "undo the last thing",
    "yes, do it",
    "find tasks about milk",
    "complete water the plants and call sam",
    "set the priority of the report to p2",
    "help",
]
FILTERS = [
    "(today | overdue) & p1 & #work & !@waiting",
    "due before: 2026-12-31 & !(p3 | p4)",
    "7 days & assigned to: me",
    'search: "call sam" & no date',
    "created after: -30 days | deadline: tomorrow",
    "!!(@a & !@b) | ((p1))",
    "subtask & recurring & status: done",
]
NOW = st.sampled_from(
    [
        datetime(2026, 11, 27, 9),  # noqa: DTZ001 - local times are naive here, by design
        datetime(2028, 2, 29, 23, 59, 59),  # noqa: DTZ001
        datetime(2026, 12, 31, 0, 0, 0),  # noqa: DTZ001
    ]
)
HABITS = st.builds(
    Habits,
    st.sampled_from([None, "DMY", "MDY", "YMD"]),
    st.integers(0, 6),
    st.sampled_from([None, "UTC", "Europe/Berlin", "Pacific/Apia"]),
)
PHRASE = mutated(PHRASES, *WORDS)


@fuzz(text=PHRASE, now=NOW, habits=HABITS)
def test_any_phrase_is_a_task_of_some_kind(text: str, now: datetime, habits: Habits) -> None:
    phrase = parse(text, now, habits)
    assert phrase.due_on is None or phrase.due_local is None
    assert phrase.rrule is None or str(parse_rule(phrase.rrule)) == phrase.rrule
    assert len(phrase.reminders) <= MOST_REMINDERS
    ends = [0]
    for span in phrase.spans:
        assert ends[-1] <= span.start < span.end <= len(text)
        ends.append(span.end)


@fuzz(text=mutated([*SENTENCES, *PHRASES[:200]], *WORDS, "all", "everything", "the", "report", "done"), now=NOW)
def test_any_sentence_of_the_chat_is_understood_or_answered(text: str, now: datetime) -> None:
    understand(text, now)


@fuzz(text=mutated(FILTERS, *WORDS, "&", "|", "!", "(", ")" * 60, "(" * 60, "no", "date", "search:"), now=NOW)
def test_any_filter_is_read_or_refused_where_it_is_wrong(text: str, now: datetime) -> None:
    try:
        read = parse_filter(text, now)
    except InvalidInputError as error:
        assert error.field == "filter"
        assert error.span
        assert 0 <= error.span[0] <= error.span[1] <= max(len(text), 1)
    else:
        assert parse_filter(write(read), now) == read


@fuzz(text=mutated(["call sam", '"call sam" -milk', "-a -b c", 'a"b"c'], '"', "-", "*", ":", "'", "&", "\\"))
def test_any_search_is_read_or_refused(text: str) -> None:
    try:
        read_search(text)
    except InvalidInputError as error:
        assert error.field in ("search", "filter")
