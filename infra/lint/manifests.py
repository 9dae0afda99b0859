"""Manifests as they are linted: YAML documents of files, folders, or of what kustomize puts together."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DAPR, KNATIVE = "dapr.io", "serving.knative.dev"
POD_TEMPLATES = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Service": ("spec", "template"),
}


class ManifestError(Exception):
    """Manifests cannot be read; the text says which, why and what to do."""


@dataclass(frozen=True)
class Resource:
    """One object, and the file that it stands in."""

    path: str
    document: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """As it says itself."""
        return str(self.document.get("kind", ""))

    @property
    def group(self) -> str:
        """Of its API; empty for Kubernetes' core."""
        return str(self.document.get("apiVersion", "")).rpartition("/")[0]

    @property
    def name(self) -> str:
        """Of the object."""
        return str(self.at("metadata", "name", default=""))

    @property
    def scopes(self) -> list[str]:
        """The app-ids that load it; none: all do."""
        return list(self.at("scopes", default=[]))

    def at(self, *keys: str, default: Any = None) -> Any:
        """What stands at this place, or the default where nothing does."""
        value: Any = self.document
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return default if value is None else value

    def metadata(self) -> dict[str, Any]:
        """The metadata entries of a Dapr component: their values; what is read from elsewhere is null."""
        return {str(entry.get("name")): entry.get("value") for entry in self.at("spec", "metadata", default=[])}


@dataclass(frozen=True)
class Pod:
    """The pods that a resource makes."""

    resource: Resource
    annotations: Mapping[str, str]
    spec: Mapping[str, Any]

    @property
    def app_id(self) -> str | None:
        """Of the daprd that is added to them, if one is."""
        enabled = str(self.annotations.get("dapr.io/enabled", "")).lower() in ("true", "1", "yes", "y", "on")
        return self.annotations.get("dapr.io/app-id", self.resource.name) if enabled else None

    @property
    def feeds(self) -> str | None:
        """The Service that its daprd hands events to, when that is not beside it: it is an anchor then."""
        host = self.annotations.get("dapr.io/app-channel-address", "")
        return host.split(".")[0] if self.app_id and host not in ("", "localhost", "127.0.0.1") else None


class Manifests:
    """All of them, by kind."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._resources = [resource for resource in resources if resource.kind]
        self.pods = list(_pods(self._resources))

    def __len__(self) -> int:
        return len(self._resources)

    def dapr(self, kind: str) -> list[Resource]:
        """Dapr's objects of this kind."""
        return [resource for resource in self._resources if (resource.group, resource.kind) == (DAPR, kind)]

    def components(self, component_type: str) -> list[Resource]:
        """Dapr's components of this type, as `pubsub.kafka`."""
        return [component for component in self.dapr("Component") if component.at("spec", "type") == component_type]

    def services(self) -> list[Pod]:
        """The pods of Knative Services."""
        return [pod for pod in self.pods if pod.resource.group == KNATIVE]

    def anchors(self) -> list[Pod]:
        """The pods whose daprd feeds a Service elsewhere."""
        return [pod for pod in self.pods if pod.feeds]

    def app_ids(self) -> set[str]:
        """The apps there are: of the pods, or, where none are shown, whoever has a Configuration."""
        of_pods = {pod.app_id for pod in self.pods if pod.app_id}
        return of_pods or {configuration.name for configuration in self.dapr("Configuration")}


def read(paths: Iterable[Path], build: Callable[[Path], str]) -> Manifests:
    """What stands in files, in folders and below, and in what `build` makes of a folder that kustomize knows; `-` is
    what is piped in. Raises ManifestError."""
    return Manifests(resource for path in paths for resource in _read(path, build))


def kustomize_build(program: Path) -> Callable[[Path], str]:
    """What this kustomize makes of a folder."""

    def build(folder: Path) -> str:
        done = subprocess.run([program, "build", folder], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ManifestError(f"kustomize cannot build {folder}: {done.stderr.strip()}")
        return done.stdout

    return build


def _read(path: Path, build: Callable[[Path], str]) -> Iterator[Resource]:
    if str(path) == "-":
        yield from _documents("-", sys.stdin.read())
    elif (path / "kustomization.yaml").is_file():
        yield from _documents(str(path), build(path))
    elif path.is_dir():
        for file in sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]):
            yield from _documents(str(file), file.read_text(encoding="utf-8"))
    elif path.is_file():
        yield from _documents(str(path), path.read_text(encoding="utf-8"))
    else:
        raise ManifestError(f"There is no {path}: name a file, a folder, or - for what is piped in.")


def _documents(path: str, text: str) -> Iterator[Resource]:
    try:
        documents = list(yaml.load_all(text, Loader=LOADER))
    except yaml.YAMLError as error:
        raise ManifestError(f"{path} is no YAML: {error}") from None
    for document in documents:
        if isinstance(document, Mapping):
            yield Resource(path, document)


def _pods(resources: Iterable[Resource]) -> Iterator[Pod]:
    for resource in resources:
        template = resource.at(*POD_TEMPLATES.get(resource.kind, ("none",)), default={})
        if template.get("spec"):
            annotations = (template.get("metadata") or {}).get("annotations") or {}
            yield Pod(resource, annotations, template["spec"])
