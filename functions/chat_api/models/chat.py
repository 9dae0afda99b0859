"""What is said, and what is answered."""

from pydantic import BaseModel, Field

from functions.chat_api.fields import Sentence
from functions.chat_api.models.input import Input
from functions.kernel.domain.task import Task


class Said(Input):
    """A plain sentence."""

    text: Sentence = Field(examples=["remind me to call Sam tomorrow at 9"])


class Choice(BaseModel):
    """One of two readings: `words` say what it takes the text for, `text` is the whole to send for it."""

    words: str
    text: str


class Answer(BaseModel):
    """What was done, in words; the tasks it is about; `understood` is false when nothing was done.

    `choices`: the two readings of a sentence that nothing was done for because it may mean either.
    """

    answer: str
    tasks: list[Task]
    understood: bool
    choices: list[Choice] = []
