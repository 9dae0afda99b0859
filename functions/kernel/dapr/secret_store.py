"""The SecretStore over Dapr's secrets API (GET /v1.0/secrets/<store>/<name>)."""

import asyncio
import json
import time
from collections.abc import Mapping
from urllib.parse import quote

from functions.kernel.dapr.http_api import DaprHttp
from functions.kernel.errors import SecretMissingError

STORE = "taskwake-secrets"
TIMEOUT_SECONDS = 10
PATIENCE_SECONDS, AGAIN_SECONDS = 10, 0.25


class DaprSecretStore:
    """Asks daprd, once a name: a changed secret is read by the next process.

    Without the SDK, since each cold function asks. A daprd that does not answer is asked again until PATIENCE_SECONDS
    have passed: it may be starting itself, as an anchor does that is replaced.
    """

    def __init__(self, daprd: DaprHttp) -> None:
        self._daprd = daprd
        self._known: dict[str, str] = {}

    async def get(self, name: str) -> str:
        """The secret's value.

        SecretMissingError when the store has none, or this app may not have it; OSError when daprd does not answer.
        """
        if name not in self._known:
            values = await self._answer(name)
            if name not in values:
                raise SecretMissingError(f"the Dapr secret store {STORE} has no secret {name!r} for this app")
            self._known[name] = values[name]
        return self._known[name]

    async def _answer(self, name: str) -> Mapping[str, str]:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await asyncio.to_thread(self._ask, name)
            except OSError:
                if time.monotonic() >= until:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    def _ask(self, name: str) -> Mapping[str, str]:
        path = f"/v1.0/secrets/{STORE}/{quote(name)}"
        status, body = self._daprd.ask("GET", path, timeout_seconds=TIMEOUT_SECONDS)
        if status == 200:
            values: dict[str, str] = json.loads(body)
            return values
        if status in (204, 403, 404) or b"ERR_SECRET_GET" in body:
            return {}
        raise ConnectionError(f"daprd answered {status} when asked for the secret {name!r}: {body[:200]!r}")
