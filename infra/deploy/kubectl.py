"""kubectl, for one cluster; what is secret goes by its standard input."""

import json
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deploy.progress import AwayError, DeployError

Manifest = dict[str, Any]
"""An object as Kubernetes knows it."""

FIELD_MANAGER = "taskwake"
LAST_LINES = 20
REQUEST_SECONDS = 30
AWAY = re.compile(
    r"Unable to connect to the server|connection to the server .* was refused|handshake timeout|etcdserver:"
)
WEBHOOK_AWAY = "failed calling webhook"
WEBHOOK_SECONDS = 60


class KubectlError(DeployError):
    """kubectl refused or failed; the text holds its last words."""


class KubectlAwayError(KubectlError, AwayError):
    """kubectl got no answer from the cluster."""


@dataclass(frozen=True)
class Kubectl:
    """One cluster: `kubeconfig` and `context`, or what kubectl itself takes when they are not given."""

    kubeconfig: Path | None = None
    context: str = ""
    program: str = "kubectl"

    def command(self, *arguments: str) -> list[str]:
        """The command line of a call."""
        options = [f"--kubeconfig={self.kubeconfig}"] if self.kubeconfig else []
        options += [f"--context={self.context}"] if self.context else []
        return [self.program, *options, *arguments]

    def current_context(self) -> str:
        """Which cluster this is, by the name that people know."""
        return self.context or self.run("config", "current-context", accept=(0, 1)).strip() or "none"

    def run(self, *arguments: str, stdin: str = "", accept: Sequence[int] = (0,)) -> str:
        """What it prints. Raises KubectlError when it ends with another code than those accepted."""
        argv = self.command(*arguments)
        try:
            done = subprocess.run(argv, input=stdin, capture_output=True, text=True, errors="replace", check=False)
        except OSError as error:
            raise KubectlError(f"`{self.program}` cannot be run: {error.strerror}. Install kubectl.") from None
        if done.returncode not in accept:
            tail = "\n".join((done.stderr or done.stdout).splitlines()[-LAST_LINES:])
            kind: type[KubectlError] = KubectlAwayError if AWAY.search(tail) else KubectlError
            raise kind(f"`{' '.join(argv)}` ended with {done.returncode}:\n{tail}")
        return done.stdout

    def read(self, *arguments: str, stdin: str = "") -> Any:
        """What it prints as JSON."""
        return json.loads(self.run(*arguments, f"--request-timeout={REQUEST_SECONDS}s", "-o", "json", stdin=stdin))

    def list(self, kind: str, *, namespace: str = "", selector: str = "") -> list[Manifest]:
        """Every object of this kind: of a namespace, or of all."""
        where = ["-n", namespace] if namespace else ["-A"]
        items: list[Manifest] = self.read("get", kind, *where, *([f"-l={selector}"] if selector else []))["items"]
        return items

    def find(self, kind: str, name: str, namespace: str = "", *, managers: bool = False) -> Manifest | None:
        """One object, if it is there; with those who manage its fields, if asked for."""
        options = [*(["-n", namespace] if namespace else []), f"--show-managed-fields={str(managers).lower()}"]
        text = self.run("get", kind, name, *options, "--ignore-not-found", "-o", "json")
        return json.loads(text) if text.strip() else None

    def apply(self, objects: Sequence[Manifest]) -> None:
        """Bring these objects to what they say; what they do not say stays as it is."""
        if not objects:
            return
        text = stream(objects)
        arguments = ("apply", "--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}", "-f", "-")
        deadline = time.monotonic() + WEBHOOK_SECONDS
        while True:
            try:
                self.run(*arguments, stdin=text)
            except KubectlError as error:
                # Knative's or Dapr's own is starting, perhaps.
                if WEBHOOK_AWAY not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(1)
            else:
                return

    def diff(self, objects: Sequence[Manifest]) -> str:
        """How these objects differ from the cluster's; empty when they don't."""
        arguments = ("diff", "--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}", "-f", "-")
        return self.run(*arguments, stdin=stream(objects), accept=(0, 1))

    def create(self, obj: Manifest) -> bool:
        """Make this object; False, and nothing is changed, when there is one of its name."""
        try:
            self.run("create", "-f", "-", stdin=stream([obj]))
        except KubectlError as error:
            if "AlreadyExists" in str(error):
                return False
            raise
        return True

    def delete(self, objects: Sequence[Manifest]) -> None:
        """Remove these objects, where they are there; returns when they and what they own are gone."""
        if objects:  # kubectl takes none for a mistake
            self.run("delete", "--ignore-not-found", "--cascade=foreground", "-f", "-", stdin=stream(objects))

    def kustomize(self, folder: Path) -> str:
        """The manifests of a kustomization."""
        return self.run("kustomize", str(folder))


def stream(objects: Sequence[Manifest]) -> str:
    """Objects as kubectl reads them."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})


def describe(obj: Manifest) -> str:
    """`kind/name`, for people."""
    return f"{obj['kind'].lower()}/{obj['metadata']['name']}"
