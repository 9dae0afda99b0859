"""The whole check: form of every folder, then the trace over the repository."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from infra.specs import plan, requirements, structure, tasks, trace
from infra.specs.constitution import articles
from infra.specs.finding import Finding, SpecsError
from infra.specs.folder import SpecFolder, spec_folders
from infra.specs.structure import SECTIONS


def check(root: Path) -> list[Finding]:
    """Everything wrong in the specs of the repository at `root`, by file and line. Raises SpecsError."""
    numerals = articles(root)
    files = repository_files(root)
    folders = spec_folders(root)
    findings = [*structure.check_names(root), *structure.check_decisions(root)]
    for folder in folders:
        findings += _check_folder(folder, numerals, files)
    findings += trace.check(root, folders, files)
    return sorted(set(findings))


def repository_files(root: Path) -> list[str]:
    """The files that git tracks or would track, if still there. Raises SpecsError outside a repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, capture_output=True, check=False)
    if answer.returncode != 0:
        raise SpecsError(f"git can't list the files of {root}: {answer.stderr.decode().strip()}")
    names = sorted(set(answer.stdout.decode().split("\0")) - {""})
    return [name for name in names if (root / name).is_file()]


def _check_folder(folder: SpecFolder, numerals: list[str], files: list[str]) -> Iterator[Finding]:
    for name, sections in SECTIONS.items():
        document = folder.documents.get(name)
        if document is None:
            yield Finding(f"{folder.path}/{name}", 1, "the document is missing; write it")
            continue
        yield from structure.check_document(document, sections)
        if name == "spec.md":
            yield from requirements.check(document)
        elif name == "plan.md":
            yield from plan.check(document, numerals)
        elif name == "tasks.md":
            yield from tasks.check(document, files)
