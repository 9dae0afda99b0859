"""No forged token lets anybody in, makes the server fail, or makes it ask a foreign address."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import pytest_asyncio

from functions.chat_api import jws
from tests.in_thread import in_thread
from tests.integration.chat_api.forged_tokens import FORGED, KINDS, Forger
from tests.integration.chat_api.openid_provider import OTHER_RSA_KEY, provider_on_loopback, public
from tests.integration.world import NO_TLS, World

pytestmark = pytest.mark.requirement("TRUST-070")


class Elsewhere(ThreadingHTTPServer):
    """The attacker's host, with keys to anything; it counts who asks."""

    asked: int = 0


class _Keys(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str({"keys": [public(OTHER_RSA_KEY, "a")]}).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def forger() -> Iterator[Forger]:
    with provider_on_loopback() as provider, in_thread(Elsewhere(("127.0.0.1", 0), _Keys)) as elsewhere:
        yield Forger(provider, f"http://127.0.0.1:{elsewhere.server_port}")
        assert elsewhere.asked == 0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stranger(taskwake: World, forger: Forger) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a credential, at a Taskwake that believes the provider. No forged token makes them known."""
    taskwake.taskwake.context.oidc = forger.provider.issuer()
    async with httpx.AsyncClient(base_url=taskwake.base_url, verify=NO_TLS, timeout=15) as http:
        yield http
    taskwake.taskwake.context.oidc = None


async def ask(http: httpx.AsyncClient, token: str) -> httpx.Response:
    return await http.get("/me", headers={"authorization": f"Bearer {token}"})


async def test_the_token_that_all_are_made_from_lets_in(stranger: httpx.AsyncClient, forger: Forger) -> None:
    assert (await ask(stranger, forger.good)).status_code == 200
    assert (await ask(stranger, forger.with_claims(aud=["another", "taskwake"]))).status_code == 200


@pytest.mark.parametrize("name", FORGED)
async def test_forged_token_is_refused(taskwake: World, stranger: httpx.AsyncClient, forger: Forger, name: str) -> None:
    known = await taskwake.execute("SELECT count(*) FROM users")
    answer = await ask(stranger, FORGED[name](forger))
    if not name.startswith("large: "):
        assert answer.status_code == 401, answer.text
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.status_code in (401, 431), answer.text  # too large to be read at all
    assert answer.headers["content-type"] == "application/problem+json"
    assert await taskwake.execute("SELECT count(*) FROM users") == known


def test_each_kind_of_forgery_is_tried_in_many_forms(forger: Forger) -> None:
    assert len(FORGED) > 400
    kinds = Counter(name.partition(":")[0] for name in FORGED)
    assert set(kinds) == {kind.__name__ for kind in KINDS}
    tokens = {name: forge(forger) for name, forge in FORGED.items()}
    assert len(set(tokens.values())) == len(tokens)
    assert forger.good not in tokens.values()


def test_a_token_has_one_way_to_be_written(forger: Forger) -> None:
    jws.check(forger.good)
    header, payload, signature = forger.good.split(".")
    with pytest.raises(jws.FormError, match="base64url"):
        jws.check(f"{header}.{payload}.{signature}=")
    with pytest.raises(jws.FormError, match="another kind"):
        jws.check(forger.with_header(typ="logout+jwt"))
    for kind in ("jwt", "at+JWT", "application/at+jwt"):
        jws.check(forger.with_header(typ=kind))
