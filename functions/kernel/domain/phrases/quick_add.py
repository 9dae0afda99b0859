"""Marks that people type: #list, @label, p1 (Todoist); +list, *label, !3 (Vikunja)."""

import re
from dataclasses import dataclass
from typing import Literal

from functions.kernel.domain.phrases.tokens import Sentence

_NAME = r"(?:[\"“](?P<quoted>[^\"“”]{1,80})[\"”]|(?P<name>[^\W\d_][\w/&-]*))"
_LIST = re.compile(rf"[#+]{_NAME}")
_LABEL = re.compile(rf"[@*]{_NAME}(?!\*)")
_PRIORITY = re.compile(r"p([1-4])(?![\w.])|!!([1-4])(?!\w)|!([1-5])(?!\w)")
# Vikunja counts upwards to 5, "do now"; here 1 is the highest, as with Todoist.
_FROM_VIKUNJA = {1: 4, 2: 3, 3: 2, 4: 1, 5: 1}


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
