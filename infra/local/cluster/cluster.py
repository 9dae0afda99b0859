"""The local cluster: a Kubernetes node with Knative, Dapr, a Kafka API broker and PostgreSQL, in one folder."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg

from functions.kernel.embedded.folder_lock import FolderLock
from infra.local.cluster import certificates, control_plane, dapr, data, knative, manifests
from infra.local.cluster.containerd import containerd, import_images
from infra.local.cluster.images import Recipe, archives, recipes
from infra.local.cluster.kubelet import kube_proxy, kubelet
from infra.local.cluster.layout import Layout
from infra.local.cluster.node import Node
from infra.local.cluster.processes import Daemon, Daemons, Pid, wait_until
from infra.local.cluster.programs import Programs
from infra.local.cluster.volumes import volume
from infra.local.process import ProcessFailedError

NAMESPACES = ("kube-system", *knative.NAMESPACES, dapr.NAMESPACE, data.NAMESPACE)
Say = Callable[[str], None]


class Cluster:
    """The cluster in `folder`, which holds all of it. It runs on when this program ends, until `down`.

    Several run side by side, each with a folder, namespaces and addresses of its own. It needs Linux and root.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._programs: Programs | None = None

    # --- Its life

    def up(self, say: Say = print) -> None:
        """Start whatever of it does not run, from nothing or from where it was stopped, and wait until it is ready.

        Raises ToolMissingError, ProcessFailedError, or FolderTakenError while another command works on it.
        """
        if os.geteuid() != 0:
            raise ProcessFailedError("A node's namespaces, mounts and interfaces take root: run it as root.")
        if self.folder.is_relative_to("/run"):
            raise ProcessFailedError(
                f"The node has a /run of its own, so {self.folder} can't be below: choose another."
            )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FolderLock(self.folder)
        lock.acquire()
        try:
            self._up(say)
        finally:
            lock.release()

    def down(self) -> None:
        """End all of it and remove its folder, with all data in it. Nothing is left on this machine."""
        if not self.folder.exists():
            return
        lock = FolderLock(self.folder)
        lock.acquire()
        try:
            Node(self.folder, Path()).stop()
            shutil.rmtree(self.folder)
        finally:
            lock.release()

    @property
    def running(self) -> bool:
        return self._node.pid is not None

    # --- Its interfaces

    @property
    def name(self) -> str:
        """Also of its network namespace."""
        return self._node.addresses.name

    @property
    def kubeconfig(self) -> Path:
        """Of its administrator, for programs of this machine."""
        return self._layout.kubeconfig(certificates.ADMIN)

    def kubectl(self, *arguments: str, input: str | None = None) -> str:
        """What kubectl prints. Raises ProcessFailedError with what it complains of."""
        argv = [str(self._found.kubectl.path), *self._connection(), *arguments]
        done = subprocess.run(argv, input=input, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ProcessFailedError(f"`kubectl {' '.join(arguments)}` failed: {done.stderr.strip()}")
        return done.stdout

    def kubectl_command(self) -> list[str]:
        """The command line that works on this cluster, for a person to go on with."""
        return [str(self._found.kubectl.path), *self._connection()]

    def run_in(self) -> list[str]:
        """What, before a command, runs it inside of the node."""
        return self._node.enter()

    def load_images(self, archives: Sequence[Path]) -> list[str]:
        """Load the images of OCI archives, without a registry; the names of those that were not there yet."""
        return import_images(self._layout, archives)

    @property
    def gateway_url(self) -> str:
        """Where public services are reached from this machine, with their name as Host."""
        service = ("get", "service", "kourier", "--namespace=kourier-system", "--output=jsonpath={.spec.clusterIP}")
        return f"http://{self.kubectl(*service)}"

    def postgres_owner_url(self) -> str:
        """The database for its owner, from this machine."""
        return data.owner_url(self.kubectl)

    # --- Its programs

    def processes(self) -> dict[str, Pid | None]:
        """The node's own programs, such as kubelet: the process of each, None where it does not run."""
        return {name: self._daemons.pid(name) for name in self._daemons.names()}

    def kill(self, name: str) -> None:
        """SIGKILL one of them, as a crash would."""
        if pid := self._daemons.pid(name):
            pid.kill()

    def start(self, name: str) -> None:
        """Start one of them again. Raises ProcessFailedError."""
        self._daemons.start(next(daemon for daemon in self._all_daemons() if daemon.name == name))

    # --- How it is done

    @property
    def _found(self) -> Programs:
        if self._programs is None:
            self._programs = Programs.find()
        return self._programs

    @property
    def _node(self) -> Node:
        return Node(self.folder, self._found.component("pause"))

    @property
    def _layout(self) -> Layout:
        return Layout(self.folder, self._node.addresses, self._found)

    @property
    def _daemons(self) -> Daemons:
        return Daemons(self.folder / "processes", self.folder / "logs", self._node.enter)

    def _all_daemons(self) -> list[Daemon]:
        layout = self._layout
        return [
            control_plane.etcd(layout),
            control_plane.api_server(layout),
            control_plane.controller_manager(layout),
            control_plane.scheduler(layout),
            containerd(layout, recipes(self._found)["pause"].image),
            kubelet(layout),
            kube_proxy(layout),
        ]

    def _up(self, say: Say) -> None:
        began = time.monotonic()
        parts = recipes(self._found)
        packed = archives(parts.values())
        say(f"  programs and images at hand after {time.monotonic() - began:.1f} s")
        self._node.start()
        layout = self._layout
        certificates.ensure_certificates(layout)
        say(f"  node {layout.addresses.name}, addresses {layout.addresses.block}")
        with ThreadPoolExecutor(2) as pool:
            # The one hand makes room for pods while the other says which there are to be.
            container_side = pool.submit(self._start_containers, layout, parts, packed, say)
            kubernetes_side = pool.submit(self._start_kubernetes, layout, parts, say)
            kubernetes_side.result()
            container_side.result()
        self._start("kubelet", kubelet(layout), say)
        self._start("kube-proxy", kube_proxy(layout), say)
        # The gateway asks for a name when it starts, and takes 15 s to ask again.
        told: set[str] = set()
        manifests.wait_for_workloads(self.kubectl, ["kube-system"], self._node.started_at, say, told)
        self._apply("kourier", knative.documents(self._found.kubernetes.path / "kourier", parts), say)
        manifests.wait_for_workloads(self.kubectl, NAMESPACES, self._node.started_at, say, told)
        wait_until(self._database_answers, 60, "PostgreSQL to take connections")
        if ended := sorted(name for name, pid in self.processes().items() if pid is None):
            raise ProcessFailedError(f"{', '.join(ended)} ended: see {self.folder / 'logs'}")
        say(f"  up in {time.monotonic() - began:.1f} s")

    def _start_containers(self, layout: Layout, parts: dict[str, Recipe], packed: Sequence[Path], say: Say) -> None:
        self._start("containerd", containerd(layout, parts["pause"].image), say)
        began = time.monotonic()
        if loaded := import_images(layout, packed):
            say(f"  {len(loaded)} images loaded in {time.monotonic() - began:.1f} s")

    def _start_kubernetes(self, layout: Layout, parts: dict[str, Recipe], say: Say) -> None:
        self._start("etcd", control_plane.etcd(layout), say)
        self._start("kube-apiserver", control_plane.api_server(layout), say)
        self._start("kube-controller-manager", control_plane.controller_manager(layout), say)
        self._start("kube-scheduler", control_plane.scheduler(layout), say)
        chart = self._found.dapr_control_plane.path / "chart"
        self._apply("resources", [*knative.resources(self._found.kubernetes.path), *dapr.resources(chart)], say)
        manifests.established(self.kubectl)
        dns = {"coredns": parts["coredns"].image, "dns_service": layout.addresses.dns_service}
        self._apply("coredns", manifests.own("coredns", dns), say)
        self._apply("data", data.documents(self.folder / "data", parts), say)
        data.ensure_owner(self.kubectl)
        self._apply("dapr", self._dapr(parts), say)
        self._apply("knative", knative.documents(self._found.kubernetes.path / "serving", parts), say)

    def _apply(self, group: str, documents: list[manifests.Document], say: Say) -> None:
        began = time.monotonic()
        if manifests.Applier(self.kubectl, self.folder / "applied").apply(group, documents):
            say(f"  {group} applied in {time.monotonic() - began:.1f} s")

    def _dapr(self, parts: dict[str, Recipe]) -> list[manifests.Document]:
        found = self._found
        chart = found.dapr_control_plane.path / "chart"
        return [
            *dapr.documents(found.helm.path, chart, parts, found.dapr.version),
            volume(self.folder / "data" / "scheduler", dapr.NAMESPACE, dapr.SCHEDULER_CLAIM),
        ]

    def _start(self, name: str, daemon: Daemon, say: Say) -> None:
        seconds = self._daemons.start(daemon)
        if seconds is not None:
            say(f"  {name} ready in {seconds:.1f} s")

    def _database_answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.postgres_owner_url(), connect_timeout=2).close()
            return True
        return False

    def _connection(self) -> list[str]:
        return [f"--kubeconfig={self.kubeconfig}", f"--cache-dir={self.folder / 'kubectl'}"]
