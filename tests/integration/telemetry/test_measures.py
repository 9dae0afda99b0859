"""What a function's work is measured as: the batch, the failures, and whose trace it is."""

import json
import logging
from collections.abc import Iterator, Sequence

import pytest

from functions.kernel.host.outcome import DONE, Rejected
from functions.kernel.telemetry import measures, spans, trace
from functions.kernel.telemetry.logs import JsonLines
from functions.kernel.telemetry.measures import DEAD_LETTERS, DUPLICATES, LAG, Measure
from functions.kernel.telemetry.spans import Attributes, Kind, Span
from functions.kernel.telemetry.trace import TraceContext
from tests.integration.kernel.rig import Rig, delivery


class Observer:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.kept: list[tuple[Measure, float, Attributes]] = []
        self.begun: list[tuple[str, TraceContext | None, list[TraceContext]]] = []

    def keep(self, measure: Measure, value: float, attributes: Attributes) -> None:
        self.kept.append((measure, value, attributes))

    def begin(
        self, name: str, kind: Kind, parent: TraceContext | None, links: Sequence[TraceContext], attributes: Attributes
    ) -> Span:
        self.begun.append((name, parent, list(links)))
        return spans._Unrecorded(parent)

    def of(self, measure: Measure) -> list[float]:
        return [value for kept, value, attributes in self.kept if kept is measure and "taskwake.function" in attributes]


@pytest.fixture
def observer() -> Iterator[Observer]:
    observer = Observer()
    spans.records(observer)
    measures.keeps(observer)
    yield observer
    spans.records(None)
    measures.keeps(None)


@pytest.mark.requirement("TRUST-115")
async def test_lag_counts_what_is_new_and_duplicates_what_came_once_more(rig: Rig, observer: Observer) -> None:
    host = rig.host("task-due")
    events = [await rig.due() for _ in range(2)]
    first = await host.deliver([delivery(events[0])])
    both = await host.deliver([delivery(event) for event in events])

    assert [*first, *both] == [DONE] * 3
    assert len(observer.of(LAG)) == 2
    assert min(observer.of(LAG)) >= 0
    assert observer.of(DUPLICATES) == [1]


@pytest.mark.requirement("TRUST-115")
@pytest.mark.requirement("TRUST-113")
async def test_what_cannot_be_handled_is_counted_and_logged_in_its_trace(
    rig: Rig, observer: Observer, caplog: pytest.LogCaptureFixture
) -> None:
    begun = trace.begin()
    event = (await rig.due()).model_copy(update={"traceparent": begun.traceparent})
    with caplog.at_level(logging.WARNING, "functions.kernel.host.deliver"):
        [outcome] = await rig.host("task-due").deliver([delivery(event, type="dev.taskwake.task.created.v1")])

    assert isinstance(outcome, Rejected)
    assert observer.of(DEAD_LETTERS) == [1]
    [said] = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert (said["trace_id"], said["event_id"], said["function"]) == (begun.trace_id, event.id, "task-due")


@pytest.mark.requirement("TRUST-114")
async def test_a_batch_of_several_traces_is_linked_with_each_and_one_of_one_trace_is_part_of_it(
    rig: Rig, observer: Observer
) -> None:
    host = rig.host("task-due")
    contexts = [trace.begin() for _ in range(2)]
    first, second, third = [await rig.due() for _ in range(3)]

    def of(event: object, context: TraceContext) -> object:
        return delivery(event.model_copy(update={"traceparent": context.traceparent}))

    await host.deliver([of(first, contexts[0]), of(second, contexts[1])])
    await host.deliver([of(third, contexts[0])])

    process = [(parent, links) for name, parent, links in observer.begun if name == "process task.due.v1"]
    assert process == [(None, contexts), (contexts[0], [])]
