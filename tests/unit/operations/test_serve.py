"""The socket to serve on, and the log."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.kernel.telemetry import logs
from functions.operations.serve import PortTakenError, listen


def test_port_0_takes_a_free_one_and_a_taken_one_is_refused() -> None:
    first = listen(0)
    port = first.getsockname()[1]
    assert port > 0
    with pytest.raises(PortTakenError, match=f"port {port} is taken"):
        listen(port)
    first.close()
    listen(port).close()


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """What is logged goes there, for this test."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    root.handlers = []
    logs.to_file(tmp_path / "new" / "taskwake.log")
    yield tmp_path / "new" / "taskwake.log"
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = before


@pytest.mark.requirement("FLOW-019")
def test_log_is_its_owners_alone(log_file: Path) -> None:
    logging.getLogger("x").info("said")
    assert "said" in log_file.read_text()
    assert log_file.stat().st_mode & 0o077 == 0


@pytest.mark.requirement("TRUST-167")
def test_log_is_begun_anew_when_it_is_full_and_so_many_before_it_are_kept(log_file: Path) -> None:
    for number in range(logs.OLDER_FILES + 3):
        logging.getLogger("x").info("%d %s", number, "x" * logs.FILE_BYTES)
    kept = sorted(log_file.parent.iterdir())
    assert [path.name for path in kept] == ["taskwake.log", *(f"taskwake.log.{n + 1}" for n in range(logs.OLDER_FILES))]
    assert '"message": "6 ' in log_file.read_text()
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
