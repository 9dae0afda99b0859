"""Which task a person means by some words: overlap of stemmed words, small typing slips forgiven."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from uuid import UUID

from functions.kernel.domain.phrases.tokens import words

# Less than this share of the words found in a title is no match: "call Bob" is not the task "call Sam".
_ENOUGH = 0.6
_SLIP = 0.8

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_EMPTY = frozenset(
    words(
        "the a an my our your to of for with and it that this is was as at on in by from about up off i me "
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
    """The tasks that `words` may mean, best first: one when it is clear, several that fit alike, or none."""
    wanted = _stems(words)
    if not wanted:
        return []
    scored = []
    for number, (task_id, title) in enumerate(titles):
        present = _stems(title)
        found = sum(_is_in(stem, present) for stem in wanted)
        covered = sum(_is_in(stem, wanted) for stem in present) / len(present) if present else 0.0
        if found / len(wanted) >= _ENOUGH:
            scored.append((found / len(wanted), covered, -number, task_id))
    if not scored:
        return []
    scored.sort(key=lambda entry: entry[:3], reverse=True)
    best = scored[0][0]
    exact = [entry for entry in scored if entry[0] == 1.0 and entry[1] == 1.0]
    return [entry[3] for entry in exact or scored if entry[0] == best]


def is_past_tense(word: str) -> bool:
    """Whether the word says that something was done ("called", "bought")."""
    word = word.lower()
    return word in _IRREGULAR or (len(word) > 3 and word.endswith("ed") and word not in ("need", "feed", "speed"))


def _is_in(stem: str, stems: frozenset[str]) -> bool:
    if stem in stems:
        return True
    near = (other for other in stems if len(stem) >= 4 and len(other) >= 4 and abs(len(other) - len(stem)) <= 2)
    return any(SequenceMatcher(None, stem, other).ratio() >= _SLIP for other in near)


def _stems(text: str) -> frozenset[str]:
    words = [word.removesuffix("'s").removesuffix("’s") for word in _WORD.findall(text.casefold())]
    return frozenset(map(_stem, [word for word in words if word not in _EMPTY]))


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
