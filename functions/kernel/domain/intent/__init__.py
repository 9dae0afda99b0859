"""What a sentence of the chat asks for, and which task it means."""

from functions.kernel.domain.intent.kinds import (
    ChangeTask,
    CompleteTask,
    Confirm,
    CreateTask,
    Decline,
    Deed,
    DeleteTask,
    FindTasks,
    Help,
    Intent,
    Many,
    NotUnderstood,
    ReopenTask,
    Shift,
    SnoozeTask,
    Unclear,
    Undo,
)
from functions.kernel.domain.intent.listing import ListTasks, Scope
from functions.kernel.domain.intent.matching import match
from functions.kernel.domain.intent.sentence import understand

__all__ = [
    "ChangeTask",
    "CompleteTask",
    "Confirm",
    "CreateTask",
    "Decline",
    "Deed",
    "DeleteTask",
    "FindTasks",
    "Help",
    "Intent",
    "ListTasks",
    "Many",
    "NotUnderstood",
    "ReopenTask",
    "Scope",
    "Shift",
    "SnoozeTask",
    "Unclear",
    "Undo",
    "match",
    "understand",
]
