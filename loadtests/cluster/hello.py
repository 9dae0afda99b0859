"""What a cold start is compared with: the smallest function in Python and in Go, beside an anchor of its own each."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from functions.catalogue import BY_NAME
from infra.image import images
from infra.image.archive import Entry, ImageConfig, layer, write_image
from infra.image.packages import BASE
from infra.image.runtime import USER
from infra.local.cluster.images import archives
from infra.local.cluster.images import hello as go_hello
from infra.local.tools.progress import step
from infra.render.anchors import deployment
from infra.render.document import component, resource
from infra.render.knative import service
from infra.render.kubernetes import NAMESPACE, anchor_name
from infra.render.pubsub import BROKERS_VARIABLE
from loadtests.cluster.site import Site

PYTHON, GO = "hello-python", "hello-go"
LIKE = BY_NAME["task-created"]
SERVE = (
    *(images.PYTHON, "-m", "uvicorn", "--factory", "functions_framework.aio:create_asgi_app"),
    *("--host", "0.0.0.0", "--port", "8080", "--no-access-log", "--lifespan", "off"),  # noqa: S104 - the pod's network
)
PUBSUB = "bench"
READY_SECONDS = 180
SOURCE = '''"""Says when it was asked, on standard output."""

import time

import functions_framework.aio


@functions_framework.aio.http
async def hello(request):
    if request.url.path != "/":
        return "", 404
    print(time.time(), flush=True)
    return "hello"
'''


def topic(name: str) -> str:
    """Where events for it are published."""
    return f"bench.{name}"


def python_image(out: Path) -> str:
    """Write the image of the function in Python: the layers of every function below it, and its own code; its name."""
    # All functions stand on these two, so that nothing but the code makes the difference.
    layers = [
        images.runtime_layer(),
        images.packages_layer(BASE),
        layer([Entry(SOURCE.encode(), "/app/hello.py")], out.parent),
    ]
    environment = images.ENVIRONMENT | {"FUNCTION_SOURCE": "/app/hello.py", "FUNCTION_TARGET": "hello"}
    config = ImageConfig(SERVE, user=f"{USER}:{USER}", env=environment, workdir="/app")
    name = f"{images.REPOSITORY}/{PYTHON}:{hashlib.sha256(repr((layers, config)).encode()).hexdigest()[:12]}"
    return write_image(out, name, layers, config).name


def documents(image_of: Mapping[str, str]) -> list[dict[str, Any]]:
    """All that is applied: the Knative Service and the anchor of a function that handles events, each."""
    made: list[dict[str, Any]] = [_component()]
    for name, image in image_of.items():
        function = replace(LIKE, name=name)
        knative, anchor = service(function), deployment(function)
        container = knative["spec"]["template"]["spec"]["containers"][0]
        container["image"] = image
        # The image knows its target, as the image of every function does.
        container["env"] = [variable for variable in container["env"] if variable["name"] != "FUNCTION_TARGET"]
        del anchor["spec"]["template"]["metadata"]["annotations"]["dapr.io/config"]
        accounts = [
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account, "namespace": NAMESPACE}}
            for account in (name, anchor_name(function))
        ]
        made += [*accounts, knative, _subscription(name), anchor]
    return made


@asynccontextmanager
async def hellos(site: Site) -> AsyncIterator[None]:
    """Both on the cluster, ready; gone when this ends."""
    with TemporaryDirectory(prefix="taskwake-bench-") as folder, step("making the hello worlds"):
        archive = Path(folder, "hello.tar")
        named = {PYTHON: python_image(archive), GO: go_hello().image}
        site.cluster.load_images([archive, *archives([go_hello()])])
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": documents(named)})
    try:
        with step("starting the hello worlds with their anchors"):
            await site.kubectl("apply", "--filename=-", input=text)
            for name in named:
                at_most = f"--timeout={READY_SECONDS}s"
                await site.kubectl("wait", f"ksvc/{name}", f"-n={NAMESPACE}", "--for=condition=Ready", at_most)
                await site.kubectl("rollout", "status", f"deployment/{name}-anchor", f"-n={NAMESPACE}", at_most)
        await site.find_daprds()
        yield
    finally:
        with step("removing the hello worlds"):
            await site.kubectl("delete", "--ignore-not-found", "--filename=-", input=text)


async def asked_at(site: Site, name: str, since: float) -> float | None:
    """The first moment (Unix time) after `since` at which it was asked, by its own words."""
    selector = f"serving.knative.dev/service={name}"
    log = await site.kubectl("logs", f"-n={NAMESPACE}", f"--selector={selector}", "--container=function", "--tail=-1")
    return first_after(log, since)


def first_after(log: str, since: float) -> float | None:
    """The earliest moment after `since` that a log names: a line each, in Unix time or by RFC 3339."""
    moments = [_moment(line) for line in log.splitlines() if line[:1].isdigit()]
    return min((moment for moment in moments if moment > since), default=None)


def _moment(line: str) -> float:
    try:
        return float(line)
    except ValueError:
        return datetime.fromisoformat(line).timestamp()


def _component() -> dict[str, Any]:
    metadata = {
        "brokers": {"envRef": BROKERS_VARIABLE},
        "authType": "none",
        "consumerGroup": "{appID}",
        "initialOffset": "oldest",
        "version": "2.1.0",
    }
    return _placed(component(PUBSUB, "pubsub.kafka/v1", metadata, [PYTHON, GO]))


def _subscription(name: str) -> dict[str, Any]:
    spec = {"pubsubname": PUBSUB, "topic": topic(name), "routes": {"default": "/"}}
    return _placed(resource("Subscription", f"{PUBSUB}.{name}", spec, [name], version="v2alpha1"))


def _placed(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"metadata": document["metadata"] | {"namespace": NAMESPACE}}
