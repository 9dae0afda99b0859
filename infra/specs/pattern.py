"""How a task names files: a path, a folder ending in a slash, or a glob."""

import re
from dataclasses import dataclass
from functools import cached_property

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True)
class Pattern:
    """A path, a folder ending in a slash (all beneath it), or a glob (only `**` crosses folders)."""

    text: str

    @property
    def is_too_wide(self) -> bool:
        """Whether it takes in a whole top folder, and so would trace anything put there."""
        literal, wildcard, _ = self.text.partition("**")
        if wildcard:
            return literal.strip("/*?").count("/") == 0
        return self.text.endswith("/") and self.text.strip("./").count("/") == 0

    def matches(self, path: str) -> bool:
        """Whether it names the file at `path`, relative to the repository."""
        return self._regex.fullmatch(path) is not None

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        text = self.text + "**" if self.text.endswith("/") else self.text
        regex, end = "", 0
        for part in _PARTS.finditer(text):
            regex += re.escape(text[end : part.start()]) + _MEANING[part[0]]
            end = part.end()
        return re.compile(regex + re.escape(text[end:]))
