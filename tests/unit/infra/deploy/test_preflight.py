"""What stands in the way of a deployment, out of given facts."""

from dataclasses import replace

import pytest

from infra.deploy.facts import Facts, Node, plural, quantity, version
from infra.deploy.overlay import Overlay
from infra.deploy.platform import Part, Presence
from infra.deploy.preflight import anchors_bytes, findings
from infra.deploy.secrets import NEEDED, Plan
from tests.unit.infra.deploy.objects import anchor, function, overlay, sweep

pytestmark = pytest.mark.requirement("CLUSTER-009")

GOOD = Facts(
    context="mine", kubectl=(1, 34), server=(1, 34), nodes=(Node("a", "amd64", 4 * 2**30),), administrator=True
)
IMAGES = {"task-due": "r.example/task-due:1", "operations": "r.example/operations:1"}
COMPLETE = Plan.of(NEEDED, [], owner_known=True)
DAPR = Part("dapr", "helm", "dapr-system", chart="dapr", version="1.16.0", present="components.dapr.io")


def sample() -> Overlay:
    return overlay(function("task-due"), anchor("task-due"), sweep()).with_images(IMAGES)


def found(
    facts: Facts = GOOD,
    of: Overlay | None = None,
    platform: tuple[Presence, ...] = (),
    plan: Plan = COMPLETE,
    outputs: dict[str, str] | None = None,
) -> list[str]:
    return list(findings(facts, of or sample(), platform, plan, outputs or {}, helm="no-such-helm"))


def test_a_cluster_that_has_everything_has_no_finding() -> None:
    assert found(platform=(Presence(DAPR, foreign=True, version="1.16.0"),)) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(GOOD, kubectl=(1, 20)), "kubectl is 1.20: install"),
        (replace(GOOD, server=(1, 28)), "runs Kubernetes 1.28: upgrade"),
        (replace(GOOD, denied=("create namespaces in the cluster",)), "create namespaces in the cluster"),
        (replace(GOOD, nodes=(Node("a", "s390x", 2**33),)), "they are s390x"),
        (replace(GOOD, nodes=()), "has no node that takes pods"),
        (replace(GOOD, requested_bytes=4 * 2**30 - 2**20), "1 MiB left of 4096 MiB"),
        (replace(GOOD, server=None, unreachable="connection refused"), "'mine' cannot be reached"),
    ],
)
def test_what_is_wrong_with_the_cluster_is_said_with_what_to_do(facts: Facts, words: str) -> None:
    [finding] = found(facts)

    assert words in finding


def test_everything_is_said_at_once() -> None:
    facts = replace(GOOD, kubectl=(1, 20), server=(1, 28), nodes=())
    plan = Plan.of([], [], owner_known=False)

    said = found(facts, overlay(function("task-due"), sweep()), (Presence(DAPR, foreign=True, version="1.14.4"),), plan)

    assert len(said) == 6
    for words in ("kubectl is 1.20", "Kubernetes 1.28", "are: operations, task-due.", "1.14.4", "--owner-url-file"):
        assert any(words in each for each in said), words


def test_a_part_in_another_version_is_named_with_both() -> None:
    [finding] = found(platform=(Presence(DAPR, foreign=True, version="1.15.1"),))

    assert "dapr is there in version 1.15.1, and 1.16.0 is what" in finding


def test_a_part_whose_version_nothing_tells_is_left_alone() -> None:
    assert found(platform=(Presence(DAPR, foreign=True),)) == []


def test_helm_is_asked_for_only_where_a_chart_has_to_be_installed() -> None:
    [finding] = found(platform=(Presence(DAPR, foreign=False),))

    assert "no-such-helm is not on PATH" in finding


def test_what_the_platform_needs_of_terraform_is_named() -> None:
    part = Part("secret-store", "manifest", "external-secrets", path="x", outputs=("tenant_id", "region"))

    [finding] = found(platform=(Presence(part, foreign=False),), outputs={"region": "here"})

    assert "tenant_id" in finding
    assert "region" not in finding


def test_to_install_the_platform_takes_an_administrator() -> None:
    part = Part("data", "manifest", "taskwake-data", path="laptop")

    [finding] = found(replace(GOOD, administrator=False), platform=(Presence(part, foreign=False),))

    assert "(data) you have to be an administrator" in finding
    assert found(replace(GOOD, administrator=False), platform=(Presence(part, foreign=True),)) == []


def test_who_may_not_look_at_secrets_is_told_that_and_not_that_they_are_missing() -> None:
    facts = replace(GOOD, denied=("list secrets in the namespace taskwake",))

    assert len(found(facts, plan=Plan.of([], [], owner_known=False))) == 1


def test_the_anchors_memory_counts_daprds() -> None:
    small = anchor("task-due")
    template = small["spec"]["template"]
    template["metadata"]["annotations"]["dapr.io/sidecar-memory-request"] = "112Mi"
    template["spec"]["containers"][0]["resources"] = {"requests": {"memory": "4Mi"}}

    assert anchors_bytes(overlay(small)) == 116 * 2**20


@pytest.mark.parametrize(
    ("text", "value"),
    [("112Mi", 112 * 2**20), ("1Gi", 2**30), ("16G", 16e9), ("1024", 1024), ("128974848000m", 128974848), ("0", 0)],
)
def test_quantities_are_read_as_kubernetes_writes_them(text: str, value: float) -> None:
    assert quantity(text) == pytest.approx(value)


def test_versions_and_resources_are_read() -> None:
    assert version("v1.34.4-gke.100") == (1, 34)
    assert version("unknown") is None
    assert [plural(kind) for kind in ("NetworkPolicy", "Resiliency", "Secret")] == [
        "networkpolicies",
        "resiliencies",
        "secrets",
    ]
