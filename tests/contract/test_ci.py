"""What main must always pass."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.requirement("CLUSTER-022")
def test_ci_runs_the_cluster_tests_after_all_others() -> None:
    targets = re.findall(r"^(?:exec )?make (\S+)$", (ROOT / ".ci" / "run").read_text(), re.M)

    run = subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, text=True, check=True)

    tested = re.findall(r"tests/([a-z-]+)", " ".join(re.findall(r"pytest .*", run.stdout)))
    there = {path.parent.name for path in (ROOT / "tests").glob("*/conftest.py")} | {"unit", "contract", "api"}
    assert set(tested) == there
    assert tested[-1] == "cluster"
