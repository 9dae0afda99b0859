"""A filter's text in tokens: operators, and the terms between them."""

from dataclasses import dataclass

from functions.kernel.errors import InvalidInputError

FIELD = "filter"
OPERATORS = "&|()"


@dataclass(frozen=True, slots=True)
class Token:
    """text[start:end]: one of `&`, `|`, `!`, `(`, `)`, or else a term, its quotes and backslashes as they came."""

    text: str
    start: int
    end: int
    is_term: bool = False


def wrong(message: str, start: int, end: int) -> InvalidInputError:
    """The error that names what is wrong with these characters."""
    return InvalidInputError(FIELD, message, (start, end))


def check_character(character: str, at: int) -> None:
    """Raise InvalidInputError for one that cannot be kept as text."""
    if (character < " " and character not in "\t\n\r") or "\ud800" <= character <= "\udfff":
        raise wrong("this character is no text; leave it out", at, at + 1)


def tokens_of(text: str) -> list[Token]:
    """The tokens in order. Raises InvalidInputError for a quote without its end, and for what is no text."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] in OPERATORS or text[at] == "!":
            found.append(Token(text[at], at, at + 1))
            at += 1
        else:
            end = _end_of_term(text, at)
            term = text[at:end]
            kept = term.rstrip()
            if len(kept) < len(term) and (len(kept) - len(kept.rstrip("\\"))) % 2:
                kept = term[: len(kept) + 1]  # a blank behind a backslash belongs to the name
            found.append(Token(kept, at, at + len(kept), is_term=True))
            at = end
    return found


def _end_of_term(text: str, at: int) -> int:
    quote = None
    while at < len(text):
        character = text[at]
        check_character(character, at)
        if character == "\\":
            if at + 1 == len(text):
                raise wrong("a backslash stands before the character that it makes an ordinary one", at, at + 1)
            at += 1
        elif character == '"':
            quote = at if quote is None else None
        elif character in OPERATORS and quote is None:
            break
        at += 1
    if quote is not None:
        raise wrong('this quote does not end; write another ", or \\" for one that is part of a name', quote, len(text))
    return at
