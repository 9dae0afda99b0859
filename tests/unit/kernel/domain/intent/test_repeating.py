"""Sentences about how a task repeats and when it is reminded of."""

# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import date, datetime

import pytest

from functions.kernel.domain.intent import ChangeTask, CreateTask, Many, understand
from functions.kernel.domain.phrases import Phrase
from functions.kernel.domain.reminder import Before

pytestmark = pytest.mark.requirement("PROD-480")

NOW = datetime(2026, 11, 25, 10)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "words", "rule", "due"),
    [
        ("repeat the report every friday", "report", "FREQ=WEEKLY;BYDAY=FR", date(2026, 11, 27)),
        ("repeat it weekly", "it", "FREQ=WEEKLY", date(2026, 11, 25)),
        ("make dentist repeat every 6 months", "dentist", "FREQ=MONTHLY;INTERVAL=6", date(2026, 11, 25)),
        ("make the bins repeat every friday at 8", "bins", "FREQ=WEEKLY;BYDAY=FR", datetime(2026, 11, 27, 8)),
    ],
)
def test_a_rule_that_names_no_day_to_begin_on_leaves_the_task_its_own(
    text: str, words: str, rule: str, due: date
) -> None:
    intent = understand(text, NOW)
    assert isinstance(intent, ChangeTask)
    assert intent.phrase
    assert (intent.words, intent.phrase.rrule, intent.same_day) == (words, rule, True)
    assert (intent.phrase.due_local or intent.phrase.due_on) == due


def test_a_rule_that_names_the_day_to_begin_on_moves_the_task_there() -> None:
    intent = understand("repeat the report every 2 weeks starting monday", NOW)
    assert isinstance(intent, ChangeTask)
    assert not intent.same_day


@pytest.mark.parametrize(
    "text",
    [
        "stop repeating the report",
        "no longer repeat the report",
        "don't repeat the report any more",
        "make the report not repeat",
        "let the report no longer recur",
    ],
)
def test_a_series_ends_in_as_many_words(text: str) -> None:
    assert understand(text, NOW) == ChangeTask("report", clear="repetition")


@pytest.mark.parametrize(
    "text",
    [
        "stop reminding me about the rent",
        "don't remind me of rent anymore",
        "turn off the reminders for the rent",
        "no more reminders for rent",
    ],
)
def test_reminders_end_in_as_many_words(text: str) -> None:
    assert understand(text, NOW) == ChangeTask("rent", clear="reminders")


@pytest.mark.parametrize(
    "text",
    [
        "remind me an hour before the dentist",
        "set a reminder 1 hour before the dentist",
        "remind me of the dentist 1 hour before",
    ],
)
def test_a_reminder_before_something_is_one_of_what_is_there(text: str) -> None:
    assert understand(text, NOW) == ChangeTask("dentist", Phrase("", reminders=(Before(minutes_before=60),)))


@pytest.mark.parametrize(
    "text",
    [
        "remind me an hour before the meeting on friday",
        "let the dog out every day",
        "have lunch with Sam every friday",
        "repeat the course in spring",
        "don't forget to call Sam",
        "make sure the door is closed",
    ],
)
def test_a_plan_in_like_words_is_a_task(text: str) -> None:
    assert isinstance(understand(text, NOW), CreateTask)


def test_several_tasks_may_be_made_to_repeat() -> None:
    assert isinstance(understand("make all tasks in #work repeat weekly", NOW), Many)
