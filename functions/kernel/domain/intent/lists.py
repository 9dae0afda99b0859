"""Sentences about lists themselves: "show my lists", "make a list called Groceries"."""

import re

from functions.kernel.domain.intent.kinds import MakeList, NotUnderstood, ShowLists
from functions.kernel.domain.intent.patterns import first_fullmatch

_SHOW = re.compile(
    r"(?:(?:show|list|see|view|display|tell)(?: me)?(?: all)?(?: of)? (?:my|our|the) lists"
    r"|(?:what|which) lists (?:do i have|have i|are there|can i see)|(?:what|which) are (?:my|our|the) lists|my lists)",
    re.I,
)
_MAKE = r"(?:(?:add|create|make|start|begin|set up)\s+(?:me\s+)?(?:an?\s+|another\s+|my\s+)?{}|{})"
_ANY, _NEW = _MAKE.format(r"(?:new\s+)?", r"new\s+"), _MAKE.format(r"new\s+", r"new\s+")
_NAME = r"#?[\"“]?(?P<name>[^\"“”#]+?)[\"”]?(?:,? please)?"
_MAKE_LIST = (
    re.compile(rf"{_ANY}list\s*(?:called\b|named\b|:|(?=[\"“#]))\s*{_NAME}", re.I),
    # "Make a list of groceries" and "make a shopping list" are things to do: only a new list is one of these.
    re.compile(rf"{_NEW}list\s+(?!(?:of|for|with|to|about|that|from|in|on)\b){_NAME}", re.I),
    re.compile(rf"{_NEW}{_NAME}\s+list", re.I),
)
_NAMELESS = re.compile(rf"{_NEW}list|{_ANY}list\s*(?:called|named|:)?\W*", re.I)
_EXAMPLES = ("make a list called Groceries", "show my lists", "add milk to #groceries")


def read_about_lists(said: str) -> ShowLists | MakeList | NotUnderstood | None:
    """What the sentence asks for of lists; None where it is about something else."""
    if _SHOW.fullmatch(said):
        return ShowLists()
    made = first_fullmatch(_MAKE_LIST, said)
    if made and re.search(r"\w", made["name"]):
        return MakeList(made["name"].strip())
    return NotUnderstood(_EXAMPLES) if made or _NAMELESS.fullmatch(said) else None
