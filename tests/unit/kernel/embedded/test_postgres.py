"""PostgreSQL's log, as long as it may be."""

from pathlib import Path

import pytest

from functions.kernel.embedded import postgres
from functions.kernel.embedded.postgres import Postgres

pytestmark = pytest.mark.requirement("TRUST-167")


def test_a_log_that_is_too_long_is_put_aside_while_the_server_writes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LOG_BYTES", 20)
    server, aside = Postgres(tmp_path), tmp_path / "postgres.log.1"
    server.bound_log()  # before there is any
    with server.log_file.open("ab", buffering=0) as log:  # as the server has it
        log.write(b"of long ago\n" * 9)
        server.bound_log()
        log.write(b"older\n" * 9)
        server.bound_log()
        log.write(b"newest\n")
        server.bound_log()

    assert server.log_file.read_bytes() == b"newest\n"
    assert aside.read_bytes() == b"older\n" * 9
    assert sorted(tmp_path.iterdir()) == [server.log_file, aside]
