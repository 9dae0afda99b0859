"""What a sentence of the chat asks for, and which task it means."""

from functions.kernel.domain.intent.kinds import (
    ChangeTask,
    CompleteTask,
    CreateTask,
    DeleteTask,
    Help,
    Intent,
    NotUnderstood,
    ReopenTask,
    Shift,
    Unclear,
)
from functions.kernel.domain.intent.listing import ListTasks, Scope
from functions.kernel.domain.intent.matching import match
from functions.kernel.domain.intent.sentence import understand

__all__ = [
    "ChangeTask",
    "CompleteTask",
    "CreateTask",
    "DeleteTask",
    "Help",
    "Intent",
    "ListTasks",
    "NotUnderstood",
    "ReopenTask",
    "Scope",
    "Shift",
    "Unclear",
    "match",
    "understand",
]
