"""The doctor finds what is wrong with the folder of the embedded way."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from functions.kernel.embedded.folder_lock import FolderLock
from functions.kernel.embedded.secret_store import FileSecretStore
from functions.kernel.webhook_secret import KEY_NAME
from functions.operations.doctor import folder

pytestmark = pytest.mark.requirement("TRUST-034")


def test_secrets_that_are_there_and_private_are_well(tmp_path: Path) -> None:
    FileSecretStore(tmp_path / "secrets.json").ensure(KEY_NAME)

    assert folder.secrets(tmp_path).state == "well"
    assert "no smtp-url" in folder.secrets(tmp_path).what


@pytest.mark.parametrize("name", ["secrets.json", "command-line-token", "taskwake.log"])
def test_a_secret_that_others_can_read_is_found_with_the_command_that_mends_it(tmp_path: Path, name: str) -> None:
    FileSecretStore(tmp_path / "secrets.json").ensure(KEY_NAME)
    (tmp_path / name).touch()
    (tmp_path / name).chmod(0o640)

    found = folder.secrets(tmp_path)

    assert (found.state, found.what) == ("wrong", f"others can read {name}")
    assert f"chmod 600 {tmp_path / name}" in found.todo


@pytest.mark.parametrize(
    ("content", "said"), [(None, "there are none"), ("{", "cannot be read"), ("{}", f"{KEY_NAME} is missing")]
)
def test_secrets_that_are_lost_or_broken_are_found(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / "secrets.json").write_text(content)
        (tmp_path / "secrets.json").chmod(0o600)

    found = folder.secrets(tmp_path)

    assert found.state == "wrong"
    assert said in found.what


def test_a_disk_that_is_nearly_full_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12 - 10**8, 10**8))
    full = folder.disk(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**11, 9 * 10**11))

    assert (full.state, full.what) == ("wrong", "95 MB are free")
    assert folder.disk(tmp_path).state == "well"


def _refuse(_: str) -> int:
    raise ConnectionRefusedError("refused")


def test_a_folder_that_nobody_serves_is_found(tmp_path: Path) -> None:
    assert folder.address(tmp_path, _refuse).what == "no Taskwake runs"


def test_a_server_that_does_not_answer_or_is_another_is_found(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    lock.acquire()
    starting = folder.address(tmp_path, _refuse)
    (tmp_path / "address").write_text("http://127.0.0.1:8080")

    silent = folder.address(tmp_path, _refuse)
    other = folder.address(tmp_path, lambda _: 404)
    answering = folder.address(tmp_path, lambda url: 200 if url == "http://127.0.0.1:8080/healthz" else 500)

    lock.release()
    assert starting.state == "unseen"
    assert (silent.state, other.state, answering.state) == ("wrong", "wrong", "well")
    assert "does not answer" in silent.what
    assert "another answers there, with 404" in other.what
