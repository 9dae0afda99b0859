"""infra/platform: exact versions, manifests that are valid, and rights that are those of the catalogue."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.deploy.platform import Part, parts_of
from infra.local.tools import dapr_binaries
from infra.local.tools.helm_binary import helm
from infra.local.tools.kubeconform import kubeconform
from infra.local.tools.kubernetes_binaries import KNATIVE_VERSION
from infra.local.tools.manifest_schemas import LOCATION, manifest_schemas
from infra.local.tools.manifest_schemas import _source as module_source
from infra.local.tools.tool import Tool
from tests.contract.cluster.linters import checkov_over
from tests.contract.cluster.overlays import OVERLAYS, documents, of_kind, overlay, run, tool
from tests.contract.platform_files import CLOUDS, LAPTOPS, PLATFORM, built, objects

NOT_TO_BE_HAD = {"Redpanda", "Topic", "User"}
"""Kinds whose CRDs are in no package registry."""

EXPLAINED = {
    "CKV_K8S_11": "a limit of CPU would slow a laptop's only broker and database down, and protect nobody",
    "CKV_K8S_15": "a tag of these images is not given twice",
    "CKV_K8S_22": "rpk writes Redpanda's settings beside its own",
    "CKV_K8S_40": "the images' own users, who own what is in them",
    "CKV_K8S_43": "a laptop has no supply chain to be held to; clouds don't run these",
}

pytestmark = pytest.mark.requirement("CLUSTER-008")

every_overlay = pytest.mark.parametrize("name", OVERLAYS)
every_manifest = pytest.mark.parametrize(
    "path", sorted({"access", *(part.path for name in OVERLAYS for part in parts_of(name) if part.path)})
)


@every_overlay
def test_every_part_is_pinned_and_complete(name: str) -> None:
    for part in parts_of(name):
        if part.kind == "helm":
            assert re.fullmatch(r"v?\d+\.\d+\.\d+", part.version), part
            assert part.repo.startswith("https://"), part
            assert part.chart, part
            assert part.values, part
        else:
            assert part.kind == "manifest", part
        for file in (*part.values, *([part.path] if part.path else [])):
            assert (PLATFORM / file).exists(), file
        for awaited in part.wait:
            assert re.fullmatch(r"[a-z]+/[a-z0-9-]+", awaited), part


@every_overlay
def test_what_is_waited_for_is_what_the_part_makes(name: str) -> None:
    for part in parts_of(name):
        if part.kind == "manifest":
            made = {f"{each['kind'].lower()}/{each['metadata']['name']}" for each in objects(part.path)}
            assert set(part.wait) <= made, part


@every_overlay
def test_each_place_for_an_output_is_filled(name: str) -> None:
    for part in parts_of(name):
        assert {found for text in texts(part) for found in places(text)} == set(part.outputs), part


def texts(part: Part) -> list[str]:
    if part.kind == "manifest":
        return [built(part.path)]
    return [(PLATFORM / file).read_text() for file in part.values]


def places(text: str) -> set[str]:
    return set(re.findall(r"\$\{([a-z_]+)\}", text))


@every_overlay
def test_the_parts_come_after_what_they_need(name: str) -> None:
    order = [part.name for part in parts_of(name)]
    needs = {
        "knative-serving": ["knative-operator"],
        "redpanda": ["redpanda-operator", "cert-manager"],
        "secret-store": ["external-secrets"],
        "taskwake-monitoring": ["monitoring", "redpanda"],
    }
    for part, others in needs.items():
        for other in others if part in order else []:
            assert order.index(other) < order.index(part)


@every_manifest
def test_each_manifest_is_valid(path: str) -> None:
    known = [each for each in objects(path) if each["kind"] not in NOT_TO_BE_HAD]
    location = f"{tool(manifest_schemas)}/{LOCATION}"
    argv = [tool(kubeconform), "-strict", "-schema-location", location, "-output", "text"]
    done = run(argv, input=yaml.safe_dump_all(known))

    assert done.stdout + done.stderr == ""


@every_manifest
def test_what_is_namespaced_says_its_namespace(path: str) -> None:
    for each in objects(path):
        named = "namespace" in each["metadata"]
        assert named != (each["kind"] in {"Namespace", "ClusterSecretStore"}), each["metadata"]["name"]


def test_the_laptops_workloads_have_no_unexplained_finding(tmp_path: Path) -> None:
    found = checkov_over({"laptop": objects("laptop")}, tmp_path)

    assert {check for check, _ in found["laptop"]} == EXPLAINED.keys()


def test_dapr_and_knative_are_those_of_the_test_cluster() -> None:
    for name in OVERLAYS:
        parts = {part.name: part for part in parts_of(name)}
        assert parts["dapr"].version == dapr_binaries.VERSION
        # Knative 1.21 is 0.48 of the modules.
        serving = of_kind(objects(parts["knative-serving"].path), "KnativeServing")["knative-serving"]
        assert serving["spec"]["version"].split(".")[:2] == ["1", str(int(KNATIVE_VERSION.split(".")[1]) - 27)]


@pytest.mark.parametrize("name", ["minikube", "aks"])
def test_the_chart_of_dapr_takes_the_values(name: str) -> None:
    part = next(part for part in parts_of(name) if part.name == "dapr")
    made = rendered_chart(part, tool(lambda: chart_in("github.com/dapr/dapr", part.version, "charts/dapr")))

    configuration = of_kind(made, "Configuration")["daprsystem"]
    assert configuration["spec"]["mtls"]["enabled"] is True
    webhook = of_kind(made, "MutatingWebhookConfiguration")["dapr-sidecar-injector"]["webhooks"][0]
    assert webhook["objectSelector"]["matchLabels"] == {"app.kubernetes.io/component": "anchor"}
    assert webhook["failurePolicy"] == "Fail"
    workloads = of_kind(made, "Deployment") | of_kind(made, "StatefulSet")
    assert {awaited.partition("/")[2] for awaited in part.wait} == workloads.keys()
    injector = workloads["dapr-sidecar-injector"]["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "SIDECAR_DROP_ALL_CAPABILITIES", "value": "true"} in injector["env"]


def test_the_chart_of_cert_manager_takes_the_values() -> None:
    part = next(part for part in parts_of("aks") if part.name == "cert-manager")
    module = "github.com/cert-manager/cert-manager", part.version.removeprefix("v"), "deploy/charts/cert-manager"
    made = rendered_chart(part, tool(lambda: chart_in(*module)))

    assert {awaited.partition("/")[2] for awaited in part.wait} == of_kind(made, "Deployment").keys()
    assert part.present in of_kind(made, "CustomResourceDefinition")


def rendered_chart(part: Part, chart: Path) -> list[dict[str, Any]]:
    values = [f"--values={PLATFORM / file}" for file in part.values]
    argv = [tool(helm), "template", part.name, chart, f"--namespace={part.namespace}", "--kube-version=1.34.0", *values]
    done = run(argv)
    assert done.returncode == 0, done.stderr
    return documents(done.stdout)


def chart_in(module: str, version: str, folder: str) -> Tool:
    return Tool(module, version, module_source(module, version) / folder, "Go module")


@pytest.mark.parametrize("name", LAPTOPS)
def test_a_laptop_has_what_the_overlay_speaks_to(name: str) -> None:
    part = next(part for part in parts_of(name) if part.name == "data")
    services = of_kind(objects(part.path), "Service")

    assert part.namespace == "taskwake-data"
    assert services["broker"]["spec"]["ports"][0]["port"] == 9092
    assert services["postgres"]["spec"]["ports"][0]["port"] == 5432
    assert part.logins is not None
    assert part.logins.keys() == {"postgres-owner"}


@pytest.mark.parametrize("name", CLOUDS)
def test_external_secrets_of_the_overlay_find_the_store(name: str) -> None:
    part = next(part for part in parts_of(name) if part.name == "secret-store")
    store = of_kind(objects(part.path), "ClusterSecretStore")["taskwake"]
    references = [each["spec"]["secretStoreRef"] for each in of_kind(overlay(name), "ExternalSecret").values()]

    assert {reference["name"] for reference in references if reference["kind"] == "ClusterSecretStore"} == {"taskwake"}
    assert store["spec"]["conditions"] == [{"namespaces": ["taskwake"]}]
    account = of_kind(objects(part.path), "ServiceAccount")["taskwake-secrets"]
    assert account["metadata"]["namespace"] == "external-secrets"
