"""What a run writes into its logs, whatever is asked of it and whatever breaks: no secret."""

import json
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from functions.kernel.embedded.secret_store import FileSecretStore
from tests.in_thread import in_thread
from tests.integration.chat_api.openid_provider import Provider, provider_on_loopback
from tests.integration.notification_service.test_deliveries import Receiver
from tests.integration.world import NO_TLS, execute, until
from tests.served import Served

pytestmark = pytest.mark.requirement("TRUST-078")

BROKEN = [
    "ALTER TABLE filters RENAME TO gone",
    "ALTER TABLE credentials ADD CONSTRAINT broken CHECK (kind <> 'token') NOT VALID",
    "ALTER TABLE list_invitations ADD CONSTRAINT broken CHECK (false) NOT VALID",
    "ALTER TABLE calendar_feeds ADD CONSTRAINT broken CHECK (false) NOT VALID",
    "ALTER TABLE webhooks ADD CONSTRAINT broken CHECK (false) NOT VALID",
]


class Day:
    """A day of requests with secrets in them; it keeps each, by what it is."""

    def __init__(self, served: Served, provider: Provider, receiver: Receiver) -> None:
        self.served = served
        self.provider = provider
        self.receiver = receiver
        self.secrets: dict[str, str] = {"login": urlsplit(served.login_url).query.partition("=")[2]}
        self.secrets["token"] = served.new_token()

    @asynccontextmanager
    async def client(self, token: str = "") -> AsyncIterator[httpx.AsyncClient]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        # The server hangs up after an error of its own, which a kept connection would meet at its next request.
        anew = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(
            base_url=self.served.base_url, headers=headers, verify=NO_TLS, timeout=60, limits=anew
        ) as http:
            yield http

    async def log_in(self) -> None:
        async with self.client() as browser:
            for _ in range(2):  # the second time it is used already
                await browser.get(self.served.login_url)
            self.secrets["session"] = browser.cookies["taskwake_session"]
            page = {"x-taskwake": "page"}
            await browser.patch("/me", json={"email": "sam@example.org"}, headers=page)
            await browser.post("/tasks", content=b"{", headers=page)
            await browser.delete("/tasks/x", headers=page)

    async def use_tokens(self) -> None:
        for kind in ("token", "bearer"):
            self.secrets[f"wrong {kind}"] = f"twk_{secrets.token_urlsafe(32)}"
        self.secrets["OpenID token"] = self.provider.token(sub="sam")
        self.secrets["OpenID token, old"] = self.provider.token(sub="sam", exp=1)
        for name in ("wrong token", "OpenID token", "OpenID token, old"):
            async with self.client(self.secrets[name]) as http:
                await http.get("/me")
                await http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        async with self.client() as http:
            await http.get("/me", params={"access_token": self.secrets["wrong bearer"]})
            await http.get(f"/login?login={self.secrets['wrong token']}")

    async def make(self, http: httpx.AsyncClient) -> None:
        """All that is answered with a secret, or is given one; later some of it cannot be kept."""
        self.secrets["webhook address"] = hook = secrets.token_hex(16)
        url = f"{self.receiver.url}/{hook}"
        for name, path, body, field in (
            ("made token", "/tokens", {"name": "a", "scopes": ["tasks:read"]}, "secret"),
            ("webhook's secret", "/webhooks", {"url": url, "topics": ["task.created.v1"]}, "secret"),
            ("feed address", "/calendar-feeds", {"name": "a"}, "url"),
        ):
            answer = await http.post(path, json=body)
            if answer.is_success:
                self.secrets[name] = answer.json()[field].rpartition("/")[2].removesuffix(".ics")
        [first, *_] = (await http.get("/lists")).json()
        invited = await http.post(f"/lists/{first['id']}/invitations", json={"role": "editor"})
        if invited.is_success:
            self.secrets["invitation"] = invited.json()["secret"]

    async def use(self, http: httpx.AsyncClient) -> None:
        """What was made, rightly and wrongly."""
        feed, invitation = self.secrets["feed address"], self.secrets["invitation"]
        for method in ("GET", "POST"):
            await http.request(method, f"/calendar/{feed}.ics")
            await http.request(method, f"/invitations/{invitation}")
        await http.post(f"/invitations/{invitation}/accept", json={"x": 1})
        for due in ({}, {"due_at": datetime.now(UTC).isoformat()}):  # one for the webhook, one for the mail
            await http.post("/tasks", json={"title": "Call Sam"} | due)
        await http.post("/chat", json={"text": "undo"})
        await http.get("/filters")


def logs(folder: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*.log"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with in_thread(Receiver()) as receiver:
        yield receiver


async def test_no_secret_is_in_any_log_of_a_day_on_which_much_fails(tmp_path: Path, serve, receiver: Receiver) -> None:
    store = FileSecretStore(tmp_path / "secrets.json")
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        closed = nobody.getsockname()[1]
    mail = secrets.token_hex(12)
    store.put({"smtp-url": f"smtp://sam:{mail}@127.0.0.1:{closed}"})
    with provider_on_loopback() as provider:
        served = serve(tmp_path, TASKWAKE_OIDC_ISSUER=provider.address, TASKWAKE_OIDC_AUDIENCE="taskwake")
        day = Day(served, provider, receiver)
        day.secrets["mail password"] = mail
        receiver.answers = [500, 404, 500]
        await day.log_in()
        await day.use_tokens()
        async with day.client(day.secrets["token"]) as http:
            await day.make(http)
            await day.use(http)

            async def tried() -> bool:
                return bool(receiver.calls)

            await until(tried)
            for statement in BROKEN:
                await execute(served.owner_url, statement)
            await day.make(http)
            await day.use(http)
            stop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            await execute(served.owner_url, f"{stop} AND pid <> pg_backend_pid()")
            await day.use(http)
        provider.status = 500
        await day.use_tokens()
    served.end()
    for name in ("database-url-api", "webhook-signing-key"):
        day.secrets[name] = json.loads((tmp_path / "secrets.json").read_text()).get(name, "")
    said = logs(tmp_path)
    assert "Traceback" in said
    assert [name for name, secret in day.secrets.items() if secret and secret in said] == []
    assert {"session", "made token", "webhook's secret", "feed address", "invitation"} <= set(day.secrets)
