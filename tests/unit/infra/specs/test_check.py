"""One test per rule: a good repository passes, and each break is found where it is."""

import shutil
from pathlib import Path

import pytest

from infra.specs.check import check
from infra.specs.finding import SpecsError

pytestmark = pytest.mark.requirement("FLOW-028")

FOLDER = "specs/001-bell"
SPEC, PLAN, TASKS = f"{FOLDER}/spec.md", f"{FOLDER}/plan.md", f"{FOLDER}/tasks.md"
TEST = "tests/test_bell.py"


def replace(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


def place(root: Path, path: str, at: str) -> str:
    """`path:line` of the first line that contains `at`."""
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    return f"{path}:{next(number for number, line in enumerate(lines, 1) if at in line)}"


def findings(root: Path) -> list[str]:
    return [str(finding) for finding in check(root)]


def sole_finding(root: Path) -> str:
    found = findings(root)
    assert len(found) == 1, found
    return found[0]


def test_a_repository_in_order_has_no_finding(repository: Path) -> None:
    assert findings(repository) == []


# A file, what in it is replaced, by what, a text on the line where the finding must be, and what it must say.
BREAKS = {
    "section missing": (
        f"{FOLDER}/research.md",
        *("## Facts", "## Fables", "# Bell", "section `## Facts` is missing; add it"),
    ),
    "section empty": (
        f"{FOLDER}/research.md",
        *("Brass rings.", "<!-- brass -->", "## Facts", "section `## Facts` is empty; write it"),
    ),
    "placeholder left": (
        f"{FOLDER}/quickstart.md",
        *("Ring.", "[[fill: commands]]", "[[fill", "a placeholder is left; replace `[[fill: …]]`"),
    ),
    "decision's section missing": (
        "specs/decisions/0001-brass.md",
        *("## Alternatives", "## Else", "# 0001", "section `## Alternatives` is missing; add it"),
    ),
    "story without priority": (SPEC, "Hear it (P1)", "Hear it", "### Hear", "the story has no priority"),
    "story without scenario": (
        SPEC,
        *("when it is rung, then", "and", "### Hear", "the story has no acceptance scenario"),
    ),
    "requirement empty": (SPEC, " A bell that is rung is heard.", "", "BELL-001", "BELL-001 says nothing"),
    "context lacks a field": (
        PLAN,
        *("- **Scale**: one bell\n", "", "## Technical", "Technical Context lacks Scale; add `**Scale**: …`"),
    ),
    "context's field empty": (PLAN, "**Storage**: none", "**Storage**:", "**Storage", "Storage is empty"),
    "structure decision missing": (
        PLAN,
        *("**Structure Decision**:", "So:", "## Project", "Project Structure lacks Structure Decision"),
    ),
    "gate missing": (
        PLAN,
        *("### After design", "### Later", "## Constitution", "the gate `### After design` is missing"),
    ),
    "first gate lacks an article": (
        PLAN,
        *("| I | pass | it rings an event |\n", "", "### Before", "article I is not answered"),
    ),
    "second gate lacks an article": (
        PLAN,
        *("| I | pass | it still does |\n", "", "### After", "article I is not answered"),
    ),
    "answer is neither": (
        PLAN,
        "| I | pass | it still",
        "| I | perhaps | it still",
        "perhaps",
        "answer `pass`, or",
    ),
    "answer without reason": (PLAN, "it rings an event", "", "| I | pass |  |", "article I gives no reason"),
    "article answered twice": (
        PLAN,
        *("it rings an event |\n", "so |\n| I | pass | again |\n", "again", "article I is answered twice"),
    ),
    "article unknown": (
        PLAN,
        *(
            "it rings an event |\n",
            "so |\n| IX | pass | so |\n",
            "| IX",
            "the constitution has no article `IX`",
        ),
    ),
    "violation without a row": (
        PLAN,
        *("| II: rung by hand | there is no power | a wire needs power |\n", ""),
        *("| II | violation | it rings by hand", "article II is violated without a justification"),
    ),
    "row without need": (
        PLAN,
        "there is no power",
        "",
        "| II: rung",
        "Complexity Tracking: `why needed` is empty",
    ),
    "row without alternative": (
        PLAN,
        *("a wire needs power", "", "| II: rung", "`simpler alternative rejected because` is empty"),
    ),
    "row without violation": (
        PLAN,
        *("needs power |\n", "needs power |\n| I: a | b | c |\n", "| I: a", "the row justifies no article"),
    ),
    "entry is no task": (TASKS, "**T002** A", "T002 A", "] T002", "not a task; write `- [ ] **T001**"),
    "task number twice": (TASKS, "**T002**", "**T001**", "louder", "T001 is used twice"),
    "tasks out of order": (TASKS, "**T001**", "**T003**", "**T002**", "T002 stands after T003"),
    "task without requirement": (
        TASKS,
        *("  - Requirements: BELL-001\n  - Val", "  - Val", "**T001**", "T001 names no requirement"),
    ),
    "task not validated": (
        TASKS,
        *("  - Validated: `pytest`: it rang\n", "", "**T001**", "T001 is done and not validated"),
    ),
    "task validated by no command": (
        TASKS,
        *("`pytest`: it rang", "it rang", "**T001**", "T001 is done and not validated"),
    ),
    "task names what is not there": (
        TASKS,
        *("`infra/bell/`", "`infra/bell/`, `infra/gong.py`", "gong.py", "T001: `infra/gong.py` is no file"),
    ),
    "task's requirement invented": (
        TASKS,
        *("  - Requirements: BELL-001\n  - Val", "  - Requirements: BELL-001, BELL-007\n  - Val"),
        *("BELL-007", "BELL-007 is declared in no spec.md"),
    ),
    "plan's requirement invented": (
        PLAN,
        *("for BELL-001", "for GONG-001", "GONG-001", "GONG-001 is declared in no spec.md"),
    ),
    "test's requirement invented": (
        TEST,
        *('"BELL-001"', '"BELL-001", "BELL-009"', "BELL-009", "BELL-009 is declared in no spec.md"),
    ),
    "marker is no literal": (
        TEST,
        '"BELL-001"',
        'BELL, "BELL-001"',
        "BELL,",
        "the marker's id is no literal",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_break_is_found_where_it_is(repository: Path, name: str) -> None:
    path, old, new, at, says = BREAKS[name]
    replace(repository, path, old, new)
    finding = sole_finding(repository)
    assert finding.startswith(place(repository, path, at) + ": ")
    assert says in finding


def test_a_task_without_files_is_found(repository: Path) -> None:
    replace(repository, TASKS, "`functions/bell.py`, `infra/bell/`,\n    `components/*.yaml`", "none")
    assert any("T001 is done and names no file; add `- Files:`" in finding for finding in findings(repository))


@pytest.mark.parametrize("old", ["def test_", '@pytest.mark.requirement("BELL-001")\n'])
def test_a_requirement_that_no_test_shows_is_found(repository: Path, old: str) -> None:
    replace(repository, TEST, old, "def check_" if old == "def test_" else "")
    assert sole_finding(repository) == (
        f"{place(repository, SPEC, 'BELL-001')}: no test shows BELL-001; "
        'mark one with @pytest.mark.requirement("BELL-001")'
    )


def test_a_test_that_is_not_python_is_found(repository: Path) -> None:
    (repository / "tests/test_gong.py").write_text("def def\n")
    assert sole_finding(repository).startswith("tests/test_gong.py:1: not Python: ")


def test_a_missing_document_is_found(repository: Path) -> None:
    (repository / FOLDER / "quickstart.md").unlink()
    assert sole_finding(repository) == f"{FOLDER}/quickstart.md:1: the document is missing; write it"


def test_an_empty_document_is_found(repository: Path) -> None:
    (repository / FOLDER / "contracts/README.md").write_text("\n")
    assert sole_finding(repository) == f"{FOLDER}/contracts/README.md:1: the document is empty; write it"


def test_a_badly_named_folder_is_found(repository: Path) -> None:
    (repository / "specs/2-Gong").mkdir()
    assert sole_finding(repository).startswith("specs/2-Gong:1: not a spec folder's name; rename it")


def test_a_number_and_an_id_taken_twice_are_found(repository: Path) -> None:
    shutil.copytree(repository / FOLDER, repository / "specs/001-gong")
    first = place(repository, SPEC, "BELL-001")
    assert findings(repository) == [
        "specs/001-gong:1: number 001 is taken by specs/001-bell; take the next free one",
        f"specs/001-gong/spec.md:15: BELL-001 is declared already at {first}; take a free id",
    ]


def test_a_decisions_name_and_number_are_checked(repository: Path) -> None:
    decisions = repository / "specs/decisions"
    shutil.copy(decisions / "0001-brass.md", decisions / "0001-iron.md")
    assert sole_finding(repository).startswith("specs/decisions/0001-iron.md:1: number 0001 is taken by")
    (decisions / "0001-iron.md").rename(decisions / "2-iron.md")
    assert sole_finding(repository).startswith("specs/decisions/2-iron.md:1: not a decision's name")


def test_a_spec_without_requirement_or_story_is_found(repository: Path) -> None:
    replace(repository, SPEC, "- **BELL-001** A", "A")
    replace(repository, SPEC, "### Hear it (P1)", "Hear it")
    found = "\n".join(findings(repository))
    assert f"{place(repository, SPEC, '## Requirements')}: no requirement is declared" in found
    assert f"{place(repository, SPEC, '## User')}: no user story" in found


def test_a_requirement_without_a_task_is_found(repository: Path) -> None:
    replace(repository, SPEC, "is heard.\n\n## Success", "is heard.\n- **BELL-002** It is brass.\n\n## Success")
    replace(repository, TEST, '"BELL-001"', '"BELL-001", "BELL-002"')
    assert sole_finding(repository).startswith(f"{place(repository, SPEC, 'BELL-002')}: no task serves BELL-002")


def test_tasks_without_a_task_are_found(repository: Path) -> None:
    (repository / TASKS).write_text("# Bell: tasks\n\n## Tasks\n\nNone yet.\n")
    assert any(finding.startswith(f"{TASKS}:1: no task; add") for finding in findings(repository))


@pytest.mark.parametrize("wide", ["functions/", "functions/**", "functions/**/*.py", "**", "./"])
def test_a_whole_top_folder_traces_nothing(repository: Path, wide: str) -> None:
    replace(repository, TASKS, "`functions/bell.py`", f"`{wide}`")
    found = findings(repository)
    assert any(f": T001: `{wide}` takes in a whole top folder" in finding for finding in found)
    assert any(finding.startswith("functions/bell.py:1: no done task") for finding in found)


@pytest.mark.parametrize("path", ["functions/gong.py", "infra/gong.py", "knative/gong.yaml", "components/a/b.yaml"])
def test_an_untraced_file_is_found(repository: Path, path: str) -> None:
    (repository / path).parent.mkdir(exist_ok=True)
    (repository / path).touch()
    assert sole_finding(repository) == (
        f"{path}:1: no done task names this file; name it under `- Files:` of the task that made it"
    )


def test_a_task_that_is_not_done_traces_nothing(repository: Path) -> None:
    (repository / "functions/loud_bell.py").touch()
    assert sole_finding(repository).startswith("functions/loud_bell.py:1: no done task names this file")


def test_what_git_ignores_is_no_file(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.log\n")
    (repository / "functions/bell.log").touch()
    assert findings(repository) == []


@pytest.mark.parametrize("missing", [True, False])
def test_without_articles_nothing_can_be_checked(repository: Path, *, missing: bool) -> None:
    constitution = repository / "specs/constitution.md"
    if missing:
        constitution.unlink()
    else:
        constitution.write_text("# Constitution\n")
    with pytest.raises(SpecsError, match=r"specs/constitution\.md"):
        check(repository)


def test_outside_a_git_repository_nothing_can_be_checked(repository: Path) -> None:
    (repository / ".git/HEAD").unlink()
    with pytest.raises(SpecsError, match="git can't list the files"):
        check(repository)
