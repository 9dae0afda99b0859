"""What a deployment left in the cluster, so that the next one finds what follows from nothing any more."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from infra.deploy.kubectl import Kubectl, Manifest
from infra.render.kubernetes import NAMESPACE

NAME = "taskwake-deployment"
KEPT = ("Namespace",)
"""Never removed: with it would go the Secrets."""


@dataclass(frozen=True)
class Inventory:
    """The objects that are in the cluster on a deployment's account, and its image of the command line."""

    objects: tuple[Manifest, ...] = ()
    operations_image: str = ""

    @classmethod
    def read(cls, kubectl: Kubectl) -> "Inventory":
        """That of the cluster; empty when nothing was deployed yet."""
        found = kubectl.find("configmap", NAME, NAMESPACE)
        if found is None:
            return cls()
        return cls(tuple(json.loads(found["data"]["objects"])), found["data"]["operations-image"])

    @classmethod
    def of(cls, objects: Iterable[Manifest], operations_image: str) -> "Inventory":
        """Of these objects, in short."""
        return cls(tuple(map(reference, objects)), operations_image)

    def besides(self, other: "Inventory") -> list[Manifest]:
        """What is here and not there."""
        known = {_identity(obj) for obj in other.objects}
        return [obj for obj in self.objects if _identity(obj) not in known and obj["kind"] not in KEPT]

    def write(self, kubectl: Kubectl) -> None:
        """Keep it in the cluster."""
        data = {"objects": json.dumps(self.objects), "operations-image": self.operations_image}
        metadata = {"name": NAME, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/part-of": "taskwake"}}
        kubectl.apply([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}])


def reference(obj: Manifest) -> Manifest:
    """As much of an object as tells it from all others."""
    metadata = {key: obj["metadata"][key] for key in ("name", "namespace") if key in obj["metadata"]}
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": metadata}


def _identity(obj: Manifest) -> tuple[str, str, str, str]:
    # Without the version: an object of v1beta1 is the same one in v1.
    group = obj["apiVersion"].rpartition("/")[0]
    return group, obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
