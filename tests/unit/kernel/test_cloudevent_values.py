"""The syntaxes of attribute values against the examples and limits of their RFCs."""

import sys
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from functions.kernel import cloudevent_values as values
from functions.kernel.errors import InvalidEventError

pytestmark = pytest.mark.requirement("FLOW-007")


@pytest.mark.parametrize(
    "uri",
    [
        # RFC 3986 §1.1.2
        "ftp://ftp.is.co.za/rfc/rfc1808.txt",
        "http://www.ietf.org/rfc/rfc2396.txt",
        "ldap://[2001:db8::7]/c=GB?objectClass?one",
        "mailto:John.Doe@example.com",
        "news:comp.infosystems.www.servers.unix",
        "tel:+1-816-555-1212",
        "telnet://192.0.2.16:80/",
        "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
        # CloudEvents 1.0.2, source
        "https://github.com/cloudevents",
        "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
        "http://[v7.a:b]/",
        "http://user:pass@host:/p;x=1/a%20b?q=/?",
        "file:///etc/hosts",
        "http://",
        "x:",
    ],
)
def test_absolute_uri_is_taken_as_uri_and_as_reference(uri: str) -> None:
    assert values.absolute_uri("dataschema", uri) == uri
    assert values.uri_reference("source", uri) == uri


@pytest.mark.parametrize(
    "reference",
    [
        "/cloudevents/spec/pull/123",
        "/sensors/tn-1234567/alerts",
        "1-555-123-4567",
        "cloudevents/spec/pull/123",
        "#fragment",
        "?query",
        "//authority/path",
        "./a:b",
        "a/b:c",
        "../x",
        "https://example.org/a#b",
    ],
)
def test_reference_is_no_absolute_uri(reference: str) -> None:
    assert values.uri_reference("source", reference) == reference
    with pytest.raises(InvalidEventError):
        values.absolute_uri("dataschema", reference)


@pytest.mark.parametrize(
    "wrong",
    [
        "a b",
        "1a:b",
        ":a",
        "http://a:b/",
        "http://[::1",
        "http://[::1]x/",
        "http://[1::2::3]/",
        "http://[12345::]/",
        "http://a@b@c/",
        "%",
        "%zz",
        "/a%2",
        "a#b#c",
        "/[a]",
        "<a>",
        '"',
        "a\\b",
        "a^b",
        "a`b",
        "{a}",
        "a|b",
        "http://münchen.example/",
        "/é",
    ],
)
def test_what_rfc_3986_forbids_is_no_reference(wrong: str) -> None:
    with pytest.raises(InvalidEventError) as refused:
        values.uri_reference("source", wrong)
    assert refused.value.attribute == "source"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        # RFC 3339 §5.8, its leap seconds among them
        ("1985-04-12T23:20:50.52Z", datetime(1985, 4, 12, 23, 20, 50, 520000, tzinfo=UTC)),
        ("1996-12-19T16:39:57-08:00", datetime(1996, 12, 20, 0, 39, 57, tzinfo=UTC)),
        ("1990-12-31T23:59:60Z", datetime(1991, 1, 1, tzinfo=UTC)),
        ("1990-12-31T15:59:60-08:00", datetime(1991, 1, 1, tzinfo=UTC)),
        ("1937-01-01T12:00:27.87+00:20", datetime(1937, 1, 1, 11, 40, 27, 870000, tzinfo=UTC)),
        ("2016-12-31t23:59:60.25z", datetime(2017, 1, 1, 0, 0, 0, 250000, tzinfo=UTC)),
        ("2024-02-29T00:00:00-00:00", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2024-01-01T00:00:00.123456999Z", datetime(2024, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_timestamp_is_its_utc_moment(text: str, moment: datetime) -> None:
    read = values.timestamp("time", text)
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "wrong",
    [
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00Z",
        "2024-01-01",
        "20240101T000000Z",
        "2024-W01-1T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T23:60:00Z",
        "2024-01-01T23:59:61Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00,5Z",
        "2024-01-01T00:00:00+0100",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+01:60",
        "2024-01-01T00:00:00 Z",
        "٢٠٢٤-01-01T00:00:00Z",
        "2024-01-01T23:59:60Z",
        "2024-06-30T22:59:60Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:60Z",
        "+2024-01-01T00:00:00Z",
    ],
)
def test_what_rfc_3339_forbids_is_no_timestamp(wrong: str) -> None:
    with pytest.raises(InvalidEventError) as refused:
        values.timestamp("time", wrong)
    assert refused.value.attribute == "time"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("application/json", ("application/json", "utf-8")),
        ("TEXT/Plain; CharSet=UTF-8", ("text/plain", "utf-8")),
        ('text/plain;charset="iso-8859-1" ; a=b', ("text/plain", "iso-8859-1")),
        ('multipart/mixed; boundary="a b\\"c;d"', ("multipart/mixed", "utf-8")),
        ("application/vnd.api+json", ("application/vnd.api+json", "utf-8")),
        ("image/svg+xml", ("image/svg+xml", "utf-8")),
    ],
)
def test_media_type_is_read_without_case(text: str, read: tuple[str, str]) -> None:
    assert values.media_type("datacontenttype", text) == read


@pytest.mark.parametrize(
    "wrong",
    [
        "xyz",
        "/",
        "text/",
        "/plain",
        "text/plain;",
        "text/plain; charset",
        "text/plain; =utf-8",
        "text / plain",
        "text/plain charset=utf-8",
        "text/pl@in",
        'text/plain; a="b',
        "text/plain, text/html",
        "text/pläin",
        " text/plain",
    ],
)
def test_what_rfc_2046_forbids_is_no_media_type(wrong: str) -> None:
    with pytest.raises(InvalidEventError):
        values.media_type("datacontenttype", wrong)


def test_exactly_the_forbidden_characters_are_refused() -> None:
    refused = set()
    for code in range(sys.maxunicode + 1):
        try:
            values.text("id", chr(code))
        except InvalidEventError:
            refused.add(code)
    assert refused == (
        {*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0)}
        | {plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF)}
    )


@pytest.mark.parametrize("piece", ["a", "%20", "/", ":", "@", "[", "a=", '"', "\\", " ", ";a=b", "é"])
def test_long_hostile_text_takes_linear_time(piece: str) -> None:
    """A pattern that backtracks would take hours here."""
    hostile = piece * 60_000
    for check in (values.uri_reference, values.absolute_uri, values.timestamp, values.media_type):
        for text in (hostile, "a://" + hostile, "a/b;c=" + hostile, f'a/b;c="{hostile}'):
            with suppress(InvalidEventError):
                check("source", text)
