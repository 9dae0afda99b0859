"""Who may speak with whom: what the policies of an overlay allow, worked out for every pair, and nothing more.

Whether a cluster enforces them is its network plugin's business.
"""

from collections.abc import Sequence

import pytest

from functions.catalogue import FUNCTIONS
from tests.contract.cluster import neighbours
from tests.contract.cluster.neighbours import KUBERNETES, PORTS, ours, places, wanted
from tests.contract.cluster.network import Pair, Place, allowed, answers, asks
from tests.contract.cluster.overlays import Document, of_kind, overlay

pytestmark = pytest.mark.requirement("CLUSTER-017")

INTERNET = ("internet", "internet-6")


def pairs(objects: Sequence[Document]) -> set[Pair]:
    return allowed(list(of_kind(objects, "NetworkPolicy").values()), places(objects), PORTS)


def watched() -> set[Pair]:
    """Traces go out, and metrics are asked for."""
    anchors = [f"{function}-anchor" for function in neighbours.FUNCTIONS]
    return {
        *((anchor, "collector", "4317") for anchor in anchors),
        *((function, "collector", "4318") for function in neighbours.FUNCTIONS),
        *(("prometheus", anchor, "9090") for anchor in anchors),
    }


@pytest.mark.parametrize("name", ["minikube", "kind"])
def test_with_the_database_beside_it_exactly_the_wanted_pairs_may_speak(name: str) -> None:
    assert pairs(overlay(name)) == wanted(["data"])


@pytest.mark.parametrize("name", ["aks", "oke", "gke"])
def test_on_a_cloud_exactly_the_wanted_pairs_may_speak(name: str) -> None:
    # The cache on GKE's nodes is asked for names, and has an address that nobody here has.
    assert pairs(overlay(name)) == wanted(INTERNET) | watched()


def test_each_side_by_itself_lets_nothing_else_through() -> None:
    objects = overlay("minikube")
    policies, pods = list(of_kind(objects, "NetworkPolicy").values()), ours(objects)

    asking = {pair for pair in asks(policies, places(objects), PORTS) if pair[0] in pods}
    answering = {pair for pair in answers(policies, places(objects), PORTS) if pair[1] in pods}

    # Where the Kubernetes API is, no policy knows: for its ports it is only the other side that refuses.
    anchors = {pod for pod in pods if pod.endswith("-anchor")}
    api = {(anchor, pod, port) for anchor in anchors for pod in pods - {anchor} for port in KUBERNETES}
    assert asking == {pair for pair in wanted(["data"]) if pair[0] in pods} | api
    assert answering == {pair for pair in wanted(["data"]) if pair[1] in pods}


def test_on_gke_names_are_asked_for_at_the_nodes_cache() -> None:
    objects = overlay("gke")
    cache = Place("cache", "169.254.20.10")

    found = allowed(list(of_kind(objects, "NetworkPolicy").values()), [*places(objects), cache], ["53/UDP", "53", "80"])

    asking = {source for source, target, port in found if target == "cache" and port == "53/UDP"}
    assert asking >= {"task-due", "task-due-anchor", "sweep"}
    assert ("task-due", "cache", "80") not in found


def test_every_function_is_thought_of() -> None:
    assert {function.name for function in FUNCTIONS} == set(neighbours.FUNCTIONS)


def test_a_pod_that_belongs_to_nobody_may_ask_for_names_and_nothing_else() -> None:
    spoken = {pair for pair in pairs(overlay("minikube")) if "intruder" in pair[:2]}

    assert spoken == {("intruder", "dns", "53"), ("intruder", "dns", "53/UDP")}


def test_a_function_reaches_no_other_function_and_no_other_anchor_but_the_alarms() -> None:
    reached = {target for source, target, _ in pairs(overlay("minikube")) if source == "task-due"}

    assert reached == {"task-due-anchor", "alarm-anchor", "data", "dns"}


def test_whoever_sends_notices_reaches_no_private_address() -> None:
    reached = {(target, port) for source, target, port in pairs(overlay("aks")) if source == "delivery-requested"}

    assert {target for target, _ in reached}.isdisjoint({"cloud-metadata", "office", "stranger"})
    assert {port for target, port in reached if target == "collector"} <= {"4318"}
    assert "internet" in {target for target, _ in reached}


def test_no_function_reaches_the_kubernetes_api() -> None:
    for source, target, port in pairs(overlay("aks")):
        if source in neighbours.FUNCTIONS and source != "delivery-requested":
            assert (target, port) not in {(place, port) for place in INTERNET for port in KUBERNETES}


POLICY = {
    "metadata": {"name": "p", "namespace": "a"},
    "spec": {"podSelector": {"matchLabels": {"app": "x"}}, "policyTypes": ["Ingress", "Egress"]},
}
X, Y = Place("x", "10.0.0.1", "a", {"app": "x"}), Place("y", "10.0.0.2", "a", {"app": "y"})
FAR, NET = Place("far", "10.0.0.3", "b", {"app": "y"}), Place("net", "203.0.113.9")


@pytest.mark.parametrize(
    ("egress", "reached"),
    [
        ([], set()),
        ([{}], {"y", "far", "net"}),
        ([{"ports": [{"port": 81}]}], set()),
        ([{"to": [{"podSelector": {}}]}], {"y"}),
        ([{"to": [{"namespaceSelector": {}}]}], {"y", "far"}),
        ([{"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "b"}}}]}], {"far"}),
        ([{"to": [{"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["y"]}]}}]}], {"y"}),
        ([{"to": [{"podSelector": {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}}]}], set()),
        ([{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}], {"net"}),
        ([{"to": [{"ipBlock": {"cidr": "203.0.113.0/24", "except": ["203.0.113.9/32"]}}]}], set()),
    ],
)
def test_the_evaluation_itself(egress: list[Document], reached: set[str]) -> None:
    policy = {**POLICY, "spec": {**POLICY["spec"], "egress": egress, "ingress": [{}]}}

    found = allowed([policy], [X, Y, FAR, NET], ["80"])

    assert {target for source, target, _ in found if source == "x"} == reached
    assert ("y", "x", "80") in found
    assert ("y", "far", "80") in found
