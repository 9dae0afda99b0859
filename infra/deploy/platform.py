"""What a cluster needs before Taskwake itself, as infra/platform/platform.yaml lists it."""

import json
import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from infra.deploy.kubectl import FIELD_MANAGER, Kubectl, KubectlError, Manifest
from infra.deploy.progress import DeployError, Progress
from infra.deploy.readiness import object_state

FOLDER = Path(__file__).resolve().parents[1] / "platform"
PART_SECONDS = 600
DEFINITIONS = ("Namespace", "CustomResourceDefinition")
RELEASE_LABEL = "deployed-by=taskwake"
VERSION_LABELS = ("helm.sh/chart", "app.kubernetes.io/version")


@dataclass(frozen=True)
class Part:
    """One part, as the head of platform.yaml describes its fields."""

    name: str
    kind: str
    namespace: str
    chart: str = ""
    repo: str = ""
    version: str = ""
    values: Sequence[str] = ()
    path: str = ""
    present: str = ""
    wait: Sequence[str] = ()
    logins: Mapping[str, str] | None = None
    outputs: Sequence[str] = ()


@dataclass(frozen=True)
class Presence:
    """Whether a part is there by somebody else's doing, and so is left alone; `version` is empty when nothing there
    tells it."""

    part: Part
    foreign: bool
    version: str = ""

    @property
    def differs(self) -> bool:
        """Whether it is known to be another version than the pinned one."""
        return bool(self.part.version and self.version and self.version != self.part.version.removeprefix("v"))


def parts_of(overlay: str, file: Path = FOLDER / "platform.yaml") -> list[Part]:
    """The parts of this overlay, in the order in which they are installed. Raises DeployError."""
    lists = yaml.safe_load(file.read_text())["overlays"]
    if overlay not in lists:
        raise DeployError(f"{file} has no list of parts for the overlay {overlay!r}; there are: {', '.join(lists)}.")
    return [Part(**part) for part in lists[overlay]]


def look(kubectl: Kubectl, parts: Sequence[Part]) -> list[Presence]:
    """Which parts are in the cluster by somebody else's doing, and in which version."""
    return [_look(kubectl, part) for part in parts]


def install(
    kubectl: Kubectl, presences: Sequence[Presence], outputs: Mapping[str, str], progress: Progress, helm: str
) -> None:
    """Install what nobody else did, or bring it up to date, and wait for every part. Raises DeployError."""
    for presence in presences:
        part = presence.part
        if presence.foreign:
            progress.note(f"{part.name} {presence.version}".rstrip() + ": there already, left alone")
        else:
            progress.note(f"{part.name} {part.version}".rstrip() + ": installing, or bringing up to date")
            _install(kubectl, part, outputs, helm)
        progress.until_none(
            partial(_unready, kubectl, part, foreign=presence.foreign),
            patience_seconds=PART_SECONDS,
            hint=f"See `kubectl -n {part.namespace} get pods`.",
        )


def filled(text: str, outputs: Mapping[str, str], names: Sequence[str]) -> str:
    """With the outputs of these names in the places of `${name}`."""
    for name in names:
        text = text.replace(f"${{{name}}}", outputs[name])
    return text


def read_outputs(file: Path) -> dict[str, str]:
    """What `tofu output -json` printed into this file."""
    try:
        return {name: str(output["value"]) for name, output in json.loads(file.read_text()).items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DeployError(f"{file} is not what `tofu output -json` prints: {error}") from None


def _look(kubectl: Kubectl, part: Part) -> Presence:
    awaited = _awaited(kubectl, part)
    definition = kubectl.find("customresourcedefinition", part.present) if part.present else None
    # As on a test cluster, which has a broker and a database of its own in their place.
    replaced = not part.present and part.kind == "manifest" and 0 < len(part.wait) == len(awaited)
    if not (definition or replaced) or _is_ours(kubectl, part, awaited):
        return Presence(part, foreign=False)
    telling = [*awaited, *([definition] if definition else [])]
    return Presence(part, foreign=True, version=next(_versions(part, telling), ""))


def _is_ours(kubectl: Kubectl, part: Part, awaited: Sequence[Manifest]) -> bool:
    if part.kind == "helm":
        selector = f"owner=helm,name={part.name},{RELEASE_LABEL}"
        return bool(kubectl.run("get", "secrets", "-n", part.namespace, f"-l={selector}", "-o=name").strip())
    return any(
        entry["manager"] == FIELD_MANAGER for obj in awaited for entry in obj["metadata"].get("managedFields", ())
    )


def _versions(part: Part, objects: Sequence[Manifest]) -> Iterator[str]:
    for label in VERSION_LABELS:
        for obj in objects:
            text = str(obj["metadata"].get("labels", {}).get(label, "")).removeprefix(f"{part.chart}-")
            if re.match(r"v?\d", text):
                yield text.removeprefix("v")


def _awaited(kubectl: Kubectl, part: Part) -> list[Manifest]:
    found = []
    for awaited in part.wait:
        kind, _, name = awaited.partition("/")
        try:
            found.append(kubectl.find(kind, name, part.namespace, managers=True))
        except KubectlError as error:
            if "the server doesn't have a resource type" not in str(error):
                raise
    return [obj for obj in found if obj]


def _unready(kubectl: Kubectl, part: Part, *, foreign: bool) -> list[str]:
    """What of the part is not ready. One that somebody else installed may lack what ours would have."""
    objects = _awaited(kubectl, part)
    absent = len(part.wait) - len(objects)
    states = [state for obj in objects if (state := object_state(obj))]
    return states if foreign or not absent else [*states, f"{absent} more of {', '.join(part.wait)}"]


def _install(kubectl: Kubectl, part: Part, outputs: Mapping[str, str], helm: str) -> None:
    kubectl.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": part.namespace}})
    for name, username in (part.logins or {}).items():
        kubectl.create(_login(part.namespace, name, username))
    if part.kind == "helm":
        _install_chart(kubectl, part, outputs, helm)
        return
    text = filled(kubectl.kustomize(FOLDER / part.path), outputs, part.outputs)
    objects: list[Manifest] = [document for document in yaml.safe_load_all(text) if document]
    definitions = [obj for obj in objects if obj["kind"] in DEFINITIONS]
    kubectl.apply(definitions)
    if resources := [f"crd/{obj['metadata']['name']}" for obj in definitions if obj["kind"] == DEFINITIONS[-1]]:
        kubectl.run("wait", "--for=condition=Established", "--timeout=60s", *resources)
    kubectl.apply([obj for obj in objects if obj not in definitions])


def _install_chart(kubectl: Kubectl, part: Part, outputs: Mapping[str, str], helm: str) -> None:
    with TemporaryDirectory(prefix="taskwake-deploy-") as folder:
        files = []
        for number, name in enumerate(part.values):
            file = Path(folder) / f"{number}.yaml"
            file.write_text(filled((FOLDER / name).read_text(), outputs, part.outputs))
            files.append(f"--values={file}")
        argv = [helm, "upgrade", "--install", part.name, part.chart, f"--repo={part.repo}", f"--version={part.version}"]
        argv += [f"--namespace={part.namespace}", f"--labels={RELEASE_LABEL}", *files]
        argv += [f"--kubeconfig={kubectl.kubeconfig}"] if kubectl.kubeconfig else []
        argv += [f"--kube-context={kubectl.context}"] if kubectl.context else []
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise DeployError(f"`{' '.join(argv)}` ended with {done.returncode}:\n{done.stderr.strip()}")


def _login(namespace: str, name: str, username: str) -> Manifest:
    values = {"username": username, "password": secrets.token_urlsafe(24)}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": values}
