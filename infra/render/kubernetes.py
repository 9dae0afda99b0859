"""What the Kubernetes manifests have in common: the namespace, the labels, and how a container is locked up."""

from collections.abc import Mapping

from functions.kernel.host.function import Function
from infra.render.document import Value

NAMESPACE = "taskwake"
DATA_NAMESPACE = "taskwake-data"
"""Where the broker is (Service `broker`, 9092), and on one machine PostgreSQL (Service `postgres`, 5432)."""
REGISTRY = "taskwake.example"
"""Stands for whatever registry an overlay names."""
FUNCTION, ANCHOR, SWEEP, MIGRATION = "function", "anchor", "sweep", "migration"
"""Of the label app.kubernetes.io/component. A migration's pod is made by who deploys."""
USER = 65532
PYTHON = "/usr/local/bin/python"
API_TOKEN, APP_TOKEN = "dapr-api-token", "app-api-token"
"""Secrets, each with the key `token`: what functions show to daprd, and daprd to functions."""
DAPR_HTTP, DAPR_GRPC = 3500, 50001
"""Where daprd's API is."""
NAME_LABEL, COMPONENT_LABEL = "app.kubernetes.io/name", "app.kubernetes.io/component"

SECURITY_CONTEXT: Value = {
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": USER,
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""Of every container: what the Pod Security Standard `restricted` asks for, and a root that cannot be written."""

POD_SECURITY_CONTEXT: Value = {
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": USER,
    "fsGroup": USER,
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""Of pods that are no Knative Service's, which takes it for its container only."""

TMP_VOLUME: Value = {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}
TMP_MOUNT: Value = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 - the one place that can be written to


def labels(name: str, component: str) -> dict[str, str]:
    """Those of an object, and of its pods."""
    return {NAME_LABEL: name, COMPONENT_LABEL: component, "app.kubernetes.io/part-of": "taskwake"}


def selector(name: str, component: str) -> dict[str, str]:
    """What picks the pods of one function, or of one anchor."""
    return {NAME_LABEL: name, COMPONENT_LABEL: component}


def manifest(
    api_version: str, kind: str, name: str, component: str, body: Mapping[str, Value], *, of: str = ""
) -> dict[str, Value]:
    """An object of the namespace; `of` is whose it is, when it has another name."""
    metadata = {"name": name, "namespace": NAMESPACE, "labels": labels(of or name, component)}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}


def image(name: str) -> str:
    """As the base calls it; an overlay says where it is, and which."""
    return f"{REGISTRY}/{name}"


def secret_variable(name: str, secret: str) -> Value:
    """An environment variable with one of the tokens, which Dapr's SDK and injector take from there only."""
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": "token"}}}


def anchor_name(function: Function) -> str:
    """Of its Deployment, its Service and its ServiceAccount."""
    return f"{function.name}-anchor"


def daprd_host(function: Function) -> str:
    """Where a function's pods reach its anchor."""
    return service_host(anchor_name(function))


def service_host(name: str) -> str:
    """A Service of the namespace, a Knative Service among them."""
    return f"{name}.{NAMESPACE}.svc.cluster.local"
