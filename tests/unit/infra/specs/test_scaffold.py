from pathlib import Path

import pytest

from infra.specs.__main__ import main
from infra.specs.check import check
from infra.specs.finding import SpecsError
from infra.specs.scaffold import scaffold
from infra.specs.structure import SECTIONS

pytestmark = pytest.mark.requirement("FLOW-028")


def findings(root: Path) -> list[str]:
    return [str(finding) for finding in check(root)]


def test_the_next_number_is_taken(repository: Path) -> None:
    (repository / "specs/007-old").mkdir()
    assert scaffold(repository, "shared-lists") == Path("specs/008-shared-lists")


def test_a_fresh_folder_has_every_document_and_only_placeholders_left(repository: Path) -> None:
    folder = scaffold(repository, "shared-lists")
    assert all((repository / folder / name).is_file() for name in SECTIONS)
    other = [finding for finding in findings(repository) if "a placeholder is left" not in finding]
    assert len(other) == 1, other
    assert "no test shows LISTS-001" in other[0]


def test_every_document_of_a_fresh_folder_has_something_to_fill(repository: Path) -> None:
    folder = scaffold(repository, "time")
    found = {finding.split(":")[0] for finding in findings(repository) if "a placeholder is left" in finding}
    assert found == {f"{folder}/{name}" for name in SECTIONS}


def test_both_gates_ask_every_article(repository: Path) -> None:
    plan = (repository / scaffold(repository, "time") / "plan.md").read_text()
    assert plan.count("\n| I | [[fill:") == plan.count("\n| II | [[fill:") == 2


@pytest.mark.parametrize("name", ["Bell", "bell_tower", "bell--tower", "-bell", "bell-", "7bells", "", "../bell"])
def test_a_name_that_is_not_kebab_case_writes_nothing(repository: Path, name: str) -> None:
    before = sorted(repository.rglob("*"))
    with pytest.raises(SpecsError, match="is not kebab-case"):
        scaffold(repository, name)
    assert sorted(repository.rglob("*")) == before


def test_a_taken_name_is_refused(repository: Path) -> None:
    with pytest.raises(SpecsError, match="named `bell` exists"):
        scaffold(repository, "bell")


def test_the_commands_tell_by_their_exit_code(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--root", str(repository)]
    assert main([*root, "check"]) == 0
    assert main([*root, "new", "gong"]) == 0
    assert main([*root, "check"]) == 1
    assert main([*root, "new", "gong"]) == 2
    captured = capsys.readouterr()
    assert "specs/002-gong/plan.md:5: a placeholder is left" in captured.out
    assert "specs: a spec folder named `gong` exists" in captured.err
