"""What CloudEvents 1.0.2 allows as the value of an attribute (its "Type System") and as JSON data.

Each function gives the value as Python holds it, or raises InvalidEventError under the name it was given.
All take time linear in their input: no pattern here can backtrack.
"""

import re
from binascii import a2b_base64
from datetime import UTC, datetime, timedelta
from math import isfinite

from pydantic_core import from_json

from functions.kernel.errors import InvalidEventError

MAX_DEPTH = 32
"""Objects and arrays within each other, the event itself included."""
MAX_NAME_LENGTH = 64
"""Of an attribute's name; the specification only recommends at most 20."""

_is_name = re.compile("[a-z0-9]+").fullmatch

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
_find_forbidden = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]").search

_HEX = "%[0-9A-Fa-f]{2}"
_FREE = r"A-Za-z0-9\-._~!$&'()*+,;="  # unreserved and sub-delims of RFC 3986
_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*+:"
_USER = rf"(?:(?:[{_FREE}:]++|{_HEX})*+@)?"
_IP_LITERAL = rf"\[(?:(?P<ipv6>[0-9A-Fa-f:.]++)|[vV][0-9A-Fa-f]++\.[{_FREE}:]++)\]"
_HOST = rf"(?:{_IP_LITERAL}|(?:[{_FREE}]++|{_HEX})*+)"
_PATH = rf"(?:[{_FREE}:@/]++|{_HEX})*+"
_HIERARCHY = rf"(?://{_USER}{_HOST}(?::[0-9]*+)?(?![^/?#]){_PATH}|(?!//){_PATH})"
_QUERY = rf"(?:[{_FREE}:@/?]++|{_HEX})*+"
_match_uri = re.compile(
    rf"(?:(?P<scheme>{_SCHEME})|(?![^/?#:]*+:)){_HIERARCHY}(?:\?{_QUERY})?(?P<fragment>#{_QUERY})?"
).fullmatch

_TOKEN = r"[!#$%&'*+.0-9A-Z^_`a-z{|}~\-]++"  # noqa: S105 - RFC 2045 §5.1 calls it so
_match_media_type = re.compile(
    rf"({_TOKEN}/{_TOKEN})((?:[ \t]*+;[ \t]*+{_TOKEN}=(?:{_TOKEN}|\"(?:[ !#-\[\]-~]|\\[ -~])*+\"))*+)"
).fullmatch
_find_charset = re.compile(r";[ \t]*+charset=\"?([^\";\s]++)", re.IGNORECASE).search

_match_timestamp = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
    r"(?:\.[0-9]++)?(?:Z|[+\-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
).fullmatch


def quoted(text: str) -> str:
    """`text` for an error: short, in ASCII, without characters that a log or a database column refuses."""
    return ascii(text) if len(text) <= 80 else f"{text[:80]!a} ..."


def check_name(name: str) -> None:
    """An attribute's name: ASCII lower-case letters and digits."""
    if _is_name(name) is None:
        raise InvalidEventError(quoted(name), "an attribute's name has only a-z and 0-9")
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidEventError(quoted(name), f"an attribute's name has at most {MAX_NAME_LENGTH} characters")


def text(name: str, value: object) -> str:
    """A non-empty String: no control characters, lone surrogates or Unicode noncharacters."""
    if value is None:
        raise InvalidEventError(name, "required")
    if not isinstance(value, str):
        raise InvalidEventError(name, f"must be a string, not {_json_type(value)}")
    if not value:
        raise InvalidEventError(name, "must not be empty")
    _check_characters(name, value)
    return value


def uri_reference(name: str, value: object) -> str:
    """A non-empty URI-reference (RFC 3986 §4.1)."""
    value = text(name, value)
    match = _match_uri(value)
    if match is None or not _is_address(match["ipv6"]):
        raise InvalidEventError(name, f"{quoted(value)} is no URI-reference (RFC 3986 §4.1)")
    return value


def absolute_uri(name: str, value: object) -> str:
    """A URI in the specification's sense: an absolute URI (RFC 3986 §4.3), which has no fragment."""
    value = text(name, value)
    match = _match_uri(value)
    if match is None or not match["scheme"] or match["fragment"] or not _is_address(match["ipv6"]):
        raise InvalidEventError(name, f"{quoted(value)} is no absolute URI without fragment (RFC 3986 §4.3)")
    return value


def media_type(name: str, value: object) -> tuple[str, str]:
    """The media type (RFC 2046) without its parameters, and its charset, else `utf-8`; both in lower case."""
    if value == "application/json":
        return "application/json", "utf-8"
    value = text(name, value)
    match = _match_media_type(value)
    if match is None:
        raise InvalidEventError(name, f"{quoted(value)} is no media type (RFC 2046)")
    charset = _find_charset(match[2])
    return match[1].lower(), charset[1].lower() if charset else "utf-8"


def declares_json(media_type: str) -> bool:
    """Whether a media type (lower case, no parameters) is one of JSON: the JSON event format §3.1.1."""
    return media_type.endswith(("/json", "+json"))


def timestamp(name: str, value: object) -> datetime:
    """The moment of an RFC 3339 timestamp in UTC; digits beyond the microsecond are dropped.

    A leap second becomes the first second of the next minute, as POSIX counts. `:60` is refused where no leap
    second can be (it is the last second of a month in UTC), and so is what `datetime` cannot hold.
    """
    value = text(name, value)
    upper = value.upper()
    match = _match_timestamp(upper)
    if match is not None:
        try:
            if match[1] == "60":
                return _leap_second(datetime.fromisoformat(f"{upper[:17]}59{upper[19:]}"))
            moment = datetime.fromisoformat(upper)
            return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise InvalidEventError(name, f"{quoted(value)} is no RFC 3339 timestamp (such as 2026-11-23T08:00:00Z)")


def extension(name: str, value: object) -> str | int | bool:
    """The value of an extension attribute: a String, a Boolean, or an Integer of 32 bits."""
    if isinstance(value, str):
        _check_characters(name, value)
        return value
    if not isinstance(value, int):
        raise InvalidEventError(name, f"must be a string, boolean or integer, not {_json_type(value)}")
    if not -(2**31) <= value < 2**31:
        raise InvalidEventError(name, "an integer must fit in 32 bits")
    return value


def base64(name: str, value: object) -> bytes:
    """The bytes of a base64 string (RFC 4648 §4: padded, nothing outside the alphabet)."""
    if not isinstance(value, str):
        raise InvalidEventError(name, f"must be a string, not {_json_type(value)}")
    try:
        return a2b_base64(value, strict_mode=True)
    except ValueError:
        raise InvalidEventError(name, "must be base64 (RFC 4648 §4)") from None


def json(name: str, text: bytes) -> object:
    """The value of a JSON text in UTF-8 (RFC 8259); its numbers and depth are for `check_json`."""
    try:
        value: object = from_json(text, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        raise InvalidEventError(name, f"must be JSON in UTF-8: {error}") from None
    return value


def check_json(name: str, value: object) -> None:
    """A JSON value as an event's data: finite numbers, and no deeper than MAX_DEPTH."""
    level = [value]
    for _ in range(MAX_DEPTH):  # the first level stands within one object, the event
        below: list[object] = []
        nested = False
        for item in level:
            if isinstance(item, str):
                continue
            if isinstance(item, dict):
                below += item.values()
                nested = True
            elif isinstance(item, list):
                below += item
                nested = True
            elif isinstance(item, float) and not isfinite(item):
                raise InvalidEventError(name, "has a number that is not finite, or too large for a double")
        if not nested:
            return
        level = below
    raise InvalidEventError(name, f"nested deeper than {MAX_DEPTH} levels")


def _check_characters(name: str, value: str) -> None:
    if not value.isprintable() and (found := _find_forbidden(value)) is not None:
        raise InvalidEventError(name, f"must not have the character U+{ord(found[0]):04X}")


def _is_address(ipv6: str | None) -> bool:
    if ipv6 is None:
        return True
    from ipaddress import IPv6Address  # rare, so a cold start need not pay for it

    try:
        IPv6Address(ipv6)
    except ValueError:
        return False
    return True


def _leap_second(second_before: datetime) -> datetime:
    moment = second_before.astimezone(UTC) + timedelta(seconds=1)
    if (moment.day, moment.hour, moment.minute) != (1, 0, 0):
        raise ValueError("no leap second can be here")
    return moment


def _json_type(value: object) -> str:
    names = {
        bool: "a boolean",
        int: "an integer",
        float: "a number with a fraction",
        dict: "an object",
        list: "an array",
    }
    return names.get(type(value), "null")
