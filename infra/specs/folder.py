"""A spec folder: its documents, read once, and what they declare."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from infra.specs import requirements, tasks
from infra.specs.document import Document
from infra.specs.requirements import Requirement
from infra.specs.structure import FOLDER_NAME, SECTIONS, SPECS
from infra.specs.tasks import Task


@dataclass(frozen=True)
class SpecFolder:
    """specs/NNN-name; `documents` holds those of its documents that are there, by name within the folder."""

    path: str
    documents: dict[str, Document]

    @classmethod
    def read(cls, root: Path, path: str) -> "SpecFolder":
        """The folder at `root`/`path`. Raises OSError when a document can't be read."""
        there = [name for name in SECTIONS if (root / path / name).is_file()]
        return cls(path, {name: Document.read(root, f"{path}/{name}") for name in there})

    @cached_property
    def requirements(self) -> list[Requirement]:
        """What its spec.md declares."""
        spec = self.documents.get("spec.md")
        return requirements.declared(spec) if spec else []

    @cached_property
    def tasks(self) -> list[Task]:
        """The entries of its tasks.md."""
        document = self.documents.get("tasks.md")
        return tasks.parse(document) if document else []


def spec_folders(root: Path) -> list[SpecFolder]:
    """Every well-named folder of specs/, in order."""
    names = sorted(path.name for path in (root / SPECS).iterdir() if path.is_dir())
    return [SpecFolder.read(root, f"{SPECS}/{name}") for name in names if FOLDER_NAME.fullmatch(name)]
