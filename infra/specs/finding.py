"""A finding: one thing that is wrong, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """`path` is relative to the repository; `what` says what is wrong and what to do."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


class SpecsError(Exception):
    """The tool itself can't go on; its text says why and what to do."""
