"""Requirements: where a spec declares them, and what a spec must say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from infra.specs.document import Document
from infra.specs.finding import Finding

ID = re.compile(r"\b([A-Z][A-Z0-9]*)-(\d{3})\b")
_DECLARED = re.compile(r"(?:[-*]\s+)?\*\*([A-Z][A-Z0-9]*-\d{3}):?\*\*:?\s*(.*)$")
_STORY = re.compile(r".*\(P[1-3]\)$")
_STANDARDS = {"AES", "CVE", "ISO", "RFC", "SHA"}
"""Names such as SHA-256 look like a requirement id and are none."""


@dataclass(frozen=True)
class Requirement:
    """An id, such as FLOW-001, and where it is declared."""

    id: str
    path: str
    line: int


def ids_in(text: str) -> list[str]:
    """The requirement ids that a text names, in order."""
    return [found[0] for found in ID.finditer(text) if found[1] not in _STANDARDS]


def declared(spec: Document) -> list[Requirement]:
    """The ids that the Requirements section declares: in bold, at the start of a line."""
    section = spec.section("Requirements")
    lines = section.lines if section else ()
    return [
        Requirement(found[1], spec.path, line.number)
        for line in lines
        if not line.code and (found := _DECLARED.match(line.text))
    ]


def check(spec: Document) -> Iterator[Finding]:
    """What a spec must say beyond having its sections."""
    yield from _check_stories(spec)
    section = spec.section("Requirements")
    if section is None:
        return
    if not declared(spec):
        yield Finding(spec.path, section.line, "no requirement is declared; start a line with `**PREFIX-001** text`")
    for line in section.lines:
        found = _DECLARED.match(line.text)
        if found and not found[2].strip():
            yield Finding(spec.path, line.number, f"{found[1]} says nothing; write one testable sentence")


def _check_stories(spec: Document) -> Iterator[Finding]:
    section = spec.section("User Stories")
    if section is None:
        return
    stories = section.sections(3)
    if not stories:
        yield Finding(spec.path, section.line, "no user story; add one as `### Story (P1)`")
    for story in stories:
        if not _STORY.match(story.title):
            yield Finding(spec.path, story.line, "the story has no priority; end its heading with (P1), (P2) or (P3)")
        if not all(word in story.text.lower() for word in ("given", "when", "then")):
            yield Finding(spec.path, story.line, "the story has no acceptance scenario; add `Given …, when …, then …`")
