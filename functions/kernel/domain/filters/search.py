"""Search words: all of them, quotes around those that stand beside each other, `-` before what is not there."""

import re
import string

from functions.kernel.domain.filters.tokens import check_character, wrong
from functions.kernel.domain.filters.tree import Search, Words

MOST_WORDS = 20
_PART = re.compile(r'(?P<minus>-?)(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))')
_BLANKS = str.maketrans(dict.fromkeys(string.punctuation, " "))


def read_search(text: str, start: int = 0) -> Search:
    """The words of `text`, which begins at `start`. Raises InvalidInputError for none, and for more than 20."""
    for at, character in enumerate(text, start):
        check_character(character, at)
    found = []
    for match in _PART.finditer(text):
        # Punctuation is not searched for, so that what is left needs no quoting.
        words = " ".join((match["quoted"] or match["bare"] or "").translate(_BLANKS).split())
        if words:
            found.append(Words(words, match["quoted"] is not None, match["minus"] == "-"))
    if not any(character.isalnum() for part in found for character in part.text):
        raise wrong("words to search for belong here", max(start - 1, 0), start + len(text))
    if sum(len(part.text.split()) for part in found) > MOST_WORDS:
        raise wrong(f"search for at most {MOST_WORDS} words", start, start + len(text))
    return Search(tuple(found))


def write_search(search: Search) -> str:
    """The words as `read_search` reads them."""
    return " ".join(
        ("-" if part.excluded else "") + (f'"{part.text}"' if part.quoted else part.text.replace(" ", "-"))
        for part in search.words
    )
