"""`python -m infra.local.tools`: a missing tool stops CI, and nobody else."""

from pathlib import Path
from typing import NoReturn

import pytest

from infra.local import tools
from infra.local.tools.__main__ import main


@pytest.fixture(autouse=True)
def _all_but_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> NoReturn:
        raise tools.ToolMissingError("Chromium is missing: apt install chromium")

    for name in ("java", "kafka", "scheduler", "daprd", "pgbouncer"):
        monkeypatch.setattr(tools, name, lambda name=name: tools.Tool(name, "1", Path("/bin/true"), "a test"))
    monkeypatch.setattr(tools, "chromium", missing)


def test_a_missing_tool_fails_ci(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CI", "true")

    assert main() == 1
    assert "apt install chromium" in capsys.readouterr().err


def test_a_missing_tool_is_only_told_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)

    assert main() == 0
    assert "will be skipped" in capsys.readouterr().err
