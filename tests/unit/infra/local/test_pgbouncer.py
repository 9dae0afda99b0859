import stat
from pathlib import Path

import pytest

from infra.local.pgbouncer import pgbouncer_process, supports_prepared_statements
from infra.local.process import ProcessSpec


def process(folder: Path, version: str = "1.18.0") -> ProcessSpec:
    return pgbouncer_process(
        binary=Path("/usr/sbin/pgbouncer"),
        version=version,
        folder=folder,
        port=20001,
        server_port=20002,
        passwords={"app": 'say "hi"'},
    )


@pytest.mark.requirement("FLOW-021")
def test_it_pools_by_transaction(tmp_path: Path) -> None:
    process(tmp_path)

    assert "pool_mode = transaction\n" in (tmp_path / "pgbouncer.ini").read_text()


@pytest.mark.requirement("FLOW-019")
def test_passwords_are_quoted_and_readable_by_the_owner_alone(tmp_path: Path) -> None:
    process(tmp_path)
    roles = tmp_path / "userlist.txt"

    assert roles.read_text() == '"app" "say ""hi"""\n'
    assert stat.S_IMODE(roles.stat().st_mode) == 0o600


@pytest.mark.parametrize(("version", "supported"), [("1.18.0", False), ("1.21.0", True), ("1.25.1", True)])
def test_prepared_statements_are_kept_where_the_release_can(tmp_path: Path, version: str, supported: bool) -> None:
    process(tmp_path, version)

    assert supports_prepared_statements(version) is supported
    assert ("max_prepared_statements" in (tmp_path / "pgbouncer.ini").read_text()) is supported
