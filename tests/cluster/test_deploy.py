"""`taskwake deploy`, again and again: what is there stays as it is, what follows from nothing any more goes."""

import os
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest

from infra.deploy.deployment import Choices, deploy
from infra.deploy.inventory import Inventory
from infra.deploy.kubectl import Kubectl
from infra.deploy.overlay import image_name
from infra.deploy.rollout import SERVICES
from infra.local.cluster.cluster import Cluster
from infra.local.cluster.product import OVERLAY
from infra.render.kubernetes import ANCHOR, COMPONENT_LABEL, NAMESPACE
from tests.cluster.world import World

pytestmark = pytest.mark.requirement("CLUSTER-009")


def leftover() -> dict[str, Any]:
    metadata = {"name": "leftover", "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"of": "an older version"}}


def images(kubectl: Kubectl) -> dict[str, str]:
    """Those that run, by name."""
    services = kubectl.list(SERVICES, namespace=NAMESPACE)
    running = [service["spec"]["template"]["spec"]["containers"][0]["image"] for service in services]
    return {image_name(image): image for image in (*running, Inventory.read(kubectl).operations_image)}


def versions(kubectl: Kubectl) -> dict[str, str]:
    """What would be other if a function got a new revision, an anchor a new pod, or a Secret a new value."""
    found = {}
    for kind, selector in (
        ("revisions.serving.knative.dev", ""),
        ("pods", f"{COMPONENT_LABEL}={ANCHOR}"),
        ("secrets", ""),
    ):
        for obj in kubectl.list(kind, namespace=NAMESPACE, selector=selector):
            told = obj["metadata"]["resourceVersion"] if kind == "secrets" else obj["metadata"]["uid"]
            found[f"{kind}/{obj['metadata']['name']}"] = told
    return found


def test_a_deployment_that_is_repeated_restarts_nothing_and_removes_what_follows_from_nothing(
    product: tuple[Cluster, str],
) -> None:
    cluster, _ = product
    kubectl, said = Kubectl(cluster.kubeconfig, program=cluster.kubectl_command()[0]), []
    choices = Choices(OVERLAY, images=images(kubectl), gateway=cluster.gateway_url)
    deploy(kubectl, choices)  # a cluster that was up already may have older manifests
    before = versions(kubectl)
    known = Inventory.read(kubectl)
    kubectl.apply([leftover()])
    Inventory((*known.objects, leftover()), known.operations_image).write(kubectl)

    deploy(kubectl, choices, said.append)

    assert kubectl.find("configmap", "leftover", NAMESPACE) is None
    assert Inventory.read(kubectl) == known
    assert versions(kubectl) == before
    steps = [line[1:4] for line in said if line.startswith("[")]
    assert steps == [f"{number}/6" for number in range(1, 7)]
    assert any("steps were seen" in line for line in said), "the smoke test saw all of them"


async def test_the_smoke_test_leaves_nobody_behind(world: World) -> None:
    assert await world.rows("SELECT name FROM users WHERE name = 'Smoke test'") == []


async def test_an_operator_runs_the_command_line_beside_the_database(world: World) -> None:
    command = [sys.executable, "-m", "functions.operations.cli", "operate"]
    kubeconfig = ["--kubeconfig", str(world.cluster.kubeconfig)]
    path = os.path.dirname(world.cluster.kubectl_command()[0])
    environment = os.environ | {"PATH": f"{path}:{os.environ['PATH']}"}

    def operate(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *kubeconfig, *arguments], capture_output=True, text=True, check=False, env=environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    user = UUID(operate("user", "add", "Kim"))
    assert [row["name"] for row in await world.rows("SELECT name FROM users WHERE id = %s", user)] == ["Kim"]
    operate("user", "remove", str(user))
    assert await world.rows("SELECT name FROM users WHERE id = %s", user) == []
