import json
from pathlib import Path

import pytest

from functions.catalogue import FUNCTIONS
from infra.image import __main__ as command
from infra.image.archive import Image

pytestmark = pytest.mark.requirement("CLUSTER-002")


def image(name: str, size: int) -> Image:
    return Image(f"dev.local/taskwake/{name}:0123456789ab", "sha256:0", size, Path(f"{name}.tar"), 3)


def test_the_matrix_names_every_image_with_its_extra_and_its_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--matrix"]) == 0

    builds = {build["function"]: build for build in json.loads(capsys.readouterr().out)}
    assert list(builds) == [*(function.name for function in FUNCTIONS), "operations"]
    assert builds["task-due"] == {"function": "task-due", "extra": "", "target": "function"}
    assert builds["chat-api"] == {"function": "chat-api", "extra": "chat-api", "target": "function"}
    assert builds["operations"] == {"function": "operations", "extra": "operations", "target": "operations"}


@pytest.mark.parametrize(("size", "code"), [(90_000_000, 0), (90_000_001, 1)])
def test_an_image_above_the_budget_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], size: int, code: int
) -> None:
    monkeypatch.setattr(command, "pack", lambda names, out: [image(name, size) for name in names])

    assert command.main(["task-due"]) == code

    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].split() == ["task-due", "0123456789ab", "3", "90.0"]
    assert bool(printed.err) == bool(code)


def test_an_unknown_image_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["task-dew"])

    assert "no image is called task-dew; there are task-created, " in capsys.readouterr().err
