"""The container runtime of the node, and the images in it."""

import json
import re
import socket
import subprocess
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from infra.local.cluster.layout import Layout
from infra.local.cluster.processes import Daemon
from infra.local.process import ProcessFailedError

# What Kubernetes calls its own among the images and containers of a runtime.
NAMESPACE = "k8s.io"
UNUSED_PLUGINS = (
    "io.containerd.internal.v1.opt",
    *(f"io.containerd.snapshotter.v1.{name}" for name in ("aufs", "btrfs", "devmapper", "zfs")),
)


def containerd(layout: Layout, pause_image: str) -> Daemon:
    """Write its settings and say how to start it."""
    settings = layout.folder / "containerd.toml"
    settings.write_text(_settings(layout, pause_image))
    networks = layout.folder / "cni-networks"
    networks.mkdir(exist_ok=True)
    (networks / "10-bridge.conflist").write_text(network(layout))
    return Daemon(
        "containerd",
        [layout.programs.system["containerd"].path, "--config", settings],
        ready=lambda: _listens(layout.containerd_socket),
    )


def network(layout: Layout) -> str:
    """The pods' network: a bridge with an address for each, no translation, since pods speak to each other only."""
    return json.dumps(
        {
            "cniVersion": "0.4.0",
            "name": "pods",
            "plugins": [
                {
                    "type": "bridge",
                    "bridge": "cni0",
                    "isGateway": True,
                    "ipMasq": False,
                    "hairpinMode": True,
                    "ipam": {
                        "type": "host-local",
                        "ranges": [[{"subnet": str(layout.addresses.pods)}]],
                        "routes": [{"dst": "0.0.0.0/0"}],
                    },
                },
                {"type": "portmap", "capabilities": {"portMappings": True}},
            ],
        },
        indent=2,
    )


def import_images(layout: Layout, archives: Iterable[Path]) -> list[str]:
    """Load the images of OCI archives that are not there with the same content yet; returns the names of those it
    loaded. Raises ProcessFailedError."""
    present = _present(layout)
    loaded: list[str] = []
    for archive in archives:
        wanted = images_in(archive)
        if any(present.get(name) != digest for name, digest in wanted.items()):
            _ctr(layout, "images", "import", str(archive))
            loaded += wanted
    return loaded


def images_in(archive: Path) -> dict[str, str]:
    """The digest of each image in an OCI archive, by its name. Raises ProcessFailedError when it is none."""
    try:
        with tarfile.open(archive) as tar:
            index = tar.extractfile("index.json")
            manifests = json.load(index)["manifests"] if index else []
        return {manifest["annotations"]["io.containerd.image.name"]: manifest["digest"] for manifest in manifests}
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise ProcessFailedError(f"{archive} is no archive of named OCI images: {error!r}") from error


def _present(layout: Layout) -> dict[str, str]:
    lines = _ctr(layout, "images", "list").splitlines()[1:]
    found = (re.match(r"(\S+)\s+\S+\s+(sha256:\S+)", line) for line in lines)
    return {match.group(1): match.group(2) for match in found if match}


def _ctr(layout: Layout, *arguments: str) -> str:
    program = layout.programs.system["containerd"].path.with_name("ctr")
    argv = [str(program), "--address", str(layout.containerd_socket), "--namespace", NAMESPACE, *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProcessFailedError(f"`{' '.join(argv)}` ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
        probe.connect(str(path))
        return True
    return False


def _settings(layout: Layout, pause_image: str) -> str:
    # Its strings are TOML's as well as JSON's.
    quoted = json.dumps
    folder = layout.folder / "containerd"
    return f"""\
version = 2
root = {quoted(str(folder / "root"))}
state = {quoted(str(folder / "state"))}
disabled_plugins = {quoted(UNUSED_PLUGINS)}

[grpc]
address = {quoted(str(layout.containerd_socket))}

[ttrpc]
address = {quoted(f"{layout.containerd_socket}.ttrpc")}

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = {quoted(pause_image)}
# A machine that is a container itself may not make a process safer from the OOM killer than it is.
restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = {quoted(str(layout.programs.cni.path))}
conf_dir = {quoted(str(layout.folder / "cni-networks"))}

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
BinaryName = {quoted(str(layout.programs.system["runc"].path))}
"""
