"""What locust's people do in every scenario: they ask, and some watch the live stream."""

import json
import os
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from locust import FastHttpUser, task
from locust.env import Environment

HOST = os.environ.get("TASKWAKE_HOST", "")
"""What Taskwake answers to, where that is not its address: behind a cluster's gateway."""


def check_is_own(environment: Environment) -> None:
    """Load is for one's own Taskwake only: raises SystemExit for another machine's. TASKWAKE_OWN_ADDRESS names a local
    cluster's gateway, which has an address of its own on this machine."""
    own = urlsplit(os.environ.get("TASKWAKE_OWN_ADDRESS", "http://127.0.0.1")).hostname
    if urlsplit(environment.host or "").hostname not in ("127.0.0.1", own):
        raise SystemExit("give --host http://127.0.0.1:<port>")


def headers_of(token: str) -> dict[str, str]:
    """What somebody's requests say of them."""
    return {"authorization": f"Bearer {token}"} | ({"host": HOST} if HOST else {})


class Asking(FastHttpUser):
    """Somebody who asks, as the one that `token` is of."""

    abstract = True
    token: str

    def ask(self, method: str, path: str, name: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON; null for one that has none, and for one that failed, which is counted."""
        headers = headers_of(self.token)
        with self.client.request(method, path, name=name, json=body, headers=headers, catch_response=True) as response:
            if response.status_code not in (200, 201):
                response.failure(f"{response.status_code}: {(response.text or '')[:200]}")
                return None
            response.success()
            return json.loads(response.text) if "json" in response.headers.get("content-type", "") else None


class Watching(FastHttpUser):
    """Has the page open: one live stream, reported as `event seen`, from the event's time to its arrival."""

    abstract = True
    network_timeout = 3600.0
    tokens: ClassVar[Iterator[str]]

    @task
    def watch(self) -> None:
        """Read the stream until the run ends."""
        headers = headers_of(next(self.tokens)) | {"accept": "text/event-stream"}
        with self.client.get("/events", name="open stream", headers=headers, stream=True) as response:
            while line := response.stream.readline(b"\n"):
                if line.startswith(b"data: "):
                    self._report(json.loads(line[6:]))

    def _report(self, event: dict[str, Any]) -> None:
        taken = time.time() - datetime.fromisoformat(event["time"]).timestamp()
        self.environment.events.request.fire(
            request_type="SSE", name="event seen", response_time=max(0.0, taken * 1000), response_length=0,
            exception=None, context={},
        )  # fmt: skip
