"""The quickstart's commands, as they stand there, on the cluster of the tests."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from infra.local.cluster.cluster import Cluster
from tests.cluster.conftest import FOLDER_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
QUICKSTART = ROOT / "specs" / "002-cluster" / "quickstart.md"


@pytest.mark.requirement("CLUSTER-011")
def test_the_commands_of_the_quickstart_work_as_written(product: tuple[Cluster, str]) -> None:
    cluster, _ = product
    blocks = re.findall(r"```console\n(.*?)```", QUICKSTART.read_text(), re.S)
    commands = [command for block in blocks for command in re.findall(r"^\$ (.*)$", block, re.M)]
    assert commands.pop(0) == "make cluster"

    run = subprocess.run(
        ["bash", "-euxc", "\n".join(commands)],
        cwd=ROOT,
        env=os.environ | {FOLDER_VARIABLE: str(cluster.folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    for shown in ("kubelet", "chat-api", "no trap", "steps were seen"):
        assert shown in run.stdout, shown
