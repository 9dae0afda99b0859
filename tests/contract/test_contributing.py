"""CONTRIBUTING.md's "Add a function in three steps", done in a copy of the project."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("functions", "infra", "components", "specs", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the steps touch."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def _python(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={"PYTHONPATH": str(project), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def steps(project: Path) -> list[subprocess.CompletedProcess[str]]:
    """The guide's first two steps; then the check that should find the third missing, and the third."""
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    path = re.search(r"\*\*1\. Write the handler\*\*, `([^`]+)`", guide)
    assert path is not None
    handler, declaration = re.findall(r"```python\n(.*?)```", guide, re.S)[:2]
    (project / path[1]).write_text(handler)
    catalogue = project / "functions" / "catalogue.py"
    before_end, end = catalogue.read_text().split("\n)\n\nBY_NAME", 1)
    catalogue.write_text(f"{before_end}\n{declaration.rstrip()}\n)\n\nBY_NAME{end}")
    return [_python(project, "-m", "infra.render", "--check"), _python(project, "-m", "infra.render")]


COMPLETE_A_TASK = """
import asyncio, logging, sys
from pathlib import Path

from functions.bootstrap.embedded import EmbeddedTaskwake
from functions.chat_api import tasks
from functions.chat_api.models.person import Person
from functions.chat_api.models.task import NewTask
from functions.operations.accounts import first_user


async def main():
    heard = asyncio.Event()
    listener = logging.Handler()
    listener.emit = lambda record: heard.set() if "1 completed" in record.getMessage() else None
    logger = logging.getLogger("functions.recurring_task_service.on_completion_counted")
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    taskwake = EmbeddedTaskwake(Path(sys.argv[1]))
    try:
        await taskwake.prepare()
        api = await taskwake.start()
        me = Person(id=first_user(taskwake.owner_url), name="You", email=None, zone="UTC")
        async with api.begin(me.id) as uow:
            task = await tasks.create(uow, me, NewTask(title="Count me"))
        async with api.begin(me.id) as uow:
            await tasks.complete(uow, me, task.id)
        await asyncio.wait_for(heard.wait(), 20)
    finally:
        await taskwake.stop()


asyncio.run(main())
print("handled")
"""


@pytest.mark.requirement("FLOW-023")
@pytest.mark.requirement("FLOW-022")
def test_a_declared_function_is_stale_until_it_is_rendered(
    project: Path, steps: list[subprocess.CompletedProcess[str]]
) -> None:
    stale, rendered = steps

    assert stale.returncode == 1
    assert rendered.returncode == 0, rendered.stderr
    assert "completion-counted" in (project / "components" / "subscriptions.yaml").read_text()
    assert _python(project, "-m", "infra.render", "--check").returncode == 0


@pytest.mark.requirement("FLOW-023")
def test_the_added_function_handles_its_event(
    project: Path, tmp_path: Path, steps: list[subprocess.CompletedProcess[str]]
) -> None:
    assert steps[-1].returncode == 0, steps[-1].stderr

    run = _python(project, "-c", COMPLETE_A_TASK, str(tmp_path / "data"))

    assert run.stdout.strip().endswith("handled"), run.stderr
