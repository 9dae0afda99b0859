"""No unexplained finding of the security linters, and no security field whose loss nobody would notice."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import pytest

from infra.lint.manifests import Manifests, Resource
from infra.lint.rules import lint
from tests.contract.cluster.linters import EXPLAINED, checkov_over, is_explained, kube_score_over
from tests.contract.cluster.mutants import OF_CONTAINERS, mutants
from tests.contract.cluster.neighbours import PORTS, places
from tests.contract.cluster.network import Pair, answers, asks
from tests.contract.cluster.overlays import OVERLAYS, Document, of_kind, overlay
from tests.contract.cluster.pod_security import problems

pytestmark = pytest.mark.requirement("CLUSTER-006")

DIFFERENT = ("minikube", "aks", "gke")
"""The other overlays make the same pods."""


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_pod_is_locked_up(name: str) -> None:
    found = {document["metadata"]["name"]: list(problems(document)) for document in overlay(name)}

    assert {name: problem for name, problem in found.items() if problem} == {}


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_namespace_takes_no_pod_that_is_not(name: str) -> None:
    labels = of_kind(overlay(name), "Namespace")["taskwake"]["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_no_linter_has_an_unexplained_finding_and_every_explanation_is_needed(tmp_path: Path) -> None:
    by_checkov = checkov_over({name: overlay(name) for name in DIFFERENT}, tmp_path)
    found = {("checkov", check, name) for findings in by_checkov.values() for check, name in findings}
    found |= {
        ("kube-score", check, name)
        for overlay_name in DIFFERENT
        for check, name in kube_score_over(overlay(overlay_name))
    }

    assert {finding for finding in found if not is_explained(*finding)} == set()
    assert {(linter, check) for linter, check, _ in found} == {
        (linter, check) for linter, checks in EXPLAINED.items() for check in checks
    }
    assert all(explanation["because"] for checks in EXPLAINED.values() for explanation in checks.values())


def traps(objects: Sequence[Document]) -> set[str]:
    return {str(trap) for trap in lint(Manifests(Resource("", document) for document in objects))}


def speaking(objects: Sequence[Document]) -> tuple[set[Pair], set[Pair]]:
    """What each side of every pair lets through."""
    policies = list(of_kind(objects, "NetworkPolicy").values())
    return asks(policies, places(objects), PORTS), answers(policies, places(objects), PORTS)


def is_noticed(objects: Sequence[Document], original: Document, broken: Document | None) -> bool:
    """By what the tests of this folder hold manifests to."""
    after = [document for document in objects if document is not original] + ([broken] if broken else [])
    if original["kind"] == "NetworkPolicy":
        return speaking(after) != speaking(objects)
    return broken is None or set(problems(broken)) > set(problems(original)) or traps(after) > traps(objects)


def test_the_loss_of_any_security_field_is_noticed() -> None:
    objects = overlay("minikube")

    unnoticed = [what for what, original, broken in mutants(objects) if not is_noticed(objects, original, broken)]

    assert unnoticed == []


BEYOND_LINTERS = {
    "root allowed",
    "root not forbidden",
    "proc unmasked",
    "account of everybody",
    "services in the environment",
    "folder of the node",
    "token in plain",
}
"""What neither checkov nor kube-score says a word about, so that it is noticed here only. With a user that is not root,
the first two take nothing away yet."""


def test_most_of_it_is_noticed_by_linters_that_others_wrote(tmp_path: Path) -> None:
    objects = overlay("minikube")
    service = of_kind(objects, "Service", "serving.knative.dev")["task-due"]
    broken = {what: deepcopy(service) for what in OF_CONTAINERS}
    for what, document in broken.items():
        OF_CONTAINERS[what](document)
    beside = [document for document in objects if document["kind"] == "NetworkPolicy"]
    files = {"good": [service]} | {what: [document] for what, document in broken.items()}

    by_checkov = checkov_over(files, tmp_path)
    good = kube_score_over([service, *beside])
    noticed = {
        what
        for what, document in broken.items()
        if by_checkov[what] - by_checkov["good"] or kube_score_over([document, *beside]) - good
    }

    assert set(OF_CONTAINERS) - noticed == BEYOND_LINTERS
