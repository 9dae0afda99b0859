"""Days by their weekday: "friday", "next friday", "monday next week", "tue week"."""

import re
from datetime import date, timedelta

from functions.kernel.domain.phrases.calendar_days import Day
from functions.kernel.domain.phrases.tokens import WEEKDAY, WEEKDAYS, Doubt, Sentence, Setting, spelled, words

_WEEKDAY = re.compile(
    rf"(?:(?P<which>this coming|coming|this|next) )?(?:week (?:on )?)?(?P<day>{WEEKDAY})\b\.?(?P<week>,? "
    rf"next week| week\b)?"
)
_NEXT_WEEK_DAY = re.compile(rf"next week,? (?:on )?(?P<day>{WEEKDAY})\b")
_SHORT_DAYS = frozenset({"sun", "sat", "wed", "mon", "weds"})
_BEFORE_VERB = frozenset(words("the a to get we they i you he she it who cat dog ve just and in under"))
_NOT_A_DATE_AFTER = frozenset(
    words(
        "last since the a an my our your his her their previous past every each than black good "
        "cyber ash fat shrove palm easter holy super giving"
    )
)


def match_weekday(sentence: Sentence, at: int, setting: Setting, marked: bool) -> Day | None:
    today, low = setting.now.date(), sentence.low
    match = _NEXT_WEEK_DAY.match(low, at)
    if match:
        monday = week_begin(today, setting.week_start) + timedelta(days=7)
        return Day(in_week(monday, WEEKDAYS[match["day"]]), match.end(), True)
    match = _WEEKDAY.match(low, at)
    if not match or (match[0].startswith("week") and not match["which"]) or " week " in match[0].removesuffix(" week"):
        return None
    which, word = match["which"], match["day"]
    weekday, end = WEEKDAYS[word], match.end()
    if low[end - 1] == "." and not (end < len(low) and low[end : end + 1] == " "):
        end -= 1  # the dot ends the sentence
    if not which and not marked:
        if sentence.word_before(at) in _NOT_A_DATE_AFTER:
            return None
        if word in _SHORT_DAYS and not _beside_time(sentence, at, end):
            return None
    coming, begin = _next_weekday(today, weekday), week_begin(today, setting.week_start)
    if match["week"]:
        if "next" in match["week"]:
            return Day(in_week(begin + timedelta(days=7), weekday), end, True)
        return Day(coming + timedelta(days=7), end, True)
    if which == "next":
        following = in_week(begin + timedelta(days=7), weekday)
        doubt = None
        if following != coming:
            doubt = Doubt(at, end, (spelled(following), spelled(coming)))
        return Day(following, end, True, None, doubt)
    if which == "this":
        this = in_week(begin, weekday)
        return Day(this if this >= today else coming, end, True)
    doubt = None
    if weekday == today.weekday() and not which:
        doubt = Doubt(at, end, (spelled(coming), spelled(today)))
    return Day(coming, end, marked or which is not None, None, doubt)


def week_begin(day: date, week_start: int) -> date:
    """The first day of the week that holds `day`."""
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def in_week(begin: date, weekday: int) -> date:
    """That weekday of the week that begins on this day."""
    return begin + timedelta(days=(weekday - begin.weekday()) % 7)


def _next_weekday(day: date, weekday: int) -> date:
    """The first such weekday after `day`."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def _beside_time(sentence: Sentence, at: int, end: int) -> bool:
    if re.match(
        r",? (?:at |@)?[0-9]{1,2}(?::[0-9]{2}|\s?[ap]\.?m|$)|,? (?:at [0-9]|(?:in the )?(?:morning|evening"
        r"|afternoon|night))",
        sentence.low[end : end + 24],
    ):
        return True
    if sentence.follows_span(at, "time"):
        return True
    # At the very end ("gym sat") it is a day, unless a person did it ("the cat sat").
    return not sentence.low[end:].strip(" .!?") and sentence.word_before(at) not in _BEFORE_VERB
