"""The ports: what the functions need from the world, whichever way they run.

Each has an adapter per technology in kernel/embedded and kernel/dapr; handlers receive them as keywords.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import ClassVar, Literal, Protocol
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.kernel.events import Event


class EventBus(Protocol):
    async def publish(self, events: Sequence[Event]) -> None:
        """Hand committed events on, each at least once, keeping the order within a key.

        Returns when all are taken over durably; raises otherwise, and the outbox check publishes them later.
        """


class AlarmClock(Protocol):
    async def arm(self, moments: Collection[datetime], *, now: datetime | None = None, anew: bool = False) -> None:
        """See to it that the alarm function is called at, or up to a lead time before, each moment.

        Idempotent; returns only when every alarm would survive a crash of this process. Called before the
        commit that makes the moments matter. `now` is the database's clock, which decides when they have come; null:
        this process's. `anew`: what this process armed before may have been lost since.
        """


class SecretStore(Protocol):
    async def get(self, name: str) -> str:
        """The secret's value. Raises SecretMissingError."""


class Turn(BaseModel):
    """One exchange of a conversation: what the person said, what was answered, which tasks it was about."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    said: str
    answered: str
    task_ids: list[UUID] = []
    asked_at: AwareDatetime | None = None
    """When the answer was a question whether to do what was said to these tasks, or to which of them; null for any
    other answer."""
    question: UUID | None = None
    """By which an answer names the question; null when it was none."""
    by: UUID | None = None
    """The token or session that said it; null for that of an OpenID provider."""
    did: list[UUID] = []
    """The events that take back what was done by being undone; empty, too, once they are. As few as the tasks that one
    sentence may change."""
    snoozed: list[UUID] = []
    """The notices that were snoozed, likewise."""
    goes_on: bool = False
    """Whether this and the turn before come of one sentence of the person."""


class ConversationStore(Protocol):
    """The last turns of each person's chat, so that "done with it" finds what "it" is."""

    async def load(self, user_id: UUID) -> list[Turn]:
        """The turns, oldest first; empty for somebody who has never chatted."""

    async def save(self, user_id: UUID, turns: Sequence[Turn]) -> None:
        """Replace the turns."""

    async def forget(self, user_id: UUID) -> None:
        """Keep nothing of this person, whose account is gone. A repetition changes nothing."""


class LanguageModel(Protocol):
    """What may be asked about a sentence that the grammar does not understand. Nothing depends on its answer."""

    async def answer(self, instructions: str, said: str) -> str | None:
        """Its words; null when there is no model, or it does not answer in time."""


class Message(BaseModel):
    """What a notifier sends. `event` is the CloudEvent (JSON) it tells of, which a webhook carries as its body."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    delivery_id: UUID
    to: str
    """An e-mail address, or a webhook's URL."""
    title: str
    body: str
    event: bytes = b""
    signing_secrets: tuple[str, ...] = ()
    """For a webhook: its Standard Webhooks secrets, `whsec_…`, the newest first."""


class Notifier(Protocol):
    channel: ClassVar[str]

    async def send(self, message: Message) -> None:
        """Deliver it once. RejectedError: never try again (the address is wrong); anything else: try later.

        A second send of the same `delivery_id` is recognisable as such by the receiver.
        """


class TestNotice(BaseModel):
    """A person asks to be sent a notice now, to see whether the channel works."""

    __test__ = False  # for pytest: not a test

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    user_id: UUID
    channel: Literal["email", "webhook"]


class TestNoticeResult(BaseModel):
    """Whether it was delivered, and if not, why."""

    __test__ = False

    delivered: bool
    detail: str


class TestNotices(Protocol):
    """The one call between services that a person waits for (specs/constitution.md, article II)."""

    async def send(self, asked: TestNotice) -> TestNoticeResult:
        """Send it over the channel and wait for the outcome."""
