"""Dead letters, as an operator sees them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from functions.kernel.domain.dead_letter import DeadLetter, Standing


class DeadLetterRead(BaseModel):
    """An event that a function could not handle. `partition` and `offset` say where in `topic` the broker has it; null:
    no broker said. `standing` is `waiting` until it is replayed, `advice` says what to do now.
    """

    id: UUID
    function: str = Field(examples=["task-due"])
    topic: str = Field(examples=["task.due.v1"])
    partition: int | None
    offset: int | None
    source: str = Field(examples=["/taskwake"])
    event_id: str
    reason: str = Field(examples=["data.remind_at: not a moment"])
    attempts: int
    created_at: datetime
    replayed_at: datetime | None
    handled_at: datetime | None
    replayable: bool
    standing: Standing
    advice: str

    @classmethod
    def of(cls, letter: DeadLetter) -> "DeadLetterRead":
        """As the API tells of it."""
        return cls(**_told(letter))


class DeadLetterDeed(BaseModel):
    """What was done with a dead letter, by whom; `outcome` is what came of it at once, `since_then` how a replay stands
    now (null: there is nothing to wait for).
    """

    id: UUID
    at: datetime
    who: str = Field(examples=["Sam"])
    action: Literal["replay", "drop"]
    outcome: Literal["handed on", "not in the log", "dropped"]
    dead_letter_id: UUID
    function: str = Field(examples=["task-due"])
    event_id: str
    reason: str = Field(examples=["data.remind_at: not a moment"])
    since_then: Literal["on its way", "handled", "failed again", "replayed again", "dropped"] | None


class DeadLetterDetail(DeadLetterRead):
    """All that is known of one: also its `event`, the text as it came, and what was done with it, the latest first."""

    event: str
    deeds: list[DeadLetterDeed]

    @classmethod
    def whole(cls, letter: DeadLetter, event: str, deeds: list[DeadLetterDeed]) -> "DeadLetterDetail":
        """As the API tells all of it."""
        return cls(**_told(letter), event=event, deeds=deeds)


class DeadLetterPage(BaseModel):
    """One page, newest first; `next_cursor` gives the next, null: this was the last."""

    dead_letters: list[DeadLetterRead]
    next_cursor: str | None


class DeadLetterDeedPage(BaseModel):
    """One page, newest first; `next_cursor` gives the next, null: this was the last."""

    deeds: list[DeadLetterDeed]
    next_cursor: str | None


def _told(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "function": letter.function,
        "topic": letter.topic,
        "partition": letter.broker_partition,
        "offset": letter.broker_offset,
        "source": letter.source,
        "event_id": letter.event_id,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "created_at": letter.created_at,
        "replayed_at": letter.replayed_at,
        "handled_at": letter.handled_at,
        "replayable": letter.is_logged,
        "standing": letter.standing,
        "advice": letter.advice,
    }
