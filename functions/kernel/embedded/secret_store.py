"""The embedded SecretStore: one file that only its owner can read."""

import json
import os
import secrets
from pathlib import Path

from functions.kernel.errors import SecretMissingError


class FileSecretStore:
    """A JSON object of names and values, mode 0600; a file that others can read is refused."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def get(self, name: str) -> str:
        """The secret's value. Raises SecretMissingError."""
        try:
            return self._read()[name]
        except KeyError:
            raise SecretMissingError(f"{self._path} has no secret {name!r}") from None

    def ensure(self, *names: str) -> None:
        """Make up a random value for each of these that is not there yet."""
        known = self._read()
        missing = [name for name in names if name not in known]
        if missing:
            self.put({name: secrets.token_urlsafe(32) for name in missing})

    def put(self, values: dict[str, str]) -> None:
        """Keep these values, at once and whole: a crash leaves the old file or the new one."""
        content = json.dumps(self._read() | values, indent=2)
        new = self._path.with_suffix(".new")
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def _read(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        if self._path.stat().st_mode & 0o077:
            raise SecretMissingError(f"others can read {self._path}: run chmod 600 on it")
        values: dict[str, str] = json.loads(self._path.read_text())
        return values
