"""Labels: words that a person puts on tasks. Case does not make two of one; the first spelling stays."""

import re
from collections.abc import Iterable

MOST_LABELS = 50
LONGEST_LABEL = 60
# What begins or parts names where people type them: @label, #list, a, b.
_TROUBLE = re.compile(r"[\s@#,\"\x00-\x1f\x7f]+")


def check_label(text: str) -> str:
    """The label, trimmed. Raises ValueError that says what it must not hold."""
    label = text.strip()
    if not label or len(label) > LONGEST_LABEL:
        raise ValueError(f"a label has 1 to {LONGEST_LABEL} characters, this one has {len(label)}")
    if found := _TROUBLE.search(label):
        raise ValueError(f"a label holds no {_named(found[0][0])}; write it like waiting-for")
    return label


def as_label(text: str) -> str | None:
    """The label nearest to a text from elsewhere: what a label can't hold becomes a hyphen; null if nothing is left."""
    return _TROUBLE.sub("-", text.strip()).strip("-")[:LONGEST_LABEL].rstrip("-") or None


def unique(labels: Iterable[str]) -> list[str]:
    """Each label once, in the order and the spelling in which it came first."""
    kept: dict[str, str] = {}
    for label in labels:
        kept.setdefault(label.lower(), label)
    return list(kept.values())


def _named(character: str) -> str:
    return "white space or control character" if not character.isprintable() or character.isspace() else character
