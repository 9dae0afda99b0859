"""When things come again: recurrence by RFC 5545 and RFC 7529, on wall-clock time, pure."""

from functions.kernel.domain.recurrence.completion import Anchor, CatchUp, following
from functions.kernel.domain.recurrence.engine import check_rule, next_occurrence, occurrences, parse_rule
from functions.kernel.domain.recurrence.names import parse_recurrence_id, recurrence_id
from functions.kernel.domain.recurrence.recurrence_set import Recurrence
from functions.kernel.domain.recurrence.rule import SUB_DAILY, WEEKDAYS, Rule
from functions.kernel.domain.recurrence.shifting import moved, shifted

__all__ = [
    "SUB_DAILY",
    "WEEKDAYS",
    "Anchor",
    "CatchUp",
    "Recurrence",
    "Rule",
    "check_rule",
    "following",
    "moved",
    "next_occurrence",
    "occurrences",
    "parse_recurrence_id",
    "parse_rule",
    "recurrence_id",
    "shifted",
]
