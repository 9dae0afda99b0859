from pathlib import Path

import pytest

from infra.image.archive import Entry, ImageConfig, layer, write_image
from loadtests.cluster.sizes import Size, read, results

pytestmark = pytest.mark.requirement("CLUSTER-021")


def test_the_size_of_an_image_is_what_a_pull_moves(tmp_path: Path) -> None:
    made = layer([Entry(b"hello" * 1000, "/hello")], tmp_path)
    image = write_image(tmp_path / "image.tar", "dev.local/hello:1", [made], ImageConfig(["/hello"]))

    assert read(tmp_path / "image.tar") == ("dev.local/hello:1", (image.digest, image.compressed_size))


def test_an_image_above_the_budget_is_a_target_missed() -> None:
    found = results([Size("alarm", "sha256:0", 50_000_000), Size("chat-api", "sha256:1", 90_000_001)], "")

    assert [(result.value, result.met) for result in found] == [(50.0, True), (90.0, False)]
