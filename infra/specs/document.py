"""A Markdown document as its lines, sections, labelled fields and tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"\s*(```+|~~~+)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_FIELD = re.compile(r"(?:[-*]\s+)?\*\*([^*]+?)(?::\*\*|\*\*:)\s*(.*)$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]+")


@dataclass(frozen=True)
class Line:
    """`number` counts from 1; `code` is true inside a fenced block."""

    number: int
    text: str
    code: bool = False


@dataclass(frozen=True)
class Field:
    """A value labelled in bold, `**Storage**: PostgreSQL`, up to the next label."""

    name: str
    line: int
    text: str


@dataclass(frozen=True)
class Row:
    """A table's row: its cells by lower-case column name; a missing cell is empty."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Section:
    """What stands under a heading, its sub-headings included."""

    title: str
    line: int
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Its words: without comments, headings and blank lines; empty when there is nothing to read."""
        words = "\n".join(line.text for line in self.lines if line.code or not _HEADING.match(line.text))
        return _COMMENT.sub("", words).strip()

    def sections(self, level: int) -> list["Section"]:
        """The headings of `level` in it."""
        return list(_sections(self.lines, level))

    def fields(self) -> list[Field]:
        """Its labelled values, in order."""
        found: list[Field] = []
        for line in self.lines:
            label = None if line.code else _FIELD.match(line.text)
            if label:
                found.append(Field(label[1].strip(), line.number, label[2].strip()))
            elif found and (line.code or not _HEADING.match(line.text)):
                last = found[-1]
                found[-1] = Field(last.name, last.line, f"{last.text}\n{line.text}".strip())
        return found

    def table(self) -> list[Row]:
        """The rows of its first table; empty when there is none."""
        rows: list[Row] = []
        names: list[str] = []
        for line in self.lines:
            if line.code or not line.text.lstrip().startswith("|"):
                if names:
                    break
                continue
            cells = [cell.strip().replace("\\|", "|") for cell in _CELL_EDGE.split(line.text.strip())[1:]]
            if not names:
                names = [cell.lower() for cell in cells if cell]
            elif not _RULE.fullmatch(line.text):
                padded = cells + [""] * len(names)
                rows.append(Row(line.number, dict(zip(names, padded, strict=False))))
        return rows


@dataclass(frozen=True)
class Document:
    """A Markdown file; `path` is relative to the repository."""

    path: str
    lines: tuple[Line, ...]

    @classmethod
    def read(cls, root: Path, path: str) -> "Document":
        """The document at `root`/`path`. Raises OSError when it can't be read."""
        return cls(path, tuple(_lines((root / path).read_text(encoding="utf-8").splitlines())))

    def section(self, title: str) -> Section | None:
        """The section of that title (level 2, any case), or nothing."""
        return next((s for s in _sections(self.lines, 2) if s.title.lower() == title.lower()), None)

    def headings(self, level: int) -> list[Section]:
        """Every section of `level`."""
        return list(_sections(self.lines, level))


def _lines(texts: Sequence[str]) -> Iterator[Line]:
    fence = ""
    for number, text in enumerate(texts, 1):
        mark = _FENCE.match(text)
        inside = bool(fence) or mark is not None
        if mark and not fence:
            fence = mark[1]
        elif mark and text.strip() == mark[1] and mark[1].startswith(fence):
            fence = ""
        yield Line(number, text, inside)


def _sections(lines: Sequence[Line], level: int) -> Iterator[Section]:
    start: Line | None = None
    title = ""
    body: list[Line] = []
    for line in lines:
        heading = None if line.code else _HEADING.match(line.text)
        if heading and len(heading[1]) <= level:
            if start:
                yield Section(title, start.number, tuple(body))
            start, title, body = (line, heading[2], []) if len(heading[1]) == level else (None, "", [])
        elif start:
            body.append(line)
    if start:
        yield Section(title, start.number, tuple(body))
