"""An OpenID provider on loopback, with real keys, that turns them and goes away."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from functions.chat_api.oidc import Issuer
from functions.kernel.settings import OidcSettings
from tests.in_thread import in_thread

AUDIENCE = "taskwake"
RSA_KEY, OTHER_RSA_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()


def public(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    algorithm = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}.get(
        next((kind for kind in (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey) if isinstance(key, kind)), None),
        OKPAlgorithm,
    )
    made = algorithm.to_jwk(key.public_key(), as_dict=True) | more
    return made | ({"kid": kid} if kid else {})


@dataclass
class Provider:
    """What it publishes, and how often it was asked for its keys."""

    address: str = ""
    keys: list[dict[str, Any]] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    asked: int = 0
    now: float = 1000.0
    answers: threading.Event = field(default_factory=threading.Event)
    """Cleared, it takes a request for its keys and says nothing."""

    def issuer(self) -> Issuer:
        return Issuer(OidcSettings(self.address, AUDIENCE), clock=lambda: self.now)

    def token(self, key: Any = RSA_KEY, algorithm: str = "RS256", kid: str | None = "a", **claims: Any) -> str:
        moment = int(time.time())
        given = {"iss": self.address, "aud": AUDIENCE, "sub": "sam", "iat": moment, "exp": moment + 300} | claims
        given = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(given, key, algorithm, headers={"kid": kid} if kid else {})


@contextmanager
def provider_on_loopback() -> Iterator[Provider]:
    """One that serves until the block ends."""
    provider = Provider(keys=[public(RSA_KEY, "a"), public(EC_KEY, "ec"), public(ED_KEY, "ed")])
    provider.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/keys":
                provider.asked += 1
                provider.answers.wait()
                self.answer({"keys": provider.keys})
            elif self.path == "/.well-known/openid-configuration":
                self.answer({"issuer": provider.address, "jwks_uri": f"{provider.address}/keys"} | provider.document)
            else:
                self.send_error(404)

        def answer(self, body: Any) -> None:
            text = json.dumps(body).encode()
            self.send_response(provider.status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    with in_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        provider.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield provider
        finally:
            provider.answers.set()
