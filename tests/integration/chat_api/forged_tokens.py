"""Tokens that nobody may be let in with, by what is wrong with each: the table FORGED."""

import base64
import hashlib
import hmac
import json
import string
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from tests.integration.chat_api.openid_provider import (
    AUDIENCE,
    EC_KEY,
    ED_KEY,
    OTHER_RSA_KEY,
    RSA_KEY,
    Provider,
    public,
)

OTHER_EC_KEY = ec.generate_private_key(ec.SECP256R1())
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256's group."""
Part = bytes | dict[str, Any] | str
Signer = Callable[[bytes], bytes]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def written(part: Part) -> bytes:
    if isinstance(part, dict):
        return json.dumps(part).encode()
    return part.encode() if isinstance(part, str) else part


def sealed(header: Part, claims: Part, sign: Signer) -> str:
    """A token, signed as it stands, whatever stands in it."""
    signed = f"{b64(written(header))}.{b64(written(claims))}"
    return f"{signed}.{b64(sign(signed.encode()))}"


def by_provider(data: bytes) -> bytes:
    """RS256 by the very key that the provider publishes as `a`."""
    return RSA_KEY.sign(data, padding.PKCS1v15(), hashes.SHA256())


def by_attacker(data: bytes) -> bytes:
    return OTHER_RSA_KEY.sign(data, padding.PKCS1v15(), hashes.SHA256())


def by_ec(key: ec.EllipticCurvePrivateKey) -> Signer:
    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    return sign


def by_secret(secret: bytes, digest: str = "sha256") -> Signer:
    return lambda data: hmac.new(secret, data, getattr(hashlib, digest)).digest()


def always(signature: bytes) -> Signer:
    return lambda _: signature


@dataclass
class Forger:
    """Knows all that is public, and may have the provider sign what it would sign for somebody else."""

    provider: Provider
    elsewhere: str
    """Where the attacker's own keys are."""

    @cached_property
    def claims(self) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.provider.address, "aud": AUDIENCE, "sub": "victim", "iat": now, "exp": now + 3600}

    def with_header(self, sign: Signer = by_attacker, **header: Any) -> str:
        return sealed({"alg": "RS256", "kid": "a", "typ": "JWT"} | header, self.claims, sign)

    def with_claims(self, **claims: Any) -> str:
        """Signed by the provider; null leaves a claim out."""
        given = {name: value for name, value in (self.claims | claims).items() if value is not None}
        return sealed({"alg": "RS256", "kid": "a"}, given, by_provider)

    @cached_property
    def good(self) -> str:
        """What lets in; the test shows that it does."""
        return self.with_claims()

    def another(self, part: int, text: str) -> str:
        parts = self.good.split(".")
        parts[part] = text
        return ".".join(parts)


Forge = Callable[[Forger], str]
Cases = Iterator[tuple[str, Forge]]


def no_algorithm() -> Cases:
    spellings: list[Any] = [
        *("none", "None", "NONE", "nOnE", "noNe", " none", "none ", "none\0", "none\n", "n\u200bone", "ｎｏｎｅ"),
        *("", "null", "undefined", "unsecured", None, False, 0, [], {}, ["none"], ["none", "RS256"]),
    ]
    for spelling in spellings:
        for name, sign in (("no signature", always(b"")), ("some signature", always(b"x" * 256))):
            yield f"alg {spelling!a}, {name}", lambda f, s=spelling, g=sign: f.with_header(g, alg=s)
    yield "alg missing", lambda f: sealed({"kid": "a"}, f.claims, by_provider)
    yield "alg none, the provider's signature", lambda f: f.with_header(by_provider, alg="none")


def other_algorithms() -> Cases:
    names: list[Any] = [
        *("rs256", "Rs256", "RS256 ", " RS256", "RS256\0", "RS256,HS256", "RS", "RS1", "RS255", "RSA", "RSA-SHA256"),
        *("RSA1_5", "RSA-OAEP", "dir", "A128KW", "ECDH-ES", "PBES2-HS256+A128KW", "ES256K", "ED25519", "HS1", "MD5"),
        *("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", ["RS256"], {"RS256": 1}, 256, True),
    ]
    for name in names:
        yield f"alg {name!a}", lambda f, n=name: f.with_header(by_provider, alg=n)
    for name in ("RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "HS256"):
        yield f"{name} over an RS256 signature", lambda f, n=name: f.with_header(by_provider, alg=n)


def public_keys_as_secrets() -> Cases:
    rsa_key, ec_key = RSA_KEY.public_key(), EC_KEY.public_key()
    pem = rsa_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    published = public(RSA_KEY, "a")
    secrets = {
        "PEM": pem,
        "PEM without its last newline": pem.strip(),
        "PEM with CRLF": pem.replace(b"\n", b"\r\n"),
        "PKCS #1 PEM": rsa_key.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        "DER": rsa_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "JWK": json.dumps(published).encode(),
        "canonical JWK": json.dumps(published, sort_keys=True, separators=(",", ":")).encode(),
        "modulus": published["n"].encode(),
        "modulus's bytes": base64.urlsafe_b64decode(published["n"] + "=="),
        "EC PEM": ec_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "empty": b"",
        "word of the example": b"your-256-bit-secret",
        "word": b"secret",
        "kid": b"a",
    }
    for name, secret in secrets.items():
        for algorithm, digest in (("HS256", "sha256"), ("HS512", "sha512")):
            yield (
                f"{algorithm}, its secret the {name}",
                lambda f, s=secret, a=algorithm, d=digest: f.with_header(by_secret(s, d), alg=a),
            )
    for alias in ("hs256", "Hs256", "HMAC", "HmacSHA256"):
        yield f"{alias}, its secret the PEM", lambda f, a=alias: f.with_header(by_secret(pem), alg=a)


def key_ids() -> Cases:
    kids: list[Any] = [
        *("../../../../../../dev/null", "/dev/null", "..\\..\\windows\\win.ini", "%2e%2e%2fdev%2fnull", "a/../a"),
        *("file:///dev/null", "a' OR '1'='1", "a'; DROP TABLE users;--", "x' UNION SELECT 'a'--", 'a" OR ""="'),
        *(
            "a|/usr/bin/id",
            "$(id)",
            "`id`",
            "{{7*7}}",
            "${jndi:ldap://127.0.0.1/a}",
            "<script>",
            "a\0",
            "a ",
            " a",
            "A",
        ),
        *("\u0430", "", "null", "0", "*", "a,ec", "__proto__", "constructor", "x" * 9_000, "\ud83d\ude00"),
        *(0, 1, 1.5, True, False, [], ["a"], {}, {"a": 1}),
    ]
    for kid in kids:
        yield f"kid {str(kid)[:40]!a}", lambda f, k=kid: f.with_header(kid=k)
    for kid in ("../../../../../../dev/null", "/proc/sys/kernel/randomize_va_space", "' UNION SELECT ''--"):
        yield f"kid {kid!a} for an empty secret", lambda f, k=kid: f.with_header(by_secret(b""), alg="HS256", kid=k)
    yield "kid is an address", lambda f: f.with_header(kid=f"{f.elsewhere}/keys")
    yield "kid null", lambda f: f.with_header(by_provider, kid=None)
    yield "kid missing", lambda f: sealed({"alg": "RS256"}, f.claims, by_provider)
    for first, second in (("a", "z"), ("z", "a"), ("a", "a")):
        header = f'{{"alg": "RS256", "kid": "{first}", "kid": "{second}"}}'
        yield f"kid {first}, then kid {second}", lambda f, h=header: sealed(h, f.claims, by_provider)


def keys_in_the_header() -> Cases:
    def certificate() -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "attacker")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, OTHER_RSA_KEY.public_key(), 1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(OTHER_RSA_KEY, hashes.SHA256())
        )
        return base64.b64encode(made.public_bytes(Encoding.DER)).decode()

    def addresses(f: Forger) -> dict[str, str]:
        host = f.elsewhere.removeprefix("http://")
        own = f.provider.address.removeprefix("http://")
        return {
            "elsewhere": f"{f.elsewhere}/keys",
            "elsewhere, with the provider as user": f"http://{own}@{host}/keys",
            "elsewhere, with the provider in the query": f"{f.elsewhere}/keys?{f.provider.address}",
            "elsewhere, with the provider behind #": f"{f.elsewhere}/keys#{f.provider.address}",
            "elsewhere, without a scheme": f"//{host}/keys",
            "a redirect of the provider's": f"{f.provider.address}/redirect?to={f.elsewhere}/keys",
            "a file": "file:///dev/null",
            "data": "data:application/json," + json.dumps({"keys": [public(OTHER_RSA_KEY, "a")]}),
        }

    for field in ("jku", "x5u", "jwks_uri", "iss"):
        for where in addresses(Forger(Provider("http://provider"), "http://elsewhere")):
            for kid in ("a", "z"):
                yield (
                    f"{field} {where}, kid {kid}",
                    lambda f, n=field, w=where, k=kid: f.with_header(kid=k, **{n: addresses(f)[w]}),
                )
    jwk = public(OTHER_RSA_KEY, "a")
    octets = {"kty": "oct", "k": b64(b"secret" * 6), "kid": "a"}
    yield "jwk, its own", lambda f: f.with_header(jwk=jwk)
    yield "jwk, its own, kid unknown", lambda f: f.with_header(jwk=jwk | {"kid": "z"}, kid="z")
    yield "jwk, its own, no kid", lambda f: sealed({"alg": "RS256", "jwk": jwk}, f.claims, by_attacker)
    yield "jwk, EC", lambda f: f.with_header(by_ec(OTHER_EC_KEY), alg="ES256", jwk=public(OTHER_EC_KEY, "ec"), kid="ec")
    yield "jwk, symmetric", lambda f: f.with_header(by_secret(b"secret" * 6), alg="HS256", jwk=octets)
    yield "jwk, a set", lambda f: f.with_header(jwks={"keys": [jwk]})
    yield "jwk, no key", lambda f: f.with_header(jwk="a")
    yield "x5c, self-signed", lambda f: f.with_header(x5c=[certificate()])
    yield "x5c, twice", lambda f: f.with_header(x5c=[certificate()] * 2, kid="z")
    yield "x5c, no certificate", lambda f: f.with_header(x5c=["x"])
    yield "x5t of its own", lambda f: f.with_header(**{"x5t": "x", "x5t#S256": "x"})


def extensions() -> Cases:
    for crit in ([], ["exp"], ["b64"], ["http://example.org/x"], None, "exp", {"exp": 1}, ["alg"]):
        yield (
            f"crit {crit!r}",
            lambda f, c=crit: f.with_header(by_provider, crit=c, **{"b64": False, "http://example.org/x": 1}),
        )
    yield "b64 false", lambda f: f.with_header(by_attacker, b64=False)
    yield "compressed", lambda f: f.with_header(by_attacker, zip="DEF")
    kinds = ("logout+jwt", "secevent+jwt", "dpop+jwt", "JWE", "JOSE", "token-introspection+jwt", "", None, 1, ["JWT"])
    for kind in kinds:
        yield f"typ {kind!r}", lambda f, k=kind: f.with_header(by_provider, typ=k)


LONG_AGO, LONG_AFTER = 1_577_836_800, 4_102_444_800


def claims_that_do_not_hold() -> Cases:
    wrong: dict[str, list[Any]] = {
        "exp": [LONG_AGO, 0, -1, -(10**18), "soon", "", [], {}, True, False, [LONG_AFTER], "2100-01-01T00:00:00Z"],
        "nbf": [LONG_AFTER, 10**18, "tomorrow", [], {}],
        "iat": [LONG_AFTER, 10**18, "now", [], {}],
        "iss": ["https://elsewhere.example", "", " ", 0, True, [], {}, ["taskwake"]],
        "aud": ["another", "", "Taskwake", "taskwake ", "taskwake/", "task", [], ["another"], ["a", "b"], [1], 1, {}],
        "sub": ["", 1, True, [], {}, ["victim"], "x" * 256, "a\0b", "\0"],
    }
    for name, values in wrong.items():
        for value in values:
            yield (
                f"{name} {str(value)[:30]!a} ({type(value).__name__})",
                lambda f, n=name, v=value: f.with_claims(**{n: v}),
            )
    for name in ("exp", "iss", "aud", "sub"):
        yield f"no {name}", lambda f, n=name: f.with_claims(**{n: None})
    for suffix in ("/", "#", "?", "%00", " ", ".evil.example", "@evil.example", "/.well-known"):
        yield f"iss with {suffix} behind", lambda f, s=suffix: f.with_claims(iss=f.provider.address + s)
    yield "iss in capitals", lambda f: f.with_claims(iss=f.provider.address.upper())
    yield "iss among others", lambda f: f.with_claims(iss=[f.provider.address])
    for name, value in (("exp", "Infinity"), ("exp", "1e999"), ("nbf", "NaN"), ("iat", "-Infinity"), ("nbf", "1e999")):
        yield (
            f"{name} {value}",
            lambda f, n=name, v=value: sealed(
                {"alg": "RS256", "kid": "a"},
                json.dumps(f.claims | {n: 0}).replace(f'"{n}": 0', f'"{n}": {v}'),
                by_provider,
            ),
        )


def names_twice() -> Cases:
    for name in ("iss", "aud", "sub", "exp"):
        for value in ("another", 4_102_444_800):
            for first in (True, False):

                def forge(f: Forger, name: str = name, value: Any = value, first: bool = first) -> str:
                    text, one = json.dumps(f.claims), json.dumps({name: value})[1:-1]
                    twice = f"{{{one}, {text[1:]}" if first else f"{text[:-1]}, {one}}}"
                    return sealed({"alg": "RS256", "kid": "a"}, twice, by_provider)

                yield f"{name} twice, {value} {'before' if first else 'behind'}", forge
    for header in ('{"alg":"RS256","alg":"none","kid":"a"}', '{"alg":"none","alg":"RS256","kid":"a"}'):
        yield f"header {header}", lambda f, h=header: sealed(h, f.claims, always(b""))


def tampered() -> Cases:
    def turned(text: str, at: int) -> str:
        """One character another: the tests' own, so that it is never the same."""
        at %= len(text)
        others = string.ascii_letters + string.digits
        return text[:at] + others[(others.find(text[at]) + 1) % len(others)] + text[at + 1 :]

    for part, name in enumerate(("header", "payload", "signature")):
        for at in (0, 1, 2, 5, 11, 17, 23, 29, -3, -2, -1):
            yield (
                f"{name} turned at {at}",
                lambda f, p=part, a=at: f.another(p, turned(f.good.split(".")[p], a)),
            )
    yield "another's payload", lambda f: f.another(1, f.with_claims(sub="kim").split(".")[1])
    yield "another's signature", lambda f: f.another(2, f.with_claims(sub="kim").split(".")[2])
    yield "another's header", lambda f: f.another(0, f.with_header(alg="RS512").split(".")[0])
    yield "the attacker's key", lambda f: f.with_header()
    yield "signature of nothing", lambda f: f.another(2, b64(by_provider(b"")))
    yield "signature of the payload alone", lambda f: f.another(2, b64(by_provider(f.good.split(".")[1].encode())))


def cut() -> Cases:
    for length in (0, 1, 2, 4, 100, 341):
        yield f"signature cut to {length}", lambda f, n=length: f.another(2, f.good.split(".")[2][:n])
    for part in (0, 1):
        yield f"part {part} empty", lambda f, p=part: f.another(p, "")
        yield f"part {part} cut in half", lambda f, p=part: f.another(p, f.good.split(".")[p][:30])
    yield "no signature", lambda f: f.good.rpartition(".")[0]
    yield "a header only", lambda f: f.good.split(".")[0]
    yield "a fourth part", lambda f: f.good + "." + f.good.split(".")[2]
    yield "a dot behind", lambda f: f.good + "."
    yield "a dot before", lambda f: "." + f.good
    yield "dots", lambda _: ".."
    yield "signature twice as long", lambda f: f.good + f.good.split(".")[2]


def elliptic_curves() -> Cases:
    def es256(sign: Signer, **header: Any) -> Forge:
        return lambda f: f.with_header(sign, **({"alg": "ES256", "kid": "ec"} | header))

    def both(r: int, s: int) -> bytes:
        return r.to_bytes(32) + s.to_bytes(32)

    for name, signature in {
        "zeros": both(0, 0),
        "ones": both(1, 1),
        "the order": both(ORDER, ORDER),
        "r zero": both(0, 1),
        "s zero": both(1, 0),
        "r the order, s one": both(ORDER, 1),
        "nothing": b"",
        "half": b"\1" * 32,
        "96 bytes": b"\1" * 96,
        "DER zeros": encode_dss_signature(0, 0),
    }.items():
        yield f"ES256, {name}", es256(always(signature))
    yield "ES256 in DER", es256(lambda data: EC_KEY.sign(data, ec.ECDSA(hashes.SHA256())))
    yield "ES256, s before r", es256(lambda data: by_ec(EC_KEY)(data)[32:] + by_ec(EC_KEY)(data)[:32])
    yield "ES256 by another key", es256(by_ec(OTHER_EC_KEY))
    yield "ES384 by the P-256 key", es256(by_ec(EC_KEY), alg="ES384")
    yield "ES256 by the key called a", es256(by_ec(EC_KEY), kid="a")
    yield "RS256 by the EC key's name", es256(by_provider, alg="RS256")
    yield "RS256 by an EC signature", es256(by_ec(EC_KEY), alg="RS256", kid="a")
    yield "EdDSA by the EC key", es256(by_ec(EC_KEY), alg="EdDSA")
    yield "EdDSA, zeros", es256(always(bytes(64)), alg="EdDSA", kid="ed")
    yield "EdDSA, the neutral point", es256(always(b"\1" + bytes(63)), alg="EdDSA", kid="ed")
    yield "ES256 by the Ed25519 key", es256(ED_KEY.sign, kid="ed")
    yield "RS256 by the Ed25519 key", es256(ED_KEY.sign, alg="RS256", kid="ed")
    yield "RS256, its signature one", es256(always(bytes(255) + b"\1"), alg="RS256", kid="a")
    yield "RS256, its signature zero", es256(always(bytes(256)), alg="RS256", kid="a")


def odd_writing() -> Cases:
    def padded(f: Forger, parts: Sequence[int]) -> str:
        found = f.good.split(".")
        return ".".join(p + "=" * (-len(p) % 4 or 4) if i in parts else p for i, p in enumerate(found))

    for parts in ((0,), (1,), (2,), (0, 1, 2)):
        yield f"padded in {parts}", lambda f, p=parts: padded(f, p)
    for mark in ("!", "%", "*", "~", "%3D", "+/", "\\n", "\t", "__"):
        for part in (1, 2):
            yield (
                f"{mark!r} in part {part}",
                lambda f, m=mark, p=part: f.another(p, f.good.split(".")[p][:8] + m + f.good.split(".")[p][8:]),
            )
    yield "encoded twice", lambda f: ".".join(b64(part.encode()) for part in f.good.split("."))
    yield "in hexadecimal", lambda f: ".".join(part.encode().hex() for part in f.good.split("."))
    yield "a header in UTF-16", lambda f: sealed('{"alg":"RS256","kid":"a"}'.encode("utf-16"), f.claims, by_provider)
    yield (
        "a header with a byte order mark",
        lambda f: sealed(b'\xef\xbb\xbf{"alg":"RS256","kid":"a"}', f.claims, by_provider),
    )
    for header in ("", "{}", "[]", "null", "1", '"RS256"', "{", '{"alg":"RS256","kid":"a"', '{"alg":"RS256"}x', "\xff"):
        yield f"header {header!a}", lambda f, h=header: sealed(h.encode("latin-1"), f.claims, by_provider)
    for payload in ("", "{}", "[]", "null", "1", '"victim"', "{", "not JSON", "\xff\xfe"):
        yield (
            f"payload {payload!a}",
            lambda f, p=payload: sealed({"alg": "RS256", "kid": "a"}, p.encode("latin-1"), by_provider),
        )


def large() -> Cases:
    for size in (16_385, 30_000, 50_000):
        yield f"{size} characters", lambda f, n=size: f.with_claims(filler="x" * n)
    deep = 5_000
    yield "a deep header", lambda f: sealed('{"alg":"RS256","kid":"a","x":' + "[" * deep, f.claims, by_provider)
    yield (
        "a deep header, closed",
        lambda f: sealed('{"alg":"RS256","kid":"a","x":' + "[" * deep + "]" * deep + "}", f.claims, by_provider),
    )
    yield "a deep payload", lambda f: sealed({"alg": "RS256", "kid": "a"}, '{"x":' + '{"x":' * 2_000, by_provider)
    yield "a long number", lambda f: sealed('{"alg":"RS256","kid":"a","x":' + "9" * 6_000 + "}", f.claims, by_provider)
    yield "many members", lambda f: f.with_header(**{f"x{number}": 1 for number in range(900)})


def within_each_other() -> Cases:
    yield "a token as payload", lambda f: sealed({"alg": "RS256", "kid": "a", "cty": "JWT"}, f.good, by_provider)
    yield "a token as payload, unsigned", lambda f: sealed({"alg": "none", "cty": "JWT"}, f.good, always(b""))
    yield "a token within a claim", lambda f: sealed({"alg": "RS256", "kid": "a"}, {"token": f.good}, by_provider)
    yield (
        "encrypted (five parts)",
        lambda f: ".".join((b64(b'{"alg":"RSA-OAEP","enc":"A256GCM","kid":"a"}'), *(b64(b"x" * 16) for _ in range(4)))),
    )
    yield "encrypted, direct", lambda f: ".".join((b64(b'{"alg":"dir","enc":"A128GCM"}'), "", *(b64(b"x" * 12),) * 3))
    yield (
        "encrypted by a password of a billion rounds",
        lambda f: ".".join(
            (b64(b'{"alg":"PBES2-HS256+A128KW","p2c":1000000000,"p2s":"eA","enc":"A128GCM"}'), *(b64(b"x" * 12),) * 4)
        ),
    )
    yield "encrypted, said to be signed", lambda f: f.with_header(always(b"x"), alg="RSA-OAEP", enc="A256GCM")
    yield (
        "as JSON",
        lambda f: json.dumps(
            dict(zip(("protected", "payload", "signature"), f.good.split("."), strict=True)), separators=(",", ":")
        ),
    )
    yield "as general JSON", lambda f: json.dumps({"payload": f.good.split(".")[1], "signatures": []})


KINDS = (
    no_algorithm,
    other_algorithms,
    public_keys_as_secrets,
    key_ids,
    keys_in_the_header,
    extensions,
    claims_that_do_not_hold,
    names_twice,
    tampered,
    cut,
    elliptic_curves,
    odd_writing,
    large,
    within_each_other,
)
FORGED: dict[str, Forge] = {f"{kind.__name__}: {name}": forge for kind in KINDS for name, forge in kind()}
