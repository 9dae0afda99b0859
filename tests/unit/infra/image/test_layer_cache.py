from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.image.archive import Entry, Member
from infra.image.layer_cache import cached_layer

pytestmark = pytest.mark.requirement("CLUSTER-002")


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_layer_is_made_once_for_each_key_and_found_whole_after() -> None:
    made: list[Path] = []

    def entries(scratch: Path) -> Iterator[Member]:
        made.append(scratch)
        (scratch / "file").write_text("made")
        yield Entry(scratch / "file", "/file")

    first, again, other = cached_layer("one", entries), cached_layer("one", entries), cached_layer("two", entries)

    assert first == again
    assert first.path.stat().st_size == first.size
    assert (other.digest, other.diff_id) == (first.digest, first.diff_id)
    assert len(made) == 2
    assert not any(scratch.exists() for scratch in made)
