"""Kafka, Dapr's scheduler and two sidecars from infra/local carry an event, a job and a call."""

import json
import os
import queue
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from infra.local import tools
from infra.local.dapr import daprd_process, name_resolution, scheduler_process
from infra.local.kafka import kafka_process
from infra.local.ports import PortBlock, claim_block
from infra.local.supervisor import Supervisor
from tests.in_thread import in_thread

TOPIC = "task.due.v1"
TOKENS = {"dapr_api_token": "token-of-the-sidecar", "app_api_token": "token-of-the-function"}
WAIT_SECONDS = 30

COMPONENTS = """\
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: events
spec:
  type: pubsub.kafka
  version: v1
  metadata:
    - {{name: brokers, value: "127.0.0.1:{kafka}"}}
    - {{name: authType, value: none}}
    - {{name: initialOffset, value: oldest}}
    # After a kill, the broker gives the partitions to the next sidecar once this has passed (default 10 s).
    - {{name: sessionTimeout, value: 6s}}
    - {{name: heartbeatInterval, value: 2s}}
---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata:
  name: due
spec:
  pubsubname: events
  topic: task.due.v1
  routes:
    default: /events
scopes: [receiver]
"""


@dataclass
class App:
    """A function as a sidecar sees it: whatever is posted to it is accepted and kept."""

    port: int
    requests: "queue.Queue[tuple[str, dict[str, str], bytes]]" = field(default_factory=queue.Queue)

    def next_request(self) -> tuple[str, dict[str, str], bytes]:
        return self.requests.get(timeout=WAIT_SECONDS)


@dataclass
class Parts:
    supervisor: Supervisor
    app: App
    receiver: httpx.AsyncClient
    caller: httpx.AsyncClient


@pytest.fixture(scope="session")
def app() -> Iterator[App]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            served.requests.put((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.answer(200)

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with in_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        served = App(server.server_port)
        yield served


@pytest.fixture(scope="session")
async def parts(app: App, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parts]:
    try:
        binaries = tools.java(), tools.kafka(), tools.scheduler(), tools.daprd()
    except tools.ToolMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED on real Dapr and Kafka: {error}")
    folder = tmp_path_factory.mktemp("parts")
    with claim_block() as ports:
        async with Supervisor(folder / "logs") as supervisor:
            await start(supervisor, app, folder, ports, *(tool.path for tool in binaries))
            async with (
                httpx.AsyncClient(**client_options(ports.take("receiver"))) as receiver,
                httpx.AsyncClient(**client_options(ports.take("caller"))) as caller,
            ):
                yield Parts(supervisor, app, receiver, caller)


def client_options(port: int) -> dict[str, object]:
    return {
        "base_url": f"http://127.0.0.1:{port}",
        "headers": {"dapr-api-token": TOKENS["dapr_api_token"]},
        "timeout": WAIT_SECONDS,
    }


async def start(
    supervisor: Supervisor,
    app: App,
    folder: Path,
    ports: PortBlock,
    java: Path,
    jars: Path,
    scheduler: Path,
    daprd: Path,
) -> None:
    kafka = await kafka_process(
        java=java,
        jars=jars,
        data_dir=folder / "kafka",
        port=ports.take("kafka"),
        controller_port=ports.take("kafka-controller"),
    )
    await supervisor.start(
        kafka,
        scheduler_process(
            binary=scheduler,
            data_dir=folder / "scheduler",
            port=ports.take("scheduler"),
            peer_port=ports.take("etcd-peer"),
            client_port=ports.take("etcd-client"),
            health_port=ports.take("scheduler-health"),
        ),
    )
    components = folder / "components"
    components.mkdir()
    (components / "all.yaml").write_text(COMPONENTS.format(kafka=ports.take("kafka")))
    names = folder / "names.yaml"
    names.write_text(name_resolution({"receiver": ports.take("receiver-internal")}))
    await supervisor.start(
        *(
            daprd_process(
                binary=daprd,
                app_id=app_id,
                app_port=app_port,
                http_port=ports.take(app_id),
                grpc_port=ports.take(f"{app_id}-grpc"),
                internal_grpc_port=ports.take(f"{app_id}-internal"),
                resources=[components],
                configurations=[names],
                scheduler_port=ports.take("scheduler"),
                **TOKENS,
            )
            for app_id, app_port in (("receiver", app.port), ("caller", None))
        )
    )


@pytest.mark.requirement("FLOW-018")
async def test_an_event_published_to_a_new_topic_reaches_the_function_with_its_own_id(parts: Parts) -> None:
    event = {
        "specversion": "1.0",
        "id": "event-1",
        "source": "/test",
        "type": TOPIC,
        "datacontenttype": "application/json",
        "data": {"title": "call Sam"},
    }

    answer = await parts.caller.post(
        f"/v1.0/publish/events/{TOPIC}",
        params={"metadata.partitionKey": "task-1"},
        content=json.dumps(event),
        headers={"content-type": "application/cloudevents+json"},
    )

    assert answer.status_code == 204, answer.text
    path, headers, body = parts.app.next_request()
    assert path == "/events"
    assert headers["dapr-api-token"] == TOKENS["app_api_token"]
    delivered = json.loads(body)
    assert (delivered["id"], delivered["data"]) == ("event-1", {"title": "call Sam"})


@pytest.mark.requirement("FLOW-018")
async def test_a_job_rings_at_the_function_whose_sidecar_was_asked(parts: Parts) -> None:
    armed_at = time.monotonic()

    answer = await parts.receiver.post(
        "/v1.0-alpha1/jobs/ring-1",
        json={
            "dueTime": "1s",
            "data": {"@type": "type.googleapis.com/google.protobuf.StringValue", "value": "now"},
        },
    )

    assert answer.is_success, answer.text
    path, _, body = parts.app.next_request()
    assert path == "/job/ring-1"
    assert b"now" in body
    assert time.monotonic() - armed_at >= 0.9


@pytest.mark.requirement("FLOW-018")
async def test_a_sidecar_finds_another_by_its_app_id_without_multicast(parts: Parts) -> None:
    answer = await parts.caller.post("/v1.0/invoke/receiver/method/send", json={"to": "me"})

    assert answer.status_code == 200, answer.text
    path, _, body = parts.app.next_request()
    assert (path, json.loads(body)) == ("/send", {"to": "me"})


@pytest.mark.requirement("FLOW-018")
async def test_a_killed_sidecar_that_is_restarted_consumes_what_was_published_meanwhile(parts: Parts) -> None:
    await parts.supervisor.kill("daprd-receiver")
    answer = await parts.caller.post(f"/v1.0/publish/events/{TOPIC}", json={"while": "away"})
    assert answer.status_code == 204, answer.text

    await parts.supervisor.restart("daprd-receiver")

    # Events whose offset the killed one had not stored yet come again first: at least once.
    while json.loads(parts.app.next_request()[2])["data"] != {"while": "away"}:
        pass
