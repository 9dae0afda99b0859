"""image: how many bytes a pull of each function's image moves."""

import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.image.images import BUDGET_BYTES
from loadtests.cluster.site import Site
from loadtests.result import Result, at_most

NAME = "image"
MB = 1e6


@dataclass(frozen=True, slots=True)
class Size:
    """An image: the function it is of, its digest, its compressed bytes."""

    name: str
    digest: str
    compressed: int


async def measure(site: Site, names: Sequence[str]) -> list[Size]:
    """Of these, as they are on the cluster. Raises RuntimeError when a function runs another than was packed last."""
    found = []
    for name in names:
        image, size = read(site.cluster.folder / "images" / f"{name}.tar")
        runs = await site.image_of(name)
        if runs != image:
            raise RuntimeError(f"{name} runs {runs}, and what was packed last is {image}: `taskwake cluster install`")
        found.append(Size(name, *size))
    return found


def read(archive: Path) -> tuple[str, tuple[str, int]]:
    """The name of the image in an OCI archive; its digest, and the bytes of its manifest, configuration and layers."""
    with tarfile.open(archive) as tar:

        def document(path: str) -> Any:
            member = tar.extractfile(path)
            assert member is not None
            return json.load(member)

        [manifest] = document("index.json")["manifests"]
        described = document(f"blobs/{manifest['digest'].replace(':', '/')}")
    blobs = {blob["digest"]: blob["size"] for blob in [described["config"], *described["layers"]]}
    name = manifest["annotations"]["io.containerd.image.name"]
    return name, (manifest["digest"], manifest["size"] + sum(blobs.values()))


def results(sizes: Sequence[Size], conditions: str) -> list[Result]:
    """Each within the budget."""
    return [
        at_most(f"{NAME}: {size.name}, compressed", size.compressed / MB, "MB", BUDGET_BYTES / MB, conditions)
        for size in sizes
    ]
