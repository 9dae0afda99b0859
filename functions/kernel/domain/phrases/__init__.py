"""An English grammar for dates, times, recurrences, reminders and quick-add marks inside a sentence."""

from functions.kernel.domain.phrases.phrase import Phrase, parse
from functions.kernel.domain.phrases.tokens import Span

__all__ = ["Phrase", "Span", "parse"]
