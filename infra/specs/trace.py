"""The trace, both ways: each file to a done task, each requirement to a task and a test, no id invented."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from infra.specs.finding import Finding
from infra.specs.folder import SpecFolder
from infra.specs.markers import Marker, markers
from infra.specs.requirements import Requirement, ids_in

TRACED = ("functions/", "components/", "knative/", "infra/")
TESTS = "tests/"


def check(root: Path, folders: Sequence[SpecFolder], files: Sequence[str]) -> Iterator[Finding]:
    """The trace over the whole repository; `files` are its files."""
    yield from _check_files(folders, files)
    known: dict[str, Requirement] = {}
    for folder in folders:
        for requirement in folder.requirements:
            if first := known.get(requirement.id):
                what = f"{requirement.id} is declared already at {first.path}:{first.line}; take a free id"
                yield Finding(requirement.path, requirement.line, what)
            known.setdefault(requirement.id, requirement)
    yield from _check_documents(folders, known)
    yield from _check_tasks(folders)
    yield from _check_tests(root, files, known)


def _check_files(folders: Sequence[SpecFolder], files: Sequence[str]) -> Iterator[Finding]:
    named = [
        pattern
        for folder in folders
        for task in folder.tasks
        if task.done
        for pattern, _ in task.patterns
        if not pattern.is_too_wide
    ]
    for file in files:
        if file.startswith(TRACED) and not any(pattern.matches(file) for pattern in named):
            what = "no done task names this file; name it under `- Files:` of the task that made it"
            yield Finding(file, 1, what)


def _check_documents(folders: Sequence[SpecFolder], known: Mapping[str, Requirement]) -> Iterator[Finding]:
    for folder in folders:
        for document in folder.documents.values():
            for line in document.lines:
                for name in ids_in(line.text):
                    if name not in known:
                        yield _invented(name, document.path, line.number)


def _check_tasks(folders: Sequence[SpecFolder]) -> Iterator[Finding]:
    for folder in folders:
        served = {name for task in folder.tasks for name, _ in task.requirements}
        for requirement in folder.requirements:
            if requirement.id not in served:
                what = f"no task serves {requirement.id}; name it under `- Requirements:` of one here"
                yield Finding(requirement.path, requirement.line, what)


def _check_tests(root: Path, files: Sequence[str], known: Mapping[str, Requirement]) -> Iterator[Finding]:
    shown: set[str] = set()
    for file in files:
        if not (file.startswith(TESTS) and file.endswith(".py")):
            continue
        try:
            found: list[Marker] = markers(root, file)
        except SyntaxError as error:
            yield Finding(file, error.lineno or 1, f"not Python: {error.msg}; correct it")
            continue
        for marker in found:
            if marker.id is None:
                what = "the marker's id is no literal; write it as a string, so that it can be traced"
                yield Finding(marker.path, marker.line, what)
            elif marker.id not in known:
                yield _invented(marker.id, marker.path, marker.line)
            elif marker.on_test:
                shown.add(marker.id)
    for requirement in known.values():
        if requirement.id not in shown:
            what = f'no test shows {requirement.id}; mark one with @pytest.mark.requirement("{requirement.id}")'
            yield Finding(requirement.path, requirement.line, what)


def _invented(name: str, path: str, line: int) -> Finding:
    return Finding(path, line, f"{name} is declared in no spec.md; declare it there, or correct the id")
