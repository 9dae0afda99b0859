"""Tokens of an OpenID provider: a real one on loopback, with real keys, that turns them and goes away."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from functions.chat_api import oidc
from functions.chat_api.oidc import AGAIN_SECONDS, FRESH_SECONDS, KEPT_SECONDS, LEEWAY_SECONDS, RENEWED_SECONDS
from functions.kernel.errors import UnauthenticatedError
from tests.integration.chat_api.openid_provider import (
    AUDIENCE,
    EC_KEY,
    ED_KEY,
    OTHER_RSA_KEY,
    RSA_KEY,
    Provider,
    provider_on_loopback,
    public,
)
from tests.integration.world import NO_TLS, Person, World, until

pytestmark = pytest.mark.requirement("PROD-020")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_on_loopback() as provider:
        yield provider


@pytest.fixture
def believed(taskwake: World, provider: Provider) -> Iterator[Provider]:
    """The provider, as the one whose tokens Taskwake believes."""
    taskwake.taskwake.context.oidc = provider.issuer()
    yield provider
    taskwake.taskwake.context.oidc = None


async def ask(taskwake: World, token: str, method: str = "GET", path: str = "/me", body: Any = None) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=taskwake.base_url, headers=headers, verify=NO_TLS, timeout=15) as http:
        return await http.request(method, path, json=body)


async def test_somebody_new_gets_an_account_of_their_own_once(taskwake: World, believed: Provider) -> None:
    tokens = [believed.token(sub="new", name="Robin", zoneinfo="Europe/Berlin") for _ in range(8)]
    answers = await asyncio.gather(*(ask(taskwake, token) for token in tokens))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (answers[0].json()["name"], answers[0].json()["zone"]) == ("Robin", "Europe/Berlin")
    assert believed.asked == 1
    made = await ask(taskwake, tokens[0], "POST", "/tasks", {"title": "x"})
    assert made.status_code == 201
    assert (await ask(taskwake, believed.token(sub="another"))).json()["id"] != answers[0].json()["id"]


async def test_nobody_is_linked_by_an_address(taskwake: World, believed: Provider) -> None:
    victim = await taskwake.person(email="victim@example.org")
    token = believed.token(sub="thief", email=victim.email, email_verified=True, name="Thief")
    me = (await ask(taskwake, token)).json()
    assert me["id"] != str(victim.id)
    assert me["email"] is None


async def test_a_token_that_names_scopes_may_do_those_only(taskwake: World, believed: Provider) -> None:
    token = believed.token(sub="reader", scope="openid tasks:read")
    assert (await ask(taskwake, token, path="/tasks")).status_code == 200
    refused = await ask(taskwake, token, "POST", "/tasks", {"title": "x"})
    assert refused.status_code == 403
    assert 'scope="tasks:write"' in refused.headers["www-authenticate"]


async def test_our_own_tokens_are_good_beside_a_provider(believed: Provider, sam: Person) -> None:
    assert (await sam.http.get("/me")).status_code == 200
    assert believed.asked == 0


async def test_without_a_provider_no_such_token_is_good(taskwake: World, provider: Provider) -> None:
    assert (await ask(taskwake, provider.token())).status_code == 401
    assert provider.asked == 0


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (RSA_KEY, "RS256", "a"),
        (RSA_KEY, "RS512", "a"),
        (RSA_KEY, "PS256", "a"),
        (EC_KEY, "ES256", "ec"),
        (ED_KEY, "EdDSA", "ed"),
    ],
)
async def test_public_keys_of_each_kind_verify(provider: Provider, key: Any, algorithm: str, kid: str) -> None:
    claims = await provider.issuer().verify(provider.token(key, algorithm, kid))
    assert (claims.issuer, claims.subject, claims.name) == (provider.address, "sam", "You")


NOW = int(time.time())
PASSED, TO_COME = 1_577_836_800, 4_102_444_800
"""2020, and 2100: the same in each process that collects the tests."""


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": PASSED},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": TO_COME},
        {"iat": TO_COME},
        {"aud": "another"},
        {"aud": ["another", "others"]},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "a\0b"},
    ],
    ids=str,
)
async def test_a_token_whose_claims_do_not_hold_is_refused(
    taskwake: World, believed: Provider, claims: dict[str, Any]
) -> None:
    before = await taskwake.everything()
    answer = await ask(taskwake, believed.token(**claims))
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert await taskwake.everything() == before


async def test_a_token_that_ended_before_the_leeway_is_refused(taskwake: World, believed: Provider) -> None:
    assert (await ask(taskwake, believed.token(exp=NOW - LEEWAY_SECONDS - 60))).status_code == 401


async def test_clocks_may_differ_a_little(provider: Provider) -> None:
    token = provider.token(exp=int(time.time()) - LEEWAY_SECONDS // 2, nbf=int(time.time()) + LEEWAY_SECONDS // 2)
    assert (await provider.issuer().verify(token)).subject == "sam"


def hmac_with_public_key(provider: Provider) -> str:
    """HS256, its secret the public key as everybody can read it: PyJWT would not sign so, others do."""
    import base64
    import hashlib
    import hmac

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    secret = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = {"iss": provider.address, "aud": AUDIENCE, "sub": "sam", "exp": NOW + 3600}
    signed = part(b'{"alg":"HS256","kid":"a"}') + "." + part(json.dumps(claims).encode())
    return signed + "." + part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())


FORGED = {
    "none": lambda provider: provider.token("", "none"),
    "the public key as HMAC secret": hmac_with_public_key,
    "HMAC by a key of its own": lambda provider: provider.token("x" * 32, "HS256"),
    "another's key": lambda provider: provider.token(OTHER_RSA_KEY),
    "the key of another kind": lambda provider: provider.token(EC_KEY, "ES256", "a"),
    "an unknown kid": lambda provider: provider.token(kid="z"),
    "no kid": lambda provider: provider.token(kid=None),
    "no signature": lambda provider: provider.token().rpartition(".")[0] + ".",
    "other claims": lambda provider: ".".join(
        (provider.token().split(".")[0], provider.token(sub="kim").split(".")[1], provider.token().split(".")[2])
    ),
    "no JSON": lambda _: "eyJ.eyJ.x",
    "no base64": lambda _: "eyJ!.eyJ!.!",
    "too long": lambda provider: provider.token(filler="x" * 20_000),
    "its own key in the header": lambda provider: jwt.encode(
        {"iss": provider.address, "aud": AUDIENCE, "sub": "sam", "exp": NOW + 3600},
        OTHER_RSA_KEY,
        "RS256",
        headers={"jwk": public(OTHER_RSA_KEY, "a"), "kid": "a"},
    ),
    "extensions": lambda provider: jwt.encode(
        {"iss": provider.address, "aud": AUDIENCE, "sub": "sam", "exp": NOW + 3600},
        RSA_KEY,
        "RS256",
        headers={"crit": ["x"], "x": 1, "kid": "a"},
    ),
}


@pytest.mark.parametrize("how", FORGED)
async def test_a_forged_token_is_refused(taskwake: World, believed: Provider, how: str) -> None:
    answer = await ask(taskwake, FORGED[how](believed))
    assert answer.status_code == 401, answer.text


@pytest.mark.parametrize(
    "key",
    [
        public(RSA_KEY, "a", use="enc"),
        public(RSA_KEY, "a", alg="RS512"),
        {"kty": "oct", "k": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg", "kid": "a"},
        {"kty": "RSA", "kid": "a"},
        {"kty": ["RSA"], "kid": "a"},
    ],
    ids=["encrypts", "another algorithm's", "symmetric", "broken", "no text"],
)
async def test_a_key_that_is_not_for_this_verifies_nothing(
    taskwake: World, believed: Provider, key: dict[str, Any]
) -> None:
    believed.keys = [key]
    assert (await ask(taskwake, believed.token())).status_code == 401


async def test_a_new_key_is_fetched_when_a_token_names_it(provider: Provider) -> None:
    issuer = provider.issuer()
    await issuer.verify(provider.token())
    provider.keys.append(public(OTHER_RSA_KEY, "b"))
    provider.now += AGAIN_SECONDS
    assert (await issuer.verify(provider.token(OTHER_RSA_KEY, kid="b"))).subject == "sam"
    assert provider.asked == 2


async def test_made_up_keys_make_nobody_ask_the_provider_often(taskwake: World, believed: Provider) -> None:
    await ask(taskwake, believed.token())
    believed.now += AGAIN_SECONDS
    answers = await asyncio.gather(*(ask(taskwake, believed.token(kid=f"made up {n}")) for n in range(20)))
    assert {answer.status_code for answer in answers} == {401}
    assert believed.asked == 2


async def test_a_key_that_is_withdrawn_ends_within_the_hour(taskwake: World, believed: Provider) -> None:
    assert (await ask(taskwake, believed.token())).status_code == 200
    believed.keys = [public(OTHER_RSA_KEY, "b")]
    believed.now += FRESH_SECONDS
    assert (await ask(taskwake, believed.token())).status_code == 401


async def test_while_the_provider_is_away_its_keys_hold_for_a_day(taskwake: World, believed: Provider) -> None:
    assert (await ask(taskwake, believed.token())).status_code == 200
    believed.status = 500
    believed.now += FRESH_SECONDS
    assert (await ask(taskwake, believed.token())).status_code == 200
    believed.now += KEPT_SECONDS
    away = await ask(taskwake, believed.token())
    assert (away.status_code, away.headers["retry-after"]) == (503, "1")
    believed.status = 200
    believed.now += AGAIN_SECONDS
    assert (await ask(taskwake, believed.token())).status_code == 200


async def is_asked(provider: Provider, times: int) -> None:
    async def asked() -> bool:
        return provider.asked >= times

    await until(asked)


@pytest.mark.requirement("PROD-171")
@pytest.mark.parametrize("age", [0, RENEWED_SECONDS, FRESH_SECONDS + AGAIN_SECONDS])
async def test_who_has_a_known_key_waits_for_nothing_while_a_made_up_one_is_asked_for(
    provider: Provider, age: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "PATIENCE_WITH_KEYS_SECONDS", 0.1)
    issuer = provider.issuer()
    await issuer.verify(provider.token())
    provider.answers.clear()
    provider.now += age + AGAIN_SECONDS
    made_up = asyncio.create_task(issuer.verify(provider.token(kid="made up")))
    await is_asked(provider, 2)
    for _ in range(20):
        assert (await issuer.verify(provider.token())).subject == "sam"
    assert (made_up.done(), provider.asked) == (False, 2)
    provider.answers.set()
    with pytest.raises(UnauthenticatedError):
        await made_up


@pytest.mark.requirement("PROD-171")
async def test_keys_that_get_old_are_renewed_while_they_are_used(provider: Provider) -> None:
    issuer = provider.issuer()
    await issuer.verify(provider.token())
    provider.answers.clear()
    provider.keys = [public(OTHER_RSA_KEY, "b")]
    provider.now += RENEWED_SECONDS
    assert (await issuer.verify(provider.token())).subject == "sam"
    await is_asked(provider, 2)
    provider.answers.set()

    async def is_over() -> bool:
        try:
            await issuer.verify(provider.token())
        except UnauthenticatedError:
            return True
        return False

    await until(is_over)
    assert provider.asked == 2


@pytest.mark.requirement("PROD-171")
async def test_a_provider_that_is_being_asked_is_let_go_of_at_the_end(provider: Provider) -> None:
    issuer = provider.issuer()
    await issuer.verify(provider.token())
    before = asyncio.all_tasks()
    provider.answers.clear()
    provider.now += RENEWED_SECONDS
    await issuer.verify(provider.token())
    await is_asked(provider, 2)
    await issuer.close()
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(
    "document",
    [{"issuer": "https://elsewhere.example"}, {"jwks_uri": "http://elsewhere.example/keys"}, {"jwks_uri": 1}],
    ids=["another's", "by plain HTTP", "no address"],
)
async def test_a_wrong_discovery_document_is_believed_nothing(
    taskwake: World, believed: Provider, document: dict[str, Any]
) -> None:
    believed.document = document
    assert (await ask(taskwake, believed.token())).status_code == 503
    assert believed.asked == 0
