from pathlib import Path

import pytest

from infra.image.archive import Entry, ImageConfig, layer, write_image
from infra.local.cluster.containerd import images_in
from infra.local.cluster.images import libraries
from infra.local.process import ProcessFailedError

pytestmark = pytest.mark.requirement("CLUSTER-011")


def test_a_dynamic_program_takes_its_loader_and_its_c_library_along() -> None:
    names = {Path(entry.target).name for entry in libraries([Path("/bin/sh")])}

    assert "libc.so.6" in names
    assert any(name.startswith("ld-linux") for name in names)


def test_the_images_of_an_archive_are_told_with_their_digests(tmp_path: Path) -> None:
    made = layer([Entry(b"hello", "/hello")], tmp_path)
    image = write_image(tmp_path / "image.tar", "dev.local/hello:1", [made], ImageConfig(["/hello"]))

    assert images_in(tmp_path / "image.tar") == {"dev.local/hello:1": image.digest}


def test_a_file_that_is_no_archive_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "image.tar").write_text("not an archive")

    with pytest.raises(ProcessFailedError, match=r"image\.tar"):
        images_in(tmp_path / "image.tar")
