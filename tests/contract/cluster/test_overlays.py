"""Each overlay builds, is what the schemas of Kubernetes and of the CRDs allow, and walks into no known trap."""

import re
from pathlib import Path

import pytest

from functions.catalogue import FUNCTIONS
from infra.lint.manifests import Manifests, Resource, read
from infra.lint.rules import lint
from infra.local.tools.kubeconform import kubeconform
from infra.local.tools.manifest_schemas import LOCATION, manifest_schemas
from tests.contract.cluster.overlays import (
    OPTIONAL,
    OVERLAYS,
    ROOT,
    build,
    built,
    built_with,
    documents,
    run,
    tool,
)

every_overlay = pytest.mark.parametrize("name", OVERLAYS)


def complaints(text: str) -> list[str]:
    """What kubeconform has to say: errors, and kinds that it has no schema for."""
    location = f"{tool(manifest_schemas)}/{LOCATION}"
    done = run([tool(kubeconform), "-strict", "-schema-location", location, "-output", "text"], input=text)
    return [line for line in (done.stdout + done.stderr).splitlines() if line]


def lint_of(text: str) -> list[str]:
    return [str(found) for found in lint(Manifests(Resource("overlay", document) for document in documents(text)))]


@pytest.mark.requirement("CLUSTER-005")
@every_overlay
def test_each_overlay_is_valid(name: str) -> None:
    assert complaints(built(name)) == []


@pytest.mark.requirement("CLUSTER-005")
@pytest.mark.parametrize("variant", OPTIONAL)
def test_each_optional_variant_is_valid_and_without_a_trap(variant: str, tmp_path: Path) -> None:
    text = built_with(variant, tmp_path)

    assert complaints(text) == []
    assert lint_of(text) == []


@pytest.mark.requirement("CLUSTER-005")
def test_every_variant_is_tested() -> None:
    text = "".join(
        (ROOT / "knative" / folder / "kustomization.yaml").read_text()
        for folder in (*(f"overlays/{name}" for name in OVERLAYS), "variants/cloud")
    )
    taken_in = set(re.findall(r"variants/([a-z-]+)|- \.\./([a-z-]+)", text))
    names = {path.name for path in (ROOT / "knative" / "variants").iterdir()}

    assert {one or other for one, other in taken_in} | set(OPTIONAL) >= names
    assert {path.name for path in (ROOT / "knative" / "overlays").iterdir()} == set(OVERLAYS)


@pytest.mark.requirement("CLUSTER-005")
@pytest.mark.parametrize(
    ("good", "broken"),
    [
        ("enableServiceLinks: false", "enableServicelinks: false"),
        ("readOnlyRootFilesystem: true", "readonlyRootFilesystem: true"),
        ("kind: PodDisruptionBudget", "kind: PodDisruptionBudged"),
        ("pubsubname: pubsub", "pubsubName: pubsub"),
        ("minReplicaCount: 1", "minReplicas: 1"),
        ("remoteRef:", "remote:"),
    ],
)
def test_what_no_schema_knows_is_refused(good: str, broken: str, tmp_path: Path) -> None:
    text = built_with("keda", tmp_path)
    assert good in text

    assert complaints(text.replace(good, broken, 1)) != []


@pytest.mark.requirement("CLUSTER-004")
@every_overlay
def test_no_overlay_walks_into_a_known_trap(name: str) -> None:
    assert lint_of(built(name)) == []


@pytest.mark.requirement("CLUSTER-004")
def test_the_components_of_a_laptop_walk_into_no_known_trap() -> None:
    files = [*sorted((ROOT / "components").glob("*.yaml")), ROOT / "components" / "configuration"]

    found = read(files, build)

    assert len(found) > len(FUNCTIONS)
    assert lint(found) == []
