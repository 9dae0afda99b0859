"""Manifests: read, filled in, applied, waited for."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any, Protocol

import yaml

from infra.local.cluster.processes import write_whole
from infra.local.process import ProcessFailedError

Document = dict[str, Any]
OWN = Path(__file__).parent / "manifests"
PATIENCE_SECONDS = 300
# What is refused only because something else is not up yet.
EARLY = re.compile(r"failed calling webhook|no matches for kind|ensure CRDs are installed|connection refused|EOF$")
CLUSTER_WIDE = {
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "MutatingWebhookConfiguration",
    "Namespace",
    "PersistentVolume",
    "ValidatingWebhookConfiguration",
}


class Kubectl(Protocol):
    def __call__(self, *arguments: str, input: str | None = None) -> str: ...


def read(text: str) -> list[Document]:
    """The documents of a YAML text."""
    return [document for document in yaml.load_all(text, yaml.CSafeLoader) if document]


def own(name: str, values: Mapping[str, object]) -> list[Document]:
    """The project's own manifests/<name>.yaml with ${values} filled in. Raises KeyError when one is missing."""
    return read(Template((OWN / f"{name}.yaml").read_text()).substitute(values))


def pod_specs(documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    """The pod of each Deployment and StatefulSet."""
    for document in documents:
        if document["kind"] in ("Deployment", "StatefulSet"):
            yield document["spec"]["template"]["spec"]


def ask_for_little(documents: Iterable[Document]) -> None:
    """Let each container ask for a hundredth of a CPU: what they ask for upstream adds up to more than a laptop has."""
    for pod in pod_specs(documents):
        for container in pod["containers"]:
            container.setdefault("resources", {}).setdefault("requests", {})["cpu"] = "10m"


def place_in(namespace: str, documents: Iterable[Document]) -> None:
    """Give each document that names none this namespace, as `helm install` would."""
    for document in documents:
        if document["kind"] not in CLUSTER_WIDE:
            document["metadata"].setdefault("namespace", namespace)


class Applier:
    """Applies groups of documents, each once: a group that was applied and has not changed is passed over."""

    def __init__(self, kubectl: Kubectl, folder: Path) -> None:
        self._kubectl = kubectl
        self._folder = folder

    def apply(self, group: str, documents: Sequence[Document]) -> bool:
        """Apply them, in their order; whether that was needed. Raises ProcessFailedError."""
        text = yaml.dump_all(documents, Dumper=yaml.CSafeDumper)
        digest = hashlib.sha256(text.encode()).hexdigest()
        mark = self._folder / group
        if mark.exists() and mark.read_text() == digest:
            return False
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=text)
                break
            except ProcessFailedError as error:
                if not EARLY.search(str(error)) or time.monotonic() > deadline:
                    raise
                time.sleep(1)
        self._folder.mkdir(exist_ok=True)
        write_whole(mark, digest)
        return True


def established(kubectl: Kubectl) -> None:
    """Wait until each custom resource can be used. Raises ProcessFailedError."""
    kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")


def wait_for_workloads(
    kubectl: Kubectl, namespaces: Iterable[str], since: datetime, say: Callable[[str], None], told: set[str]
) -> None:
    """Wait until each Deployment and StatefulSet of these namespaces has all its pods, and say so of each that is not
    `told` of yet. What a pod is said to have run since before the moment `since` is old news.

    Raises ProcessFailedError, which says what is not ready, after 5 minutes.
    """
    wanted, began = set(namespaces), time.monotonic()
    while True:
        shown = kubectl("get", "deployments,statefulsets,pods", "--all-namespaces", "--output=json")
        items = [item for item in json.loads(shown)["items"] if item["metadata"]["namespace"] in wanted]
        outdated = {item["metadata"]["namespace"] for item in items if _runs_since_before(item, since)}
        mine = {
            _name(item): _is_ready(item) and item["metadata"]["namespace"] not in outdated
            for item in items
            if item["kind"] != "Pod"
        }
        for name in sorted(name for name, ready in mine.items() if ready and name not in told):
            say(f"  {name} ready after {time.monotonic() - began:.1f} s")
            told.add(name)
        missing = sorted(name for name, ready in mine.items() if not ready)
        if not missing:
            return
        if time.monotonic() - began > PATIENCE_SECONDS:
            pods = kubectl("get", "pods", "--all-namespaces", "--output=wide")
            raise ProcessFailedError(f"Not ready after {PATIENCE_SECONDS} s: {', '.join(missing)}.\n{pods}")
        time.sleep(0.5)


def _runs_since_before(item: Document, moment: datetime) -> bool:
    if item["kind"] != "Pod":
        return False
    states = [status.get("state", {}) for status in item.get("status", {}).get("containerStatuses", [])]
    return any(datetime.fromisoformat(state["running"]["startedAt"]) < moment for state in states if "running" in state)


def _name(item: Document) -> str:
    return f"{item['metadata']['namespace']}/{item['metadata']['name']}"


def _is_ready(item: Document) -> bool:
    status, replicas = item.get("status", {}), item["spec"]["replicas"]
    if status.get("observedGeneration", 0) < item["metadata"]["generation"]:
        return False
    return all(status.get(count, 0) >= replicas for count in ("readyReplicas", "updatedReplicas"))
