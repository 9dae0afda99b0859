"""What the commands about a cluster say of themselves, and what they answer to a mistake."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.requirement("CLUSTER-009")


def taskwake(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "functions.operations.cli", *arguments]
    environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            "deploy",
            ("--overlay", "--kubeconfig", "--context", "--registry", "--images", "--owner-url-file", "--dry-run"),
        ),
        ("undeploy", ("--kubeconfig", "--context", "--yes", "the database and the platform stay")),
        ("operate", ("--kubeconfig", "--context", "taskwake operate login")),
    ],
)
def test_help_names_every_choice(command: str, words: tuple[str, ...]) -> None:
    answer = taskwake(command, "--help")

    assert answer.returncode == 0, answer.stderr
    assert [word for word in words if word not in answer.stdout] == []


def test_a_deployment_that_cannot_be_says_everything_at_once_and_changes_nothing(tmp_path: Path) -> None:
    answer = taskwake("deploy", "--overlay", "mars", "--kubeconfig", str(tmp_path / "none"))

    assert answer.returncode == 1
    assert "nothing was changed" in answer.stderr
    assert "There is no overlay 'mars'" in answer.stderr
    assert "cannot be reached: name another with --context or --kubeconfig" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_file_that_is_not_what_it_should_be_is_named(tmp_path: Path) -> None:
    file = tmp_path / "images.json"
    file.write_text("[]")

    answer = taskwake("deploy", "--overlay", "minikube", "--images", str(file))

    assert answer.returncode == 1
    assert f"{file} is no JSON object of images by name" in answer.stderr


def test_a_registry_without_a_tag_is_refused() -> None:
    answer = taskwake("deploy", "--overlay", "minikube", "--registry", "r.example")

    assert answer.returncode == 2
    assert "--registry and --tag go together" in answer.stderr


PEOPLE = (
    "add", "list", "search", "done", "reopen", "snooze", "edit", "rm", "undo", "chat", "watch", "export", "import",
    "token create", "token list", "token revoke", "dead-letters list", "retention",
)  # fmt: skip


@pytest.mark.requirement("PROD-118")
@pytest.mark.parametrize("name", PEOPLE)
def test_each_command_for_people_explains_itself(name: str) -> None:
    from typer.testing import CliRunner

    from functions.operations.cli import app

    answer = CliRunner().invoke(app, [*name.split(), "--help"])

    assert answer.exit_code == 0, answer.output
    assert "Usage: " in answer.stdout
    if name != "export":
        assert "--json" in answer.stdout


@pytest.mark.requirement("PROD-118")
def test_help_loads_nothing_that_only_an_answer_needs() -> None:
    code = (
        "import sys\nfrom functions.operations.cli import app\n"
        "app(['--help'], standalone_mode=False)\nprint(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = ("'pydantic'", "'httpx'", "'psycopg'", "'fastapi'", "'sqlalchemy'", "'rich'")
    assert [name for name in heavy if name in done.stderr] == []
