"""What an object of Kubernetes lacks until it is ready, in words."""

from collections.abc import Sequence

from infra.deploy.kubectl import Manifest

ON_THEIR_WAY = ("Pending", "ContainerCreating", "PodInitializing", "Running", "Succeeded")
ROLLED_OUT = ("Deployment", "StatefulSet", "DaemonSet")


def object_state(obj: Manifest) -> str:
    """What it lacks; empty when it is ready: rolled out, or with the condition Ready."""
    name, status = f"{obj['kind'].lower()}/{obj['metadata']['name']}", obj.get("status", {})
    generation = obj["metadata"].get("generation")
    if status.get("observedGeneration", generation) != generation:
        return f"{name} (not looked at yet)"
    if obj["kind"] not in ROLLED_OUT:
        return _condition(name, status.get("conditions", ()))
    if obj["kind"] == "DaemonSet":
        wanted, kept = status.get("desiredNumberScheduled"), status.get("currentNumberScheduled")
        updated, available = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    else:
        wanted, kept = obj["spec"].get("replicas", 1), status.get("replicas", 0)
        updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if updated == available == kept == wanted:
        return ""
    refused = [c["message"] for c in status.get("conditions", ()) if c["type"] == "ReplicaFailure"]
    return f"{name} ({', '.join([f'{updated} of {wanted} new', f'{available} available', *refused])})"


def _condition(name: str, conditions: Sequence[Manifest]) -> str:
    ready = next((condition for condition in conditions if condition["type"] == "Ready"), None)
    if ready is None:
        return f"{name} (starting)"
    if ready["status"] == "True":
        return ""
    return f"{name} ({ready.get('message') or ready.get('reason') or 'starting'})"


def pod_state(pod: Manifest) -> str:
    """What a pod does, or what keeps it from starting."""
    status = pod.get("status", {})
    for container in status.get("containerStatuses", ()):
        if waiting := container["state"].get("waiting"):
            return str(waiting.get("reason", "waiting"))
    for condition in status.get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return str(condition.get("message", "not scheduled"))
    return str(status.get("phase", "Pending"))


def stuck(pods: Sequence[Manifest]) -> list[str]:
    """The pods that something keeps from starting, which may not pass by itself."""
    states = {pod["metadata"]["name"]: pod_state(pod) for pod in pods}
    return [f"pod/{name} ({state})" for name, state in states.items() if state not in ON_THEIR_WAY]
