"""`taskwake doctor` over a whole installation."""

import json
import subprocess
from pathlib import Path

import psycopg
import pytest

from functions.operations.doctor import examination
from tests.served import Served, command

pytestmark = pytest.mark.requirement("TRUST-030")


def doctor(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command("doctor", *arguments), capture_output=True, text=True, timeout=60, check=False)


def test_a_healthy_installation_is_well_and_a_fault_is_told_with_code_1_and_nothing_is_changed(
    tmp_path: Path, serve
) -> None:
    served: Served = serve(tmp_path / "data")
    before = _written(served.owner_url)
    healthy = doctor("--data", str(served.folder))
    as_json = doctor("--data", str(served.folder), "--json")
    assert _written(served.owner_url) == before
    (served.folder / "taskwake.log").chmod(0o644)
    with psycopg.connect(served.owner_url) as connection:
        connection.execute("ALTER TABLE notices DISABLE ROW LEVEL SECURITY")
    ill = doctor("--data", str(served.folder))

    assert healthy.returncode == 0, healthy.stdout + healthy.stderr
    assert healthy.stderr == ""
    findings = json.loads(as_json.stdout)
    assert len(findings) == 4 + len(examination.DATABASE)
    assert {finding["state"] for finding in findings} == {"well"}
    assert set(findings[0]) == {"check", "state", "what", "where", "todo"}
    assert ill.returncode == 1
    assert f"2 of {len(findings)} are wrong." in ill.stderr
    assert "off on notices" in ill.stdout
    assert "chmod 600" in ill.stdout


def _written(url: str) -> int:
    """How many rows were ever written."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        row = connection.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables").fetchone()
    assert row is not None
    return int(row[0])


def test_where_nothing_runs_that_is_said(tmp_path: Path) -> None:
    gone = doctor("--data", str(tmp_path / "none"))
    stopped = doctor("--data", str(tmp_path), "--json")

    assert gone.returncode == 1
    assert "it is not there" in gone.stdout
    assert stopped.returncode == 1
    wrong = {finding["check"]: finding for finding in json.loads(stopped.stdout) if finding["state"] == "wrong"}
    assert {"server", "database"} <= set(wrong)
    assert "cannot be reached" in wrong["database"]["what"]


def test_a_database_that_may_sleep_is_looked_into_only_when_asked_and_its_password_is_not_shown() -> None:
    url = "postgresql://owner:of-the-owner@db.invalid:5432/taskwake"
    left = doctor("--url", url)
    woken = doctor("--url", url, "--wake")

    assert left.returncode == 0
    assert "--wake" in left.stdout
    assert woken.returncode == 1
    assert "cannot be reached" in woken.stdout
    assert "of-the-owner" not in left.stdout + left.stderr + woken.stdout + woken.stderr


def test_a_check_that_cannot_be_made_is_a_finding_and_the_others_go_on(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ALTER TABLE webhooks RENAME TO webhooks_of_old")
        try:
            found = {finding.check: finding for finding in examination.examine_database(database, wake=False)}
        finally:
            connection.execute("ALTER TABLE webhooks_of_old RENAME TO webhooks")

    assert found["webhooks"].state == "wrong"
    assert "cannot be looked at" in found["webhooks"].what
    assert found["mail"].state == "well"


def test_looking_cannot_write(database: str) -> None:
    sight = examination.look_into(database)
    with sight.connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        sight.rows("DELETE FROM tasks RETURNING id")
