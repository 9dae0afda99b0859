"""The folder of the embedded way: its secrets, its disk, and whether somebody serves over it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from functions.kernel.embedded.folder_lock import FolderLock
from functions.kernel.webhook_secret import KEY_NAME
from functions.operations.doctor.finding import Finding, unseen, well, wrong
from functions.operations.terminal.place import ADDRESS_FILE, TOKEN_FILE

LEAST_FREE_BYTES = 1024**3
"""PostgreSQL stops when its log of changes cannot grow, and keeps up to this of it."""
ANSWER_SECONDS = 5
_PRIVATE = ("secrets.json", TOKEN_FILE, "taskwake.log")


def secrets(folder: Path) -> Finding:
    """Whether the secrets are there, and only their owner can read them."""
    open_to_others = [name for name in _PRIVATE if _mode(folder / name) & 0o077]
    if open_to_others:
        todo = (
            f"chmod 600 {' '.join(str(folder / name) for name in open_to_others)}; then consider what others have read"
        )
        return wrong("secrets", f"others can read {', '.join(open_to_others)}", str(folder), todo)
    try:
        known = json.loads((folder / "secrets.json").read_text())
    except FileNotFoundError:
        return wrong("secrets", "there are none", str(folder / "secrets.json"), "`taskwake serve` makes them")
    except (OSError, ValueError) as error:
        todo = "put the file of the last backup back: without the key, the webhooks' secrets are others than before"
        return wrong("secrets", f"they cannot be read: {type(error).__name__}", str(folder / "secrets.json"), todo)
    if KEY_NAME not in known:
        todo = "put it back from the last backup (`taskwake secret`): a new one changes every webhook's secret"
        return wrong("secrets", f"{KEY_NAME} is missing", str(folder / "secrets.json"), todo)
    mail = "" if "smtp-url" in known else "; no smtp-url: no e-mail goes out"
    return well("secrets", f"there, and their owner's alone{mail}", str(folder))


def disk(folder: Path) -> Finding:
    """Whether there is room to go on writing."""
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return wrong(
            "disk", f"{free / 1024**2:.0f} MB are free", str(folder), "make room, or move the folder to a larger disk"
        )
    return well("disk", f"{free / 1024**3:.0f} GB are free", str(folder))


def address(folder: Path, ask: Callable[[str], int]) -> Finding:
    """Whether the process that holds the folder answers where it says that it serves; `ask` is a GET's status, and
    raises OSError."""
    holder = FolderLock(folder).holder()
    if holder is None:
        return wrong("server", "no Taskwake runs", str(folder), f"`taskwake serve --data {folder}`")
    try:
        url = (folder / ADDRESS_FILE).read_text().strip()
    except FileNotFoundError:
        return unseen("server", f"process {holder} is still starting", str(folder), "look again in a few seconds")
    try:
        status = ask(f"{url}/healthz")
    except OSError as error:
        todo = f"see taskwake.log; end process {holder}, and start it again: what was accepted is kept"
        return wrong("server", f"process {holder} does not answer: {error}", url, todo)
    if status != 200:
        todo = f"see what else listens there (ss -ltnp), and taskwake.log of process {holder}"
        return wrong("server", f"another answers there, with {status}", url, todo)
    return well("server", f"process {holder} answers", url)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0
