"""What an overlay of knative/ says, with the images that are to be run."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.deploy.kubectl import Kubectl, KubectlError, Manifest
from infra.deploy.progress import DeployError
from infra.render.kubernetes import ANCHOR, COMPONENT_LABEL, REGISTRY
from infra.render.variants import OPERATIONS

OVERLAYS = Path(__file__).resolve().parents[2] / "knative" / "overlays"
RESOURCES_ANNOTATION = "taskwake.dev/dapr-resources"
SECRET_KINDS = ("Namespace", "ServiceAccount", "SecretStore", "ClusterSecretStore", "ExternalSecret")
"""What has to be there for secrets to be brought from outside."""


@dataclass(frozen=True)
class Overlay:
    """The objects of an overlay."""

    name: str
    objects: tuple[Manifest, ...]

    @classmethod
    def build(cls, kubectl: Kubectl, name: str) -> "Overlay":
        """That of knative/overlays, or of a folder of one's own. Raises DeployError."""
        folder = Path(name) if "/" in name else OVERLAYS / name
        if not (folder / "kustomization.yaml").is_file():
            known = ", ".join(sorted(path.parent.name for path in OVERLAYS.glob("*/kustomization.yaml"))) or "none"
            raise DeployError(
                f"There is no overlay {name!r}: {folder} holds no kustomization.yaml. There are: {known}."
            )
        try:
            return cls.read(folder.name, kubectl.kustomize(folder))
        except KubectlError as error:
            raise DeployError(f"The overlay {name} cannot be built: {error}") from None

    @classmethod
    def read(cls, name: str, text: str) -> "Overlay":
        """From kustomize's output."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        objects = [document for document in yaml.load_all(text, Loader=loader) if document]
        return cls(name, tuple(_restarting(obj, objects) for obj in objects))

    def with_images(self, images: Mapping[str, str]) -> "Overlay":
        """With these images instead: by the last part of their names, as `task-due`."""
        return Overlay(self.name, tuple(_substituted(obj, images) for obj in self.objects))

    def images(self) -> list[str]:
        """Every image that it names, once."""
        return sorted({image for obj in self.objects for image in _images(obj)})

    def placeholders(self) -> list[str]:
        """The images that nobody has said yet where to find."""
        return [image for image in self.images() if image.startswith(f"{REGISTRY}/")]

    @property
    def operations_image(self) -> str:
        """That of the command line, whose pods migrate the database."""
        for image in self.images():
            if image_name(image) == OPERATIONS:
                return image
        raise DeployError(f"The overlay {self.name} names no image {OPERATIONS!r}: is knative/base up to date?")

    @property
    def functions(self) -> list[str]:
        """The names of the Knative Services."""
        return [obj["metadata"]["name"] for obj in self.objects if is_function(obj)]

    @property
    def anchors(self) -> list[Manifest]:
        """The Deployments that daprd runs in."""
        return [obj for obj in self.objects if _is_anchor(obj)]

    def bringing_secrets(self) -> list[Manifest]:
        """What has to be there before secrets are."""
        return [obj for obj in self.objects if obj["kind"] in SECRET_KINDS]

    def external_secrets(self) -> set[str]:
        """The Secrets that are brought from outside, by name."""
        return {
            obj["spec"].get("target", {}).get("name") or obj["metadata"]["name"]
            for obj in self.objects
            if obj["kind"] == "ExternalSecret"
        }


def waves(objects: Sequence[Manifest]) -> list[list[Manifest]]:
    """In this order a rollout puts nothing before what it needs: how to retry stands before who may need it, a
    function's new revision before its events are handed over anew. What is removed goes in the opposite order."""
    functions = [obj for obj in objects if is_function(obj)]
    handing_over = [obj for obj in objects if obj["kind"] in ("Subscription", "Deployment")]
    first = [obj for obj in objects if obj not in functions and obj not in handing_over]
    return [first, functions, handing_over]


def is_function(obj: Manifest) -> bool:
    """Whether it is a Knative Service."""
    return obj["kind"] == "Service" and str(obj["apiVersion"]).startswith("serving.knative.dev/")


def _is_anchor(obj: Manifest) -> bool:
    return bool(obj["kind"] == "Deployment" and obj["metadata"].get("labels", {}).get(COMPONENT_LABEL) == ANCHOR)


def image_name(image: str) -> str:
    """`task-due` of `registry.example/team/task-due:1.2@sha256:…`."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _images(value: Any) -> Iterator[str]:
    for key, inner in _members(value):
        if key == "image" and isinstance(inner, str):
            yield inner
        yield from _images(inner)


def _members(value: Any) -> Sequence[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _substituted(value: Any, images: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_substituted(inner, images) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: images.get(image_name(inner), inner)
        if key == "image" and isinstance(inner, str)
        else _substituted(inner, images)
        for key, inner in value.items()
    }


def _restarting(obj: Manifest, objects: Sequence[Manifest]) -> Manifest:
    """An anchor that is restarted when what its daprd loads is another: daprd reads it at its start only."""
    if not _is_anchor(obj):
        return obj
    template = obj["spec"]["template"]
    annotations = template["metadata"].get("annotations", {})
    app, configuration = annotations.get("dapr.io/app-id"), annotations.get("dapr.io/config")
    loaded = [
        other
        for other in objects
        if str(other["apiVersion"]).startswith("dapr.io/")
        and (
            other["metadata"]["name"] == configuration
            if other["kind"] == "Configuration"
            else app in (other.get("scopes") or [app])
        )
    ]
    digest = hashlib.sha256(json.dumps(loaded, sort_keys=True).encode()).hexdigest()[:16]
    metadata = template["metadata"] | {"annotations": annotations | {RESOURCES_ANNOTATION: digest}}
    return obj | {"spec": obj["spec"] | {"template": template | {"metadata": metadata}}}
