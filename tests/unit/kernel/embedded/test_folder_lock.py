"""One Taskwake a folder."""

import os
from pathlib import Path

import pytest

from functions.kernel.embedded.folder_lock import FolderLock, FolderTakenError


def test_second_holder_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.acquire()
    for _ in range(2):
        with pytest.raises(FolderTakenError, match=rf"process {os.getpid()}\) runs over {tmp_path}"):
            second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_release_of_what_is_not_held_changes_nothing(tmp_path: Path) -> None:
    holder, other = FolderLock(tmp_path), FolderLock(tmp_path)
    holder.acquire()
    other.release()
    with pytest.raises(FolderTakenError):
        other.acquire()
    holder.release()
