"""The operations image in the cluster, beside the database: migrations, and any other command of `taskwake`."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import run

from functions.kernel.storage import logins
from infra.deploy.kubectl import Kubectl, Manifest
from infra.deploy.progress import DeployError, Progress
from infra.deploy.readiness import pod_state
from infra.render.kubernetes import (
    MIGRATION,
    NAMESPACE,
    POD_SECURITY_CONTEXT,
    PYTHON,
    SECURITY_CONTEXT,
    TMP_MOUNT,
    TMP_VOLUME,
    labels,
    manifest,
)
from infra.render.variants import OPERATIONS

SECRETS_FOLDER = "/secrets"
TASKWAKE = (PYTHON, "-m", "functions.operations.cli")
# As process 1 it ends at SIGTERM only because it says so.
IDLE = (PYTHON, "-c", "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit()); signal.pause()")
KEPT_SECONDS = 3600
MIGRATION_SECONDS = 600
CONSOLE_SECONDS = 1800
START_SECONDS = 180
LOG_LINES = 40


def job(name: str, image: str, command: Sequence[str], secrets: Sequence[str], *, seconds: int, kept: int) -> Manifest:
    """A Job of this image, whose name begins so. It may read these Secrets, as files; after `seconds` it is ended,
    and `kept` seconds later nothing of it is left."""
    container = {
        "name": OPERATIONS,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": list(command),
        "env": [{"name": "DATABASE_URL_FILE", "value": f"{SECRETS_FOLDER}/{logins.OWNER_SECRET}"}],
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
        "securityContext": SECURITY_CONTEXT,
        "volumeMounts": [TMP_MOUNT, {"name": "secrets", "mountPath": SECRETS_FOLDER, "readOnly": True}],
    }
    sources = [{"secret": {"name": secret}} for secret in secrets]
    pod = {
        "restartPolicy": "Never",
        "serviceAccountName": OPERATIONS,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": POD_SECURITY_CONTEXT,
        "containers": [container],
        "volumes": [TMP_VOLUME, {"name": "secrets", "projected": {"defaultMode": 0o440, "sources": sources}}],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "generateName": f"{name}-",
            "namespace": NAMESPACE,
            "labels": labels(OPERATIONS, MIGRATION),
        },
        "spec": {
            "backoffLimit": 4,  # 10, 20, 40, 80 s: a database may be starting
            "activeDeadlineSeconds": seconds,
            "ttlSecondsAfterFinished": kept,
            "template": {"metadata": {"labels": labels(OPERATIONS, MIGRATION)}, "spec": pod},
        },
    }


def migrate(kubectl: Kubectl, image: str, progress: Progress) -> None:
    """Bring the schema up to date, and the logins to what their addresses say, by a Job. Raises DeployError with its
    log."""
    command = [*TASKWAKE, "migrate", "--logins-folder", SECRETS_FOLDER]
    needs = [logins.OWNER_SECRET, *(login.secret for login in logins.ALL)]
    made = _create(
        kubectl,
        job(f"migrate-{tag(image)}", image, command, needs, seconds=MIGRATION_SECONDS, kept=KEPT_SECONDS),
    )

    def unfinished() -> list[str]:
        state = kubectl.read("get", "job", made, "-n", NAMESPACE)
        ended = {c["type"] for c in state.get("status", {}).get("conditions", ()) if c["status"] == "True"}
        if "Failed" in ended:
            raise DeployError(f"The migration failed (job/{made}); the functions are as they were.")
        return [] if "Complete" in ended else [f"job/{made} ({_pod_state(kubectl, made)})"]

    hint = f"See `kubectl -n {NAMESPACE} describe job {made}`; the functions are as they were."
    try:
        progress.until_none(unfinished, patience_seconds=MIGRATION_SECONDS, hint=hint)
    except DeployError as error:
        raise DeployError(f"{error} What it said last:\n{_log(kubectl, made)}") from None
    progress.note(_log(kubectl, made))


@dataclass(frozen=True)
class Console:
    """A pod in which commands of `taskwake` are run; what they print goes to who asked, and into no log."""

    kubectl: Kubectl
    pod: str

    def taskwake(self, *arguments: str) -> str:
        """What this command prints. Raises KubectlError."""
        return self.kubectl.run("exec", "-n", NAMESPACE, self.pod, "--", *TASKWAKE, *arguments)

    def attach(self, *arguments: str) -> int:
        """Run this command on this terminal; its exit code."""
        terminal = "-it" if sys.stdin.isatty() else "-i"
        argv = self.kubectl.command("exec", terminal, "-n", NAMESPACE, self.pod, "--", *TASKWAKE, *arguments)
        return run(argv, check=False).returncode


@contextmanager
def console(kubectl: Kubectl, image: str, progress: Progress) -> Iterator[Console]:
    """A console of this image; nothing of it is left."""
    made = _create(
        kubectl,
        job("console", image, IDLE, [logins.OWNER_SECRET], seconds=CONSOLE_SECONDS, kept=0),
    )
    try:
        progress.until_none(
            lambda: [] if _pod_state(kubectl, made) == "Running" else [f"job/{made} ({_pod_state(kubectl, made)})"],
            patience_seconds=START_SECONDS,
            hint=f"See `kubectl -n {NAMESPACE} describe job {made}`.",
        )
        yield Console(kubectl, _pods(kubectl, made)[0]["metadata"]["name"])
    finally:
        kubectl.run("delete", "job", made, "-n", NAMESPACE, "--wait=false", "--ignore-not-found")


def tag(image: str) -> str:
    """What tells this image from others, as part of a name."""
    name, _, digest = image.partition("@sha256:")
    label = digest[:12] or name.rpartition("/")[2].partition(":")[2] or "latest"
    return re.sub(r"[^a-z0-9]+", "-", label.lower())[:40].strip("-")


def _create(kubectl: Kubectl, obj: Manifest) -> str:
    # A name that no role is bound to: it may do nothing.
    kubectl.apply([manifest("v1", "ServiceAccount", OPERATIONS, MIGRATION, {"automountServiceAccountToken": False})])
    from infra.deploy.kubectl import stream

    name: str = kubectl.read("create", "-f", "-", stdin=stream([obj]))["metadata"]["name"]
    return name


def _pods(kubectl: Kubectl, name: str) -> list[Manifest]:
    return kubectl.list("pods", namespace=NAMESPACE, selector=f"batch.kubernetes.io/job-name={name}")


def _pod_state(kubectl: Kubectl, name: str) -> str:
    """What the newest pod of a Job does."""
    pods = sorted(_pods(kubectl, name), key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
    return pod_state(pods[-1]) if pods else "no pod yet"


def _log(kubectl: Kubectl, name: str) -> str:
    selector = f"batch.kubernetes.io/job-name={name}"
    return kubectl.run("logs", "-n", NAMESPACE, f"-l={selector}", f"--tail={LOG_LINES}").strip()
