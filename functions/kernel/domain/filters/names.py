"""Names in a filter: of lists, labels and people, with `*` for whatever may stand there."""

from functions.kernel.domain.filters.tokens import wrong
from functions.kernel.domain.filters.tree import Name

COMMA = "a comma joins nothing here: write | for “or”, & for “and”; in a name write \\, or the name in quotes"
_SPECIAL = frozenset('&|()!,"\\')


def read_name(text: str, start: int, what: str, *, spaces: bool = False) -> Name:
    """The name that `text` says, which begins at `start`; `what` is what it names, for the error.

    A backslash makes the character behind it, and quotes each one between them but `*`, an ordinary one. `spaces`:
    they need neither. Raises InvalidInputError.
    """
    parts, quoted, at = [""], False, 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
            parts[-1] += text[at]
        elif character == '"':
            quoted = not quoted
        elif character == "*":
            if len(parts) == 1 or parts[-1]:  # two of them say what one says
                parts.append("")
        elif not quoted and character.isspace() and not spaces:
            raise wrong(
                f"between two terms write & or |; a blank in the name of {what} is “\\ ”, or the name in quotes",
                start + at,
                start + at + 1,
            )
        elif not quoted and character == ",":
            raise wrong(COMMA, start + at, start + at + 1)
        else:
            parts[-1] += character
        at += 1
    if parts == [""]:
        raise wrong(f"the name of {what} belongs here", max(start - 1, 0), start + len(text))
    return Name(tuple(parts))


def write_name(name: Name) -> str:
    """The name as `read_name` reads it."""
    escaped = [part.replace("\\", "\\\\").replace('"', '\\"').replace("*", "\\*") for part in name.parts]
    text = "*".join(escaped)
    plain = "".join(name.parts)
    needs_quotes = any(character in _SPECIAL or character.isspace() for character in plain)
    return f'"{text}"' if needs_quotes else text
