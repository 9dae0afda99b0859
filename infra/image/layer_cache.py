"""Layers that are made once for each content of their sources."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from infra.image.archive import Layer, Member, layer
from infra.local.tools.cache import cached

LAYER = "layer.tar.gz"
DIGESTS = "digests"


def cached_layer(key: str, entries: Callable[[Path], Iterable[Member]]) -> Layer:
    """The layer of `entries(scratch)`, from the cache if one with this key is there.

    The key has to change whenever the entries would. `scratch` is a folder for what has to be made first.
    """

    def make(folder: Path) -> None:
        scratch = folder / "scratch"
        scratch.mkdir()
        made = layer(entries(scratch), folder)
        shutil.rmtree(scratch)
        made.path.rename(folder / LAYER)
        (folder / DIGESTS).write_text(f"{made.digest}\n{made.diff_id}\n")

    folder = cached("image-layers", key, make)
    digest, diff_id = (folder / DIGESTS).read_text().split()
    return Layer(folder / LAYER, digest, diff_id, (folder / LAYER).stat().st_size)
