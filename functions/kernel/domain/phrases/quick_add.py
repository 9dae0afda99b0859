"""Marks that people type: #list, @label, p1 (Todoist); +list, *label, !3 (Vikunja); and reminders."""

import re
from dataclasses import dataclass
from typing import Literal

from functions.kernel.domain.phrases.durations import match_duration
from functions.kernel.domain.phrases.tokens import Sentence

_NAME = r"(?:\"(?P<quoted>[^\"]{1,80})\"|(?P<name>[^\W\d_][\w/&-]*))"
_LIST = re.compile(rf"[#+]{_NAME}")
_LABEL = re.compile(rf"[@*]{_NAME}(?!\*)")
_PRIORITY = re.compile(r"p([1-4])(?![\w.])|!!([1-4])(?!\w)|!([1-5])(?!\w)")
# Vikunja counts upwards to 5, "do now"; here 1 is the highest, as with Todoist.
_FROM_VIKUNJA = {1: 4, 2: 3, 3: 2, 4: 1, 5: 1}
_REMIND = re.compile(
    r"(?:,? ?and )?(?:please )?(?:with (?:a )?reminders? |reminders?:? |remind(?: me| us)?(?: of (?:it"
    r"|this))? |notify me |alert(?: me)? |alarm )(?:at |set )?"
)
_BEFORE = re.compile(r"\s+(?:before(?:hand)?(?: (?:it(?:['’]s due)?|that|then|due))?|earlier|ahead|in advance|prior)\b")
_JOINT = re.compile(r"\s*(?:,\s*and|,|and|&)\s+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A quick-add mark and where it ends."""

    kind: Literal["list", "label", "priority"]
    value: str
    end: int


def match_mark(sentence: Sentence, at: int) -> Mark | None:
    """The mark that begins here."""
    first = sentence.low[at]
    if first in "#+":
        match = _LIST.match(sentence.text, at)
        return Mark("list", match["quoted"] or match["name"], match.end()) if match else None
    if first in "@*":
        match = _LABEL.match(sentence.text, at)
        return Mark("label", match["quoted"] or match["name"], match.end()) if match else None
    match = _PRIORITY.match(sentence.low, at)
    if not match or not sentence.ends_word(match.end()):
        return None
    value = match[1] or match[2] or str(_FROM_VIKUNJA[int(match[3])])
    return Mark("priority", value, match.end())


def match_reminders(sentence: Sentence, at: int) -> tuple[int, list[int]] | None:
    """ "remind me 2 days and 1 hour before": where it ends, and the minutes before the due time."""
    lead = _REMIND.match(sentence.low, at)
    position, minutes = lead.end() if lead else at, []
    while True:
        duration = match_duration(sentence, position, compound=True)
        if duration is None:
            return None
        minutes.append(duration.minutes)
        before = _BEFORE.match(sentence.low, duration.end)
        joint = _JOINT.match(sentence.low, before.end() if before else duration.end)
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
    return end, minutes
