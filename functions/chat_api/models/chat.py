"""What is said, and what is answered."""

from uuid import UUID

from pydantic import BaseModel, Field

from functions.chat_api.fields import Sentence
from functions.chat_api.models.input import Input
from functions.kernel.domain.task import Task


class Said(Input):
    """A plain sentence."""

    text: Sentence = Field(examples=["remind me to call Sam tomorrow at 9"])
    list_id: UUID | None = Field(
        None, description="The list for a task that this creates and that names none; your first one, if you name none."
    )
    question: UUID | None = Field(
        None, description="That of the choice whose text this is; to another question than my last, nothing is done."
    )


class Choice(BaseModel):
    """A button: `words` say what it is for, `text` is the whole to send for it, with the `question` that it answers."""

    words: str
    text: str
    question: UUID | None = None


class Answer(BaseModel):
    """What was done, in words; the tasks it is about; `understood` is false when nothing was done.

    `choices`: what to say next when nothing was done yet: either reading of a sentence that has two, which of several
    tasks is meant, or yes and no to a question. `undo`: what to say to take back what was done; null when nothing was.
    `event_id`: the event that did it, where it was one alone; `POST /events/{id}/undo` takes that back, whatever was
    said since.
    """

    answer: str
    tasks: list[Task]
    understood: bool
    choices: list[Choice] = []
    undo: str | None = None
    event_id: UUID | None = None
