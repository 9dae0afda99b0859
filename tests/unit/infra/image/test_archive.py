import gzip
import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from infra.image.archive import Directory, Entry, ImageConfig, Layer, Link, Member, layer, tree, write_image

pytestmark = pytest.mark.requirement("CLUSTER-002")

PASSWD = Entry(b"nonroot:x:65532:65532::/tmp:/sbin/nologin\n", "/etc/passwd")
CONFIG = ImageConfig(["/bin/app"], ["--serve"], "65532:65532", {"MODE": "test"}, "/app", {"title": "app"}, "arm64")


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def members(made: Layer) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(made.path) as tar:
        return {info.name: info for info in tar}


def read(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        assert len(names) == len(set(names))
        return {name: tar.extractfile(name).read() for name in names}  # type: ignore[union-attr]


def blob(files: dict[str, bytes], descriptor: dict[str, Any]) -> bytes:
    content = files["blobs/" + descriptor["digest"].replace(":", "/")]
    assert (sha256(content), len(content)) == (descriptor["digest"], descriptor["size"])
    return content


def test_the_same_entries_give_the_same_layer_whatever_the_machine_says_of_its_files(tmp_path: Path) -> None:
    made = []
    for name, mask, modified in (("one", 0o644, 1), ("two", 0o600, 2_000_000_000)):
        source = tmp_path / name
        source.write_text("same")
        source.chmod(mask)
        os.utime(source, (modified, modified))
        entries: list[Member] = [PASSWD, Entry(source, "/app/file"), Directory("/data", 0o1777)]
        made.append(layer(entries if name == "one" else reversed(entries), tmp_path / f"{name}-layers"))

    assert made[0].digest == made[1].digest
    assert made[0].path.read_bytes() == made[1].path.read_bytes()


def test_a_layers_digests_and_size_are_those_of_its_file(tmp_path: Path) -> None:
    made = layer([PASSWD], tmp_path)

    content = made.path.read_bytes()
    assert (made.digest, made.size) == (sha256(content), len(content))
    assert made.diff_id == sha256(gzip.decompress(content))
    assert list(tmp_path.iterdir()) == [made.path]


def test_entries_belong_to_root_have_no_time_and_come_after_their_directories(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh")
    program.chmod(0o700)

    found = members(layer([Entry(program, "/usr/bin/program"), PASSWD, Link("usr/bin", "/bin")], tmp_path / "layers"))

    assert list(found) == ["bin", "etc", "etc/passwd", "usr", "usr/bin", "usr/bin/program"]
    assert {(info.uid, info.gid, info.uname, info.gname, info.mtime) for info in found.values()} == {(0, 0, "", "", 0)}
    assert (found["usr/bin/program"].mode, found["etc/passwd"].mode, found["usr"].mode) == (0o755, 0o644, 0o755)
    assert found["bin"].linkname == "usr/bin"


def test_an_entry_of_a_link_is_a_copy_of_what_it_points_at(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("content")
    (tmp_path / "link").symlink_to("real")

    made = layer([Entry(tmp_path / "link", "/lib/name", 0o600)], tmp_path / "layers")

    info = members(made)["lib/name"]
    assert (info.isreg(), info.size, info.mode) == (True, len("content"), 0o600)


def test_a_tree_keeps_links_and_empty_folders_and_leaves_out_what_is_skipped(tmp_path: Path) -> None:
    for name in ("keep/file", "drop/file", "keep/drop.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "keep" / "link").symlink_to("file")
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp").chmod(0o1777)

    found = list(tree(tmp_path, "/opt/", skip=lambda path: path.name.startswith("drop")))

    assert found == [
        Entry(tmp_path / "keep" / "file", "/opt/keep/file"),
        Link("file", "/opt/keep/link"),
        Directory("/opt/tmp", 0o1777),
    ]


def test_two_different_entries_at_one_place_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    layer([PASSWD, PASSWD], tmp_path / "same")
    with pytest.raises(ValueError, match="two entries for /etc/passwd"):
        layer([PASSWD, Entry(b"", "etc/passwd")], tmp_path / "different")

    assert list((tmp_path / "different").iterdir()) == []


def test_an_archive_is_an_image_layout_whose_descriptors_all_hold(tmp_path: Path) -> None:
    layers = [layer([PASSWD], tmp_path), layer([Entry(b"code", "/app/main.py")], tmp_path)]

    image = write_image(tmp_path / "out" / "app.tar", "dev.local/app:v1", layers, CONFIG)

    files = read(image.archive)
    assert json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    (descriptor,) = json.loads(files["index.json"])["manifests"]
    assert descriptor["annotations"] == {
        "io.containerd.image.name": "dev.local/app:v1",
        "org.opencontainers.image.ref.name": "v1",
    }
    assert descriptor["digest"] == image.digest
    manifest = json.loads(blob(files, descriptor))
    config = json.loads(blob(files, manifest["config"]))
    unpacked = [gzip.decompress(blob(files, descriptor)) for descriptor in manifest["layers"]]
    assert config["rootfs"]["diff_ids"] == [sha256(content) for content in unpacked]
    assert image.compressed_size == sum(len(c) for name, c in files.items() if name.startswith("blobs/"))


def test_a_config_says_how_the_image_is_started(tmp_path: Path) -> None:
    image = write_image(tmp_path / "app.tar", "app:v1", [layer([PASSWD], tmp_path)], CONFIG)

    files = read(image.archive)
    manifest = json.loads(blob(files, json.loads(files["index.json"])["manifests"][0]))
    config = json.loads(blob(files, manifest["config"]))
    assert (config["architecture"], config["os"]) == ("arm64", "linux")
    assert config["config"] == {
        "Entrypoint": ["/bin/app"],
        "Cmd": ["--serve"],
        "User": "65532:65532",
        "Env": ["MODE=test"],
        "WorkingDir": "/app",
        "Labels": {"title": "app"},
    }


def test_a_digest_tells_content_not_name(tmp_path: Path) -> None:
    made = layer([PASSWD], tmp_path)
    first = write_image(tmp_path / "1.tar", "app:v1", [made], CONFIG)
    renamed = write_image(tmp_path / "2.tar", "app:v2", [made], CONFIG)
    restarted = write_image(tmp_path / "3.tar", "app:v1", [made], ImageConfig(["/bin/other"]))

    assert first.digest == renamed.digest != restarted.digest
    assert write_image(tmp_path / "4.tar", "app:v1", [made], CONFIG).archive.read_bytes() == first.archive.read_bytes()


def test_a_layer_that_is_in_an_image_twice_is_stored_and_counted_once(tmp_path: Path) -> None:
    made = layer([PASSWD], tmp_path)

    image = write_image(tmp_path / "twice.tar", "app:v1", [made, made], CONFIG)

    blobs = [content for name, content in read(image.archive).items() if name.startswith("blobs/")]
    assert blobs.count(made.path.read_bytes()) == 1
    assert image.compressed_size == sum(map(len, blobs))
