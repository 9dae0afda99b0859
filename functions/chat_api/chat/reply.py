"""What is answered."""

from dataclasses import dataclass, field
from uuid import UUID

from functions.chat_api.models.chat import Choice
from functions.kernel.domain.task import Task


@dataclass(frozen=True, slots=True)
class Reply:
    """The words, and the tasks they are about. `asks`: they are a question whether to do what was said to these, or to
    which of them, that `choices` answer. `snoozed`: the notices that were. `takes_back`: which turns of the
    conversation were undone."""

    text: str
    tasks: list[Task] = field(default_factory=list)
    understood: bool = True
    choices: list[Choice] = field(default_factory=list)
    asks: bool = False
    snoozed: list[UUID] = field(default_factory=list)
    takes_back: range = range(0)
