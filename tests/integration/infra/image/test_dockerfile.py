"""The build stage of infra/Dockerfile, run step by step without a builder: it makes the packer's layers."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from infra.image.source import OPERATIONS
from tests.dockerfile import ROOT, stages
from tests.integration.infra.image.conftest import Unpacked

pytestmark = [pytest.mark.requirement("CLUSTER-001"), pytest.mark.requirement("CLUSTER-002")]


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with uv alone, as the stage's base image has it after its first step."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    for path in Path(sysconfig.get_path("purelib")).glob("uv*"):
        (packages / path.name).symlink_to(path)
    (folder / "bin" / "uv").symlink_to(Path(sysconfig.get_path("scripts")) / "uv")
    return folder


def build(name: str, folder: Path, bare_python: Path) -> Path:
    """Run the stage for this image, with `folder` for the container's file system; returns its layers."""
    source, layers = folder / "source", folder / "layers"
    environment = os.environ | {"PATH": f"{bare_python}/bin:{os.environ['PATH']}", "FUNCTION": name}
    for word, rest in stages()["build"].instructions:
        rest = rest.replace("/layers", str(layers))
        if word == "COPY":
            *sources, target = rest.split()
            for path in sources:
                if (ROOT / path).is_dir():
                    shutil.copytree(ROOT / path, source / target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    (source / target).mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / path, source / target)
        elif word == "ENV":
            key, _, value = rest.partition("=")
            environment[key] = value
        elif word == "RUN" and not rest.startswith("pip install"):
            command = re.sub(r"^(--mount=\S+ )+", "", rest)
            done = subprocess.run(
                ["/bin/sh", "-c", command],
                cwd=source,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    return layers


def contents(folder: Path) -> dict[str, tuple[object, int]]:
    return {
        str(path.relative_to(folder)): (
            os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None,
            path.lstat().st_mode & 0o111,
        )
        for path in folder.rglob("*")
    }


def test_the_build_stage_makes_the_packers_layers(
    unpacked: dict[str, Unpacked], bare_python: Path, tmp_path: Path
) -> None:
    layers = build(OPERATIONS, tmp_path, bare_python)

    built = [files for part in ("runtime", "base", "extra", "code") if (files := contents(layers / part))]
    packed = [contents(layer) for layer in unpacked[OPERATIONS].layers]
    assert [sorted(files) for files in built] == [sorted(files) for files in packed]
    for made, wanted in zip(built, packed, strict=True):
        assert [path for path in wanted if made[path] != wanted[path]] == []
