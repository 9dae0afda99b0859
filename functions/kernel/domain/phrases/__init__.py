"""An English grammar for dates, times, recurrences, reminders and quick-add marks inside a sentence."""

from functions.kernel.domain.phrases.habits import Habits
from functions.kernel.domain.phrases.phrase import Ambiguity, Phrase, Reading, parse
from functions.kernel.domain.phrases.tokens import DateOrder, Span

__all__ = ["Ambiguity", "DateOrder", "Habits", "Phrase", "Reading", "Span", "parse"]
