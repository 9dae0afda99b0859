"""When to be reminded: "remind me 2 days before", "the day before at 18:00", "nag me every hour"."""

import re
from datetime import time

from functions.kernel.domain.phrases.durations import Duration, match_duration
from functions.kernel.domain.phrases.times import PARTS, match_time
from functions.kernel.domain.phrases.tokens import JOINT, Sentence
from functions.kernel.domain.reminder import LEAST_NAG, MOST_MINUTES, MOST_NAG, Before, Nag, OnDay, TaskReminder

_REMIND = re.compile(
    r"(?:,? ?and )?(?:please )?(?:with (?:a )?reminders? |reminders?:? |remind(?: me| us)?(?: of (?:it"
    r"|this))? |notify me |alert(?: me)? |alarm )(?:at |set )?"
)
_BEFORE = re.compile(r"\s+(?:before(?:hand)?(?: (?:it(?:['’]s due)?|that|then|due))?|earlier|ahead|in advance|prior)\b")
_THE_DAY = re.compile(r"(?:on )?(?:the|that)(?: same)? day(?P<before> before)?\b")
_EVE = re.compile(r"(?:on )?the (?P<part>evening|night|afternoon) before\b")
_NAG = re.compile(
    r"(?:,? ?and )?(?:(?P<nag>nag(?: me)?)|(?:keep )?remind(?:ing)?(?: me)?) every (?P<one>half hour|hour|minute|day)?"
)
_UNTIL_DONE = re.compile(
    r",? ?(?:until|till)(?: (?:it|that)(?:['’]s| is)?| (?:i|we)(?:['’]m| am|['’]re| are)?)? done\b"
)
_MINUTES = {"half hour": 30, "hour": 60, "minute": 1, "day": 1_440}

Found = tuple[int, list[TaskReminder]]


def match_reminders(sentence: Sentence, at: int) -> Found | None:
    """The reminders that are asked for here, and where that ends."""
    return _nag(sentence, at) or _on_day(sentence, at) or _before(sentence, at)


def _nag(sentence: Sentence, at: int) -> Found | None:
    """ "nag me every 30 minutes", "remind me every hour until it's done"; without its end, the latter repeats."""
    match = _NAG.match(sentence.low, at)
    if not match:
        return None
    if match["one"]:
        minutes, end = _MINUTES[match["one"]], match.end()
    else:
        duration = match_duration(sentence, match.end())
        if duration is None:
            return None
        minutes, end = duration.minutes, duration.end
    until = _UNTIL_DONE.match(sentence.low, end)
    end = until.end() if until else end
    if not (match["nag"] or until) or not LEAST_NAG <= minutes <= MOST_NAG or not sentence.ends_word(end):
        return None
    return end, [Nag(every_minutes=minutes)]


def _on_day(sentence: Sentence, at: int) -> Found | None:
    """ "remind me on the day at 8", "the day before at 18:00", "the evening before"."""
    lead = _REMIND.match(sentence.low, at)
    if not lead:
        return None
    eve = _EVE.match(sentence.low, lead.end())
    if eve:
        clock = _time_after(sentence, eve.end())
        return (
            (clock[0], [OnDay(time=clock[1], days_before=1)])
            if clock
            else (eve.end(), [OnDay(time=PARTS[eve["part"]], days_before=1)])
        )
    day = _THE_DAY.match(sentence.low, lead.end())
    if not day:
        return None
    clock = _time_after(sentence, day.end())
    if clock:
        return clock[0], [OnDay(time=clock[1], days_before=1 if day["before"] else 0)]
    return (day.end(), [Before(minutes_before=1_440)]) if day["before"] else None


def _before(sentence: Sentence, at: int) -> Found | None:
    """ "remind me 2 days and 1 hour before", "2 days before at 9"."""
    lead = _REMIND.match(sentence.low, at)
    position, durations = lead.end() if lead else at, list[Duration]()
    while True:
        duration = match_duration(sentence, position, compound=True)
        if duration is None or not 0 < duration.minutes <= MOST_MINUTES:
            return None
        durations.append(duration)
        before = _BEFORE.match(sentence.low, duration.end)
        joint = JOINT.match(sentence.low, before.end() if before else duration.end)
        if before and not (joint and match_duration(sentence, joint.end())):
            end = before.end()
            break
        if not joint:
            return None
        position = joint.end()
    if not sentence.ends_word(end) or (not lead and not sentence.counts_nothing(end)):
        return None
    if not lead and sentence.word_after(end) in ("the", "my", "we", "you", "i"):
        return None  # "10 minutes before the meeting" tells of something else
    reminders: list[TaskReminder] = [Before(minutes_before=each.minutes) for each in durations]
    days, rest = divmod(durations[-1].minutes, 1_440)
    clock = _time_after(sentence, end) if lead and not rest else None
    if clock and days <= 366:
        return clock[0], [*reminders[:-1], OnDay(time=clock[1], days_before=days)]
    return end, reminders


def _time_after(sentence: Sentence, at: int) -> tuple[int, time] | None:
    """The " at 18:00" that stands here."""
    if not sentence.low.startswith(" at ", at):
        return None
    clock = match_time(sentence, at + 1)
    return (clock.end, clock.at) if clock and not clock.end_of_day else None
