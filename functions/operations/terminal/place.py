"""Where a Taskwake is asked, and with which token: one that is named, else the one that runs over the folder."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from functions.kernel.embedded.folder_lock import FolderLock

TOKEN_FILE = "command-line-token"  # noqa: S105 - its name
ADDRESS_FILE = "address"


class NoPlaceError(Exception):
    """There is none to ask, or no token for it; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address and a token. `kept` is the file that holds it, when it is the folder's own."""

    url: str
    token: str
    kept: Path | None = None


def find(folder: Path, url: str, token: str) -> Place:
    """The place that is meant. The folder's own token is shown to nobody but the Taskwake that runs over the folder.
    Raises NoPlaceError."""
    here = _address(folder)
    where = _checked(url.strip().rstrip("/")) or here
    token = token.strip()
    if where is None:
        raise NoPlaceError(
            f"No Taskwake runs over {folder.resolve()}: start one with `taskwake serve`, "
            "or name another with --url, or TASKWAKE_URL."
        )
    if token:
        if not (token.isascii() and token.isprintable()):  # and not shown: it may be one, but for a slip
            raise NoPlaceError("What is given as the token is none: `taskwake token` prints one where it runs.")
        return Place(where, token)
    if where != here:
        raise NoPlaceError(
            f"{where} wants a token: give it by --token, or TASKWAKE_TOKEN. `taskwake token` prints one where it runs."
        )
    kept = folder / TOKEN_FILE
    return Place(where, _read(kept) or renew(kept), kept)


def renew(kept: Path) -> str:
    """A new token of whoever was here first, kept in this file of the folder, which only its owner reads."""
    from functions.kernel.embedded.postgres import Postgres
    from functions.operations import accounts

    owner_url = Postgres(kept.parent / "postgres").url()
    token = accounts.issue(owner_url, accounts.first_user(owner_url), "token", "command line")
    new = kept.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token)
    new.replace(kept)
    return token


def _checked(url: str) -> str:
    """The address, if it is one that can be asked; empty, if none is given. Raises NoPlaceError."""
    try:
        parts = urlsplit(url)
        usable = not url or (parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
    except ValueError:  # a port beyond 65535, or a bracket that nothing closes
        usable = False
    if not usable:
        raise NoPlaceError(f"“{url}” is no address of a Taskwake; write it so: http://127.0.0.1:8080.")
    return url


def _address(folder: Path) -> str | None:
    """Where the Taskwake that runs over the folder serves; null, if none does."""
    try:
        return (folder / ADDRESS_FILE).read_text().strip() if FolderLock(folder).holder() else None
    except FileNotFoundError:
        return None


def _read(kept: Path) -> str:
    try:
        if kept.stat().st_mode & 0o077:
            raise NoPlaceError(f"Others can read the token in {kept}: run chmod 600 on it, or remove it.")
        return kept.read_text().strip()
    except FileNotFoundError:
        return ""
