import threading
from pathlib import Path

import pytest

from infra.local.tools.cache import cache_root, cached
from infra.local.tools.tool import ToolMissingError


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_tool_is_made_once_and_found_after(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "tool").write_text("works")

    first, second = cached("sample", "1.0", make), cached("sample", "1.0", make)

    assert first == second == tmp_path / "taskwake" / "sample" / "1.0"
    assert (first / "tool").read_text() == "works"
    assert len(made) == 1


def test_a_failed_make_leaves_nothing_that_looks_complete() -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise ToolMissingError("no network")

    with pytest.raises(ToolMissingError):
        cached("sample", "1.0", fail)

    assert [path.name for path in (cache_root() / "sample").iterdir()] == ["1.0.lock"]


def test_two_that_want_a_tool_at_once_make_it_once() -> None:
    both_run = threading.Barrier(2)
    made: list[Path] = []

    def want() -> None:
        both_run.wait()
        cached("sample", "1.0", made.append)

    threads = [threading.Thread(target=want) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
