"""daprd's API over plain HTTP, by the standard library: for what a cold function asks, since the SDK costs a third of a
second."""

from urllib.parse import urlsplit


class DaprHttp:
    """`endpoint` is daprd's HTTP address, `token` what it wants to hear."""

    def __init__(self, endpoint: str, token: str | None) -> None:
        self._endpoint = urlsplit(endpoint)
        self._headers = {"dapr-api-token": token} if token else {}

    def ask(self, method: str, path: str, body: bytes | None = None, *, timeout_seconds: float) -> tuple[int, bytes]:
        """The answer's status and body; blocks. A body is JSON. Raises OSError when daprd does not answer."""
        from http.client import HTTPConnection, HTTPSConnection

        kind = HTTPSConnection if self._endpoint.scheme == "https" else HTTPConnection
        connection = kind(self._endpoint.netloc, timeout=timeout_seconds)
        headers = self._headers | ({"content-type": "application/json"} if body is not None else {})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
