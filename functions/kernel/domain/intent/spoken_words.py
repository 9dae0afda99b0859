"""The words of a sentence that stand for a task, as they are looked up."""

import re

from functions.kernel.domain.intent.many import says_many

_ARTICLE = re.compile(r"(?:the|my|our)\s+(?=\S)|(?:the |my )?(?:task|reminder)(?:\s*:\s*|\s+(?=[\"“]))", re.I)
_POLITE_TAIL = re.compile(r"\s+(?:please|from (?:my|the) (?:list|tasks)|thanks)$", re.I)
_TIME_TAIL = re.compile(r"\s+(?:now|today|already|yesterday)$", re.I)


def spoken_words(text: str) -> str:
    """The words without article, quotes and politeness; "it" for every way to say so."""
    text = text.strip(" .!?,:")
    text = _POLITE_TAIL.sub("", text)
    # "everything due today" is not everything
    text = text if says_many(text) else _TIME_TAIL.sub("", text)
    text = _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text
    if len(text) > 1 and text[0] in "\"“'‘" and text[-1] in "\"”'’":
        text = text[1:-1]
    return "it" if text.lower() in ("that", "this", "that one", "this one", "it", "") else text
