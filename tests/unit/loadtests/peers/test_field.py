import json
import re

import pytest

from loadtests.peers.field import FIELD, TUNED, VERSIONS
from loadtests.peers.installed import ADAPTERS
from loadtests.peers.verdict import AT_WORK, HOLDS

pytestmark = pytest.mark.requirement("TIME-028")


def test_every_peer_is_measured_stock_and_tuned() -> None:
    assert {each.setting.key for each in FIELD} == {
        "taskwake", "taskwake-dapr", *(f"{name}-{tuning}" for name in VERSIONS for tuning in ("stock", "tuned")),
    }  # fmt: skip
    assert all(not each.setting.values for each in FIELD if each.setting.tuning != "tuned")
    assert set(TUNED) == set(VERSIONS) == set(AT_WORK) == set(HOLDS) - {"taskwake"}


def test_the_versions_shown_are_those_that_the_locks_pin() -> None:
    node = json.loads((ADAPTERS / "node" / "package-lock.json").read_text())["packages"]
    go = (ADAPTERS / "river" / "go.mod").read_text()
    pinned = {name: node[f"node_modules/{name}"]["version"] for name in ("graphile-worker", "pg-boss")}
    for name in ("procrastinate", "pgqueuer"):
        lock = (ADAPTERS / name / "requirements.txt").read_text()
        pinned[name] = "".join(re.findall(rf"^{name}==(\S+) ", lock, re.MULTILINE))
    pinned["river"] = "".join(re.findall(r"riverqueue/river v(\S+)$", go, re.MULTILINE))

    assert pinned == VERSIONS


def test_the_lock_of_the_javascript_ones_names_no_registry() -> None:
    assert '"resolved"' not in (ADAPTERS / "node" / "package-lock.json").read_text()
