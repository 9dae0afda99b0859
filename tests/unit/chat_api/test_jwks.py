"""Which of a provider's keys may verify, and what."""

from typing import Any

import pytest

from functions.chat_api.jwks import algorithms, usable

pytestmark = pytest.mark.requirement("PROD-020")

RSA = {"kty": "RSA", "n": "AQ", "e": "AQAB"}


def test_keys_are_found_by_their_id_and_one_without_by_none() -> None:
    first, second, nameless = RSA | {"kid": "a"}, RSA | {"kid": "b", "use": "sig"}, RSA
    assert usable({"keys": [first, second, nameless]}) == {"a": first, "b": second, None: nameless}


def test_keys_that_cannot_be_told_apart_are_left_out() -> None:
    other = RSA | {"kid": "b"}
    assert usable({"keys": [RSA | {"kid": "a"}, other, RSA | {"kid": "a", "n": "Ag"}]}) == {"b": other}
    assert usable({"keys": [RSA, RSA | {"n": "Ag"}]}) == {}


@pytest.mark.parametrize(
    "key",
    [
        RSA | {"use": "enc"},
        RSA | {"alg": "HS256"},
        RSA | {"kid": 1},
        {"kty": "oct", "k": "eHg"},
        {"kty": ["RSA"]},
        {},
        "RSA",
    ],
    ids=["encrypts", "symmetric algorithm", "id is no text", "symmetric", "type is no text", "empty", "no object"],
)
def test_a_key_that_verifies_no_signature_is_left_out(key: Any) -> None:
    other = RSA | {"kid": "other"}
    assert usable({"keys": [key, other]}) == {"other": other}


@pytest.mark.parametrize("found", [{}, {"keys": None}, {"keys": {"a": RSA}}], ids=str)
def test_what_is_no_set_of_keys_is_an_error(found: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no list of keys"):
        usable(found)


@pytest.mark.parametrize(
    ("key", "able"),
    [
        (RSA, ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        (RSA | {"alg": "PS256"}, ("PS256",)),
        ({"kty": "EC", "crv": "P-384"}, ("ES384",)),
        ({"kty": "EC", "crv": "P-384", "alg": "ES256"}, ()),
        ({"kty": "EC", "crv": "secp256k1"}, ()),
        ({"kty": "OKP", "crv": "Ed25519"}, ("EdDSA",)),
    ],
    ids=str,
)
def test_a_key_verifies_what_its_type_curve_and_algorithm_allow(key: dict[str, Any], able: tuple[str, ...]) -> None:
    assert algorithms(key) == able
