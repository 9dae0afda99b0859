"""Headers of the binary content mode, decoded as the HTTP protocol binding 1.0.2 §3.1.3 asks."""

import pytest

from functions.kernel.cloudevent_headers import read_attributes
from functions.kernel.errors import InvalidEventError

pytestmark = pytest.mark.requirement("FLOW-007")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),  # the binding's own example
        ("Euro%20%e2%82%ac", "Euro €"),
        ("%41%42", "AB"),
        ("%2541", "%41"),
        ('"a \\"quoted\\" \\\\ value"', 'a "quoted" \\ value'),
        ('"%22"', '"'),
        ('""', ""),
        ("plain with spaces", "plain with spaces"),
        (" \ttrimmed ", "trimmed"),
        ("", ""),
    ],
)
def test_header_is_unquoted_and_then_percent_decoded_once(raw: str, value: str) -> None:
    assert read_attributes({"ce-subject": raw}) == {"subject": value}


@pytest.mark.parametrize(
    "raw",
    [
        "%C0%A0",
        "%FF",
        "%ED%BA%AD",
        "%E2%82",
        "%",
        "%2",
        "%zz",
        "100%",
        "é",
        "a\nb",
        "a\x00",
        'a"b',
        '"a',
        '"\\"',
    ],
)
def test_header_that_cannot_be_decoded_is_refused(raw: str) -> None:
    with pytest.raises(InvalidEventError) as refused:
        read_attributes({"ce-subject": raw})
    assert refused.value.attribute == "subject"
    assert str(refused.value).isprintable()


def test_header_names_have_no_case_and_others_are_passed_over() -> None:
    headers = {"CE-Id": "1", "Content-Type": "text/plain", "X-Ce-Type": "no", "traceparent": "no"}
    assert read_attributes(headers) == {"id": "1", "datacontenttype": "text/plain"}


def test_content_type_is_not_percent_decoded() -> None:
    assert read_attributes({"content-type": 'a/b; c="%41"'}) == {"datacontenttype": 'a/b; c="%41"'}


@pytest.mark.parametrize("header", ["ce-\ud800", "ce-a b", "ce-é", "ce-", "ce-" + "a" * 65])
def test_header_that_names_no_attribute_is_refused_in_words_that_a_log_takes(header: str) -> None:
    with pytest.raises(InvalidEventError, match="name has") as refused:
        read_attributes({header: "é"})
    assert str(refused.value).encode()


@pytest.mark.parametrize("header", ["ce-datacontenttype", "ce-data"])
def test_header_that_the_binding_reserves_is_refused(header: str) -> None:
    with pytest.raises(InvalidEventError):
        read_attributes({header: "text/plain"})


def test_attribute_given_twice_is_refused() -> None:
    with pytest.raises(InvalidEventError, match="two headers"):
        read_attributes({"ce-id": "1", "CE-ID": "2"})
