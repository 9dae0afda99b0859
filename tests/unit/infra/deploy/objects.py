"""Objects of an overlay, as small as they come."""

from typing import Any

import yaml

from infra.deploy.overlay import RESOURCES_ANNOTATION, Overlay


def function(name: str, image: str = "") -> dict[str, Any]:
    containers = [{"name": "function", "image": image or f"taskwake.example/{name}"}]
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "taskwake"},
        "spec": {"template": {"spec": {"containers": containers}}},
    }


def anchor(name: str) -> dict[str, Any]:
    annotations = {"dapr.io/app-id": name, "dapr.io/config": name}
    pod = {"containers": [{"name": "pause", "image": "registry.k8s.io/pause:3.10"}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": f"{name}-anchor",
            "namespace": "taskwake",
            "labels": {"app.kubernetes.io/component": "anchor"},
        },
        "spec": {"template": {"metadata": {"annotations": annotations}, "spec": pod}},
    }


def sweep() -> dict[str, Any]:
    pod = {"spec": {"containers": [{"name": "sweep", "image": "taskwake.example/operations:1"}]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "sweep", "namespace": "taskwake"},
        "spec": {"jobTemplate": {"spec": {"template": pod}}},
    }


def dapr(kind: str, name: str, *scopes: str, **spec: Any) -> dict[str, Any]:
    scoped = {"scopes": list(scopes)} if scopes else {}
    return {"apiVersion": "dapr.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec} | scoped


def overlay(*objects: dict[str, Any]) -> Overlay:
    return Overlay.read("sample", yaml.safe_dump_all(objects))


def annotation(of: Overlay, app: str) -> str:
    [found] = [obj for obj in of.anchors if obj["metadata"]["name"] == f"{app}-anchor"]
    value: str = found["spec"]["template"]["metadata"]["annotations"][RESOURCES_ANNOTATION]
    return value
