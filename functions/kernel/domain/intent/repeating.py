"""Sentences about how a task repeats, and when it is reminded of."""

import re
from functools import partial

from functions.kernel.domain.intent.kinds import ChangeTask
from functions.kernel.domain.intent.patterns import first_fullmatch
from functions.kernel.domain.intent.spoken_words import spoken_words
from functions.kernel.domain.phrases import Phrase

_MORE = r"(?:\s+any ?more|\s+any longer)?"
_NOT = r"(?:stop|quit|no longer|don['’]?t|do not)"
_ENDS = (
    re.compile(rf"{_NOT}\s+repeat(?:ing)?\s+(?P<words>.+?){_MORE}", re.I),
    re.compile(rf"(?:make|let)\s+(?P<words>.+?)\s+(?:not|no longer|stop)\s+(?:repeat|recur)(?:ing)?{_MORE}", re.I),
)
_BEGINS = re.compile(r"(?:(?:make|let|have)\s+(?P<words>.+?)\s+(?:repeat|recur)|repeat\s+(?P<more>.+?))(?=\s)", re.I)
_SILENT = (
    re.compile(rf"{_NOT}\s+remind(?:ing)?(?: me)?\s+(?:about|of|to|for)\s+(?P<words>.+?){_MORE}", re.I),
    re.compile(
        r"(?:no (?:more )?|(?:turn|switch) off (?:the |all |all the )?)(?:reminders?|alarms?)\s+(?:for|of|about|on)\s+"
        r"(?P<words>.+)",
        re.I,
    ),
)
_BEFORE = re.compile(r"(?:(?:set|add|give me)\s+(?:a|another)\s+reminder(?:\s+(?:for|to|on))?|remind(?: me)?)\s+", re.I)


def read_repeating(said: str, read: "partial[Phrase]") -> ChangeTask | None:
    """ "repeat the report every friday", "make it repeat monthly", "stop repeating the report"."""
    if found := first_fullmatch(_ENDS, said):
        return ChangeTask(spoken_words(found["words"]), clear="repetition")
    begins = _BEGINS.match(said)
    if begins is None:
        return None
    places = [begins.end()] if begins["words"] else [place.start() for place in re.finditer(r"\s+", said)][1:]
    for place in places:
        phrase = read(said[place:])
        if phrase.rrule and not phrase.title:
            words = begins["words"] or said[len("repeat") : place]
            return ChangeTask.to(spoken_words(words), phrase)
    return None


def read_reminding(said: str, read: "partial[Phrase]") -> ChangeTask | None:
    """ "remind me 10 minutes before the dentist", which says nothing of when that is, and "stop reminding me of it"."""
    if found := first_fullmatch(_SILENT, said):
        return ChangeTask(spoken_words(found["words"]), clear="reminders")
    if not (begins := _BEFORE.match(said)):
        return None
    phrase = read(f"remind me {said[begins.end() :]}")
    if not phrase.reminders or phrase.has_due or phrase.rrule or not phrase.title:
        return None
    return ChangeTask(spoken_words(phrase.title), Phrase("", reminders=phrase.reminders))
