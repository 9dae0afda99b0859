"""Knative Serving and Kourier, from the manifests of the very modules that their programs are built from."""

import re
from pathlib import Path

from infra.local.cluster.images import Recipe
from infra.local.cluster.manifests import Document, ask_for_little, read

NAMESPACES = ("knative-serving", "kourier-system")
# What the names of public services end with: every system resolves it to itself, and no one else's name ends so.
DOMAIN = "localhost"
CONFIGURATION = {
    # As in infra/platform/knative.
    "config-network": {
        "ingress-class": "kourier.ingress.networking.knative.dev",
        "mesh-compatibility-mode": "disabled",
    },
    "config-domain": {DOMAIN: ""},
}
# They need metrics of the cluster, or more than one node.
UNUSED = {"HorizontalPodAutoscaler", "PodDisruptionBudget"}
GATEWAY = "3scale-kourier-gateway"


def resources(manifests: Path) -> list[Document]:
    """The definitions of Knative's custom resources."""
    return _read(manifests / "crds", {})


def documents(folder: Path, recipes: dict[str, Recipe]) -> list[Document]:
    """What else is in `folder`, which is of Serving or of Kourier, with the cluster's own images and settings."""
    images = {name.removeprefix("knative-"): recipe.image for name, recipe in recipes.items()}
    found = [document for document in _read(folder, images) if document["kind"] not in UNUSED]
    for document in found:
        name = document["metadata"]["name"]
        if document["kind"] == "ConfigMap" and name in CONFIGURATION:
            document.setdefault("data", {}).update(CONFIGURATION[name])
        if document["kind"] == "Deployment" and name == GATEWAY:
            container = document["spec"]["template"]["spec"]["containers"][0]
            # The image has no shell and no curl for the hook of upstream; while it sleeps it takes no new connections.
            container["lifecycle"] = {"preStop": {"sleep": {"seconds": 5}}}
            container["readinessProbe"] |= {"initialDelaySeconds": 1, "periodSeconds": 2}
    ask_for_little(found)
    return found


def _read(folder: Path, images: dict[str, str]) -> list[Document]:
    found = []
    for file in sorted(folder.glob("*.yaml")):
        text = re.sub(r"ko://knative\.dev/[a-z-]+/cmd/([a-z-]+)", lambda match: images[match[1]], file.read_text())
        text = re.sub(r"docker\.io/envoyproxy/envoy:\S+", lambda _: images["envoy"], text)
        found += read(text)
    return found
