"""Kubernetes, Knative Serving and Kourier, built by Go from one module, with Knative's own manifests."""

import re
import shutil
from pathlib import Path

from infra.local.tools.cache import cached
from infra.local.tools.command import first_line_of
from infra.local.tools.go_module import build, source
from infra.local.tools.tool import Tool

VERSION = "1.34.4"
KNATIVE_VERSION = "0.48.0"
MODULE = Path(__file__).parent / "kubernetes"
COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet")
SERVING = ("activator", "autoscaler", "controller", "queue", "webhook")
# kubectl may be one minor version older or newer than the cluster.
KUBECTL_RELEASES = re.compile(r"v(1\.3[345]\.\d+)")
BUILD_VALUES = {
    "k8s.io/component-base/version.gitVersion": f"v{VERSION}",
    "k8s.io/component-base/version.gitMajor": VERSION.split(".")[0],
    "k8s.io/component-base/version.gitMinor": VERSION.split(".")[1],
    "k8s.io/component-base/version.gitTreeState": "clean",
}


def kubernetes() -> Tool:
    """A folder with the static programs of COMPONENTS, SERVING, kourier and pause in bin/, and Knative's manifests in
    crds/, serving/ and kourier/. Raises ToolMissingError."""
    version = f"{VERSION}-knative-{KNATIVE_VERSION}"
    return Tool("kubernetes", version, cached("kubernetes", version, _build), "built by Go")


def kubectl() -> Tool:
    """The command line of Kubernetes 1.33 to 1.35. Raises ToolMissingError."""
    on_path = shutil.which("kubectl")
    release = KUBECTL_RELEASES.search(first_line_of([on_path, "version", "--client"]) or "") if on_path else None
    if on_path and release:
        return Tool("kubectl", release.group(1), Path(on_path), "on PATH")
    return Tool("kubectl", VERSION, cached("kubectl", VERSION, _build_kubectl) / "kubectl", "built by Go")


def _build(folder: Path) -> None:
    build(
        MODULE,
        [
            *("./components", "./pause", "knative.dev/net-kourier/cmd/kourier"),
            *(f"knative.dev/serving/cmd/{name}" for name in SERVING),
        ],
        folder / "bin",
        what=f"Kubernetes {VERSION} and Knative {KNATIVE_VERSION}",
        minutes=8,
        values=BUILD_VALUES,
    )
    for name in COMPONENTS:
        (folder / "bin" / name).symlink_to("components")
    _copy_manifests(folder)


def _build_kubectl(folder: Path) -> None:
    package = "k8s.io/kubernetes/cmd/kubectl"
    build(MODULE, [package], folder, what=f"kubectl {VERSION}", minutes=1, values=BUILD_VALUES)


def _copy_manifests(folder: Path) -> None:
    """What is applied for Knative. Module archives hold no symbolic links, so what config/core links to is taken from
    where it lives."""
    serving = source(MODULE, "knative.dev/serving") / "config" / "core"
    networking = source(MODULE, "knative.dev/networking") / "config"
    names = ("certificate", "domain-claim", "ingress", "serverlessservice")
    _copy(
        folder / "crds",
        *sorted((serving / "300-resources").glob("*.yaml")),
        *(networking / f"{name}.yaml" for name in names),
        source(MODULE, "knative.dev/caching") / "config" / "image.yaml",
    )
    _copy(
        folder / "serving",
        *sorted(serving.glob("[12]*.yaml")),
        *sorted((serving / "200-roles").glob("*.yaml")),
        *sorted((serving / "configmaps").glob("*.yaml")),
        networking / "config-network.yaml",
        *(serving / "deployments" / f"{name}.yaml" for name in SERVING if name != "queue"),
        *sorted((serving / "webhooks").glob("*.yaml")),
    )
    kourier = source(MODULE, "knative.dev/net-kourier") / "config"
    _copy(folder / "kourier", *sorted(kourier.glob("[0-9]*.yaml")))


def _copy(folder: Path, *files: Path) -> None:
    """The files in this order, which is the one to apply them in."""
    folder.mkdir()
    for number, file in enumerate(files):
        shutil.copyfile(file, folder / f"{number:02}-{file.name}")
