"""The keys that a provider publishes (RFC 7517), as far as they can verify a signature."""

from typing import Any

ALGORITHMS_OF = {
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "EC": ("ES256", "ES384", "ES512"),
    "OKP": ("EdDSA",),
}
"""By the key's type: each verifies with a public key, so none can be forged with one (RFC 8725 §2.1)."""
CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}

Keys = dict[str | None, dict[str, Any]]


def usable(found: dict[str, Any]) -> Keys:
    """The public keys for signatures in a set of keys, by id. Others, and those that cannot be told apart, are left
    out. Raises ValueError for what is no such set."""
    keys = found.get("keys")
    if not isinstance(keys, list):
        raise ValueError("there is no list of keys")  # noqa: TRY004 - as for what is no JSON
    verifying = [
        key
        for key in keys
        if isinstance(key, dict) and key.get("use", "sig") == "sig" and algorithms(key) and _is_id(key.get("kid"))
    ]
    ids = [key.get("kid") for key in verifying]
    return {key.get("kid"): key for key in verifying if ids.count(key.get("kid")) == 1}


def algorithms(key: dict[str, Any]) -> tuple[str, ...]:
    """What this key may verify: what its type can, narrowed by its curve, and by `alg` where it has one."""
    kind = key.get("kty")
    able = ALGORITHMS_OF.get(kind, ()) if isinstance(kind, str) else ()
    if kind == "EC":
        able = tuple(name for name in able if name == CURVES.get(str(key.get("crv"))))
    return tuple(name for name in able if key.get("alg", name) == name)


def _is_id(kid: object) -> bool:
    return kid is None or isinstance(kid, str)
