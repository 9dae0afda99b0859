"""What a pod may do, with the daprd that Dapr's injector adds to it.

Sources: the Pod Security Standard `restricted` (Kubernetes), and getSidecarContainer of Dapr 1.16's injector, whose
chart is set to drop all of its capabilities (infra/platform).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.contract.cluster.overlays import Document, is_knative, pod_template

HOST = ("hostNetwork", "hostPID", "hostIPC")
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
ROOT_IS_READ_ONLY_BY_CHART = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"


def problems(document: Document) -> Iterator[str]:
    """What is not locked up in the pods of an object."""
    template = pod_template(document)
    if template is None:
        return
    spec = template["spec"]
    yield from _of_pod(spec, is_knative(document))
    for container in spec["containers"]:
        yield from _of_container(container, {}, container["name"])
        yield from _of_image(container)
    annotations = template.get("metadata", {}).get("annotations", {})
    if annotations.get("dapr.io/enabled") == "true":
        yield from _of_container(_daprd(annotations), spec.get("securityContext", {}), "daprd")
        mounts = annotations.get("dapr.io/volume-mounts", "")
        if not mounts.endswith(f":{TOKEN_FOLDER}"):
            yield "daprd has no account token to read Secrets with"


def _of_pod(spec: Mapping[str, Any], knative: bool) -> Iterator[str]:
    for key in HOST:
        if spec.get(key):
            yield f"{key} is set"
    if spec.get("automountServiceAccountToken") is not False:
        yield "the account's token is mounted into every container"
    if spec.get("serviceAccountName", "default") == "default":
        yield "it has no account of its own"
    if spec.get("enableServiceLinks") is not False:
        yield "every Service stands in its environment"
    for volume in spec.get("volumes", []):
        kinds = volume.keys() - {"name"}
        if not kinds <= VOLUMES:
            yield f"the volume {volume['name']} is of the kind {', '.join(kinds)}"
        if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
            yield f"the volume {volume['name']} has no limit"
    # Knative takes a pod's own security context only when it is told to.
    if not knative:
        context = spec.get("securityContext", {})
        if not context.get("runAsNonRoot") or not context.get("runAsUser") or not context.get("runAsGroup"):
            yield "the pod may run as root"
        if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield "the pod has no seccomp profile"


def _of_container(container: Mapping[str, Any], pod: Mapping[str, Any], name: str) -> Iterator[str]:
    context = {**pod, **container.get("securityContext", {})}
    if context.get("privileged"):
        yield f"{name} is privileged"
    if context.get("runAsNonRoot") is not True or not context.get("runAsUser") or not context.get("runAsGroup"):
        yield f"{name} may run as root"
    if context.get("readOnlyRootFilesystem") is not True:
        yield f"{name} may write to its root"
    if context.get("allowPrivilegeEscalation") is not False:
        yield f"{name} may gain privileges"
    capabilities = context.get("capabilities", {})
    if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
        yield f"{name} has capabilities"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield f"{name} has no seccomp profile"
    if context.get("procMount", "Default") != "Default":
        yield f"{name} sees all of /proc"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield f"{name} takes a port of the node"
    for bound in ("requests", "limits"):
        for resource in ("cpu", "memory"):
            if not container.get("resources", {}).get(bound, {}).get(resource):
                yield f"{name} has no {bound} of {resource}"
    for entry in container.get("env", []):
        if re.search("TOKEN|PASSWORD|SECRET", entry["name"]) and "value" in entry:
            yield f"{name} has {entry['name']} in its plain environment"


def _of_image(container: Mapping[str, Any]) -> Iterator[str]:
    tag = container["image"].rpartition("/")[2].partition(":")[2]
    if tag in ("", "latest"):
        yield f"{container['name']} has an image that says not which"


def _daprd(annotations: Mapping[str, str]) -> Document:
    context: Document = dict(ROOT_IS_READ_ONLY_BY_CHART)
    if profile := annotations.get("dapr.io/sidecar-seccomp-profile-type"):
        context["seccompProfile"] = {"type": profile}
    # These may be anything, when Dapr's own environment is to hold no token.
    resources = {
        f"{bound}s": {kind: annotations.get(f"dapr.io/sidecar-{kind}-{bound}") for kind in ("cpu", "memory")}
        for bound in ("request", "limit")
    }
    return {"name": "daprd", "securityContext": context, "resources": resources}
