"""What a spec folder is made of: its name, its documents, their sections, and nothing left to fill."""

import re
from collections.abc import Iterator
from pathlib import Path

from infra.specs.document import Document
from infra.specs.finding import Finding

SPECS = "specs"
DECISIONS = "decisions"
PLACEHOLDER = "[[fill:"
FOLDER_NAME = re.compile(r"(\d{3})-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")

SECTIONS: dict[str, tuple[str, ...]] = {
    "spec.md": ("User Stories", "Edge Cases", "Requirements", "Success Criteria"),
    "plan.md": (
        "Summary",
        "Technical Context",
        "Constitution Check",
        "Project Structure",
        "Complexity Tracking",
    ),
    "research.md": ("Facts", "Choices"),
    "data-model.md": ("Tables", "Rules"),
    "quickstart.md": ("Run", "Check"),
    "tasks.md": ("Tasks",),
    "contracts/README.md": (),
    "dapr-components/README.md": (),
}
"""Each document of a folder, and the sections it must have."""

_DECISION_NAME = re.compile(r"\d{4}-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
_DECISION_SECTIONS = ("Context", "Decision", "Consequences", "Alternatives")


def check_names(root: Path) -> Iterator[Finding]:
    """The folders of specs/ are numbered, each number once."""
    numbers: dict[str, str] = {}
    for folder in sorted(path for path in (root / SPECS).iterdir() if path.is_dir()):
        if folder.name == DECISIONS:
            continue
        path = f"{SPECS}/{folder.name}"
        name = FOLDER_NAME.fullmatch(folder.name)
        if name is None:
            yield Finding(path, 1, "not a spec folder's name; rename it to NNN-kebab-case, such as 002-time")
        elif name[1] in numbers:
            what = f"number {name[1]} is taken by {numbers[name[1]]}; take the next free one"
            yield Finding(path, 1, what)
        else:
            numbers[name[1]] = path


def check_document(document: Document, sections: tuple[str, ...]) -> Iterator[Finding]:
    """Its sections are there and say something, and no placeholder is left."""
    for title in sections:
        section = document.section(title)
        if section is None:
            yield Finding(document.path, 1, f"section `## {title}` is missing; add it")
        elif not section.text:
            yield Finding(document.path, section.line, f"section `## {title}` is empty; write it")
    if not any(line.text.strip() for line in document.lines):
        yield Finding(document.path, 1, "the document is empty; write it")
    for line in document.lines:
        if PLACEHOLDER in line.text:
            yield Finding(document.path, line.number, f"a placeholder is left; replace `{PLACEHOLDER} …]]`")


def check_decisions(root: Path) -> Iterator[Finding]:
    """Every decision record is named NNNN-kebab-case.md, numbers are unique, and its four sections speak."""
    folder = root / SPECS / DECISIONS
    numbers: dict[str, str] = {}
    for file in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        if file.name == "README.md":
            continue
        path = f"{SPECS}/{DECISIONS}/{file.name}"
        if not _DECISION_NAME.fullmatch(file.name):
            yield Finding(path, 1, "not a decision's name; rename it to NNNN-kebab-case.md")
        number = file.name[:4]
        if number in numbers:
            yield Finding(path, 1, f"number {number} is taken by {numbers[number]}; take the next free one")
        numbers.setdefault(number, path)
        yield from check_document(Document.read(root, path), _DECISION_SECTIONS)
