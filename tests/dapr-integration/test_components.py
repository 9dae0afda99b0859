"""The files of components/, as they are, in a real daprd for each function, with Kafka and PostgreSQL."""

import asyncio
import json
import os
import re
from base64 import b64decode
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from functions.catalogue import FUNCTIONS
from functions.kernel.dapr.announcement import REMINDERS_A_POD, DaprAnnouncement
from functions.kernel.dapr.http_api import DaprHttp
from functions.kernel.embedded.postgres import Postgres
from functions.kernel.embedded.secret_store import FileSecretStore
from infra.local import tools
from infra.local.dapr import daprd_process, name_resolution
from infra.local.kafka import kafka_process
from infra.local.ports import claim_block
from infra.local.supervisor import Supervisor
from infra.render.scaling import PARTITIONS
from infra.render.stores import CONVERSATIONS_SECRET
from infra.render.topics import heard_by, lanes
from tests.in_thread import in_thread

pytestmark = pytest.mark.requirement("FLOW-018")

COMPONENTS = Path("components").resolve()
EXAMPLES = Path("specs/001-event-flow/contracts/examples").resolve()
WAIT_SECONDS = 30
NAMES = [function.name for function in FUNCTIONS]
COMPLAINT = re.compile(r".*level=(?:error|fatal).*")
NO_TOPIC_YET = "Retrying...: kafka server: Request was for a topic or partition that does not exist"
"""A topic comes to be with its first reader, who on a busy machine asks for it once more."""


@dataclass
class Apps:
    """All functions at once, as daprd sees them: POSTs are kept and answered with DROP where `drop` says so."""

    posts: "Queue[tuple[str, Any]]" = field(default_factory=Queue)
    drop: set[str] = field(default_factory=set)
    warmed_from: "Queue[str]" = field(default_factory=Queue)
    """The partition of each announcement that came."""

    def answer(self, path: str, body: Any) -> dict[str, Any]:
        self.posts.put((path, body))
        status = "DROP" if path in self.drop else "SUCCESS"
        if "entries" in body:
            return {"statuses": [{"entryId": entry["entryId"], "status": status} for entry in body["entries"]]}
        return {"status": status}

    async def next_post(self) -> tuple[str, Any]:
        return await asyncio.to_thread(self.posts.get, timeout=WAIT_SECONDS)


@dataclass
class Daprds:
    """A client for the API of each function's daprd, and what each logged until it was ready."""

    clients: dict[str, httpx.AsyncClient]
    logs: dict[str, str]
    apps: Apps


def serve(apps: Apps) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.say(404, {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path == "/warm":
                apps.warmed_from.put(self.headers["__partition"])
                self.say(200, {"status": "SUCCESS"})
            else:
                self.say(200, apps.answer(self.path, body))

        def say(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture(scope="module")
def apps() -> Iterator[tuple[Apps, int]]:
    apps = Apps()
    with in_thread(serve(apps)) as server:
        yield apps, server.server_port


@pytest.fixture(scope="module")
async def daprds(apps: tuple[Apps, int], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Daprds]:
    try:
        java, jars, daprd = tools.java().path, tools.kafka().path, tools.daprd().path
    except tools.ToolMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED on real Dapr and Kafka: {error}")
    folder = tmp_path_factory.mktemp("components")
    postgres = Postgres(folder / "postgres")
    await asyncio.to_thread(postgres.start)
    secrets = FileSecretStore(folder / "secrets.json")
    names = {name for function in FUNCTIONS for name in function.secrets}
    secrets.put({name: f"value of {name}" for name in names} | {CONVERSATIONS_SECRET: for_dapr(postgres)})
    async with AsyncExitStack() as stack:
        stack.callback(postgres.stop)
        ports = stack.enter_context(claim_block())
        supervisor = await stack.enter_async_context(Supervisor(folder / "logs"))
        await postgres.ready()
        kafka = await kafka_process(
            java=java,
            jars=jars,
            data_dir=folder / "kafka",
            port=ports.take("kafka"),
            controller_port=ports.take("controller"),
        )
        await supervisor.start(kafka)
        environment = {
            "TASKWAKE_KAFKA_BROKERS": f"127.0.0.1:{ports.take('kafka')}",
            "TASKWAKE_SECRETS_FILE": str(folder / "secrets.json"),
        }
        internal = {name: ports.take(f"{name}-internal") for name in NAMES}
        names_of_apps = folder / "names.yaml"
        names_of_apps.write_text(name_resolution(internal))
        specs = [
            daprd_process(
                binary=daprd,
                app_id=name,
                app_port=apps[1],
                http_port=ports.take(name),
                grpc_port=ports.take(f"{name}-grpc"),
                internal_grpc_port=internal[name],
                resources=[COMPONENTS],
                configurations=[COMPONENTS / "configuration" / f"{name}.yaml", names_of_apps],
                env=environment,
            )
            for name in NAMES
        ]
        await supervisor.start(*specs)
        clients = {
            name: await stack.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports.take(name)}/v1.0", timeout=WAIT_SECONDS)
            )
            for name in NAMES
        }
        logs = {name: supervisor.log(f"daprd-{name}").read_text() for name in NAMES}
        yield Daprds(clients, logs, apps[0])


def for_dapr(postgres: Postgres) -> str:
    """daprd takes a socket's folder in this form only, not percent-encoded in a URL."""
    return make_conninfo("", **conninfo_to_dict(postgres.url()))


def golden(topic: str) -> bytes:
    return (EXAMPLES / f"{topic}.json").read_bytes()


async def publish(daprd: httpx.AsyncClient, topic: str, event: bytes) -> httpx.Response:
    headers = {"content-type": "application/cloudevents+json"}
    return await daprd.post(f"/publish/pubsub/{topic}", content=event, headers=headers)


@pytest.mark.parametrize("name", NAMES)
async def test_each_daprd_loads_its_components_and_subscriptions_without_a_complaint(daprds: Daprds, name: str) -> None:
    function = next(function for function in FUNCTIONS if function.name == name)

    loaded = (await daprds.clients[name].get("/metadata")).json()

    components = {component["name"] for component in loaded["components"]}
    assert components == {"taskwake-secrets", *lanes(function), *function.stores}
    subscribed = {subscription["topic"] for subscription in loaded.get("subscriptions", [])}
    assert subscribed == set(heard_by(function, FUNCTIONS))
    assert not [line for line in COMPLAINT.findall(daprds.logs[name]) if NO_TOPIC_YET not in line]
    assert "Loading Resiliency configuration: taskwake" in daprds.logs[name]


@pytest.mark.requirement("FLOW-019")
async def test_an_app_reads_its_own_secrets_and_no_others(daprds: Daprds) -> None:
    own = await daprds.clients["chat-api"].get("/secrets/taskwake-secrets/database-url-api")
    foreign = await daprds.clients["chat-api"].get("/secrets/taskwake-secrets/database-url-functions")
    daprs_own = await daprds.clients["chat-api"].get(f"/secrets/taskwake-secrets/{CONVERSATIONS_SECRET}")

    assert own.json() == {"database-url-api": "value of database-url-api"}
    assert (foreign.status_code, daprs_own.status_code) == (403, 403)


async def test_an_app_publishes_what_it_declares_and_nothing_else(daprds: Daprds) -> None:
    undeclared = await publish(daprds.clients["task-due"], "task.created.v1", golden("task.created.v1"))
    unknown = await publish(daprds.clients["alarm"], "task.vanished.v1", b"{}")
    no_publisher = await publish(daprds.clients["dead-letter"], "task.due.v1", golden("task.due.v1"))

    assert (undeclared.status_code, unknown.status_code) == (403, 403), undeclared.text + unknown.text
    assert no_publisher.status_code in (403, 404), no_publisher.text


async def test_an_event_reaches_its_function_in_bulk_and_wakes_chat_api(daprds: Daprds) -> None:
    answer = await publish(daprds.clients["alarm"], "task.due.v1", golden("task.due.v1"))
    assert answer.status_code == 204, answer.text

    posts = dict([await daprds.apps.next_post(), await daprds.apps.next_post()])

    assert set(posts) == {"/events", "/wake"}
    (entry,) = posts["/events"]["entries"]
    expected = json.loads(golden("task.due.v1"))
    assert expected.items() <= entry["event"].items()


async def test_what_a_function_drops_reaches_the_dead_letter_function(daprds: Daprds) -> None:
    daprds.apps.drop = {"/events"}

    answer = await publish(daprds.clients["alarm"], "delivery.requested.v1", golden("delivery.requested.v1"))
    assert answer.status_code == 204, answer.text
    single = [await daprds.apps.next_post(), await daprds.apps.next_post()]
    await publish(daprds.clients["alarm"], "task.recurred.v1", golden("task.recurred.v1"))
    bulk = [await daprds.apps.next_post() for _ in range(3)]
    daprds.apps.drop = set()

    assert [path for path, _ in single] == ["/events", "/dead-letters/delivery-requested"]
    assert {path for path, _ in bulk} == {"/events", "/wake", "/dead-letters/task-recurred"}
    dead = next(body for path, body in bulk if path.startswith("/dead-letters"))
    assert json.loads(golden("task.recurred.v1")).items() <= json.loads(b64decode(dead["data_base64"])).items()


async def test_what_is_no_json_is_a_dead_letter_at_once_and_later_events_flow(daprds: Daprds) -> None:
    headers = {"content-type": "application/octet-stream"}
    params = {"metadata.rawPayload": "true"}
    alarm = daprds.clients["alarm"]
    answer = await alarm.post("/publish/pubsub/task.created.v1", content=b"{]", headers=headers, params=params)
    assert answer.status_code == 204, answer.text
    poison = dict([await daprds.apps.next_post(), await daprds.apps.next_post()])

    await publish(alarm, "task.created.v1", golden("task.created.v1"))

    healthy = {(await daprds.apps.next_post())[0] for _ in range(2)}
    assert set(poison) == {"/wake", "/dead-letters/task-created"}
    assert b64decode(poison["/dead-letters/task-created"]["data_base64"]) == b"{]"
    assert healthy == {"/wake", "/events"}


@pytest.mark.requirement("CLUSTER-014")
async def test_as_many_announcements_as_partitions_come_from_one_partition_each(daprds: Daprds) -> None:
    base_url = daprds.clients["alarm"].base_url
    announcement = DaprAnnouncement(DaprHttp(f"http://{base_url.host}:{base_url.port}", None))

    await announcement.make(datetime.now(UTC), PARTITIONS * REMINDERS_A_POD)

    # task-due and delivery-requested hear each.
    came = Counter([await asyncio.to_thread(daprds.apps.warmed_from.get, timeout=WAIT_SECONDS) for _ in range(8)])
    assert came == {str(partition): 2 for partition in range(PARTITIONS)}


async def test_chat_api_alone_keeps_conversations(daprds: Daprds) -> None:
    chat_api, other = daprds.clients["chat-api"], daprds.clients["task-due"]

    saved = await chat_api.post("/state/conversations", json=[{"key": "a-person", "value": [{"said": "hello"}]}])
    loaded = await chat_api.get("/state/conversations/a-person")
    refused = await other.get("/state/conversations/a-person")

    assert saved.status_code == 204, saved.text
    assert loaded.json() == [{"said": "hello"}]
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("name", "path"),
    [("task-due", "/v1.0-alpha1/jobs/ring-1"), ("dead-letter", "/v1.0/invoke/chat-api/method/tasks")],
)
async def test_an_api_that_a_function_has_no_use_for_does_not_answer(daprds: Daprds, name: str, path: str) -> None:
    answer = await daprds.clients[name].get(daprds.clients[name].base_url.join(path))

    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("method", ["events", "test-notice"])
async def test_without_mtls_no_app_can_call_another(daprds: Daprds, method: str) -> None:
    answer = await daprds.clients["chat-api"].post(f"/invoke/delivery-requested/method/{method}", json={})
    callee = await daprds.clients["delivery-requested"].get("/healthz")

    assert (answer.status_code, callee.status_code) == (403, 204), answer.text
    assert daprds.apps.posts.empty()
