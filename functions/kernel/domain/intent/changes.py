"""Sentences that change a task: a new time, a new title, a shift by some days."""

import re
from dataclasses import replace
from functools import partial

from functions.kernel.domain.intent.kinds import AddSubtask, ChangeTask, NotUnderstood, Shift, SnoozeTask
from functions.kernel.domain.intent.many import says_many
from functions.kernel.domain.intent.patterns import first_fullmatch
from functions.kernel.domain.intent.spoken_words import spoken_words
from functions.kernel.domain.phrases import Phrase
from functions.kernel.domain.phrases.durations import match_duration
from functions.kernel.domain.phrases.tokens import Sentence

_RENAME = re.compile(r"(?:rename|retitle|change the (?:title|name) of)\s+(?P<rest>.+)", re.I)
_CHANGE = re.compile(
    r"(?P<verb>move|reschedule|re-schedule|shift|change|postpone|push back|push|delay|defer|set|update"
    r"|put off|snooze"
    r"|bring forward|make)\s+(?P<rest>.+)",
    re.I,
)
_ALWAYS_CHANGE = frozenset(
    {"reschedule", "re-schedule", "postpone", "delay", "defer", "snooze", "put off", "push back"}
)
_AGAIN = re.compile(r"remind me(?: (?:about|of) (?P<words>.+?))? (?:again|later)(?:\s+(?P<when>.+))?", re.I)
A_WHILE = Shift(0, 600)
"""A snooze of which nobody says how long."""
_FIELD = re.compile(r"(?:the )?(?:due )?(?:date|time|day|deadline|priority) (?:of|for) ", re.I)
_FIELD_AFTER = re.compile(r"(?:['’]s)? due (?:date|time|day)$|['’]s (?:date|time|day|priority)$", re.I)
_FROM = re.compile(r"\s+from\s+(?P<due>.+)$", re.I)
_CONNECTOR = re.compile(r"\s+(?:to|until|till|for|→|->|into)\s+", re.I)
_TO_LIST = re.compile(
    r"(?:(?:the|my|our)\s+)?(?:[\"“](?P<quoted>[^\"”]+)[\"”]|(?P<name>[^\W\d_][\w-]*))\s+list"
    r"|(?:the\s+)?list\s+(?:[\"“](?P<quoted_after>[^\"”]+)[\"”]|(?P<name_after>[^\W\d_][\w-]*))",
    re.I,
)
_PUT = re.compile(r"(?:put|file)\s+(?P<rest>.+)", re.I)
_INTO = re.compile(r"\s+(?:in|into|on|onto|under|to)\s+", re.I)
_SUBTASK = (
    re.compile(
        r"(?:add|create|make)\s+(?:an?\s+|the\s+)?sub-?task\s+(?P<title>.+)\s+(?:to|for|under|of|in)\s+(?P<words>.+)",
        re.I,
    ),
    re.compile(
        r"(?:add|create)\s+(?P<title>.+?)\s+as\s+an?\s+(?:sub-?task|part|step)\s+(?:to|of|for|under)\s+(?P<words>.+)",
        re.I,
    ),
    re.compile(r"(?:new )?sub-?task\s+(?:of|for|to)\s+(?P<words>[^:]+):\s+(?P<title>.+)", re.I),
)
_WHEN = re.compile(r"(?:until|till|to|for|by|in)\s+", re.I)
_UNTIL = re.compile(r"\b(?:until|till|for|by)\b", re.I)
_BY = re.compile(
    r"\s+(?:back |forward |out |earlier |later )?(?:by|for)?\s*(?=(?:an?|half|[0-9]|one|two|three|four"
    r"|five|six)\b)",
    re.I,
)


def read_snooze(said: str, read: "partial[Phrase]") -> SnoozeTask | NotUnderstood | None:
    """ "snooze it for 10 minutes", "snooze the report until friday", "remind me again tomorrow at 9"."""
    again = _AGAIN.fullmatch(said)
    found = re.fullmatch(r"snooze(?P<rest>\s.+)?", said, re.I)
    if not again and not found:
        return None
    rest = f"{again['words'] or ''} {again['when'] or ''}" if again else (found and found["rest"]) or ""
    rest = rest.strip()
    for place in re.finditer(r"^|\s+", rest):
        when = _WHEN.sub("", rest[place.end() :], count=1)
        words = spoken_words(rest[: place.start()])
        duration = match_duration(Sentence(when), 0)
        if duration and duration.end == len(when):
            return SnoozeTask(words, shift=Shift(duration.months, duration.seconds))
        phrase = read(when)
        marked = phrase.list_name or phrase.labels or phrase.priority  # which say what is snoozed, not until when
        if phrase.has_due and not (phrase.title or phrase.rrule or marked):
            return SnoozeTask(words, phrase=phrase)
    words = spoken_words(_UNTIL.split(rest)[0])
    if not _UNTIL.search(rest):
        return SnoozeTask(words, shift=A_WHILE)
    return NotUnderstood((f"snooze {words} for 10 minutes", f"snooze {words} until tomorrow at 9"))


def read_change(said: str, read: "partial[Phrase]") -> ChangeTask | NotUnderstood | None:
    """ "move the report to friday", "rename buy milk to buy oat milk", "postpone it by 2 days"."""
    renamed = _RENAME.match(said)
    if renamed:
        places = list(re.finditer(r"\s+(?:to|as|into|→|->)\s+", renamed["rest"], re.I))
        if not places:
            return NotUnderstood(("rename buy milk to buy oat milk",))
        # "rename talk to Bob to talk to Eve": with an odd number, the middle one parts old from new
        middle = places[len(places) // 2] if len(places) % 2 else places[0]
        title = spoken_words(renamed["rest"][middle.end() :])
        return ChangeTask(spoken_words(renamed["rest"][: middle.start()]), title=title)
    found = _CHANGE.match(said)
    if not found:
        return None
    verb, rest = found["verb"].lower(), found["rest"]
    shifted = _shift(verb, rest)
    if shifted:
        return shifted
    for place in reversed(list(_CONNECTOR.finditer(rest))):
        phrase = read(rest[place.end() :])
        if phrase.spans and not phrase.title:
            old = None if says_many(rest) else _FROM.search(rest[: place.start()])
            words = rest[: old.start() if old and read(old["due"]).has_due else place.start()]
            return ChangeTask.to(spoken_words(_FIELD_AFTER.sub("", _FIELD.sub("", words))), phrase)
        if name := _list_named(rest[place.end() :]):
            return ChangeTask(spoken_words(rest[: place.start()]), Phrase("", list_name=name))
    if verb in _ALWAYS_CHANGE:
        phrase = read(rest)
        # "Reschedule all p1 tasks tomorrow": the mark says which, and is none to give them.
        marked = says_many(rest) and bool(phrase.list_name or phrase.labels or phrase.priority)
        if phrase.spans and phrase.title and not marked:
            return ChangeTask.to(spoken_words(phrase.title), phrase)
        if marked:
            return NotUnderstood((f"{verb} all tasks in #work to friday", f"{verb} all p1 tasks to friday"))
        return NotUnderstood((f"{verb} {spoken_words(rest)} to friday", f"{verb} {spoken_words(rest)} by 2 days"))
    place_of_title = _CONNECTOR.search(rest)
    if verb == "change" and place_of_title and not read(rest).has_due:
        return ChangeTask(
            spoken_words(rest[: place_of_title.start()]), title=spoken_words(rest[place_of_title.end() :])
        )
    if verb == "make" and re.match(r"it\s", rest, re.I):
        phrase = read(rest[3:])
        return ChangeTask.to("it", phrase) if phrase.spans and not phrase.title else None
    return None


def read_putting(said: str, read: "partial[Phrase]") -> ChangeTask | None:
    """ "put the report in #work", "put milk on the shopping list": what is there moves, else it is added there."""
    found = _PUT.fullmatch(said)
    for place in reversed(list(_INTO.finditer(found["rest"]))) if found else ():
        where = found["rest"][place.end() :] if found else ""
        phrase = read(where)
        alone = not phrase.title and [span.kind for span in phrase.spans] == ["list"]
        if name := phrase.list_name if alone else _list_named(where):
            words = spoken_words(found["rest"][: place.start()]) if found else ""
            added = None if words == "it" else replace(read(words), list_name=name, spans=())
            return ChangeTask(words, Phrase("", list_name=name), otherwise=added)
    return None


def read_subtask(said: str, read: "partial[Phrase]") -> AddSubtask | None:
    """ "add subtask buy soil to plants", "add buy soil as a step of plants"."""
    found = first_fullmatch(_SUBTASK, said)
    phrase = read(found["title"]) if found else None
    return AddSubtask(spoken_words(found["words"]), phrase) if found and phrase and phrase.title else None


def _list_named(words: str) -> str | None:
    listed = _TO_LIST.fullmatch(words)
    return next(name for name in listed.groups() if name) if listed else None


def _shift(verb: str, rest: str) -> ChangeTask | None:
    """ "postpone the report by 2 days", "push dentist back a week", "bring forward the call by an hour"."""
    for place in _BY.finditer(rest):
        sentence = Sentence(rest)
        duration = match_duration(sentence, place.end())
        if duration is None or not re.fullmatch(r"(?: (?:later|earlier|please))?", rest[duration.end :].lower()):
            continue
        plain = place[0].strip().lower() == ""
        if plain and verb not in _ALWAYS_CHANGE and "later" not in rest and "earlier" not in rest:
            continue
        earlier = verb == "bring forward" or " forward" in place[0] or "earlier" in rest[place.start() :].lower()
        sign = -1 if earlier else 1
        return ChangeTask(
            spoken_words(rest[: place.start()]), shift=Shift(sign * duration.months, sign * duration.seconds)
        )
    return None
