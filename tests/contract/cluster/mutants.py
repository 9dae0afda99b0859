"""Manifests with one security field broken, one after the other."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from tests.contract.cluster.overlays import Document, of_kind, pod_template

Break = Callable[[Document], object]
SUBJECTS = (("Service", "task-due"), ("Deployment", "task-due-anchor"), ("Deployment", "chat-api-anchor"))
SWEEP = ("CronJob", "sweep")


def template(document: Document) -> Document:
    found = pod_template(document)
    assert found is not None
    return found


def pod(**values: Any) -> Break:
    """Fields of a pod; null takes one away."""
    return lambda document: change(template(document)["spec"], values)


def container(**values: Any) -> Break:
    return lambda document: change(template(document)["spec"]["containers"][0], values)


def context(**values: Any) -> Break:
    return lambda document: change(template(document)["spec"]["containers"][0]["securityContext"], values)


def pod_context(**values: Any) -> Break:
    return lambda document: change(template(document)["spec"]["securityContext"], values)


def annotation(name: str, value: str | None) -> Break:
    return lambda document: change(template(document)["metadata"]["annotations"], {name: value})


def change(target: Document, values: dict[str, Any]) -> None:
    for key, value in values.items():
        if value is None:
            assert target.pop(key, None) is not None, f"{key} is not there to be taken away"
        else:
            target[key] = value


def host_path(document: Document) -> None:
    template(document)["spec"].setdefault("volumes", []).append({"name": "host", "hostPath": {"path": "/"}})


def plain_token(document: Document) -> None:
    template(document)["spec"]["containers"][0]["env"] = [{"name": "APP_API_TOKEN", "value": "not-so-secret"}]


def image(tag: str) -> Break:
    def break_it(document: Document) -> None:
        container = template(document)["spec"]["containers"][0]
        container["image"] = container["image"].rpartition(":")[0] + tag

    return break_it


def no_bound(bound: str, resource: str) -> Break:
    return lambda document: change(template(document)["spec"]["containers"][0]["resources"][bound], {resource: None})


OF_CONTAINERS: dict[str, Break] = {
    "privileged": context(privileged=True),
    "root allowed": context(runAsNonRoot=False),
    "root not forbidden": context(runAsNonRoot=None),
    "user root": context(runAsUser=0),
    "user not given": context(runAsUser=None),
    "group not given": context(runAsGroup=None),
    "root filesystem writable": context(readOnlyRootFilesystem=False),
    "root filesystem not read-only": context(readOnlyRootFilesystem=None),
    "privilege escalation": context(allowPrivilegeEscalation=True),
    "privilege escalation not forbidden": context(allowPrivilegeEscalation=None),
    "capability added": context(capabilities={"drop": ["ALL"], "add": ["NET_ADMIN"]}),
    "capabilities kept": context(capabilities=None),
    "seccomp off": context(seccompProfile={"type": "Unconfined"}),
    "seccomp not given": context(seccompProfile=None),
    "proc unmasked": context(procMount="Unmasked"),
    "no security context": container(securityContext=None),
    "image latest": image(":latest"),
    "image without tag": image(""),
    "no limits": container(resources={"requests": {"cpu": "1m", "memory": "1Mi"}}),
    "no limit of memory": no_bound("limits", "memory"),
    "no limit of cpu": no_bound("limits", "cpu"),
    "no request of memory": no_bound("requests", "memory"),
    "no request of cpu": no_bound("requests", "cpu"),
    "port of the node": container(ports=[{"containerPort": 8080, "hostPort": 8080}]),
    "network of the node": pod(hostNetwork=True),
    "processes of the node": pod(hostPID=True),
    "ipc of the node": pod(hostIPC=True),
    "token mounted": pod(automountServiceAccountToken=True),
    "token not forbidden": pod(automountServiceAccountToken=None),
    "account of everybody": pod(serviceAccountName=None),
    "services in the environment": pod(enableServiceLinks=True),
    "folder of the node": host_path,
    "token in plain": plain_token,
}
OF_PODS: dict[str, Break] = {
    "pod may be root": pod_context(runAsNonRoot=None),
    "pod is root": pod_context(runAsUser=0),
    "pod of the group root": pod_context(runAsGroup=0),
    "pod without seccomp": pod_context(seccompProfile=None),
    "pod without a context": pod(securityContext=None),
}
OF_ANCHORS: dict[str, Break] = {
    "daprd without a limit of memory": annotation("dapr.io/sidecar-memory-limit", None),
    "daprd without a limit of cpu": annotation("dapr.io/sidecar-cpu-limit", None),
    "daprd for everybody": annotation("dapr.io/api-token-secret", None),
    "functions for everybody": annotation("dapr.io/app-token-secret", None),
    "daprd with its own secret store": annotation("dapr.io/disable-builtin-k8s-secret-store", None),
    "daprd without a configuration": annotation("dapr.io/config", None),
    "daprd without a token": annotation("dapr.io/volume-mounts", None),
}


def widened(document: Document) -> Iterator[tuple[str, Document]]:
    """A policy with each of its rules for everybody, and for every port."""
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(document["spec"].get(direction, [])):
            for key in (peers, "ports"):
                if key in rule:
                    broken = deepcopy(document)
                    del broken["spec"][direction][number][key]
                    yield f"{document['metadata']['name']}: {direction} {number} without {key}", broken


def mutants(objects: Sequence[Document]) -> Iterator[tuple[str, Document, Document | None]]:
    """What is broken, the object as it is, and as it is then (null: it is gone)."""
    by_name = {
        (document["kind"], document["metadata"]["name"]): document
        for document in objects
        if "/" in document["apiVersion"] or document["kind"] != "Service"
    }
    anchors = SUBJECTS[1:]
    of_each = [
        *((subject, what, how) for subject in (*SUBJECTS, SWEEP) for what, how in OF_CONTAINERS.items()),
        *((subject, what, how) for subject in (*anchors, SWEEP) for what, how in OF_PODS.items()),
        *((subject, what, how) for subject in anchors for what, how in OF_ANCHORS.items()),
    ]
    for subject, what, how in of_each:
        if subject == anchors[1] and what == "functions for everybody":
            continue  # the relay beside it is spoken to over loopback
        original = by_name[subject]
        broken = deepcopy(original)
        how(broken)
        yield f"{subject[1]}: {what}", original, broken
    for policy in of_kind(objects, "NetworkPolicy").values():
        yield f"{policy['metadata']['name']}: no policy", policy, None
        for what, broken in widened(policy):
            yield what, policy, broken
    service = by_name[("Service", "task-due")]
    public = deepcopy(service)
    del public["metadata"]["labels"]["networking.knative.dev/visibility"]
    yield "task-due: public", service, public
    configuration = by_name[("Configuration", "task-due")]
    for key in ("api", "secrets", "accessControl"):
        opened = deepcopy(configuration)
        del opened["spec"][key]
        yield f"task-due: no {key}", configuration, opened
