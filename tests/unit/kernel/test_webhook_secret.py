"""A webhook's signing secrets: one a generation, none of which tells of another."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

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


VECTOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.requirement("TRUST-076")
def test_the_signature_is_that_of_the_standards_own_example() -> None:
    """Of the tests of github.com/standard-webhooks/standard-webhooks (libraries, MIT)."""
    moment = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers((VECTOR_SECRET,), "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == VECTOR_SIGNATURE


def sent(ago: timedelta = timedelta(), *secrets: str) -> tuple[bytes, dict[str, str]]:
    """A message as it is sent, by the secrets of a webhook that was rotated just now."""
    body = '{"title":"Fällig 日本"}'.encode()
    made = secrets or signing_secrets("key", HOOK, 1, NOW, NOW)
    return body, signed_headers(made, OTHER, datetime.now(UTC) - ago, body)


NEW, BEFORE, EARLIER = (signing_secret("key", HOOK, generation) for generation in (1, 0, 2))


@pytest.mark.requirement("TRUST-076")
@pytest.mark.parametrize("secret", [NEW, BEFORE, NEW.removeprefix("whsec_")])
def test_a_receiver_believes_what_was_sent(secret: str) -> None:
    body, headers = sent()
    assert Webhook(secret).verify(body, headers)


@pytest.mark.requirement("TRUST-076")
@pytest.mark.parametrize("ago", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=1), timedelta(days=400)])
def test_a_receiver_believes_no_message_of_another_time(ago: timedelta) -> None:
    body, headers = sent(ago)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body, headers)


@pytest.mark.requirement("TRUST-076")
@pytest.mark.parametrize("secret", [EARLIER, signing_secret("another key", HOOK, 1), signing_secret("key", OTHER, 1)])
def test_a_receiver_with_another_secret_believes_nothing(secret: str) -> None:
    body, headers = sent()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


@pytest.mark.requirement("TRUST-076")
@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature", "body"])
@pytest.mark.parametrize("how", ["turned", "cut", "longer", "empty", "missing"])
def test_a_receiver_believes_nothing_that_was_touched(name: str, how: str) -> None:
    body, headers = sent(timedelta(), NEW)
    parts: dict[str, Any] = headers | {"body": body.decode()}
    at = 5 if name == "webhook-signature" else 0
    whole = parts[name]
    parts[name] = {
        "turned": whole[:at] + ("1" if whole[at] != "1" else "2") + whole[at + 1 :],
        "cut": whole[:-2],
        "longer": whole[:at] + "1" + whole[at:],
        "empty": "",
        "missing": None,
    }[how]
    body = (parts.pop("body") or "").encode()
    with pytest.raises((WebhookVerificationError, ValueError)):  # what is no base64 is refused by its own name
        Webhook(NEW).verify(body, {key: value for key, value in parts.items() if value is not None})


@pytest.mark.requirement("TRUST-076")
@pytest.mark.parametrize("around", ["v1,{} {sent}", "{sent} v1,{}", "v2,{} v1a,{} {sent}", "v1,{} v2,{} {sent} v1,{}"])
def test_one_right_signature_among_others_is_enough_and_none_of_another_version_is(around: str) -> None:
    body, headers = sent(timedelta(), NEW)
    right, wrong = headers["webhook-signature"], "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
    signatures = around.replace("{}", wrong).replace("{sent}", right)
    assert Webhook(NEW).verify(body, headers | {"webhook-signature": signatures})
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body, headers | {"webhook-signature": signatures.replace(right, "v2," + right[3:])})
