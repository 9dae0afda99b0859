"""Whom a command asks, and what it shows them."""

from pathlib import Path

import pytest

from functions.kernel.embedded.folder_lock import FolderLock
from functions.operations.terminal.place import ADDRESS_FILE, TOKEN_FILE, NoPlaceError, Place, find

pytestmark = pytest.mark.requirement("PROD-115")

HERE = "http://127.0.0.1:8123"


@pytest.fixture
def running(tmp_path: Path):
    """A folder that a Taskwake runs over, with a token in it."""
    (tmp_path / ADDRESS_FILE).write_text(HERE)
    (tmp_path / TOKEN_FILE).write_text("ours")
    (tmp_path / TOKEN_FILE).chmod(0o600)
    lock = FolderLock(tmp_path)
    lock.acquire()
    yield tmp_path
    lock.release()


def test_the_one_that_runs_over_the_folder_is_asked_with_the_folders_token(running: Path) -> None:
    assert find(running, "", "") == Place(HERE, "ours", running / TOKEN_FILE)
    assert find(running, f"{HERE}/", "").token == "ours"


def test_the_folders_token_is_shown_to_nobody_else(running: Path) -> None:
    with pytest.raises(NoPlaceError, match="wants a token: give it by --token, or TASKWAKE_TOKEN"):
        find(running, "https://tasks.example.org", "")


def test_a_token_that_is_given_goes_before_the_folders(running: Path) -> None:
    assert find(running, "", "given") == Place(HERE, "given")


def test_an_address_left_behind_by_one_that_ended_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / ADDRESS_FILE).write_text(HERE)
    with pytest.raises(NoPlaceError, match="start one with `taskwake serve`"):
        find(tmp_path, "", "")


def test_a_token_that_others_can_read_is_refused(running: Path) -> None:
    (running / TOKEN_FILE).chmod(0o644)
    with pytest.raises(NoPlaceError, match="chmod 600"):
        find(running, "", "")


@pytest.mark.parametrize(
    "url", ["tasks.example.org", "ftp://tasks.example.org", "http://", "http://[", "http://h:99999"]
)
def test_what_is_no_address_is_refused_before_anybody_is_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(NoPlaceError, match="is no address of a Taskwake; write it so: http://"):
        find(tmp_path, url, "given")


def test_blanks_around_a_token_are_none_of_it(tmp_path: Path) -> None:
    assert find(tmp_path, HERE, "given\n") == Place(HERE, "given")


@pytest.mark.parametrize("token", ["seçret", "sec\nret", "sec\x1bret"])
def test_what_can_be_no_token_is_refused_and_not_shown(tmp_path: Path, token: str) -> None:
    with pytest.raises(NoPlaceError, match="is none: `taskwake token` prints one") as refused:
        find(tmp_path, HERE, token)
    assert "sec" not in str(refused.value)
