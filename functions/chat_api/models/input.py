"""What every body has in common."""

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """A body: a field that nobody knows is an error, not silence."""

    model_config = ConfigDict(extra="forbid")
