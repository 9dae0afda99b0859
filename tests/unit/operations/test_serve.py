"""The socket to serve on, and the log."""

import logging
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


@pytest.mark.requirement("FLOW-019")
def test_log_is_its_owners_alone(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    root.handlers = []
    logs.to_file(tmp_path / "new" / "taskwake.log")
    logging.getLogger("x").info("said")
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = before
    assert "said" in (tmp_path / "new" / "taskwake.log").read_text()
    assert (tmp_path / "new" / "taskwake.log").stat().st_mode & 0o077 == 0
