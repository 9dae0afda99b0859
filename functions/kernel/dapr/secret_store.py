"""The SecretStore over Dapr's secrets API (GET /v1.0/secrets/<store>/<name>)."""

import asyncio
import json
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from functions.kernel.errors import SecretMissingError

STORE = "taskwake-secrets"
TIMEOUT_SECONDS = 10


class DaprSecretStore:
    """Asks daprd, once a name: a changed secret is read by the next process.

    Plain HTTP by the standard library, since each cold function asks, and the SDK costs a third of a second.
    `endpoint` is daprd's HTTP address, `token` what it wants to hear.
    """

    def __init__(self, endpoint: str, token: str | None) -> None:
        self._endpoint = urlsplit(endpoint)
        self._headers = {"dapr-api-token": token} if token else {}
        self._known: dict[str, str] = {}

    async def get(self, name: str) -> str:
        """The secret's value. SecretMissingError when the store has none, or this app may not have it."""
        if name not in self._known:
            values = await asyncio.to_thread(self._ask, name)
            if name not in values:
                raise SecretMissingError(f"the Dapr secret store {STORE} has no secret {name!r} for this app")
            self._known[name] = values[name]
        return self._known[name]

    def _ask(self, name: str) -> Mapping[str, str]:
        from http.client import HTTPConnection, HTTPSConnection

        kind = HTTPSConnection if self._endpoint.scheme == "https" else HTTPConnection
        connection = kind(self._endpoint.netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", f"/v1.0/secrets/{STORE}/{quote(name)}", headers=self._headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status == 200:
            values: dict[str, str] = json.loads(body)
            return values
        if answer.status in (204, 403, 404) or b"ERR_SECRET_GET" in body:
            return {}
        raise ConnectionError(f"daprd answered {answer.status} when asked for the secret {name!r}: {body[:200]!r}")
