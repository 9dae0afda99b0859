"""README and quickstart: their commands are run, as they stand there."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {
    "README.md": 4,
    "specs/001-event-flow/quickstart.md": 4,
    "specs/003-time/quickstart.md": 1,
    "specs/004-product/quickstart.md": 25,
    "specs/005-trust/quickstart.md": 0,
}
"""Each with how many answers in JSON its commands give at least."""


@dataclass(frozen=True)
class Served:
    """`make run`, on a port of its own."""

    port: int
    environment: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The documents' first command."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"TASKWAKE_DATA": str(tmp_path_factory.mktemp("data")), "PORT": str(port)}
    process = subprocess.Popen(
        ["make", "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    else:
        raise AssertionError("make run ended before it served")
    yield Served(port, environment)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)


def _commands(document: str) -> list[str]:
    """The commands of its console blocks, each with its continuation lines, but for `make run` itself."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / document).read_text(), re.S)
    commands = [found for block in blocks for found in re.findall(r"^\$ (.*?(?:\\\n.*?)*)$", block, re.M)]
    return [command for command in commands if not command.startswith("make run")]


@pytest.mark.requirement("FLOW-016")
@pytest.mark.requirement("FLOW-001")
@pytest.mark.requirement("TIME-027")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_commands_of_the_document_work_as_written(served: Served, document: str) -> None:
    commands = _commands(document)
    script = "\n".join(f"{command}\necho" for command in commands).replace("8080", str(served.port))

    run = subprocess.run(
        ["bash", "-euc", script],
        cwd=ROOT,
        env=served.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    answers = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    assert len(answers) >= DOCUMENTS[document]
    assert not [answer for answer in answers if answer.get("status") in range(400, 600)]


@pytest.mark.requirement("FLOW-014")
def test_readme_shows_the_answer_that_chat_gives(served: Served) -> None:
    readme = (ROOT / "README.md").read_text()
    shown = re.search(r'^\{"answer":"(.*?)"', readme, re.M)
    assert shown is not None
    command = next(command for command in _commands("README.md") if "/chat" in command)
    setup = next(command for command in _commands("README.md") if command.startswith("TOKEN="))

    run = subprocess.run(
        ["bash", "-euc", f"{setup.partition('  #')[0]}\n{command}".replace("8080", str(served.port))],
        cwd=ROOT,
        env=served.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert json.loads(run.stdout)["answer"] == shown[1]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["serve"],
        ["demo"],
        ["token"],
        ["login"],
        ["migrate"],
        ["secret"],
        ["user", "add"],
        ["simulate"],
        ["doctor"],
        ["restored"],
    ],
)
def test_every_command_explains_itself(arguments: list[str]) -> None:
    run = subprocess.run(
        [ROOT / ".venv" / "bin" / "taskwake", *arguments, "--help"], capture_output=True, text=True, check=True
    )

    assert "Usage: taskwake" in run.stdout
