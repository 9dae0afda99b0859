"""Bearer tokens of an OpenID provider: JSON Web Tokens (RFC 7519), verified by the keys that it publishes.

Its discovery document (OpenID Connect Discovery 1.0 §4) names the keys (RFC 7517). They are asked for again when they
get old, meanwhile those of before hold, and when a token names an unknown one: only who shows that waits.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.chat_api import jwks, jws
from functions.chat_api.permissions import ALL
from functions.kernel.domain.wall_time import check_zone
from functions.kernel.errors import InvalidInputError, IssuerUnavailableError, UnauthenticatedError
from functions.kernel.settings import OidcSettings, is_safe_address

if TYPE_CHECKING:
    import httpx

LEEWAY_SECONDS = 30
RENEWED_SECONDS, FRESH_SECONDS = 1800, 3600
"""So old keys are when they are asked for again, and so old they may be before the answer is worth a wait: a key that
was withdrawn ends within the hour."""
AGAIN_SECONDS = 10
"""Between two questions to the provider, whatever tokens come."""
KEPT_SECONDS = 86_400
"""While the provider does not answer; then no key is good any more."""
PATIENCE_SECONDS, PATIENCE_WITH_KEYS_SECONDS = 5, 2
LONGEST_TOKEN, LARGEST_ANSWER, LONGEST_SUBJECT, LONGEST_NAME = 16_384, 1_048_576, 255, 200

Clock = Callable[[], float]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claims:
    """Who it is, to the provider. `scopes` are those of ours that the token is limited to; all when it names none."""

    issuer: str
    subject: str
    name: str
    zone: str
    scopes: tuple[str, ...]


def looks_like_jwt(token: str) -> bool:
    """Whether this can be none of our own tokens: three parts in base64url (RFC 7515 §3.1)."""
    return token.count(".") == 2 and token.startswith("eyJ")


class Issuer:
    """One provider, and its keys as they were last seen. `clock` is monotonic, in seconds."""

    def __init__(self, settings: OidcSettings, clock: Clock = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._keys: jwks.Keys = {}
        self._seen_at: float | None = None
        self._asked_at: float | None = None
        self._asking: asyncio.Task[None] | None = None
        self._is_away = False

    async def verify(self, token: str) -> Claims:
        """What the token says, when all of it holds. Raises UnauthenticatedError, saying what does not, and
        IssuerUnavailableError when there are no keys to tell by."""
        import jwt

        if len(token) > LONGEST_TOKEN:
            raise _refused("it is too long")
        try:
            jws.check(token)
            header = jwt.get_unverified_header(token)
            algorithm = _algorithm(header)
            key = jwt.PyJWK(await self._key(header.get("kid"), algorithm), algorithm)
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jws.FormError, jwt.PyJWTError) as error:
            raise _refused(str(error)) from None
        return _claims(claims)

    async def _key(self, kid: object, algorithm: str) -> dict[str, Any]:
        if kid is not None and not isinstance(kid, str):
            raise _refused("its kid is no text")
        await self._renew()
        if (key := self._find(kid)) is None:
            await self._renew(unknown=True)
            key = self._find(kid)
        if key is None:
            raise _refused("its provider has no such key")
        if algorithm not in jwks.algorithms(key):
            raise _refused(f"its key is not for {algorithm}")
        return key

    def _find(self, kid: str | None) -> dict[str, Any] | None:
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    async def _renew(self, *, unknown: bool = False) -> None:
        """Ask for the keys when they get old, or one is unknown, but not too often. Who has a key to tell by does not
        wait for the answer; but for a moment, where nobody asked in the last hour."""
        age = None if self._seen_at is None else self._clock() - self._seen_at
        if age is not None and age > KEPT_SECONDS:
            self._keys, self._seen_at, age = {}, None, None
        if unknown or age is None or age >= RENEWED_SECONDS:
            self._begin_asking()
        if self._asking:
            if unknown or age is None:
                await asyncio.wait({self._asking})
            elif age >= FRESH_SECONDS and not self._is_away:
                _, unanswered = await asyncio.wait({self._asking}, timeout=PATIENCE_WITH_KEYS_SECONDS)
                self._is_away |= bool(unanswered)
        if self._seen_at is None:
            raise IssuerUnavailableError("the OpenID provider does not answer now; try again, or use another token")

    def _begin_asking(self) -> None:
        if self._asking or (self._asked_at is not None and self._clock() - self._asked_at < AGAIN_SECONDS):
            return
        self._asked_at = self._clock()
        self._asking = asyncio.get_running_loop().create_task(self._ask())
        self._asking.add_done_callback(self._end_asking)

    def _end_asking(self, _: asyncio.Task[None]) -> None:
        self._asking = None

    async def close(self) -> None:
        """Ask no more."""
        if self._asking:
            self._asking.cancel()
            await asyncio.wait({self._asking})

    async def _ask(self) -> None:
        import httpx

        try:
            async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http, asyncio.timeout(2 * PATIENCE_SECONDS):
                self._keys = jwks.usable(await _read(http, await self._address_of_keys(http)))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, OSError) as error:
            self._is_away = True
            log.warning("the keys of %s: %s: %s", self._settings.issuer, type(error).__name__, error)
        else:
            self._seen_at, self._is_away = self._clock(), False

    async def _address_of_keys(self, http: "httpx.AsyncClient") -> str:
        if self._settings.jwks_uri:
            return self._settings.jwks_uri
        found = await _read(http, self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self._settings.issuer:
            raise ValueError(f"it calls itself {found.get('issuer')!r}")
        address = found.get("jwks_uri")
        if not isinstance(address, str) or not is_safe_address(address):
            raise ValueError(f"its keys are at {address!r}, which is not https")
        return address


async def _read(http: "httpx.AsyncClient", address: str) -> dict[str, Any]:
    """The JSON object there; no redirect is followed. Raises ValueError for anything else."""
    import json

    async with http.stream("GET", address, headers={"accept": "application/json"}) as answer:
        if answer.status_code != 200:
            raise ValueError(f"{address} answered {answer.status_code}")
        body = b""
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise ValueError(f"{address} answers more than {LARGEST_ANSWER} bytes")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError(f"{address} is no JSON object")  # noqa: TRY004 - as for what is no JSON
    return found


def _algorithm(header: dict[str, Any]) -> str:
    name = header.get("alg")
    if not isinstance(name, str) or not any(name in able for able in jwks.ALGORITHMS_OF.values()):
        raise _refused(f"the algorithm {name!r} is not accepted")
    if "crit" in header:
        raise _refused("it asks for extensions that nobody here understands")
    return name


def _claims(claims: dict[str, Any]) -> Claims:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        raise _refused("its subject is no name")
    named = (claims.get("name"), claims.get("preferred_username"))
    # Only shown. A control character has no place in it, half a surrogate pair none in the database.
    clean = [
        "".join(c for c in name if c.isprintable()).strip()[:LONGEST_NAME] for name in named if isinstance(name, str)
    ]
    scope = claims.get("scope")
    asked = tuple(name for name in ALL if isinstance(scope, str) and name in scope.split())
    return Claims(claims["iss"], subject, next(filter(None, clean), "You"), _zone(claims.get("zoneinfo")), asked or ALL)


def _zone(named: object) -> str:
    try:
        check_zone(named if isinstance(named, str) else "UTC")
    except InvalidInputError:
        return "UTC"
    return named if isinstance(named, str) else "UTC"


def _refused(why: str) -> UnauthenticatedError:
    return UnauthenticatedError(f"this token is not valid: {why}; ask the provider for a new one", shown=True)
