"""The bills of materials: every locked package, with its hashes, as CycloneDX has it."""

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra.sbom import locks, write
from tests.contract.test_image_requirements import pinned

pytestmark = pytest.mark.requirement("TRUST-079")

SMALLEST = "delivery-requested"


def test_the_bill_has_each_locked_package_and_holds_to_its_schema(tmp_path: Path) -> None:
    text = write(SMALLEST, tmp_path).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    locked = {f"pkg:pypi/{one.name}@{str(one.specifier).removeprefix('==')}" for one in pinned(locks()[SMALLEST])}
    assert {component["purl"] for component in bill["components"]} == locked
    for component in bill["components"]:
        [source] = component["externalReferences"]
        assert {each["alg"] for each in source["hashes"]} == {"SHA-256"}


def test_the_same_lock_gives_the_same_bill(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    assert write(SMALLEST, tmp_path / "a").read_bytes() == write(SMALLEST, tmp_path / "b").read_bytes()


def test_there_is_a_bill_of_everything_and_of_what_each_image_adds() -> None:
    assert {"taskwake", "base", "chat-api", "delivery-requested", "operations"} <= set(locks())
    assert all(path.is_file() for path in locks().values())
