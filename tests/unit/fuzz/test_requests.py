"""The small texts of a request: cursors, keys, entity tags."""

import base64
import json
from datetime import datetime

import pytest
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.requests import Request

from functions.chat_api import activity, cursor, etags, sync
from functions.chat_api.idempotency import LONGEST, key_of
from functions.chat_api.sorting import MOST_CURSOR, Order
from functions.chat_api.timeline import parse_cursor
from functions.kernel.errors import InvalidInputError
from tests.unit.fuzz.fuzzing import fuzz, mutated, odd_json

pytestmark = pytest.mark.requirement("TRUST-063")

ID = "1ca9ab3d-14d1-4b15-9a30-7d4cb3aeefcd"
AT = "2026-11-27T09:00:00.123456+00:00"
ORDERS = ["created", "-created", "due", "-due", "priority", "position", "title", "-title"]
KEYS = [
    AT,
    "infinity",
    "-infinity",
    "3",
    "1764234000.5",
    "-0.0",
    "1e-400",
    "call sam",
    "--infinity",
    "20261127T090000Z",
]


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


@fuzz(text=mutated([f"{AT} {ID}"], "T", "W01", " ").map(encoded) | mutated([encoded(f"{AT} {ID}")], "_", "-", "="))
def test_any_cursor_of_a_page_is_read_or_refused(text: str) -> None:
    try:
        at, row_id = cursor.read(text)
    except InvalidInputError as error:
        assert error.field == "cursor"
        return
    assert cursor.read(cursor.write(at, row_id)) == (at, row_id)


@fuzz(
    given=odd_json([[name, key, AT, ID] for name in ORDERS for key in KEYS]).map(
        lambda given: encoded(json.dumps(given))[:MOST_CURSOR]
    ),
    name=st.sampled_from(ORDERS),
)
def test_any_cursor_of_an_order_is_read_or_refused(given: str, name: str) -> None:
    try:
        parameters = Order.of(name).read(given)  # type: ignore[arg-type]
    except InvalidInputError as error:
        assert error.field == "cursor"
        return
    assert parameters["at"].tzinfo
    key = parameters["key"]
    match name.strip("-"):
        case "created" | "due":
            assert key in ("infinity", "-infinity") or datetime.fromisoformat(key).isoformat() == key
        case "position":
            assert repr(float(key)) == key


@fuzz(text=mutated(["123-45", "0.12.1.0.-1." + "0" * 32, "..0.0.0." + "f" * 32, "99"], ".", "-", "9" * 19, "a"))
def test_any_position_is_read_or_refused(text: str) -> None:
    for read in (parse_cursor, sync.parse, activity.read_cursor):
        if read is activity.read_cursor and len(text) > 20:
            continue
        try:
            read(text)
        except InvalidInputError as error:
            assert error.field == "cursor"


def headers(name: str, *values: str) -> Headers:
    return Headers(raw=[(name.lower().encode(), value.encode("latin-1", "replace")) for value in values])


@fuzz(
    text=mutated(['"8e03978e"', "8e03978e", '"a\\"b\\\\c"', '"' + "a" * 260 + '"'], '"', "\\", " "), twice=st.booleans()
)
def test_any_idempotency_key_is_read_or_refused(text: str, twice: bool) -> None:
    try:
        key = key_of(headers("Idempotency-Key", *[text] * (1 + twice)))
    except InvalidInputError as error:
        assert error.field == "Idempotency-Key"
        return
    assert 1 <= len(key) <= LONGEST
    assert key.isascii()
    assert not twice


@fuzz(text=mutated(['"1"', 'W/"12", "3"', "*", '"1" ,\t"2"'], '"', "W/", ",", " "))
def test_any_entity_tags_are_read_or_refused(text: str) -> None:
    request = Request({"type": "http", "headers": headers("If-Match", text).raw})
    try:
        tags = etags._tags_of(request, "If-Match")
    except InvalidInputError as error:
        assert error.field == "If-Match"
    else:
        assert tags
