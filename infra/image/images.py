"""The images: one of each function of the catalogue, and `operations`."""

import hashlib
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

from functions.catalogue import BY_NAME, FUNCTIONS
from infra.image import archive, bytecode, packages, runtime, source
from infra.image.archive import Image, ImageConfig, Layer, Member, image_digest, tree, write_image
from infra.image.layer_cache import cached_layer
from infra.image.packages import BASE, PACKAGES
from infra.image.runtime import CERTIFICATES, USER
from infra.image.source import APP, OPERATIONS
from infra.local.tools.progress import step

NAMES = (*(function.name for function in FUNCTIONS), OPERATIONS)
REPOSITORY = "dev.local/taskwake"
"""Knative asks no registry about images of this host."""
BUDGET_BYTES = 90_000_000

PYTHON = "/usr/local/bin/python"
SERVE = (PYTHON, "-m", "functions.kernel.host.server")
ENVIRONMENT = {
    "PATH": "/usr/local/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": f"/{PACKAGES}",
    "PYTHONUNBUFFERED": "1",
    # Time zones are those of the locked package tzdata, wherever it runs.
    "PYTHONTZPATH": "",
    "SSL_CERT_FILE": f"/{CERTIFICATES}",
}


def extra_of(name: str) -> str | None:
    """The extra of pyproject.toml that the image `name` holds beside what all hold."""
    return OPERATIONS if name == OPERATIONS else BY_NAME[name].extra


def config_of(name: str) -> ImageConfig:
    """How a container of the image `name` is started."""
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text())["project"]
    labels = {
        "org.opencontainers.image.title": name,
        "org.opencontainers.image.description": project["description"],
        "org.opencontainers.image.version": project["version"],
        "org.opencontainers.image.licenses": project["license"],
    }
    if name == OPERATIONS:
        return ImageConfig(
            (PYTHON, "-m", "functions.operations.cli"), ("--help",), f"{USER}:{USER}", ENVIRONMENT, f"/{APP}", labels
        )
    environment = ENVIRONMENT | {"FUNCTION_SOURCE": f"/{APP}/functions/main.py", "FUNCTION_TARGET": name}
    return ImageConfig(SERVE, (), f"{USER}:{USER}", environment, f"/{APP}", labels)


def pack(names: Sequence[str], out: Path) -> list[Image]:
    """Write the images `names` as `<out>/<name>.tar`. A tag tells the content: what did not change keeps it."""
    return [_pack(name, out) for name in names]


def _pack(name: str, out: Path) -> Image:
    extra = extra_of(name)
    layers = [runtime_layer(), packages_layer(BASE), *([packages_layer(extra)] if extra else []), _source(name)]
    config = config_of(name)
    tag = image_digest(layers, config).removeprefix("sha256:")[:12]
    return write_image(out / f"{name}.tar", f"{REPOSITORY}/{name}:{tag}", layers, config)


@cache
def runtime_layer() -> Layer:
    """The bottom of every image: Python."""
    stats = ((target, path.stat()) for path, target in runtime.sources())
    key = _key(runtime, *(f"{target} {stat.st_size} {stat.st_mtime_ns}" for target, stat in stats))
    return _layer("the Python runtime", key, runtime.lay_out)


@cache
def packages_layer(extra: str) -> Layer:
    """The packages of an extra, or of the base."""
    key = _key(packages, packages.requirements(extra).read_bytes())
    return _layer(f"the packages of {extra}", key, lambda root: packages.lay_out(root, extra))


def _source(name: str) -> Layer:
    contents = (part for path in source.files(name) for part in (str(path), (source.ROOT / path).read_bytes()))
    return _layer(f"the code of {name}", _key(source, *contents), lambda root: source.lay_out(root, name))


def _layer(what: str, key: str, lay_out: Callable[[Path], None]) -> Layer:
    def entries(scratch: Path) -> Iterator[Member]:
        with step(f"making the layer of {what}"):
            lay_out(scratch)
            yield from tree(scratch, "/")

    return cached_layer(key, entries)


def _key(made_by: ModuleType, *parts: str | bytes) -> str:
    """Of what a layer is made from, and of who makes it."""
    makers = (Path(str(module.__file__)).read_bytes() for module in (archive, bytecode, made_by))
    digest = hashlib.sha256()
    for part in (sys.version, *makers, *parts):
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:32]
