"""Tasks: what was done, which files it produced, for which requirements, and how it was validated."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from infra.specs.document import Document, Line
from infra.specs.finding import Finding
from infra.specs.pattern import Pattern
from infra.specs.requirements import ids_in
from infra.specs.structure import PLACEHOLDER

_CHECKBOX = re.compile(r"\s*[-*] \[")
_TASK = re.compile(r"- \[([ xX])\] \*\*(T\d{3,})\*\*[:.]?\s+(\S.*)$")
_FIELD = re.compile(r"\s+- (Files|Requirements|Validated):\s*(.*)$", re.IGNORECASE)
_BACKTICKED = re.compile(r"`([^`]+)`")


@dataclass
class Task:
    """One entry of tasks.md; each field keeps the lines it was written on."""

    id: str
    done: bool
    path: str
    line: int
    fields: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def patterns(self) -> list[tuple[Pattern, int]]:
        """The files it says it produced, each with its line."""
        return [
            (Pattern(name), line.number)
            for line in self.fields.get("files", [])
            for name in _BACKTICKED.findall(line.text)
        ]

    @property
    def requirements(self) -> list[tuple[str, int]]:
        """The requirement ids it serves, each with its line."""
        return [(name, line.number) for line in self.fields.get("requirements", []) for name in ids_in(line.text)]

    @property
    def commands(self) -> list[str]:
        """The commands that validated it."""
        return [
            command
            for line in self.fields.get("validated", [])
            for command in _BACKTICKED.findall(line.text)
            if command.strip()
        ]


def parse(document: Document) -> list[Task]:
    """The tasks of a tasks.md, in order."""
    tasks: list[Task] = []
    task: Task | None = None
    field_lines: list[Line] | None = None
    for line in document.lines:
        if not line.code and (head := _TASK.match(line.text)):
            task, field_lines = Task(head[2], head[1] != " ", document.path, line.number), None
            tasks.append(task)
        elif line.text and not line.text[0].isspace():
            # Whatever follows belongs to something else, a malformed task perhaps, and not to the task above.
            task, field_lines = None, None
        elif task and not line.code and (label := _FIELD.match(line.text)):
            field_lines = task.fields.setdefault(label[1].lower(), [])
            field_lines.append(Line(line.number, label[2]))
        elif field_lines is not None:
            field_lines.append(line)
    return tasks


def check(document: Document, files: Sequence[str]) -> Iterator[Finding]:
    """What tasks must say; `files` are the repository's."""
    for line in document.lines:
        if not line.code and _CHECKBOX.match(line.text) and not _TASK.match(line.text):
            yield Finding(document.path, line.number, "not a task; write `- [ ] **T001** what is done`")
    tasks = parse(document)
    if not tasks:
        yield Finding(document.path, 1, "no task; add `- [ ] **T001** what is done`")
    last = 0
    seen: set[str] = set()
    for task in tasks:
        number = int(task.id[1:])
        if task.id in seen:
            yield Finding(task.path, task.line, f"{task.id} is used twice; give it the next free number")
        elif number < last:
            yield Finding(task.path, task.line, f"{task.id} stands after T{last:03}; put tasks in order")
        seen.add(task.id)
        last = max(last, number)
        if not task.requirements and not _is_placeholder(task):
            what = f"{task.id} names no requirement; add `- Requirements: PREFIX-001`"
            yield Finding(task.path, task.line, what)
        if task.done:
            yield from _check_done(task, files)


def _is_placeholder(task: Task) -> bool:
    return any(PLACEHOLDER in line.text for line in task.fields.get("requirements", []))


def _check_done(task: Task, files: Sequence[str]) -> Iterator[Finding]:
    if not task.patterns:
        what = f"{task.id} is done and names no file; add `- Files:` with paths in backticks"
        yield Finding(task.path, task.line, what)
    if not task.commands:
        what = f"{task.id} is done and not validated; add `- Validated:` with the command in backticks"
        yield Finding(task.path, task.line, what)
    for pattern, line in task.patterns:
        if pattern.is_too_wide:
            what = f"{task.id}: `{pattern.text}` takes in a whole top folder; name what the task produced"
            yield Finding(task.path, line, what)
        elif not any(map(pattern.matches, files)):
            what = f"{task.id}: `{pattern.text}` is no file of the repository; correct it or take it out"
            yield Finding(task.path, line, what)
