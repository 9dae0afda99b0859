"""What a cluster is like, as far as a deployment depends on it; only looked at, nothing is changed."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from infra.deploy import secrets
from infra.deploy.kubectl import Kubectl, KubectlError, Manifest, stream
from infra.render.kubernetes import DATA_NAMESPACE, NAMESPACE

Version = tuple[int, int]

UNITS = {"": 1, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


@dataclass(frozen=True)
class Node:
    """A machine of the cluster that takes pods."""

    name: str
    architecture: str
    memory_bytes: float


@dataclass(frozen=True)
class Facts:
    """Of one cluster. `requested_bytes` is the memory that pods of other namespaces asked for; `denied` is what the
    present user may not do, `administrator` whether they may do anything; `owner` says whether a PostgreSQL of the
    cluster tells its owner's login."""

    context: str
    kubectl: Version | None
    server: Version | None = None
    unreachable: str = ""
    nodes: tuple[Node, ...] = ()
    requested_bytes: float = 0
    denied: tuple[str, ...] = ()
    administrator: bool = False
    secrets: frozenset[str] = frozenset()
    owner: bool = False

    @classmethod
    def gather(cls, kubectl: Kubectl, objects: Sequence[Manifest]) -> "Facts":
        """Ask kubectl and the cluster. `objects` are those that the user must be allowed to apply."""
        own = json.loads(kubectl.run("version", "--client", "-o", "json"))
        known = cls(kubectl.current_context(), version(own["clientVersion"]["gitVersion"]))
        try:
            server = version(kubectl.read("version")["serverVersion"]["gitVersion"])
        except (KubectlError, KeyError) as error:
            return cls(known.context, known.kubectl, unreachable=str(error))
        denied = list(_denied(kubectl, objects))
        nothing: list[Manifest] = []
        nodes = _ask(lambda: kubectl.list("nodes"), nothing, "list nodes in the cluster", denied)
        pods = _ask(lambda: kubectl.list("pods"), nothing, "list pods in the cluster", denied)
        names = _ask(
            lambda: secrets.existing(kubectl), set[str](), f"list secrets in the namespace {NAMESPACE}", denied
        )
        where = f"get secrets in the namespace {DATA_NAMESPACE}"
        return cls(
            known.context,
            known.kubectl,
            server,
            nodes=tuple(map(_node, (node for node in nodes if not node["spec"].get("unschedulable")))),
            requested_bytes=sum(requested(pod["spec"]) for pod in pods if pod["metadata"]["namespace"] != NAMESPACE),
            secrets=frozenset(names),
            owner=bool(_ask(lambda: secrets.in_cluster_owner(kubectl), "", where, denied)),
            denied=tuple(denied),
            administrator=kubectl.run("auth", "can-i", "*", "*", "-A", accept=(0, 1)).strip() == "yes",
        )

    def described(self) -> str:
        """In a line, for people."""
        if self.server is None:
            return "which does not answer"
        kinds = Counter(node.architecture for node in self.nodes)
        nodes = ", ".join(f"{count} {architecture}" for architecture, count in sorted(kinds.items()))
        return f"Kubernetes {self.server[0]}.{self.server[1]}, nodes: {nodes or 'none seen'}"


def _node(obj: Manifest) -> Node:
    status = obj["status"]
    architecture = status["nodeInfo"]["architecture"]
    return Node(obj["metadata"]["name"], architecture, quantity(status["allocatable"]["memory"]))


T = TypeVar("T")


def _ask(ask: Callable[[], T], otherwise: T, what: str, denied: list[str]) -> T:
    try:
        return ask()
    except KubectlError as error:
        if "Forbidden" not in str(error):
            raise
        denied.append(what)
        return otherwise


def version(text: str) -> Version | None:
    """(1, 34) of `v1.34.4-gke.12`."""
    found = re.match(r"v?(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else None


def quantity(text: str) -> float:
    """Kubernetes' notation of a number, as `112Mi`."""
    found = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text))
    if not found:
        raise ValueError(f"{text!r} is no quantity")
    return float(found[1]) * UNITS[found[2]]


def requested(pod: Mapping[str, Any]) -> float:
    """The memory in bytes that a pod's containers ask for."""
    containers = pod.get("containers", ())
    asked = (c.get("resources", {}).get("requests", {}).get("memory", "0") for c in containers)
    return sum(map(quantity, asked), 0.0)


def _denied(kubectl: Kubectl, objects: Sequence[Manifest]) -> Iterator[str]:
    """What `kubectl auth can-i` would deny, asked in one call."""
    reviews = [
        {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": verb, "group": group, "resource": resource, "namespace": where}},
        }
        for group, resource, where, verbs in sorted(_needed(objects))
        for verb in verbs
    ]
    text, decoder = kubectl.run("create", "-f", "-", "-o", "json", stdin=stream(reviews)), json.JSONDecoder()
    denied: dict[str, list[str]] = {}
    while text := text.lstrip():
        review, end = decoder.raw_decode(text)
        text = text[end:]
        if not review["status"]["allowed"]:
            asked = review["spec"]["resourceAttributes"]
            kind = f"{asked['resource']}.{asked['group']}" if asked.get("group") else asked["resource"]
            where = f"in the namespace {asked['namespace']}" if asked.get("namespace") else "in the cluster"
            denied.setdefault(f"{kind} {where}", []).append(asked["verb"])
    return (f"{', '.join(verbs)} {what}" for what, verbs in denied.items())


def _needed(objects: Sequence[Manifest]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """(group, resource, namespace, verbs) of all that a deployment does."""
    kinds = {(o["apiVersion"].rpartition("/")[0], o["kind"], o["metadata"].get("namespace", "")) for o in objects}
    kinds |= {("", "Secret", NAMESPACE), ("", "ConfigMap", NAMESPACE), ("batch", "Job", NAMESPACE)}
    verbs = ("get", "list", "create", "patch", "delete")
    needed: set[tuple[str, str, str, tuple[str, ...]]] = {
        (group, plural(kind), where, verbs) for group, kind, where in kinds
    }
    return needed | {("", "pods", NAMESPACE, ("get", "list")), ("", "pods/exec", NAMESPACE, ("create",))}


def plural(kind: str) -> str:
    """The resource of a kind."""
    name = kind.lower()
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
