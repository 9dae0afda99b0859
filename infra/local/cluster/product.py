"""Taskwake itself on the local cluster: its images packed, loaded and deployed, as on any other cluster."""

from collections.abc import Callable
from urllib.parse import urlsplit

from functions.kernel.embedded.folder_lock import FolderLock
from infra.deploy import deployment
from infra.deploy.kubectl import Kubectl
from infra.deploy.smoke import public_url
from infra.image.images import NAMES, pack
from infra.local.cluster.cluster import Cluster
from infra.local.tools.progress import step

OVERLAY = "minikube"


def install(cluster: Cluster, say: Callable[[str], None] = print) -> str:
    """Bring Taskwake onto a cluster that is up, or up to date; returns the name that it answers to at the gateway.

    Raises ToolMissingError, ProcessFailedError, DeployError, or FolderTakenError while another command works on it.
    """
    lock = FolderLock(cluster.folder)
    lock.acquire()
    try:
        _install(cluster, say)
    finally:
        lock.release()
    return host_of(cluster)


def _install(cluster: Cluster, say: Callable[[str], None]) -> None:
    folder = cluster.folder / "images"
    folder.mkdir(exist_ok=True)
    with step(f"packing {len(NAMES)} images"):
        images = pack(NAMES, folder)
    with step("loading the images"):
        cluster.load_images([folder / f"{name}.tar" for name in NAMES])
    named = {name: image.name for name, image in zip(NAMES, images, strict=True)}
    choices = deployment.Choices(OVERLAY, images=named, gateway=cluster.gateway_url)
    deployment.deploy(_kubectl(cluster), choices, say)


def host_of(cluster: Cluster) -> str:
    """The name that Taskwake answers to at the gateway of a cluster that has it."""
    return urlsplit(public_url(_kubectl(cluster))).netloc


def _kubectl(cluster: Cluster) -> Kubectl:
    return Kubectl(cluster.kubeconfig, program=cluster.kubectl_command()[0])
