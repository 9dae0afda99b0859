"""The labels in use."""

from pydantic import BaseModel


class LabelRead(BaseModel):
    """A label, as it is spelt most often, with how many open tasks have it."""

    name: str
    open_count: int
