"""A sentence read as a task: due time, rule, reminders, marks, and the rest as its title."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from functions.kernel.domain.phrases.due_time import DueTime, choose_day, due_time
from functions.kernel.domain.phrases.habits import Habits
from functions.kernel.domain.phrases.reading import read
from functions.kernel.domain.phrases.tokens import Doubt, Sentence, Setting, Span
from functions.kernel.domain.recurrence import Anchor
from functions.kernel.domain.reminder import MOST_REMINDERS, Before, TaskReminder

# Longer texts are taken as they are: a sentence is meant, and the time to read one stays bounded.
MAX_LENGTH = 2_000
MOST_AMBIGUITIES = 4
"""So many are told of one text, each of which is read twice more."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a sentence says of a task. `title` is the rest, tidied, its quotes removed; it may be empty.

    At most one of `due_on` and `due_local` (naive; in `zone` when given). `rrule` is canonical RFC 5545
    text that starts at the due time; `anchor` is "completion" for `every!`; `exdates` are what it leaves
    out, of the kind of the due time. `priority` 1 is the highest, 4 the lowest. `spans` are what was
    understood, in order and apart. `ambiguities` are words with two readings: the first was taken, unless
    one is not `settled`; then the phrase has no due time and no rule. `remarks` are sentences about what
    may surprise.
    """

    title: str
    due_on: date | None = None
    due_local: datetime | None = None
    zone: str | None = None
    rrule: str | None = None
    anchor: Anchor = "schedule"
    exdates: tuple[date, ...] = ()
    reminders: tuple[TaskReminder, ...] = ()
    labels: tuple[str, ...] = ()
    priority: int | None = None
    list_name: str | None = None
    spans: tuple[Span, ...] = ()
    ambiguities: tuple["Ambiguity", ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def has_due(self) -> bool:
        """Whether it names a due time, be it one of two."""
        return self.due_on is not None or self.due_local is not None or not self.is_settled

    @property
    def minutes_before(self) -> tuple[int, ...]:
        """Of the reminders those that go by the due time, so many minutes before it."""
        return tuple(each.minutes_before for each in self.reminders if isinstance(each, Before))

    @property
    def is_settled(self) -> bool:
        """Whether one reading of it was taken."""
        return all(ambiguity.settled for ambiguity in self.ambiguities)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an ambiguous text: `words` in place of what is ambiguous say only this, `text` is the whole
    text with them, and `phrase` what it means (its own ambiguities left out)."""

    words: str
    text: str
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """text[start:end] with its two readings; the first was taken, unless it is not `settled`."""

    start: int
    end: int
    words: str
    readings: tuple[Reading, Reading]
    settled: bool

    def __str__(self) -> str:
        first, second = (f"“{reading.words}”" for reading in self.readings)
        if not self.settled:
            return f"“{self.words}” can mean {first} or {second}."
        return f"“{self.words}” was read as {first}; it can also mean {second}."


def parse(text: str, now: datetime, habits: Habits | None = None) -> Phrase:
    """Read `text` as of `now` (naive local time; in the habits' zone when that is known). Never raises for any text.

    A time without a date is the next time it comes; a date without a year is not in the past.
    """
    habits = habits or Habits()
    setting = Setting(now, habits.date_order, habits.week_start, habits.zone)
    phrase, doubts = _read(text, setting)
    if not doubts:
        return phrase
    doubts = sorted(doubts, key=lambda doubt: (doubt.settled, doubt.start))[:MOST_AMBIGUITIES]
    ambiguities = [_ambiguity(text, doubt, setting) for doubt in doubts]
    # Beside some words, a reading's own say something else: "every 30 November" for a day after an "every".
    ambiguities = [each for each in ambiguities if not each.settled or _same_task(each.readings[0].phrase, phrase)]
    return replace(phrase, ambiguities=tuple(sorted(ambiguities, key=lambda ambiguity: ambiguity.start)))


def _same_task(one: Phrase, other: Phrase) -> bool:
    return replace(one, spans=()) == replace(other, spans=())


def _ambiguity(text: str, doubt: Doubt, setting: Setting) -> Ambiguity:
    readings = []
    for words in doubt.words:
        rewritten = text[: doubt.start] + words + text[doubt.end :]
        readings.append(Reading(words, rewritten, _read(rewritten, setting)[0]))
    return Ambiguity(
        doubt.start, doubt.end, text[doubt.start : doubt.end], (readings[0], readings[1]), settled=doubt.settled
    )


def _read(text: str, setting: Setting) -> tuple[Phrase, list[Doubt]]:
    if len(text) > MAX_LENGTH:
        return Phrase(title=" ".join(text.split())), []
    sentence = Sentence(text)
    parts = read(sentence, setting)
    day = choose_day(sentence, parts)
    try:
        due = due_time(parts, day, setting)
    except OverflowError:  # a date beyond the year 9999 is no due time
        due = DueTime()
        sentence.understood.clear()
        parts.doubts.clear()
    if any(not doubt.settled for doubt in parts.doubts):
        due = DueTime()
    spans = sorted(sentence.understood, key=lambda span: span.start)
    phrase = Phrase(
        title=_title(sentence, spans),
        due_on=due.on,
        due_local=due.local,
        zone=parts.zone if due.local else None,
        rrule=due.rrule,
        anchor="completion" if due.rrule and parts.repeat and parts.repeat.completion else "schedule",
        exdates=due.excluded,
        reminders=tuple(dict.fromkeys(parts.reminders))[:MOST_REMINDERS],
        labels=tuple(dict.fromkeys(parts.labels)),
        priority=parts.priority,
        list_name=parts.list_name,
        spans=tuple(spans),
        remarks=tuple(parts.remarks),
    )
    return phrase, parts.doubts


# In the text of the title being built, \1 stands where something understood was, \2 around a quote's number.
_REMIND_ME = re.compile(r"^(?:please )?remind (?:me|us)(?: to| about| of| that)?(?: (?=\S)|$)", re.I)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_GAPS = re.compile(r"\s*\x01[\s\x01]*")
_LEADING = re.compile(r"^[\s,;:.–—-]*\x01[\s,;:.–—-]*(?:(?:to|and|that i should|i need to|i have to|i must)\s+)?", re.I)
_TRAILING = re.compile(r"(?:[\s,;:–—-]|(?<!\w)(?:and|on|at|by|due|from|starting)(?!\w))*\x01[\s.,;:–—-]*$", re.I)
_INNER = re.compile(r"[\s,]*\x01\s*(?P<comma>,?)\s*")


def _title(sentence: Sentence, spans: list[Span]) -> str:
    text = sentence.text
    holes = [(span.start, span.end, "\x01") for span in spans]
    quotes = [(start, end, f"\x02{number}\x02") for number, (start, end) in enumerate(sentence.quotes)]
    pieces, position = [], 0
    for start, end, stand_in in sorted(holes + quotes):
        pieces += [_CONTROLS.sub(" ", text[position:start]), stand_in]
        position = end
    title = "".join(pieces) + _CONTROLS.sub(" ", text[position:])
    if spans:
        title = _LEADING.sub("", _GAPS.sub("\x01 ", title), count=1)
        title = _TRAILING.sub("", title)
        title = _INNER.sub(lambda gap: ", " if gap["comma"] else " ", title)
        title = re.sub(r"\(\s*\)", "", title)
        title = re.sub(r"\s+([.!?])", r"\1", title)
    title = _REMIND_ME.sub("", " ".join(title.split()), count=1)
    return re.sub("\x02([0-9]+)\x02", lambda match: text[slice(*sentence.quotes[int(match[1])])][1:-1], title)
