"""A dead letter: an event that one function could not handle, how it stands, and what a person can do about it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

NEVER_ANSWERED = "its function never answered: every attempt failed"
"""The reason of one that the messaging gave up on, where the function itself noted no error."""

Standing = Literal["waiting", "on its way", "handled"]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`broker_partition` and `broker_offset` say where in `topic` a broker has it; null in the embedded way, which has
    none. `is_logged`: the event is in this installation's log, from which it can be replayed. Times are UTC."""

    id: UUID
    function: str
    topic: str
    broker_partition: int | None
    broker_offset: int | None
    source: str
    event_id: str
    reason: str
    attempts: int
    created_at: datetime
    replayed_at: datetime | None
    handled_at: datetime | None
    is_logged: bool

    @property
    def standing(self) -> Standing:
        """Whether it waits for somebody, was replayed, or was handled in the end."""
        return "handled" if self.handled_at else "on its way" if self.replayed_at else "waiting"

    @property
    def advice(self) -> str:
        """What to do now, in a sentence or three."""
        if self.handled_at:
            return f"{self.function} handled it at {_when(self.handled_at)}: nothing is left to do. Drop it."
        if self.replayed_at:
            return (
                f"It was replayed at {_when(self.replayed_at)} and is on its way. If it stays so for more than a "
                f"minute, see whether the alarm and {self.function} run; `taskwake rearm` rings the alarm. If it fails "
                "again, it stands here as waiting, with the new reason."
            )
        if not self.is_logged:
            return (
                "It cannot be replayed, since its event is not in this installation's log: another program sent it, or "
                f"it was altered on the way. Tell whoever writes to {self.topic or 'the topic'} what the reason says; "
                "then drop it."
            )
        return f"{self._cause()} Then replay it: it keeps its id, so whoever handled it already does nothing."

    def _cause(self) -> str:
        if self.reason == NEVER_ANSWERED:
            return f"{self.function} did not answer: see whether it runs and what its log says, and mend that."
        if self.function == "delivery-requested":
            return (
                "The mail server or the webhook's receiver refused it: mend the address or the receiver, as the reason "
                "says. If nobody can, drop it; its person sees that it failed."
            )
        if self.attempts > 1:
            return f"{self.function} failed at it {self.attempts} times: mend what the reason names."
        return f"{self.function} refused it at once, as it stands: mend what the reason names, or that function."


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
