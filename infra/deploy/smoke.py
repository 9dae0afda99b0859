"""The smoke test: a person of its own plays the demo through the gateway, and is removed again."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from urllib.parse import urlsplit

import httpx
from rich.console import Console as Screen

from functions.operations.demo.play import DemoFailedError, play
from infra.deploy.kubectl import Kubectl
from infra.deploy.operations import console
from infra.deploy.progress import DeployError, Progress
from infra.deploy.rollout import SERVICES
from infra.render.kubernetes import NAMESPACE

FRONT = "chat-api"
GATEWAY = "kourier"
GATEWAY_NAMESPACES = ("kourier-system", "knative-serving")
"""Where it is installed by itself, and where Knative's operator puts it."""
NAME = "Smoke test"
STEP_SECONDS = 60
"""For each step: everything may have to start first."""


@dataclass(frozen=True)
class Address:
    """Where the product answers: `url` to connect to, and the Host to ask for where that is a gateway's."""

    url: str
    host: str = ""


def public_url(kubectl: Kubectl) -> str:
    """The address that Knative gave to the page and the API."""
    url: str = kubectl.read("get", SERVICES, FRONT, "-n", NAMESPACE)["status"]["url"]
    return url


@contextmanager
def reached(kubectl: Kubectl, gateway: str, progress: Progress) -> Iterator[Address]:
    """How to get there from here: by the given gateway, by HTTPS under its own name, else through kubectl, so that
    no token goes over a network in clear."""
    url = public_url(kubectl)
    host = urlsplit(url).netloc
    if gateway:
        yield Address(gateway.rstrip("/"), host)
    elif url.startswith("https://"):
        yield Address(url)
    else:
        with _forwarded(kubectl) as port:
            progress.note(f"asking for {host} through `kubectl port-forward` to the gateway")
            yield Address(f"http://127.0.0.1:{port}", host)


def smoke_test(kubectl: Kubectl, operations_image: str, gateway: str, progress: Progress) -> None:
    """Play the demo, and see that every step happens. Raises DeployError with what was missing."""
    with console(kubectl, operations_image, progress) as there, reached(kubectl, gateway, progress) as address:
        user = there.taskwake("user", "add", NAME).strip()
        try:
            token = there.taskwake("token", "--user", user, "--name", NAME).strip()
            _play(address, token, progress)
        finally:
            there.taskwake("user", "remove", user)


def _play(address: Address, token: str, progress: Progress) -> None:
    try:
        timeline = asyncio.run(
            play(
                address.url,
                token,
                host=address.host,
                webhooks=False,
                limit_seconds=STEP_SECONDS,
                say=progress.note,
            )
        )
    except (httpx.HTTPError, DemoFailedError) as error:
        raise DeployError(
            f"The smoke test could not be played: {address.url} ({address.host or 'by its name'}) did not answer as "
            f"it should: {error}"
        ) from error
    screen = StringIO()
    timeline.show(Screen(file=screen, width=110))
    progress.note(screen.getvalue())
    if timeline.missing:
        raise DeployError(
            "The smoke test did not see all it should (above). `taskwake operate dead-letters list` shows what no "
            f"function could handle; `kubectl -n {NAMESPACE} logs -l app.kubernetes.io/component=anchor -c daprd` what "
            "became of the events."
        )


@contextmanager
def _forwarded(kubectl: Kubectl) -> Iterator[int]:
    """A port of this machine that leads to the gateway."""
    there = [namespace for namespace in GATEWAY_NAMESPACES if kubectl.find("service", GATEWAY, namespace)]
    if not there:
        raise DeployError(
            f"There is no Service {GATEWAY} in {' or '.join(GATEWAY_NAMESPACES)}: say with --gateway where the gateway "
            "of the cluster is reached."
        )
    argv = kubectl.command("port-forward", "-n", there[0], f"service/{GATEWAY}", ":80", "--address=127.0.0.1")
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    try:
        line = process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if not found:
            raise DeployError(f"`{' '.join(argv)}` failed: {line}{process.stdout.read()}")
        yield int(found[1])
    finally:
        process.terminate()
        process.wait()
