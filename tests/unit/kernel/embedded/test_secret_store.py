"""The file of secrets: its owner's alone, and whole whatever happens."""

import json
from pathlib import Path

import pytest

from functions.kernel.embedded.secret_store import FileSecretStore
from functions.kernel.errors import SecretMissingError

pytestmark = pytest.mark.requirement("FLOW-019")


async def test_secret_is_read_back(tmp_path: Path) -> None:
    store = FileSecretStore(tmp_path / "new" / "secrets.json")
    store.put({"a": "1"})
    store.put({"b": "2"})
    assert (await store.get("a"), await store.get("b")) == ("1", "2")


def test_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secrets.json"
    FileSecretStore(path).put({"a": "1"})
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
async def test_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"a": "1"}))
    path.chmod(mode)
    with pytest.raises(SecretMissingError, match="chmod 600"):
        await FileSecretStore(path).get("a")


async def test_missing_secret_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretMissingError, match="'smtp-url'"):
        await FileSecretStore(tmp_path / "secrets.json").get("smtp-url")


async def test_ensured_secret_is_made_up_once(tmp_path: Path) -> None:
    store = FileSecretStore(tmp_path / "secrets.json")
    store.ensure("key", "other")
    first = await store.get("key")
    store.ensure("key")
    assert await store.get("key") == first
    assert len(first) >= 32
    assert first != await store.get("other")
