"""Dapr's control plane with mTLS, from the Helm chart of the release that its programs are built from."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

from infra.local.cluster.images import REGISTRY, Recipe
from infra.local.cluster.manifests import Document, ask_for_little, place_in, pod_specs, read
from infra.local.process import ProcessFailedError

EVERYWHERE = Path(__file__).resolve().parents[2] / "platform" / "dapr" / "values.yaml"
NAMESPACE = "dapr-system"
SCHEDULER = "dapr-scheduler-server"
# By the rule for claims of a StatefulSet's template: template, set, ordinal.
SCHEDULER_CLAIM = f"dapr-scheduler-data-dir-{SCHEDULER}-0"


def values(recipes: dict[str, Recipe], version: str) -> dict[str, Any]:
    """What this cluster has of its own, on top of what every cluster has."""
    image = {name.removeprefix("dapr-"): {"name": recipe.image} for name, recipe in recipes.items()}
    return {
        "global": {
            "registry": REGISTRY,
            "tag": version,
            "imagePullPolicy": "IfNotPresent",
            "ha": {"enabled": False},
        },
        "dapr_operator": {"image": image["operator"]},
        "dapr_sentry": {"image": image["sentry"]},
        # The only member has nobody to wait for before it elects itself.
        "dapr_scheduler": {"image": image["scheduler"], "etcdInitialElectionTickAdvance": True},
        "dapr_sidecar_injector": {"image": image["daprd"], "injectorImage": image["injector"]},
    }


def resources(chart: Path) -> list[Document]:
    """The definitions of Dapr's custom resources."""
    return [document for file in sorted((chart / "crds").glob("*.yaml")) for document in read(file.read_text())]


def documents(helm: Path, chart: Path, recipes: dict[str, Recipe], version: str) -> list[Document]:
    """Everything else. Raises ProcessFailedError."""
    done = subprocess.run(
        [
            *(str(helm), "template", "dapr", str(chart), "--namespace", NAMESPACE),
            *("--values", str(EVERYWHERE), "--values", "-"),
        ],
        input=yaml.safe_dump(values(recipes, version)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ProcessFailedError(f"Helm could not render Dapr's chart: {done.stderr.strip()}")
    found = read(done.stdout)
    place_in(NAMESPACE, found)
    for document in found:
        if document["kind"] == "StatefulSet" and document["metadata"]["name"] == SCHEDULER:
            run_one(document)
    ask_for_little(found)
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}, *found]


def run_one(scheduler: Document) -> None:
    """Make one scheduler of the three that the chart insists on."""
    scheduler["spec"]["replicas"] = 1
    for pod in pod_specs([scheduler]):
        arguments = pod["containers"][0]["args"]
        members = arguments.index("--etcd-initial-cluster") + 1
        arguments[members] = arguments[members].split(",")[0]
