"""Functions and anchors: applied in an order in which no event is lost on the way, waited for, the obsolete removed."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial

from infra.deploy.inventory import Inventory
from infra.deploy.kubectl import Kubectl, Manifest, describe
from infra.deploy.overlay import Overlay, is_function, waves
from infra.deploy.progress import Progress
from infra.deploy.readiness import object_state, stuck
from infra.render.kubernetes import ANCHOR, COMPONENT_LABEL, FUNCTION, NAMESPACE

SERVICES = "services.serving.knative.dev"
PODS = f"{COMPONENT_LABEL} in ({FUNCTION}, {ANCHOR})"
ROLLOUT_SECONDS = 600
HINT = (
    f"See `kubectl -n {NAMESPACE} get ksvc,revisions,pods` and `kubectl -n {NAMESPACE} describe` of what is named. "
    "Events wait in the broker meanwhile; deploy again when it is put right."
)


def roll_out(kubectl: Kubectl, overlay: Overlay, progress: Progress) -> None:
    """Bring the cluster to what the overlay says. Raises DeployError."""
    before = Inventory.read(kubectl)
    after = Inventory.of(overlay.objects, overlay.operations_image)
    obsolete = before.besides(after)
    # Whatever happens from here on, nothing is forgotten.
    Inventory((*after.objects, *obsolete), after.operations_image).write(kubectl)
    for wave in waves(overlay.objects):
        kubectl.apply(wave)
        progress.note(f"applied {len(wave)} objects: {_kinds(wave)}")
        functions = [obj["metadata"]["name"] for obj in wave if is_function(obj)]
        anchors = [obj["metadata"]["name"] for obj in wave if obj["kind"] == "Deployment"]
        progress.until_none(partial(_unready, kubectl, functions, anchors), patience_seconds=ROLLOUT_SECONDS, hint=HINT)
    for wave in reversed(waves(obsolete)):
        kubectl.delete(wave)
    if obsolete:
        progress.note(f"removed what follows from nothing any more: {', '.join(map(describe, obsolete))}")
    after.write(kubectl)


def _kinds(objects: Sequence[Manifest]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in Counter(obj["kind"] for obj in objects).most_common(6))


def _unready(kubectl: Kubectl, functions: Sequence[str], anchors: Sequence[str]) -> list[str]:
    lacking = [*not_ready(kubectl, functions), *not_available(kubectl, anchors)]
    if not lacking:
        return []
    # Why comes first: it is what somebody may have to do something about.
    return [*stuck(kubectl.list("pods", namespace=NAMESPACE, selector=PODS)), *lacking]


def not_ready(kubectl: Kubectl, names: Collection[str]) -> list[str]:
    """Which of these Knative Services do not serve their newest revision yet, and why."""
    there = kubectl.list(SERVICES, namespace=NAMESPACE) if names else []
    return _lacking(there, names)


def not_available(kubectl: Kubectl, names: Collection[str]) -> list[str]:
    """Which of these anchors are not there, or have no daprd beside them."""
    if not names:
        return []
    selector = f"{COMPONENT_LABEL}={ANCHOR}"
    there = kubectl.list("deployments.apps", namespace=NAMESPACE, selector=selector)
    return _lacking(there, names) or without_daprd(kubectl.list("pods", namespace=NAMESPACE, selector=selector))


def _lacking(objects: Sequence[Manifest], names: Collection[str]) -> list[str]:
    return [state for obj in objects if obj["metadata"]["name"] in names and (state := object_state(obj))]


def without_daprd(pods: Sequence[Manifest]) -> list[str]:
    """The anchors' pods that Dapr's injector did not see; it was not there when they were made."""
    return [
        f"{pod['metadata']['name']} (has no daprd: when Dapr's injector runs, delete the pod)"
        for pod in pods
        if "deletionTimestamp" not in pod["metadata"]
        and not any(
            container["name"] == "daprd"
            for container in (*pod["spec"]["containers"], *pod["spec"].get("initContainers", ()))
        )
    ]
