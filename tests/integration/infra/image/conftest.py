"""The images of this checkout, really packed, and run without a container engine: an overlay of their layers."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.image.archive import Image
from infra.image.images import NAMES, pack

# As a container runtime does it: the layers over each other, read-only, and a writable /tmp alone.
ENTER = """
set -e
mount -t overlay overlay -o "lowerdir=$1" "$2"
mount -t tmpfs tmpfs "$2/tmp"
shift 2
exec env -i "$@"
"""


@dataclass(frozen=True)
class Unpacked:
    """An image, with each of its layers in a folder (the lowest first)."""

    image: Image
    layers: Sequence[Path]
    config: Mapping[str, Any]
    mount_point: Path

    def files(self) -> dict[str, Path]:
        """Every file of the image by its path in it."""
        return {
            f"/{path.relative_to(layer)}": path
            for layer in self.layers
            for path in layer.rglob("*")
            if path.is_symlink() or not path.is_dir()
        }

    def command(self, arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
        """What runs `arguments` in a container of this image."""
        variables = [*self.config["Env"], *(f"{key}={value}" for key, value in environment.items())]
        lower = ":".join(str(layer) for layer in reversed(self.layers))
        user, _, group = self.config["User"].partition(":")
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        return [
            *(*sudo, "unshare", "--mount", "sh", "-c", ENTER, "sh", lower, str(self.mount_point), *variables),
            *(str(shutil.which("unshare")), f"--root={self.mount_point}", f"--wd={self.config['WorkingDir']}"),
            *(f"--setuid={user}", f"--setgid={group}", *arguments),
        ]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run this to its end; its stderr is in its stdout."""
        return subprocess.run(
            self.command(arguments, environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=False,
        )

    @contextmanager
    def started(self, log: Path, port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """The image's own entrypoint, but at this port."""
        arguments = [*self.config["Entrypoint"], "--port", str(port)]
        with log.open("wb") as output:
            process = subprocess.Popen(self.command(arguments, environment), stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image]:
    """Every image."""
    return dict(zip(NAMES, pack(NAMES, tmp_path_factory.mktemp("images")), strict=True))


@pytest.fixture(scope="session")
def unpacked(packed: dict[str, Image], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Unpacked]]:
    """Every image, ready to be run."""
    if not _may_mount():
        message = "the images are not run: that needs Linux, and root or sudo, to mount their layers"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(f"NOT TESTED: {message}")
    folder = tmp_path_factory.mktemp("unpacked")
    yield {name: _unpack(image, folder, name) for name, image in packed.items()}
    shutil.rmtree(folder)


def _may_mount() -> bool:
    if sys.platform != "linux":
        return False
    sudo = ["sudo", "-n"] if os.geteuid() else []
    if sudo and not shutil.which("sudo"):
        return False
    return subprocess.run([*sudo, "unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


def _unpack(image: Image, folder: Path, name: str) -> Unpacked:
    with tarfile.open(image.archive) as archive:

        def blob(descriptor: Mapping[str, Any]) -> Any:
            return archive.extractfile("blobs/" + descriptor["digest"].replace(":", "/"))

        index = json.load(archive.extractfile("index.json"))  # type: ignore[arg-type]
        manifest = json.load(blob(index["manifests"][0]))
        config = json.load(blob(manifest["config"]))["config"]
        layers = []
        for descriptor in manifest["layers"]:
            layer = folder / descriptor["digest"].replace(":", "-")
            layers.append(layer)
            if not layer.exists():
                layer.mkdir()
                command = ["tar", "--extract", "--gzip", "--preserve-permissions", "--directory", str(layer)]
                subprocess.run(command, input=blob(descriptor).read(), check=True)
    mount_point = folder / name
    mount_point.mkdir()
    return Unpacked(image, layers, config, mount_point)
