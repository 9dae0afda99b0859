"""Reads infra/Dockerfile, as far as its tests need it."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = ROOT / "infra" / "Dockerfile"


@dataclass
class Stage:
    """One FROM and the instructions after it: the word in capitals, and the rest."""

    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        """What follows this word, each time."""
        return [rest for found, rest in self.instructions if found == word]

    def pairs(self, word: str, arguments: Mapping[str, str]) -> dict[str, str]:
        """The keys and values of ENV or LABEL, with these build arguments put in."""
        words = (word for rest in self.all(word) for word in shlex.split(rest))
        found = dict(word.split("=", 1) for word in words)
        return {key: re.sub(r"\$\{(\w+)\}", lambda match: arguments[match[1]], value) for key, value in found.items()}


def stages() -> dict[str, Stage]:
    """The stages by name."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE)
    found: dict[str, Stage] = {}
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = found[name] = Stage(base)
        elif word:
            stage.instructions.append((word, rest))
    return found
