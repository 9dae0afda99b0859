"""Telling a Taskwake that there is something to publish: the one over a folder by a signal, another by its alarm."""

import os
import signal
from pathlib import Path

from functions.operations.terminal.output import said

SECONDS = 60


class Bell:
    """Rings whoever publishes; `answered` says whether the last ring reached somebody. `folder` is null where the
    database is another one's."""

    def __init__(self, folder: Path | None, alarm_url: str, alarm_token: str) -> None:
        self._folder, self._alarm_url, self._alarm_token = folder, alarm_url, alarm_token
        self.answered = False

    @property
    def when(self) -> str:
        """When what was left in the outbox is published, if that is not now."""
        if self.answered:
            return ""
        if self._folder:
            return ", at the next start: no `taskwake serve` runs over this folder"
        return " by the next alarm, an hour at most from now; at once with --alarm-url, or by `taskwake rearm`"

    def ring(self) -> None:
        """Have what was left in the outbox published now, if anybody can be reached."""
        self.answered = self._signal() if self._folder else bool(self._alarm_url) and self._post()

    def _signal(self) -> bool:
        from functions.kernel.embedded.folder_lock import FolderLock

        running = FolderLock(self._folder).holder() if self._folder else None
        if running:
            os.kill(running, signal.SIGHUP)
        return bool(running)

    def _post(self) -> bool:
        import httpx

        from functions.kernel.host.ring import NOW

        headers = {"dapr-api-token": self._alarm_token}
        try:
            httpx.post(f"{self._alarm_url}/job/{NOW}", headers=headers, timeout=SECONDS).raise_for_status()
        except httpx.HTTPError as error:
            said(f"The alarm at {self._alarm_url} was not rung: {error}")
            return False
        return True
