"""CloudEvents attributes in HTTP headers, decoded as the HTTP protocol binding 1.0.2 §3.1.3 says."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from functions.kernel.cloudevent_values import check_name, quoted
from functions.kernel.errors import InvalidEventError

_HEADER_TEXT = re.compile(r"[ -~]*+").fullmatch
_QUOTED_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"').fullmatch
_ESCAPE = re.compile(r"\\(.)")
_PERCENT_ENCODED = re.compile(r"(?:[^%]++|%[0-9A-Fa-f]{2})*+").fullmatch


def read_attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a binary-mode message by name, `datacontenttype` from Content-Type.

    Raises InvalidEventError for a header that names no attribute, cannot be decoded, or is there twice; the values'
    own rules are for the caller to check.
    """
    attributes: dict[str, str] = {}
    for header, raw in headers.items():
        name = header.lower()
        if name == "content-type":
            name, value = "datacontenttype", raw.strip(" \t")
        elif name.startswith("ce-"):
            name = name[3:]
            if name in ("data", "datacontenttype"):
                raise InvalidEventError(name, f"must not be a ce-{name} header: it is the body, or Content-Type")
            check_name(name)
            value = _decode(name, raw.strip(" \t"))
        else:
            continue
        if name in attributes:
            raise InvalidEventError(name, "given by two headers")
        attributes[name] = value
    return attributes


def _decode(name: str, value: str) -> str:
    """First a quoted string's escapes, then one round of percent-decoding."""
    if _HEADER_TEXT(value) is None:
        raise InvalidEventError(name, "must be printable ASCII in a header: percent-encode the rest as UTF-8")
    if '"' in value:
        match = _QUOTED_STRING(value)
        if match is None:
            raise InvalidEventError(name, f"has a double quote neither escaped nor %22: {quoted(value)}")
        value = _ESCAPE.sub(r"\1", match[1])
    if "%" not in value:
        return value
    if _PERCENT_ENCODED(value) is None:
        raise InvalidEventError(name, f"has a % that starts no percent-encoding (write %25): {quoted(value)}")
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise InvalidEventError(name, f"percent-encodes no valid UTF-8: {quoted(value)}") from None
