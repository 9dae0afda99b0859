"""A migration only adds: what would disturb the release that still runs is found before it is merged."""

import importlib
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import alembic.op
import pytest

from functions.operations.migrate import MIGRATIONS
from infra.lint.migration import findings

pytestmark = pytest.mark.requirement("TRUST-039")

FIRST = "0019"
"""Those before it came with the first release: no other ran beside them."""
KEPT = sorted(path for path in (MIGRATIONS / "versions").glob("[0-9]*.py") if path.name[:4] >= FIRST)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_each_migration_keeps_the_former_release_running(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(alembic.op, "execute", said.append, raising=False)
    outside = SimpleNamespace(autocommit_block=nullcontext)
    monkeypatch.setattr(alembic.op, "get_context", lambda: outside, raising=False)
    importlib.import_module(f"infra.migrations.versions.{path.stem}").upgrade()

    assert said, f"{path.name} does not use op.execute, so it cannot be looked at"
    assert list(findings(";\n".join(said))) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("ALTER TABLE tasks DROP COLUMN notes", "takes away"),
        ("ALTER TABLE tasks ADD COLUMN a int, DROP notes", "takes away"),
        ("ALTER TABLE tasks RENAME COLUMN notes TO text", "takes away"),
        ("ALTER TABLE tasks RENAME TO jobs", "takes away"),
        ("DROP TABLE IF EXISTS notices", "notices is dropped"),
        ("DROP FUNCTION news", "news is dropped"),
        ("ALTER TABLE tasks ADD COLUMN place text NOT NULL", "refuses what the former release writes"),
        ("ALTER TABLE tasks ADD place numeric(3, 2) NOT NULL", "refuses"),
        ("CREATE INDEX x ON events (key)", "nobody can write to events"),
        ("CREATE UNIQUE INDEX ON events (key)", "nobody can write to events"),
        ("ALTER TABLE tasks ALTER COLUMN zone SET NOT NULL", "reads every row"),
        ("ALTER TABLE tasks ALTER COLUMN version TYPE int", "reads every row"),
        ("ALTER TABLE tasks ADD CONSTRAINT x CHECK (version > 0)", "reads every row"),
    ],
)
def test_what_would_disturb_is_named_with_the_word_that_allows_it(sql: str, said: str) -> None:
    [found] = findings(f"CREATE TABLE other (id int); {sql};")
    table = found.split("-- ")[1].split(": ")[1]
    kind = found.split("-- ")[1].split(": ")[0]

    assert said in found
    assert list(findings(f"-- {kind}: {table}: nobody uses it\n{sql};")) == []
    assert list(findings(f"-- {kind}: another: nobody uses it\n{sql};")) == [found]


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE tasks ADD COLUMN place text, ADD COLUMN priority int NOT NULL DEFAULT 4",
        "ALTER TABLE tasks ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (x(title, notes)) STORED",
        "CREATE TABLE other (id int NOT NULL); CREATE INDEX ON other (id); ALTER TABLE other ADD UNIQUE (id)",
        "CREATE INDEX CONCURRENTLY x ON events (key)",
        "ALTER TABLE tasks ADD CONSTRAINT x CHECK (version > 0) NOT VALID",
        "ALTER TABLE tasks ALTER COLUMN zone DROP NOT NULL, DROP CONSTRAINT x",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE tasks; END $$",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM tasks; END; -- DROP TABLE tasks",
    ],
)
def test_what_only_adds_is_let_through(sql: str) -> None:
    assert list(findings(sql)) == []
