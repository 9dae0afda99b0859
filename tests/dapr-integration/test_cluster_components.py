"""What a cluster's daprds load, loaded by real ones here, and an event carried through; only the secret store is this
machine's, since a cluster's needs one."""

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml

from functions.catalogue import FUNCTIONS
from infra.local.stack import COMPONENTS
from infra.local.tools import ToolMissingError
from infra.local.tools.kustomize import kustomize
from infra.render.topics import heard_by, lanes
from tests.dapr_world import World, running

pytestmark = pytest.mark.requirement("CLUSTER-003")

OVERLAY = COMPONENTS.parent / "knative" / "overlays" / "minikube"


def write_components(folder: Path) -> None:
    """Dapr's objects of the overlay, laid out as components/ is."""
    done = subprocess.run([kustomize().path, "build", OVERLAY], capture_output=True, text=True, check=True)
    (folder / "configuration").mkdir(parents=True)
    for document in yaml.safe_load_all(done.stdout):
        if document["apiVersion"].startswith("dapr.io/") and not is_secret_store(document):
            kind, name = document["kind"], document["metadata"]["name"]
            file = f"configuration/{name}.yaml" if kind == "Configuration" else f"{kind.lower()}-{name}.yaml"
            (folder / file).write_text(yaml.safe_dump(document))
    shutil.copy(COMPONENTS / "secrets.yaml", folder)


def is_secret_store(document: dict[str, Any]) -> bool:
    return str(document["spec"].get("type", "")).startswith("secretstores.")


@pytest_asyncio.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("cluster-components")
    try:
        write_components(folder / "components")
        async with running(folder / "stack", components=folder / "components") as world:
            yield world
    except ToolMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT TESTED on real Dapr and Kafka: {error}")


async def test_each_daprd_loads_what_a_cluster_gives_it_without_a_complaint(cluster: World) -> None:
    async with httpx.AsyncClient(headers={"dapr-api-token": cluster.stack.tokens.api}) as http:
        for function in FUNCTIONS:
            loaded = (await http.get(f"{cluster.stack.daprd_url(function.name)}/v1.0/metadata")).json()
            log = cluster.stack.supervisor.log(f"daprd-{function.name}").read_text()

            components = {component["name"] for component in loaded["components"]}
            assert components == {*lanes(function), "taskwake-secrets", *function.stores}
            subscribed = {subscription["topic"] for subscription in loaded.get("subscriptions", [])}
            assert subscribed == set(heard_by(function, FUNCTIONS))
            assert "Loading Resiliency configuration: taskwake" in log
            loading = log.partition("dapr initialized. Status: Running")[0]
            # A topic that was not yet published to is asked for again.
            assert not re.findall(r"^(?!.*Retrying).*level=(?:error|fatal).*$", loading, re.MULTILINE)


async def test_an_event_passes_through_them(cluster: World) -> None:
    task = await cluster.create()
    answer = await cluster.http.post(f"/tasks/{task['id']}/complete")
    assert answer.status_code == 200, answer.text

    handled = await cluster.until(
        "SELECT function FROM inbox WHERE function IN ('task-created', 'task-completed')", rows=2
    )

    assert {row["function"] for row in handled} == {"task-created", "task-completed"}
