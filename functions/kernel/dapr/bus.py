"""The EventBus over Dapr Pub/Sub: bulk publish, a batch a topic."""

from collections.abc import Iterator, Sequence

from pydantic_core import to_json

from functions.kernel.cloudevent import render
from functions.kernel.dapr.connection import DaprConnection
from functions.kernel.events import Event
from functions.kernel.storage.outbox import Outbox

PUBSUB = "pubsub"
MAX_ENTRIES = 1000
MAX_BYTES = 2 * 1024 * 1024
"""Of one request; daprd and Kafka each take 4 MiB."""


class PublishFailedError(Exception):
    """Some events were not taken; the outbox check publishes them again, with the same ids."""


class DaprEventBus:
    """Publishes each event as the CloudEvent it is (Dapr would mint a new id at each retry otherwise), keyed by its
    partition key, and notes it as published."""

    def __init__(self, connection: DaprConnection, outbox: Outbox) -> None:
        self._connection = connection
        self._outbox = outbox

    async def publish(self, events: Sequence[Event]) -> None:
        """See EventBus.publish. Raises PublishFailedError, or the SDK's error when daprd does not answer."""
        from dapr.clients import BulkPublishEntry

        failures: list[str] = []
        for topic, batch in _batches(events):
            response = await self._connection.client().publish_events(
                PUBSUB,
                topic,
                [
                    BulkPublishEntry(
                        event=body,
                        entry_id=event.id,
                        content_type="application/cloudevents+json",
                        metadata={"partitionKey": str(event.key)},
                    )
                    for event, body in batch
                ],
            )
            failed = {entry.entry_id: entry.error for entry in response.failed_entries}
            failures += failed.values()
            await self._outbox.mark_published([event for event, _ in batch if event.id not in failed])
        if failures:
            raise PublishFailedError(f"{len(failures)} of {len(events)} events: {failures[0]}")


def _body(event: Event) -> bytes:
    """The event as daprd leaves it: one without its `traceid` would be given another trace (components-contrib,
    FromCloudEvent)."""
    rendered = render(event)
    return to_json(rendered | {"traceid": event.traceparent} if event.traceparent else rendered)


def _batches(events: Sequence[Event]) -> Iterator[tuple[str, list[tuple[Event, bytes]]]]:
    """The events by topic, in their order, in batches that fit into a request."""
    by_topic: dict[str, list[Event]] = {}
    for event in events:
        by_topic.setdefault(event.topic, []).append(event)
    for topic, of_topic in by_topic.items():
        batch: list[tuple[Event, bytes]] = []
        size = 0
        for event in of_topic:
            body = _body(event)
            if batch and (len(batch) == MAX_ENTRIES or size + len(body) > MAX_BYTES):
                yield topic, batch
                batch, size = [], 0
            batch.append((event, body))
            size += len(body)
        yield topic, batch
