"""What a collector is sent by a whole Taskwake that was told of it."""

import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.in_thread import in_thread
from tests.integration.notification_service.test_deliveries import Receiver
from tests.integration.world import NO_TLS, execute, soon, until
from tests.otlp import Collector, collecting, known
from tests.served import Served

TRACE, SPAN = "a1" * 16, "b2" * 8
TITLE, EMAIL = "Call Kim about the divorce", "sam.smith@example.org"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with in_thread(Receiver()) as receiver:
        yield receiver


@pytest_asyncio.fixture(scope="module")
async def collector(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> AsyncIterator[Collector]:
    """What one request, and one reminder, that a webhook is told of had sent, when the process was asked to end."""
    folder = tmp_path_factory.mktemp("observed")
    with collecting() as collector:
        served = Served.start(folder, OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint)
        try:
            await day(served, receiver)
        finally:
            served.end(signal.SIGTERM)
        collector.secrets = [served.token, receiver.url, TITLE, EMAIL]
        yield collector


async def day(served: Any, receiver: Receiver) -> None:
    served.token = served.new_token()
    headers = {"authorization": f"Bearer {served.token}"}
    async with httpx.AsyncClient(base_url=served.base_url, headers=headers, verify=NO_TLS, timeout=20) as http:
        await http.patch("/me", json={"email": EMAIL})
        await http.post("/webhooks", json={"url": receiver.url, "topics": ["task.created.v1", "task.due.v1"]})
        sent = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
        created = await http.post("/tasks", json={"title": TITLE, "due_at": soon(1)}, headers=sent)
        assert created.status_code == 201
        await http.get("/tasks/x")
        await http.get(f"/calendar/{served.token}.ics")
        events = "SELECT id FROM events WHERE topic = ANY(%s)"

        async def told() -> bool:
            return len(receiver.calls) == 2

        await until(told)
        # The outbox finds them left behind, and their functions know them already.
        again = "UPDATE events SET published_at = NULL, created_at = now() - interval '1 minute' WHERE topic = %s"
        await execute(served.owner_url, again, "task.created.v1")
        served.process.send_signal(signal.SIGHUP)

        async def published() -> bool:
            return not await execute(served.owner_url, events + " AND published_at IS NULL", ["task.created.v1"])

        await until(published)


def by_name(collector: Collector) -> dict[str, Span]:
    """The spans of the request's trace; of those of one name, as when an event came again, the first."""
    spans = sorted(collector.spans(), key=lambda span: span.start_time_unix_nano, reverse=True)
    return {span.name: span for span in spans if span.trace_id.hex() == TRACE}


@pytest.mark.requirement("TRUST-114")
async def test_spans_of_a_request_and_of_all_that_follows_are_one_chain(collector: Collector) -> None:
    spans = by_name(collector)

    chain = ["POST /tasks", "process task.created.v1", "process delivery.requested.v1", "POST"]
    kinds = [Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CONSUMER, Span.SPAN_KIND_CONSUMER, Span.SPAN_KIND_CLIENT]
    assert [spans[name].kind for name in chain] == kinds
    assert spans["POST /tasks"].parent_span_id.hex() == SPAN
    assert [spans[name].parent_span_id for name in chain[1:]] == [spans[name].span_id for name in chain[:-1]]
    request, function = known(spans["POST /tasks"].attributes), known(spans["process task.created.v1"].attributes)
    assert request == {"http.request.method": "POST", "http.route": "/tasks", "http.response.status_code": 201}
    assert function["messaging.consumer.group.name"] == "task-created"
    assert collector.services() == {"taskwake"}


@pytest.mark.requirement("TRUST-114")
async def test_a_reminders_trace_begins_with_its_event_and_is_linked_with_the_alarm(collector: Collector) -> None:
    spans = collector.spans()
    [created] = [span for span in spans if span.name == "create task.due.v1"]
    rings = {span.span_id for span in spans if span.name == "ring"}
    following = {span.name for span in spans if span.trace_id == created.trace_id}

    assert created.parent_span_id == b""
    assert {link.span_id for link in created.links} <= rings
    assert following >= {"process task.due.v1", "process delivery.requested.v1", "POST"}


@pytest.mark.requirement("TRUST-115")
async def test_each_measure_has_the_value_of_what_was_done(collector: Collector) -> None:
    lateness = collector.points("taskwake.reminder.lateness")
    assert {series: point.count for series, point in lateness.items()} == {
        ("claimed",): 1,
        ("app", "told"): 1,
        ("webhook", "told"): 1,
    }
    assert 0 <= lateness["claimed",].sum <= lateness["app", "told"].sum <= lateness["webhook", "told"].sum < 20
    requests = collector.points("http.server.request.duration")
    assert requests["POST", 201, "/tasks"].count == 1
    assert requests["GET", 422, "/tasks/{task_id}"].count == 1
    assert collector.points("http.client.request.duration")[204,].count == 2
    lag = collector.points("taskwake.event.lag")
    assert {function: lag[function,].count for function in ("task-created", "task-due")} == {
        "task-created": 1,
        "task-due": 1,
    }
    assert collector.points("taskwake.inbox.duplicates")["task-created",].as_int == 1
    assert collector.points("taskwake.outbox.left_behind")[()].as_int == 1
    assert collector.points("taskwake.outbox.age")[()].as_double >= 0
    assert 0 < collector.points("taskwake.cold_start.duration")["taskwake",].sum < 120


@pytest.mark.requirement("TRUST-115")
async def test_durations_are_in_seconds(collector: Collector) -> None:
    units = collector.units()

    assert {unit for name, unit in units.items() if name.endswith(("duration", "lateness", "lag", "age"))} == {"s"}
    assert {unit for name, unit in units.items() if name.startswith("taskwake")} == {"s", "{event}"}


@pytest.mark.requirement("TRUST-116")
async def test_nothing_personal_and_no_secret_is_sent(collector: Collector) -> None:
    for path, body in collector.bodies:
        assert not [secret for secret in collector.secrets if secret.encode() in body], path
    assert "/calendar/{secret}.ics" in {known(span.attributes).get("http.route") for span in collector.spans()}
