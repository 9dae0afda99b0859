"""What a cluster's objects lack until a rollout is over, and what it removes."""

from typing import Any

import pytest

from infra.deploy.inventory import Inventory
from infra.deploy.readiness import object_state, stuck
from infra.deploy.rollout import without_daprd
from tests.unit.infra.deploy.objects import anchor, function, overlay

pytestmark = pytest.mark.requirement("CLUSTER-009")


def service(generation: int, observed: int, **ready: str) -> dict[str, Any]:
    conditions = [{"type": "ConfigurationsReady", "status": "True"}, *([{"type": "Ready"} | ready] if ready else [])]
    return {
        "kind": "Service",
        "metadata": {"name": "task-due", "generation": generation},
        "status": {"observedGeneration": observed, "conditions": conditions},
    }


def deployment(**status: int) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"name": "task-due-anchor", "generation": 2},
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 2} | status,
    }


@pytest.mark.parametrize(
    ("obj", "state"),
    [
        (service(2, 2, status="True"), ""),
        (service(2, 1, status="True"), "service/task-due (not looked at yet)"),
        (service(2, 2), "service/task-due (starting)"),
        (service(2, 2, status="False", message="no such image"), "service/task-due (no such image)"),
        (service(2, 2, status="Unknown", reason="Deploying"), "service/task-due (Deploying)"),
        (deployment(replicas=2, updatedReplicas=2, availableReplicas=2), ""),
        (deployment(replicas=2, updatedReplicas=2), "deployment/task-due-anchor (2 of 2 new, 0 available)"),
        (
            deployment(replicas=3, updatedReplicas=2, availableReplicas=2),
            "deployment/task-due-anchor (2 of 2 new, 2 available)",
        ),
        (deployment(observedGeneration=1), "deployment/task-due-anchor (not looked at yet)"),
    ],
)
def test_what_is_waited_for_is_named_with_its_reason(obj: dict[str, Any], state: str) -> None:
    assert object_state(obj) == state


def test_a_deployment_whose_pods_are_refused_says_why() -> None:
    refused = deployment(replicas=0)
    refused["status"]["conditions"] = [
        {"type": "Available", "status": "False", "message": "no pods"},
        {"type": "ReplicaFailure", "status": "True", "message": "violates PodSecurity"},
    ]

    assert object_state(refused) == "deployment/task-due-anchor (0 of 2 new, 0 available, violates PodSecurity)"


def test_a_daemon_set_is_ready_when_every_node_has_its_newest_pod() -> None:
    status = {"desiredNumberScheduled": 3, "currentNumberScheduled": 3, "updatedNumberScheduled": 3}
    obj = {"kind": "DaemonSet", "metadata": {"name": "agent"}, "spec": {}, "status": status}

    assert object_state(obj) == "daemonset/agent (3 of 3 new, 0 available)"
    assert object_state(obj | {"status": status | {"numberAvailable": 3}}) == ""


def pod_of(name: str, phase: str = "Pending", **waiting: str) -> dict[str, Any]:
    states = [{"state": {"running": {}}}, {"state": {"waiting": waiting}}] if waiting else []
    return {"metadata": {"name": name}, "status": {"phase": phase, "containerStatuses": states}}


def test_pods_that_something_keeps_from_starting_are_named_with_it() -> None:
    crowded = pod_of("c")
    crowded["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes: memory"}]
    pods = [
        pod_of("a", reason="ImagePullBackOff"),
        pod_of("b", reason="ContainerCreating"),
        crowded,
        pod_of("d", "Running"),
        pod_of("e", "Failed"),
    ]

    assert stuck(pods) == ["pod/a (ImagePullBackOff)", "pod/c (0/1 nodes: memory)", "pod/e (Failed)"]


def test_an_anchor_without_daprd_is_no_anchor() -> None:
    def pod(name: str, *containers: str, **metadata: str) -> dict[str, Any]:
        spec = {"containers": [{"name": container} for container in containers]}
        return {"metadata": {"name": name} | metadata, "spec": spec}

    pods = [pod("a", "pause", "daprd"), pod("b", "pause"), pod("c", "pause", deletionTimestamp="now")]
    pods.append({"metadata": {"name": "d"}, "spec": {"containers": [], "initContainers": [{"name": "daprd"}]}})

    [lacking] = without_daprd(pods)

    assert lacking.startswith("b ")


def namespace() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "taskwake"}}


def test_what_follows_from_nothing_any_more_is_found_and_the_namespace_is_never_it() -> None:
    before = Inventory.of([namespace(), function("old"), function("task-due"), anchor("old")], "operations:1")
    after = Inventory.of([function("task-due")], "operations:2")

    assert [(obj["kind"], obj["metadata"]["name"]) for obj in before.besides(after)] == [
        ("Service", "old"),
        ("Deployment", "old-anchor"),
    ]


def test_an_object_in_a_newer_version_of_its_api_is_the_same_object() -> None:
    newer = function("task-due") | {"apiVersion": "serving.knative.dev/v2"}

    assert Inventory.of([function("task-due")], "").besides(Inventory.of([newer], "")) == []


def test_a_knative_service_and_a_service_of_the_same_name_are_two() -> None:
    plain = function("task-due") | {"apiVersion": "v1"}

    assert len(Inventory.of([function("task-due")], "").besides(Inventory.of([plain], ""))) == 1


def test_an_inventory_holds_names_and_no_contents() -> None:
    [kept] = Inventory.of(overlay(function("task-due")).objects, "").objects

    assert kept == {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": "task-due", "namespace": "taskwake"},
    }
