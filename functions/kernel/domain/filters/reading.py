"""From a filter's text to what it says."""

from datetime import datetime

from functions.kernel.domain.filters.terms import Asked, read_term
from functions.kernel.domain.filters.tokens import Token, tokens_of, wrong
from functions.kernel.domain.filters.tree import And, Filter, Not, Or
from functions.kernel.domain.phrases import Habits

MAX_LENGTH = 1_000
MAX_DEPTH = 50
MAX_TERMS = 100


def parse(text: str, now: datetime, habits: Habits | None = None) -> Filter:
    """The filter that `text` says, its days as of `now` (naive, in the habits' zone).

    `!` binds closest, then `&`, then `|`; parentheses go before all. Raises InvalidInputError (field `filter`) whose
    `span` is where it is wrong, in code points.
    """
    if len(text) > MAX_LENGTH:
        raise wrong(f"a filter has at most {MAX_LENGTH:,} characters; this has {len(text):,}", MAX_LENGTH, len(text))
    tokens = tokens_of(text)
    if not tokens:
        raise wrong("a filter says something, such as (today | overdue) & p1", 0, len(text))
    return _Reader(tokens, Asked(now, habits or Habits()), len(text)).whole()


class _Reader:
    """Reads by descent, as deep as parentheses and `!` go."""

    def __init__(self, tokens: list[Token], asked: Asked, length: int) -> None:
        self._tokens, self._asked, self._length = tokens, asked, length
        self._at = 0
        self._terms = 0

    def whole(self) -> Filter:
        tree = self._either(0)
        if token := self._next():
            raise self._misplaced(token)
        return tree

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _took(self, operator: str) -> bool:
        token = self._next()
        if token is None or token.is_term or token.text != operator:
            return False
        self._at += 1
        return True

    def _either(self, depth: int) -> Filter:
        parts = [self._all(depth)]
        while self._took("|"):
            parts.append(self._all(depth))
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def _all(self, depth: int) -> Filter:
        parts = [self._one(depth)]
        while self._took("&"):
            parts.append(self._one(depth))
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self, depth: int) -> Filter:
        token = self._next()
        if token is None:
            last = self._tokens[-1]
            raise wrong(f"a term belongs behind this “{last.text}”", last.start, last.end)
        if depth > MAX_DEPTH:
            raise wrong(f"parentheses and ! go at most {MAX_DEPTH} deep", token.start, token.end)
        if self._took("!"):
            return Not(self._one(depth + 1))
        if self._took("("):
            inner = self._either(depth + 1)
            if not self._took(")"):
                behind = self._next()
                if behind is None:
                    raise wrong("this parenthesis does not end; write ) where it should", token.start, token.end)
                raise self._misplaced(behind)
            return inner
        if not token.is_term:
            raise wrong(f"a term belongs before this “{token.text}”", token.start, token.end)
        self._at += 1
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise wrong(f"a filter has at most {MAX_TERMS} terms", token.start, token.end)
        return read_term(token, self._asked)

    def _misplaced(self, token: Token) -> Exception:
        if token.text == ")" and not token.is_term:
            return wrong("no parenthesis begins that this could end; leave it out", token.start, token.end)
        return wrong("between two terms write & or |", token.start, token.end)
