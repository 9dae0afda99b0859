"""infra/image/requirements/ pins for each image exactly what its extra needs, as requirements.lock does."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.image.images import NAMES, extra_of
from infra.image.packages import BASE, requirements

pytestmark = pytest.mark.requirement("CLUSTER-001")

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = sorted({extra for name in NAMES if (extra := extra_of(name))})
RENEW = "renew it with `make lock`"


def pinned(file: Path) -> dict[Requirement, set[str]]:
    """The hashes of each requirement of the file."""
    blocks = re.findall(r"^([a-z0-9-]+==.*)\n((?: +.*\n)*)", file.read_text(), re.MULTILINE)
    return {Requirement(line.rstrip(" \\")): set(re.findall(r"sha256:\w+", hashes)) for line, hashes in blocks}


def closure(wanted: Iterable[str]) -> set[str]:
    """The names of these packages and of all they need here, as the installed ones say."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(line) for line in wanted]
    while waiting:
        requirement = waiting.pop()
        for extra in ("", *requirement.extras):
            key = (canonicalize_name(requirement.name), extra)
            if key in found:
                continue
            found.add(key)
            needs = own(extra) if key[0] == PROJECT["name"] else importlib.metadata.requires(requirement.name) or []
            waiting += [need for line in needs if applies(need := Requirement(line), extra)]
    return {name for name, _ in found} - {PROJECT["name"]}


def own(extra: str) -> list[str]:
    return PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]


def applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


@pytest.mark.parametrize("extra", [BASE, *EXTRAS])
def test_every_pin_is_that_of_the_projects_lock(extra: str) -> None:
    lock = {(pin.name, str(pin.specifier)): hashes for pin, hashes in pinned(ROOT / "requirements.lock").items()}

    for pin, hashes in pinned(requirements(extra)).items():
        assert lock.get((pin.name, str(pin.specifier))) == hashes, f"{requirements(extra)} pins another {pin}: {RENEW}"


@pytest.mark.parametrize("extra", [BASE, *EXTRAS])
def test_what_is_pinned_is_what_the_extra_needs_and_nothing_else(extra: str) -> None:
    base = closure(["taskwake[dapr,telemetry]"])
    wanted = base if extra == BASE else closure([f"taskwake[{extra}]"]) - base

    names = {pin.name for pin in pinned(requirements(extra)) if applies(pin, "")}

    assert names == wanted, f"{requirements(extra)} is stale: {RENEW}"


def test_there_is_a_file_for_each_extra_that_an_image_holds() -> None:
    assert {file.stem for file in requirements(BASE).parent.iterdir()} == {BASE, *EXTRAS}
