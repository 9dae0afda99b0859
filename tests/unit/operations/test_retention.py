"""The event log is shortened by whole months only."""

import re
from pathlib import Path

import pytest

import functions

pytestmark = pytest.mark.requirement("TRUST-124")


def test_no_code_deletes_from_the_event_log_row_by_row() -> None:
    deletes = re.compile(r"DELETE\s+FROM\s+(?:public\.)?events\b", re.I)
    sources = [path for ending in ("py", "sql") for path in Path(functions.__path__[0]).rglob(f"*.{ending}")]
    assert len(sources) > 100
    assert [str(path) for path in sources if deletes.search(path.read_text())] == []
