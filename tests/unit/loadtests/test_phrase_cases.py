# ruff: noqa: DTZ001 (local times are naive here, by design)
"""How an answer to a phrase is judged."""

from datetime import date, datetime

import pytest

from loadtests.phrase_cases import Answer, Case, judge
from loadtests.result import read_report

pytestmark = pytest.mark.requirement("TIME-026")

NOW = datetime(2026, 11, 26, 12)
MOMENT = datetime(2026, 11, 27, 9)


def test_a_moment_is_right_when_it_is_that_and_wrong_when_it_is_another_or_repeats() -> None:
    case = Case("tomorrow at 9", NOW, at=MOMENT)
    assert judge(case, Answer(MOMENT)) == "right"
    assert judge(case, Answer(MOMENT.replace(hour=21))) == "wrong"
    assert judge(case, Answer(MOMENT.date())) == "wrong"
    assert judge(case, Answer(MOMENT, "FREQ=DAILY")) == "wrong"


def test_a_day_is_right_without_a_time_where_the_day_alone_matters() -> None:
    assert judge(Case("tomorrow", NOW, at=MOMENT, day=True), Answer(date(2026, 11, 27))) == "right"
    assert judge(Case("tomorrow", NOW, at=MOMENT, day=True), Answer(date(2026, 11, 28))) == "wrong"


def test_a_rule_is_right_when_it_gives_the_same_dates_however_it_is_written() -> None:
    case = Case("every last friday", NOW, rule="FREQ=MONTHLY;BYDAY=-1FR")
    assert judge(case, Answer(date(2026, 11, 27), "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1")) == "right"
    assert judge(case, Answer(date(2026, 11, 27), "FREQ=WEEKLY")) == "wrong"
    assert judge(case, Answer(date(2026, 11, 27))) == "wrong"


def test_the_time_of_day_of_a_rule_counts_where_it_names_one() -> None:
    case = Case("daily at 3pm", NOW, rule="FREQ=DAILY;BYHOUR=15;BYMINUTE=0")
    assert judge(case, Answer(datetime(2026, 11, 26, 15), "FREQ=DAILY")) == "right"
    assert judge(case, Answer(datetime(2026, 11, 26, 14), "FREQ=DAILY")) == "wrong"


def test_a_rule_with_exceptions_is_wrong_without_them() -> None:
    case = Case("daily except on weekends", NOW, rule="FREQ=DAILY", excludes=True)
    assert judge(case, Answer(NOW.date(), "FREQ=DAILY")) == "wrong"
    assert judge(case, Answer(NOW.date(), "FREQ=DAILY", excludes=True)) == "right"
    assert judge(Case("daily", NOW, rule="FREQ=DAILY"), Answer(NOW.date(), "FREQ=DAILY", excludes=True)) == "wrong"


def test_no_answer_is_none_where_there_is_one_and_right_where_there_is_none() -> None:
    assert judge(Case("tomorrow at 9", NOW, at=MOMENT), None) == "none"
    assert judge(Case("buy milk", NOW), None) == "right"
    assert judge(Case("buy milk", NOW), Answer(MOMENT)) == "wrong"


@pytest.mark.requirement("TIME-025")
def test_the_report_shows_that_a_phrase_took_less_than_a_millisecond() -> None:
    [measured] = [result for result in read_report() if result.name == "phrases: a phrase, p99, taskwake"]
    assert (measured.unit, measured.target, measured.met) == ("ms", "< 1", True)
