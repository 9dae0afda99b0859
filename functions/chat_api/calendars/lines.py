"""Content lines (RFC 5545 §3.1): the components of a file, each with its properties, as text.

The library folds, and takes lines apart. Its escaping of TEXT is not used: a backslash before an n comes back from it
as a line break (icalendar 7.3.2).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from functions.chat_api.calendars.item import check_lines
from functions.kernel.errors import InvalidInputError

_PLAIN = re.compile(r"([A-Za-z0-9-]+):(.*)", re.S)
_SIMPLE = re.compile(r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=[^\";:,\\\\]*)+):(.*)", re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)
_VALUES = re.compile(r"((?:\\.|[^,\\]|\\\Z)*+)(,|\Z)", re.S)
_NEEDS_QUOTES = re.compile(r"[^A-Za-z0-9_./+-]")
DEEPEST = 4
"""VCALENDAR, VTODO, VALARM, and one more."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property: `value` is as it is written, its parameters' names are in upper case."""

    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value of a TEXT (§3.3.11)."""
        return unescaped(self.value)

    @property
    def texts(self) -> list[str]:
        """The values of a list of TEXT."""
        return [unescaped(found[1]) for found in _VALUES.finditer(self.value) if found[1]]


@dataclass(slots=True)
class Component:
    """A component, which begins at this line of the file. `broken`: why it cannot be read."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    children: list["Component"] = field(default_factory=list)
    broken: str | None = None

    def get(self, name: str) -> Property | None:
        """The first property of this name."""
        return next((found for found in self.properties if found.name == name), None)

    def all(self, name: str) -> Iterator[Property]:
        """Every property of this name."""
        return (found for found in self.properties if found.name == name)

    def text(self, name: str) -> str:
        """The first one's text; empty, when there is none."""
        found = self.get(name)
        return found.text if found else ""


def escaped(text: str) -> str:
    """TEXT as it is written; every kind of line break is one."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


def unescaped(value: str) -> str:
    """TEXT as it is meant."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value) if "\\" in value else value


def content_line(name: str, value: str, **parameters: str) -> str:
    """One line, folded at 75 octets, ended by CRLF. A parameter's value is quoted where it has to be."""
    from icalendar.parser import Contentline

    for key, given in parameters.items():
        kept = given.replace('"', "'")
        name += f';{key}="{kept}"' if _NEEDS_QUOTES.search(kept) else f";{key}={kept}"
    line = f"{name}:{value}"
    if len(line) < 75 and line.isascii():
        return line + "\r\n"
    folded: bytes = Contentline(line).to_ical()  # type: ignore[no-untyped-call]
    return folded.decode() + "\r\n"


def component(name: str, lines: Iterable[str]) -> str:
    """A component of these lines, among which may be components."""
    return f"BEGIN:{name}\r\n{''.join(lines)}END:{name}\r\n"


def read_components(data: bytes) -> list[Component]:
    """The calendars of a file. Raises InvalidInputError (field `body`) for what is none: nothing of it can be trusted.

    A line that cannot be read breaks the component in which it stands, not the file.
    """
    check_lines(data)
    top: list[Component] = []
    open_ones: list[Component] = []
    for number, raw in _logical_lines(data):
        name, value = _named(raw)
        if name == "BEGIN":
            begun = Component(value.upper(), number)
            (open_ones[-1].children if open_ones else top).append(begun)
            open_ones.append(begun)
            if len(open_ones) > DEEPEST:
                raise InvalidInputError("body", f"line {number}: components lie too deep within each other")
        elif name == "END":
            if not open_ones or open_ones[-1].name != value.upper():
                raise InvalidInputError("body", f"line {number}: END:{value[:40]} ends nothing that is open there")
            open_ones.pop()
        elif open_ones:
            _add(open_ones[-1], raw, number)
        elif raw.strip():
            raise InvalidInputError("body", f"line {number}: an iCalendar file begins with BEGIN:VCALENDAR")
    if open_ones:
        broken = open_ones[-1]
        raise InvalidInputError("body", f"the file ends within the {broken.name} that begins at line {broken.line}")
    return top


def _logical_lines(data: bytes) -> Iterator[tuple[int, str]]:
    """The unfolded lines, each with the number of its first. Unfolded before it is decoded: a fold may cut through a
    character (§3.1)."""
    pieces: list[bytes] = []
    began = 1
    for number, line in enumerate([*data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), b"END"], 1):
        if line[:1] in (b" ", b"\t") and pieces:
            pieces.append(line.removesuffix(b"\r")[1:])
            continue
        if pieces and pieces != [b""]:
            try:
                yield began, b"".join(pieces).decode()
            except UnicodeDecodeError:
                raise InvalidInputError("body", f"line {began}: not UTF-8") from None
        pieces, began = [line.removesuffix(b"\r")], number


def _named(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().upper(), value.strip()


def _add(to: Component, line: str, number: int) -> None:
    if plain := _PLAIN.fullmatch(line):
        to.properties.append(Property(plain[1].upper(), {}, plain[2]))
        return
    if simple := _SIMPLE.fullmatch(line):  # most lines are, and the library takes its time
        pairs = (piece.partition("=") for piece in simple[2].split(";")[1:])
        to.properties.append(Property(simple[1].upper(), {key.upper(): text for key, _, text in pairs}, simple[3]))
        return
    from icalendar.parser import Contentline

    try:
        name, parameters, value = Contentline(line).raw_parts()  # type: ignore[no-untyped-call]
    except ValueError:
        if line.strip():
            to.broken = to.broken or f"line {number} is no content line: {line[:60]!r}"
        return
    given = {key.upper(): text if isinstance(text, str) else ",".join(text) for key, text in parameters.items()}
    to.properties.append(Property(name.upper(), given, value))
