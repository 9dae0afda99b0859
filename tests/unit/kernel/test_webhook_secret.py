"""A webhook's signing secrets: one a generation, none of which tells of another."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook

from functions.kernel.webhook_secret import BOTH_FOR, signed_headers, signing_secret, signing_secrets

pytestmark = pytest.mark.requirement("PROD-074")

HOOK, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_secret_that_was_never_rotated_is_the_one_it_always_was() -> None:
    assert signing_secret("key", HOOK) == "whsec_2vFlxLHKl/6S/ZBer4NtL/5w0SqcqfhF2A+tScAtqvA="


def test_each_webhook_generation_and_key_has_a_secret_of_its_own() -> None:
    made = [
        signing_secret(key, hook, generation) for key in ("a", "b") for hook in (HOOK, OTHER) for generation in range(5)
    ]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize(
    ("since", "generations"),
    [
        (None, (0,)),
        (timedelta(), (3, 2)),
        (BOTH_FOR - timedelta(microseconds=1), (3, 2)),
        (BOTH_FOR, (3,)),
        (timedelta(days=400), (3,)),
    ],
)
def test_a_day_long_the_secret_before_signs_too(since: timedelta | None, generations: tuple[int, ...]) -> None:
    rotated = None if since is None else NOW - since
    found = signing_secrets("key", HOOK, generations[0], rotated, NOW)
    assert found == tuple(signing_secret("key", HOOK, generation) for generation in generations)


def test_headers_hold_a_signature_by_each_secret() -> None:
    secrets = signing_secrets("key", HOOK, 1, NOW, NOW)
    now = datetime.now(UTC)  # the standard's library refuses what is old
    headers = signed_headers(secrets, OTHER, now, b'{"a":1}')
    assert headers["webhook-id"] == str(OTHER)
    assert len(headers["webhook-signature"].split()) == 2
    for secret in secrets:
        assert Webhook(secret).verify(b'{"a":1}', headers) == {"a": 1}


@pytest.mark.parametrize("secrets", [(), ("",), ("whsec_",), ("whsec_a",), (signing_secret("k", HOOK), "whsec_a")])
def test_what_is_no_secret_signs_nothing(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - base64's own texts, too
        signed_headers(secrets, OTHER, NOW, b"{}")
