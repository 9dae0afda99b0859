import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.cluster.images import Recipe
from infra.local.cluster.knative import CONFIGURATION, documents
from infra.local.cluster.manifests import Applier, ask_for_little, own, place_in, wait_for_workloads
from infra.local.process import ProcessFailedError

pytestmark = pytest.mark.requirement("CLUSTER-011")
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SPACE = {"kind": "Namespace", "metadata": {"name": "somewhere"}}


class Kubectl:
    """Remembers what it was asked, and answers with the next of `answers`; an error is raised."""

    def __init__(self, *answers: str | Exception) -> None:
        self.asked: list[tuple[str, ...]] = []
        self._answers = list(answers)

    def __call__(self, *arguments: str, input: str | None = None) -> str:
        self.asked.append(arguments)
        answer = self._answers.pop(0) if self._answers else ""
        if isinstance(answer, Exception):
            raise answer
        return answer


def deployment(*, ready: int) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "somewhere", "generation": 2},
        "spec": {"replicas": 1},
        "status": {"observedGeneration": 2, "readyReplicas": ready, "updatedReplicas": 1},
    }


def pod(started_at: datetime) -> dict[str, Any]:
    state = {"running": {"startedAt": started_at.isoformat()}}
    return {
        "kind": "Pod",
        "metadata": {"name": "web-1", "namespace": "somewhere"},
        "status": {"containerStatuses": [{"state": state}]},
    }


def listed(*items: dict[str, Any]) -> str:
    return json.dumps({"items": items})


def test_a_group_is_applied_once_and_again_when_it_changed(tmp_path: Path) -> None:
    kubectl = Kubectl()
    applier = Applier(kubectl, tmp_path / "applied")

    assert applier.apply("group", [SPACE])
    assert not applier.apply("group", [SPACE])
    assert applier.apply("group", [SPACE | {"metadata": {"name": "elsewhere"}}])
    assert len(kubectl.asked) == 2


def test_a_group_that_was_refused_is_not_taken_for_applied(tmp_path: Path) -> None:
    kubectl = Kubectl(ProcessFailedError("denied"))
    applier = Applier(kubectl, tmp_path / "applied")

    with pytest.raises(ProcessFailedError, match="denied"):
        applier.apply("group", [SPACE])

    assert applier.apply("group", [SPACE])


def test_what_comes_before_the_webhook_that_checks_it_is_tried_again(tmp_path: Path) -> None:
    kubectl = Kubectl(ProcessFailedError('failed calling webhook "config.webhook.serving.knative.dev"'))

    assert Applier(kubectl, tmp_path / "applied").apply("group", [SPACE])
    assert len(kubectl.asked) == 2


def test_a_workload_is_waited_for_and_told_of_once() -> None:
    kubectl = Kubectl(listed(deployment(ready=0)), listed(deployment(ready=1)))
    said: list[str] = []
    told: set[str] = set()

    wait_for_workloads(kubectl, ["somewhere"], NOW, said.append, told)
    wait_for_workloads(Kubectl(listed(deployment(ready=1))), ["somewhere"], NOW, said.append, told)

    assert len(kubectl.asked) == 2
    assert ["somewhere/web" in line for line in said] == [True]


def test_what_a_pod_ran_before_the_node_was_started_again_does_not_count() -> None:
    old, new = pod(NOW - timedelta(seconds=1)), pod(NOW + timedelta(seconds=1))
    kubectl = Kubectl(listed(deployment(ready=1), old), listed(deployment(ready=1), new))

    wait_for_workloads(kubectl, ["somewhere"], NOW, lambda _: None, set())

    assert len(kubectl.asked) == 2


def test_a_document_without_a_namespace_gets_one_unless_it_has_none_by_nature() -> None:
    role: dict[str, Any] = {"kind": "ClusterRole", "metadata": {"name": "a"}}
    plain: dict[str, Any] = {"kind": "Service", "metadata": {"name": "b"}}
    placed: dict[str, Any] = {"kind": "Role", "metadata": {"name": "c", "namespace": "default"}}

    place_in("somewhere", [role, plain, placed])

    assert [document["metadata"].get("namespace") for document in (role, plain, placed)] == [
        None,
        "somewhere",
        "default",
    ]


def test_containers_ask_for_little_cpu_and_keep_what_else_they_ask_for() -> None:
    container = {"name": "web", "resources": {"requests": {"cpu": "300m", "memory": "60Mi"}}}
    document = {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [container, {"name": "bare"}]}}}}

    ask_for_little([document])

    containers = document["spec"]["template"]["spec"]["containers"]  # type: ignore[index]
    assert [each["resources"]["requests"] for each in containers] == [{"cpu": "10m", "memory": "60Mi"}, {"cpu": "10m"}]


def test_an_own_manifest_with_a_value_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="dns_service"):
        own("coredns", {"coredns": "dev.local/coredns:1"})


def test_knative_gets_the_clusters_own_images_and_settings(tmp_path: Path) -> None:
    (tmp_path / "00-all.yaml").write_text(
        """\
kind: Deployment
metadata: {name: activator}
spec: {template: {spec: {containers: [{image: "ko://knative.dev/serving/cmd/activator"}]}}}
---
kind: Deployment
metadata: {name: 3scale-kourier-gateway}
spec:
  template:
    spec:
      containers:
        - image: docker.io/envoyproxy/envoy:v1.36-latest
          lifecycle: {preStop: {exec: {command: [/bin/sh]}}}
          readinessProbe: {initialDelaySeconds: 10}
---
kind: ConfigMap
metadata: {name: config-network}
data: {_example: kept}
---
kind: PodDisruptionBudget
metadata: {name: gone}
"""
    )
    recipes = {name: Recipe(name, "1", list, ("/program",)) for name in ("knative-activator", "envoy", "kourier")}

    activator, gateway, network = documents(tmp_path, recipes)

    assert activator["spec"]["template"]["spec"]["containers"][0]["image"] == "dev.local/knative-activator:1"
    container = gateway["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "dev.local/envoy:1"
    assert "exec" not in container["lifecycle"]["preStop"], "the image has no shell"
    assert network["data"] == {"_example": "kept", **CONFIGURATION["config-network"]}
