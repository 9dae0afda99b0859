"""Which task a person means by some words: each of them, in any form, is in its title; typing slips are forgiven."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from functions.kernel.domain.phrases.tokens import words

# With a smaller share of the words a title is not even asked about: "call Bob" is not "call Sam".
_ALIKE = 0.6
MOST_WORDS = 20
"""Of more words, slips are not looked for: the time that a sentence takes stays bounded."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# "On", "off", "in" and "up" are none of them: turning on is not turning off.
_EMPTY = frozenset(
    words(
        "the a an my our your to of for with and it that this is was as at by from about i me "
        "task tasks todo reminder one thing just already now today yesterday please"
    )
)
_IRREGULAR = {
    "bought": "buy", "paid": "pay", "sent": "send", "wrote": "write", "written": "write", "did": "do",
    "done": "do",
    "made": "make", "went": "go", "gone": "go", "took": "take", "taken": "take", "got": "get", "met": "meet",
    "ran": "run", "gave": "give", "spoke": "speak", "told": "tell", "fed": "feed", "swept": "sweep",
    "brought": "bring", "built": "build", "found": "find", "put": "put", "sold": "sell", "ate": "eat",
    "drove": "drive", "flew": "fly", "hung": "hang", "held": "hold", "kept": "keep", "left": "leave",
    "lent": "lend", "lost": "lose", "said": "say", "saw": "see", "shot": "shoot", "sang": "sing",
    "slept": "sleep",
    "swam": "swim", "taught": "teach", "thought": "think", "threw": "throw", "woke": "wake", "won": "win",
    "chose": "choose", "drew": "draw", "began": "begin", "caught": "catch", "cut": "cut", "hid": "hide",
    "rode": "ride", "sewed": "sew", "set": "set", "read": "read", "signed": "sign", "men": "man",
}  # fmt: skip


def match(words: str, titles: Sequence[tuple[UUID, str]]) -> list[UUID]:
    """The tasks that `words` mean, best first: one when it is clear, several that fit alike, or none."""
    wanted = _stems(words)
    present = [_stems(title) for _, title in titles]
    # Who types a word that a title has means that word: "Karen" is no slip of "Kareen" where there is a Karen.
    unknown = wanted.difference(*present) if len(wanted) <= MOST_WORDS else frozenset[str]()
    found = []
    for number, ((task_id, _), stems) in enumerate(zip(titles, present, strict=True)):
        slips = sum(any(_is_slip(stem, other) for other in stems) for stem in unknown)
        has_more = len(stems) > len(wanted)
        if not wanted or len(wanted & stems) + slips < len(wanted) or (has_more and all(map(str.isdigit, wanted))):
            continue
        found.append((has_more, len(stems), number, task_id))
    found.sort()
    return [entry[-1] for entry in found if entry[0] == found[0][0]]


def alike(words: str, titles: Sequence[tuple[UUID, str]]) -> list[UUID]:
    """The tasks of which to ask whether they are meant, where `match` finds none: they have most of the words, or words
    that are spelled nearly so. Best first."""
    wanted = _stems(words)
    found = []
    for number, (task_id, title) in enumerate(titles):
        stems = _stems(title)
        lacking = wanted - stems
        near = (
            sum(any(_is_near(stem, other) for other in stems) for stem in lacking) if len(wanted) <= MOST_WORDS else 0
        )
        share = (len(wanted) - len(lacking) + near) / len(wanted) if wanted else 0.0
        if share >= _ALIKE:
            found.append((-share, len(stems), number, task_id))
    found.sort()
    return [entry[-1] for entry in found if entry[0] == found[0][0]]


def beginnings(words: str) -> tuple[list[str], list[str]]:
    """What some word of a title begins with, if the title may be meant: with a word that is typed, in any form; and
    with one that is nearly so."""
    typed = sorted({word for word in _words(words) if word not in _EMPTY}, key=len, reverse=True)[:MOST_WORDS]
    stems = [_stem(word) for word in typed]
    # "Party" is "parties", too.
    forms = {*typed, *(stem.removesuffix("y") if len(stem) > 3 else stem for stem in stems)}
    return sorted(forms), sorted({stem[:2] for stem in stems if len(stem) >= _LONG_ENOUGH})


def is_past_tense(word: str) -> bool:
    """Whether the word says that something was done ("called", "bought")."""
    word = word.lower()
    return word in _IRREGULAR or (len(word) > 3 and word.endswith("ed") and word not in ("need", "feed", "speed"))


_LONG_ENOUGH = 4


def _is_slip(typed: str, meant: str) -> bool:
    """Whether a word of five letters or more was typed with one too few, one too many, or two of them swapped, between
    its first and its last. One letter for another may be another name, as Karen and Karin are."""
    if len(typed) < 5 or len(meant) < 5 or typed[0] != meant[0] or typed[-1] != meant[-1]:
        return False
    return (len(typed) != len(meant) and _is_one_apart(typed, meant)) or _is_swapped(typed, meant)


def _is_near(typed: str, meant: str) -> bool:
    """Whether one letter makes the difference, or two that are swapped."""
    if min(len(typed), len(meant)) < _LONG_ENOUGH or abs(len(typed) - len(meant)) > 1:
        return False
    return _is_one_apart(typed, meant) or _is_swapped(typed, meant)


def _is_one_apart(one: str, other: str) -> bool:
    """Whether one letter, put in, left out or in place of another, makes one of the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = _same(one, other)
    longer = len(one) > len(other), len(other) > len(one)
    return one[at + (not longer[1]) :] == other[at + (not longer[0]) :]


def _is_swapped(one: str, other: str) -> bool:
    at = _same(one, other)
    return one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]


def _same(one: str, other: str) -> int:
    """How many letters at the beginning are the same."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _words(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return [word.removesuffix("'s").removesuffix("’s") for word in _WORD.findall(plain)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, [word for word in _words(text) if word not in _EMPTY]))


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed", "es", "s"):
        root = word.removesuffix(ending)
        if root == word or len(root) < 3 or (ending == "s" and root.endswith("s")):
            continue
        if ending in ("ing", "ed") and len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls":
            root = root[:-1]
        return root.removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word
