"""What policies forbid is refused, from where it would be tried: a pod that stands in for a function gone bad."""

import json
from typing import Any

import pytest
import pytest_asyncio

from infra.render.kubernetes import (
    API_TOKEN,
    APP_TOKEN,
    COMPONENT_LABEL,
    FUNCTION,
    NAME_LABEL,
    NAMESPACE,
)
from tests.cluster.world import World

pytestmark = pytest.mark.requirement("CLUSTER-017")

BAD = "task-due"
POD = "gone-bad"
# Runs in the image of operations, with the standard library only; prints what came of each attempt.
SCRIPT = """
import http.client, json, os, socket

API, APP = os.environ["API_TOKEN"], os.environ["APP_TOKEN"]
EVENT = json.dumps({"specversion": "1.0", "id": "forged", "source": "/gone-bad", "type": "x", "data": {}})

def ask(host, port, method, path, token="", body=""):
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        headers = {"dapr-api-token": token} if token else {}
        connection.request(method, path, body, headers | {"content-type": "application/cloudevents+json"})
        return connection.getresponse().status
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()

def plain(host, port):
    # An HTTP/2 client that speaks no TLS: a server without TLS would answer with SETTINGS.
    try:
        with socket.create_connection((host, port), 5) as line:
            line.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
            answer = line.recv(9)
    except OSError as error:
        return type(error).__name__
    return "settings" if len(answer) == 9 and answer[3] == 4 else "refused"

def anchor(name):
    return f"{name}-dapr.taskwake.svc.cluster.local"

own, secrets = anchor("task-due"), "/v1.0/secrets/taskwake-secrets/"
publish, invoke = "/v1.0/publish/pubsub/", "/v1.0/invoke/delivery-requested/method/test-notice"
print(json.dumps({
    "own secret": ask(own, 3500, "GET", secrets + "database-url-functions", API),
    "own topic": ask(own, 3500, "POST", publish + "delivery.requested.v1", API, "{}"),
    "no token": ask(own, 3500, "GET", "/v1.0/metadata"),
    "wrong token": ask(own, 3500, "GET", "/v1.0/metadata", "guessed"),
    "no token for a secret": ask(own, 3500, "GET", secrets + "database-url-functions"),
    "another's topic": ask(own, 3500, "POST", publish + "task.created.v1", API, EVENT),
    "unknown topic": ask(own, 3500, "POST", publish + "anything", API, EVENT),
    "another's secret": ask(own, 3500, "GET", secrets + "database-url-api", API),
    "the owner's secret": ask(own, 3500, "GET", secrets + "database-url-owner", API),
    "the cluster's secrets": ask(own, 3500, "GET", "/v1.0/secrets/kubernetes/database-url-owner", API),
    "an API of no use to it": ask(own, 3500, "GET", "/v1.0/state/conversations/x", API),
    "a call": ask(own, 3500, "POST", invoke, API, "{}"),
    "plain text": plain(own, 50002),
    "another's anchor": ask(anchor("chat-api"), 3500, "GET", "/v1.0/metadata", API),
    "another's anchor, plain text": plain(anchor("chat-api"), 50002),
    "the relay": ask("chat-api-anchor.taskwake.svc.cluster.local", 8081, "GET", "/wakes", APP),
    "another function": ask("alarm.taskwake.svc.cluster.local", 80, "POST", "/job/rearm", "guessed", "{}"),
    "the broker": plain("broker.taskwake-data.svc.cluster.local", 9092),
}))
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def attempts(world: World) -> dict[str, Any]:
    """What came of each attempt: the status of an HTTP answer, or the kind of refusal."""
    await world.anchors_are_ready()
    job = json.loads(await world.kubectl("get", "cronjob", "sweep", f"-n={NAMESPACE}", "-o=json"))
    sweep = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = sweep["containers"]
    token = {"API_TOKEN": API_TOKEN, "APP_TOKEN": APP_TOKEN}
    container |= {
        "args": ["-c", SCRIPT],
        "command": ["/usr/local/bin/python"],
        "env": [
            {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": "token"}}}
            for name, secret in token.items()
        ],
    }
    # To the policies, it is a pod of the function.
    labels = {NAME_LABEL: BAD, COMPONENT_LABEL: FUNCTION, "app.kubernetes.io/part-of": "taskwake"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": POD, "namespace": NAMESPACE, "labels": labels},
        "spec": sweep | {"serviceAccountName": BAD, "containers": [container]},
    }
    await world.kubectl("delete", "pod", POD, f"-n={NAMESPACE}", "--ignore-not-found")
    await world.kubectl("create", "-f", "-", input=json.dumps(pod))
    try:
        finished = "--for=jsonpath={.status.phase}=Succeeded"
        await world.kubectl("wait", f"pod/{POD}", f"-n={NAMESPACE}", finished, "--timeout=180s")
        came: dict[str, Any] = json.loads(await world.kubectl("logs", POD, f"-n={NAMESPACE}"))
    finally:
        await world.kubectl("delete", "pod", POD, f"-n={NAMESPACE}", "--grace-period=0", "--force")
    return came


async def test_a_function_may_do_its_own_work(attempts: dict[str, Any]) -> None:
    assert attempts["own secret"] == 200
    assert attempts["own topic"] == 204


async def test_dapr_answers_nobody_without_its_token(attempts: dict[str, Any]) -> None:
    for attempt in ("no token", "wrong token", "no token for a secret"):
        assert attempts[attempt] == 401, attempt


async def test_a_topic_out_of_scope_is_refused(attempts: dict[str, Any]) -> None:
    assert attempts["another's topic"] == 403
    assert attempts["unknown topic"] in (403, 404)


async def test_a_secret_out_of_scope_is_refused(attempts: dict[str, Any]) -> None:
    for attempt in ("another's secret", "the owner's secret"):
        assert attempts[attempt] == 403, attempt
    assert attempts["the cluster's secrets"] in (401, 403, 404, 500)


async def test_an_api_or_a_call_that_a_function_has_no_use_for_is_refused(attempts: dict[str, Any]) -> None:
    for attempt in ("an API of no use to it", "a call"):
        assert attempts[attempt] in (403, 404), attempt


async def test_plain_text_is_refused_where_mtls_is_spoken(attempts: dict[str, Any]) -> None:
    for attempt in ("plain text", "another's anchor, plain text"):
        assert attempts[attempt] != "settings", attempt


async def test_a_function_refuses_who_does_not_know_dapr_s_token(attempts: dict[str, Any]) -> None:
    assert attempts["another function"] not in (200, 204)
