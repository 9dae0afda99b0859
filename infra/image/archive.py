"""OCI image archives written from files, with no registry and no container engine.

An archive is an image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md) in a tar file, as
`ctr --namespace k8s.io images import` and `podman load` read it. The same files give the same bytes: no time, owner or
mask of the machine gets in.
"""

import gzip
import io
import json
import os
import platform
import stat
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from infra.image.digest import Digesting, digest_of

MEDIA_TYPE = "application/vnd.oci.image"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
COMPRESSION_LEVEL = 6


@dataclass(frozen=True)
class Entry:
    """A file of an image: a copy of `source` (what a link points at), or these bytes.

    Without `mode` it is 0755 if the source can be run, else 0644.
    """

    source: Path | bytes
    target: str
    mode: int | None = None


@dataclass(frozen=True)
class Link:
    """A symbolic link of an image."""

    to: str
    target: str


@dataclass(frozen=True)
class Directory:
    """A directory of an image; those above an entry need not be named, they are 0755."""

    target: str
    mode: int = 0o755


Member = Entry | Link | Directory


@dataclass(frozen=True)
class Layer:
    """A gzipped tar file at `path`: its digest, the digest of what is inside (diff_id), its size in bytes."""

    path: Path
    digest: str
    diff_id: str
    size: int


@dataclass(frozen=True)
class ImageConfig:
    """How a container of the image is started (https://github.com/opencontainers/image-spec/blob/main/config.md)."""

    entrypoint: Sequence[str]
    cmd: Sequence[str] = ()
    user: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    workdir: str = "/"
    labels: Mapping[str, str] = field(default_factory=dict)
    architecture: str = ARCHITECTURES.get(platform.machine(), platform.machine())


@dataclass(frozen=True)
class Image:
    """An image in an archive: its full name with tag, its manifest's digest, and the bytes that a pull of it moves."""

    name: str
    digest: str
    compressed_size: int
    archive: Path
    layers: int


def tree(source: Path, target: str, *, skip: Callable[[Path], bool] = lambda _: False) -> Iterator[Member]:
    """All files and links below the folder `source`, at their places below `target`; links and empty folders stay.

    `skip` is asked with each path relative to `source`; a folder that it names is left out as a whole.
    """
    for name in sorted(os.listdir(source)):
        yield from _below(source, Path(name), target, skip)


def _below(source: Path, path: Path, target: str, skip: Callable[[Path], bool]) -> Iterator[Member]:
    if skip(path):
        return
    place = f"{target.rstrip('/')}/{path.as_posix()}"
    if (source / path).is_symlink():
        yield Link(os.readlink(source / path), place)
    elif (source / path).is_dir():
        names = sorted(os.listdir(source / path))
        if not names:
            yield Directory(place, 0o1777 if (source / path).stat().st_mode & stat.S_ISVTX else 0o755)
        for name in names:
            yield from _below(source, path / name, target, skip)
    else:
        yield Entry(source / path, place)


def layer(entries: Iterable[Member], folder: Path) -> Layer:
    """Write the layer with these entries into `folder`, as `<digest>.tar.gz`.

    Raises ValueError when two different entries have one target.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        path = Path(scratch, "layer")
        with path.open("wb") as blob:
            compressed = Digesting(blob)
            with gzip.GzipFile("", "wb", COMPRESSION_LEVEL, compressed, mtime=0) as zipped:
                plain = Digesting(zipped)
                with tarfile.open(fileobj=cast(BinaryIO, plain), mode="w|", format=tarfile.PAX_FORMAT) as tar:
                    for place, member in sorted(_by_place(entries).items()):
                        _add(tar, place, member)
        path = path.rename(folder / f"{compressed.digest.removeprefix('sha256:')}.tar.gz")
    return Layer(path, compressed.digest, plain.digest, path.stat().st_size)


def image_digest(layers: Sequence[Layer], config: ImageConfig) -> str:
    """The digest that an image of these has, whatever its name."""
    return digest_of(_manifest(layers, _json(_config(layers, config))))


def write_image(out: Path, name: str, layers: Sequence[Layer], config: ImageConfig) -> Image:
    """Write the archive `out` with one image; `name` is its full name with tag, such as `dev.local/broker:4.1.1`."""
    description = _json(_config(layers, config))
    manifest = _manifest(layers, description)
    index = {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA_TYPE}.index.v1+json",
        "manifests": [
            {
                "mediaType": f"{MEDIA_TYPE}.manifest.v1+json",
                **_descriptor(manifest),
                # containerd names what it imports by the first, others read the second.
                "annotations": {
                    "io.containerd.image.name": name,
                    "org.opencontainers.image.ref.name": name.rpartition(":")[2],
                },
            }
        ],
    }
    files: dict[str, Path | bytes] = {
        "oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
        "index.json": _json(index),
        **{_blob_path(digest_of(content)): content for content in (manifest, description)},
        **{_blob_path(layer.digest): layer.path for layer in layers},
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as tar:
        for place, source in files.items():
            _add(tar, place, Entry(source, place, 0o644))
    part.replace(out)
    size = len(manifest) + len(description) + sum({layer.digest: layer.size for layer in layers}.values())
    return Image(name, digest_of(manifest), size, out, len(layers))


def _manifest(layers: Sequence[Layer], description: bytes) -> bytes:
    return _json(
        {
            "schemaVersion": 2,
            "mediaType": f"{MEDIA_TYPE}.manifest.v1+json",
            "config": {"mediaType": f"{MEDIA_TYPE}.config.v1+json", **_descriptor(description)},
            "layers": [
                {"mediaType": f"{MEDIA_TYPE}.layer.v1.tar+gzip", "digest": layer.digest, "size": layer.size}
                for layer in layers
            ],
        }
    )


def _config(layers: Sequence[Layer], config: ImageConfig) -> dict[str, object]:
    return {
        "architecture": config.architecture,
        "os": "linux",
        "config": {
            "Entrypoint": list(config.entrypoint),
            "Cmd": list(config.cmd),
            "User": config.user,
            "Env": [f"{key}={value}" for key, value in config.env.items()],
            "WorkingDir": config.workdir,
            "Labels": dict(config.labels),
        },
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
    }


def _by_place(entries: Iterable[Member]) -> dict[str, Member]:
    """Every entry by its path in the image, the directories above it included."""
    places: dict[str, Member] = {}
    for entry in entries:
        place = entry.target.strip("/")
        if places.setdefault(place, entry) != entry:
            raise ValueError(f"two entries for /{place} in one layer: {places[place]} and {entry}")
    for place in list(places):
        for parent in PurePosixPath(place).parents[:-1]:
            places.setdefault(str(parent), Directory(str(parent)))
    return places


def _add(tar: tarfile.TarFile, place: str, member: Member) -> None:
    info = tarfile.TarInfo(place)
    match member:
        case Directory(_, mode):
            info.type, info.mode = tarfile.DIRTYPE, mode
            tar.addfile(info)
        case Link(to, _):
            info.type, info.linkname, info.mode = tarfile.SYMTYPE, to, 0o777
            tar.addfile(info)
        case Entry(bytes() as content, _, mode):
            info.size, info.mode = len(content), 0o644 if mode is None else mode
            tar.addfile(info, io.BytesIO(content))
        case Entry(Path() as source, _, mode):
            with source.open("rb") as file:
                status = os.fstat(file.fileno())
                info.size = status.st_size
                info.mode = mode if mode is not None else 0o755 if status.st_mode & 0o111 else 0o644
                tar.addfile(info, file)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _descriptor(content: bytes) -> dict[str, object]:
    return {"digest": digest_of(content), "size": len(content)}


def _blob_path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"
