"""What every module of this package gives back, and what it raises."""

from dataclasses import dataclass
from pathlib import Path


class ToolMissingError(Exception):
    """A tool is neither here nor can it be made; the text says which and what to do."""


@dataclass(frozen=True)
class Tool:
    """A tool that is ready for use. `source` says in words how it was had."""

    name: str
    version: str
    path: Path
    source: str
