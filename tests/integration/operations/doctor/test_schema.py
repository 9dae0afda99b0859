"""The doctor finds what is wrong with the database itself, and says what to do."""

import pytest

from functions.operations.doctor import schema
from functions.operations.doctor.sight import Sight

pytestmark = pytest.mark.requirement("TRUST-031")


def test_a_migrated_database_with_its_roles_is_well(sight: Sight) -> None:
    for check in (schema.version, schema.migrations, schema.roles, schema.row_security):
        assert check(sight).state == "well", check(sight)


def test_a_server_of_before_there_was_a_transaction_timeout_is_too_old(
    sight: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "OLDEST_SERVER", 990000)

    found = schema.version(sight)

    assert (found.state, found.where) == ("wrong", "here")
    assert "too old" in found.what


def test_an_older_schema_is_behind_one_of_another_release_ahead_and_an_empty_database_has_none(sight: Sight) -> None:
    sight.connection.execute("UPDATE alembic_version SET version_num = '0001'")
    behind = schema.migrations(sight)
    sight.connection.execute("UPDATE alembic_version SET version_num = '9999'")
    ahead = schema.migrations(sight)
    sight.connection.execute("DROP TABLE alembic_version")
    none = schema.migrations(sight)

    assert (behind.state, ahead.state, none.state) == ("wrong", "wrong", "wrong")
    assert behind.what.startswith("revision 0001, behind")
    assert "taskwake migrate" in behind.todo
    assert "of another release" in ahead.what
    assert "no schema" in none.what


def test_a_server_that_does_not_wait_for_its_disk_is_found(sight: Sight) -> None:
    # The tests' own server runs without fsync.
    found = schema.settings(sight)
    sight.connection.execute("SET LOCAL synchronous_commit = off")
    both = schema.settings(sight)

    assert (found.state, found.what) == ("wrong", "fsync = off")
    assert both.what == "fsync = off, synchronous_commit = off"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("ALTER ROLE taskwake_workers BYPASSRLS", "taskwake_workers is BYPASSRLS"),
        ("ALTER ROLE taskwake_api SUPERUSER", "taskwake_api is SUPERUSER"),
        ("ALTER TABLE tasks OWNER TO taskwake_functions", "taskwake_functions owns"),
        ("GRANT postgres TO taskwake_chat_api", "taskwake_chat_api is a member of postgres"),
        ("REVOKE taskwake_api FROM taskwake_chat_api", "taskwake_chat_api is no member of taskwake_api"),
        ("ALTER ROLE taskwake_workers RENAME TO taskwake_other", "taskwake_workers is missing"),
    ],
)
def test_a_role_that_may_more_or_less_than_it_should_is_named(sight: Sight, fault: str, said: str) -> None:
    sight.connection.execute(fault)

    found = schema.roles(sight)

    assert found.state == "wrong"
    assert said in found.what
    assert found.todo


def test_a_table_without_row_level_security_or_open_to_everybody_is_named(sight: Sight) -> None:
    sight.connection.execute("ALTER TABLE notices DISABLE ROW LEVEL SECURITY")
    sight.connection.execute("GRANT SELECT ON filters TO PUBLIC")

    found = schema.row_security(sight)

    assert (found.state, found.what) == ("wrong", "off on notices; everybody may use filters")
