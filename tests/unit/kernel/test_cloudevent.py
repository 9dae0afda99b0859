"""The parser against the specification's own cases, the caps, and the catalogue.

The cases named `conformance:` restate, in this project's form, those of the CloudEvents project's JSON format
conformance tests (github.com/cloudevents/conformance, branch format-tests, format/json, Apache-2.0).
"""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic_core import to_json

from functions.kernel.cloudevent import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    MAX_DEPTH,
    MAX_EVENT_BYTES,
    CloudEvent,
    decode,
    parse_batch,
    parse_binary,
    parse_http,
    parse_mapping,
    parse_structured,
    render,
    render_json,
)
from functions.kernel.domain.task import Task
from functions.kernel.errors import InvalidEventError, RejectedError
from functions.kernel.events import TaskCreated, TaskDue

pytestmark = pytest.mark.requirement("FLOW-007")

MINIMAL: dict[str, object] = {
    "specversion": "1.0",
    "id": "minimal",
    "type": "io.cloudevents.test",
    "source": "https://cloudevents.io",
}
MINIMAL_EVENT = CloudEvent(id="minimal", source="https://cloudevents.io", type="io.cloudevents.test")
ABSENT = object()


def event(**changes: object) -> dict[str, object]:
    """The minimal event, with attributes changed, added, or taken away (ABSENT)."""
    return {name: value for name, value in {**MINIMAL, **changes}.items() if value is not ABSENT}


def nested(depth: int) -> object:
    value: object = "bottom"
    for level in range(depth):
        value = [value] if level % 2 else {"within": value}
    return value


FORBIDDEN_BY_CONFORMANCE_TESTS = {
    "invalidNoSpecVersion": ("specversion", event(specversion=ABSENT)),
    "invalidNoId": ("id", event(id=ABSENT)),
    "invalidNoType": ("type", event(type=ABSENT)),
    "invalidNoSource": ("source", event(source=ABSENT)),
    "invalidTimeGarbage": ("time", event(time="lunchtime")),
    "invalidTimeToMinute": ("time", event(time="2018-04-05T18:31Z")),
    "invalidTimeOffsetX": ("time", event(time="2018-04-05T18:31:00X")),
    "invalidTimeOffsetOutOfRange": ("time", event(time="2018-04-05T18:31:00+25:00")),
    "invalidTimeOffsetNonInteger": ("time", event(time="2018-04-05T18:31:00+xx:00")),
    "invalidTimeOffsetHourOnly": ("time", event(time="2018-04-05T18:31:00+05")),
    "invalidEmptyId": ("id", event(id="")),
    "invalidEmptyType": ("type", event(type="")),
    "invalidEmptySource": ("source", event(source="")),
    "invalidEmptySpecVersion": ("specversion", event(specversion="")),
    "invalidUnknownSpecVersion": ("specversion", event(specversion="0.9")),
    "invalidNonRfc2046DataContentType": ("datacontenttype", event(datacontenttype="xyz")),
    "invalidEmptyDataContentType": ("datacontenttype", event(datacontenttype="")),
    "invalidEmptyDataSchema": ("dataschema", event(dataschema="")),
    "invalidEmptySubject": ("subject", event(subject="")),
    "invalidNumericId": ("id", event(id=25)),
    "invalidObjectId": ("id", event(id={"xyz": "abc"})),
    "invalidCapitalizedExtension": ("'MyExtension'", event(MyExtension="bad")),
    "invalidPunctuatedExtension": ("'my.extension'", event(**{"my.extension": "bad"})),
    "invalidNonIntegerExtensionValue": ("'my.extension'", event(**{"my.extension": 1.5})),
    "invalidBothDataAndDataBase64": ("data_base64", event(data="text", data_base64="eyAieHl6IjogMTIzIH0=")),
}

FORBIDDEN_BY_THE_SPECIFICATION = {
    "specversion is a number": ("specversion", event(specversion=1.0)),
    "specversion is null": ("specversion", event(specversion=None)),
    "a required attribute is null": ("id", event(id=None)),
    "source is no URI-reference": ("source", event(source="not a uri")),
    "subject is no string": ("subject", event(subject=7)),
    "time is a number": ("time", event(time=1522949460)),
    "dataschema is relative": ("dataschema", event(dataschema="/schemas/task")),
    "dataschema is no string": ("dataschema", event(dataschema=True)),
    "a control character": ("id", event(id="a\x00b")),
    "a line feed": ("type", event(type="a\nb")),
    "a C1 control character": ("subject", event(subject="a\x85b")),
    "a noncharacter": ("id", event(id="a\ufffeb")),
    "a noncharacter in an extension": ("ext", event(ext="\U0010ffff")),
    "a lone surrogate": ("id", event(id="\udead")),
    "an extension is a fraction": ("ext", event(ext=1.5)),
    "an extension is an integer written as 1.0": ("ext", event(ext=1.0)),
    "an extension is over 32 bits": ("ext", event(ext=2**31)),
    "an extension is under 32 bits": ("ext", event(ext=-(2**31) - 1)),
    "an extension is an object": ("ext", event(ext={})),
    "an extension is an array": ("ext", event(ext=[])),
    "an extension is named with an underscore": ("'data_x'", event(data_x="a")),
    "an extension has no name": ("''", event(**{"": "a"})),
    "an extension is named in another script": ("'\\xe9t\\xe9'", event(été="a")),
    "a null extension with a bad name": ("'Ext'", event(Ext=None)),
    "data_base64 is not base64": ("data_base64", event(data_base64="%%%")),
    "data_base64 lacks its padding": ("data_base64", event(data_base64="TWE")),
    "data_base64 has a line break": ("data_base64", event(data_base64="TW\nE=")),
    "data_base64 is no string": ("data_base64", event(data_base64=5)),
    "data_base64 beside null data": ("data_base64", event(data=None, data_base64="TWE=")),
    "data of text/plain is an object": ("data", event(datacontenttype="text/plain", data={})),
    "data has a NaN": ("data", event(data=[float("nan")])),
    "data is infinite": ("data", event(data=float("inf"))),
}


@pytest.mark.parametrize(
    ("attribute", "attributes"),
    [pytest.param(*case, id=f"conformance: {name}") for name, case in FORBIDDEN_BY_CONFORMANCE_TESTS.items()]
    + [pytest.param(*case, id=name) for name, case in FORBIDDEN_BY_THE_SPECIFICATION.items()],
)
def test_forbidden_event_is_refused_by_attribute(attribute: str, attributes: dict[str, object]) -> None:
    with pytest.raises(InvalidEventError) as refused:
        parse_mapping(attributes)
    assert refused.value.attribute == attribute
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("attributes", [case for _, case in FORBIDDEN_BY_CONFORMANCE_TESTS.values()])
def test_forbidden_event_is_refused_from_its_bytes_too(attributes: dict[str, object]) -> None:
    with pytest.raises(InvalidEventError):
        parse_structured(to_json(attributes))


def test_invalid_event_is_a_rejected_one() -> None:
    """So that it becomes a dead letter and is never retried."""
    assert issubclass(InvalidEventError, RejectedError)


ALL_CORE = event(
    id="allCore",
    datacontenttype="text/plain",
    dataschema="https://cloudevents.io/dataschema",
    subject="tests",
    time="2018-04-05T17:31:00Z",
)
AT_1731 = datetime(2018, 4, 5, 17, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param(event(), {}, id="conformance: validMinimal"),
        pytest.param(
            event(datacontenttype=None, dataschema=None, subject=None, time=None),
            {},
            id="conformance: validMinimalWithNullForOptional",
        ),
        pytest.param(
            ALL_CORE,
            {
                "id": "allCore",
                "datacontenttype": "text/plain",
                "dataschema": "https://cloudevents.io/dataschema",
                "subject": "tests",
                "time": AT_1731,
            },
            id="conformance: validAllCoreAttributes",
        ),
        pytest.param(event(time="2018-04-05T17:31:00Z"), {"time": AT_1731}, id="conformance: validMinimalWithTimeUtc"),
        pytest.param(
            event(time="2018-04-05T17:31:00.000000000Z"),
            {"time": AT_1731},
            id="conformance: validMinimalWithTimeToNanosecondsUtc",
        ),
        pytest.param(
            event(time="2018-04-05T18:31:00+01:00"),
            {"time": AT_1731},
            id="conformance: validMinimalWithTimeUsingPositiveOffset",
        ),
        pytest.param(
            event(time="2018-04-05T16:31:00-01:00"),
            {"time": AT_1731},
            id="conformance: validMinimalWithTimeUsingNegativeOffset",
        ),
        pytest.param(event(source="#fragment"), {"source": "#fragment"}, id="conformance: validRelativeSource"),
        pytest.param(
            event(datacontenttype="text/plain", data="Simple text"),
            {"datacontenttype": "text/plain", "data": "Simple text"},
            id="conformance: validSimpleTextData",
        ),
        pytest.param(
            event(
                extinteger=10,
                extboolean=True,
                extstring="text",
                extbinary="TWE=",
                exturiref="//authority/path",
            ),
            {
                "extensions": {
                    "extinteger": 10,
                    "extboolean": True,
                    "extstring": "text",
                    "extbinary": "TWE=",
                    "exturiref": "//authority/path",
                }
            },
            id="conformance: validAllExtensionTypes",
        ),
        pytest.param(event(ext=None), {}, id="a null extension is absent"),
        pytest.param(event(tracestate=""), {"extensions": {"tracestate": ""}}, id="an extension may be empty"),
        pytest.param(event(ext=-(2**31)), {"extensions": {"ext": -(2**31)}}, id="the smallest integer"),
        pytest.param(event(a2345678901234567890123=1), {"extensions": {"a2345678901234567890123": 1}}, id="long name"),
        pytest.param(event(data=None), {}, id="null data"),
        pytest.param(event(data=[1, 2.5, "\x00"]), {"data": [1, 2.5, "\x00"]}, id="data is any JSON"),
        pytest.param(event(data="a string"), {"data": "a string"}, id="JSON data is not decoded twice"),
        pytest.param(event(data_base64="TWE="), {"data": b"Ma"}, id="binary data"),
        pytest.param(event(data="text", data_base64=None), {"data": "text"}, id="null data_base64 is absent"),
        pytest.param(event(id="日本 \U0001f600"), {"id": "日本 \U0001f600"}, id="any Unicode text"),
        pytest.param(event(id="\u200b\ue000"), {"id": "\u200b\ue000"}, id="unprintable, yet no control character"),
    ],
)
def test_allowed_event_is_read(attributes: dict[str, object], expected: dict[str, object]) -> None:
    want = replace(MINIMAL_EVENT, **expected)  # type: ignore[arg-type]
    assert parse_mapping(attributes) == want
    assert parse_structured(to_json(attributes)) == want


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"event"',
        b"{",
        b"{} {}",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"id": NaN}',
        b'{"specversion":"1.0","id":"\\udead","source":"/a","type":"b"}',
        b'{"specversion":"1.0","id":"\xed\xba\xad","source":"/a","type":"b"}',
        b'{"specversion":"1.0","id":"a","source":"/a","type":"b","data":-Infinity}',
        b'{"specversion":"1.0","id":"a","source":"/a","type":"b","data":1e999}',
        b'{"specversion":"1.0","id":"a","source":"/a","type":"b","data":' + b"9" * 5000 + b"}",
    ],
)
def test_body_that_is_no_json_object_in_utf8_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidEventError):
        parse_structured(body)


def test_event_of_the_largest_size_is_read_and_one_byte_more_refused() -> None:
    largest = to_json(event(data="x" * (MAX_EVENT_BYTES - len(to_json(event(data=""))))))
    assert len(largest) == MAX_EVENT_BYTES
    parse_structured(largest)
    attributes = event(data="x" * (MAX_EVENT_BYTES - len(to_json(event(data=""))) + 1))
    with pytest.raises(InvalidEventError, match="bytes"):
        parse_structured(largest + b" ")
    with pytest.raises(InvalidEventError, match="bytes"):
        parse_mapping(attributes)


def test_event_of_the_largest_depth_is_read_and_one_deeper_refused() -> None:
    assert parse_structured(to_json(event(data=nested(MAX_DEPTH - 1)))).data == nested(MAX_DEPTH - 1)
    with pytest.raises(InvalidEventError, match="nested") as refused:
        parse_structured(to_json(event(data=nested(MAX_DEPTH))))
    assert refused.value.attribute == "data"


def test_depth_is_refused_however_deep() -> None:
    with pytest.raises(InvalidEventError):
        parse_structured(b'{"data":' + b"[" * 100_000)
    with pytest.raises(InvalidEventError):
        parse_mapping(event(data=nested(100_000)))


def test_attribute_names_have_a_cap() -> None:
    assert parse_mapping(event(**{"x" * 64: 1})).extensions == {"x" * 64: 1}
    with pytest.raises(InvalidEventError, match="64"):
        parse_mapping(event(**{"x" * 65: 1}))


def test_mapping_that_json_cannot_hold_is_refused() -> None:
    for value in ("\udead", b"\xff", object()):
        with pytest.raises(InvalidEventError):
            parse_mapping(event(data={"value": value}))


def test_error_text_is_short_and_printable_whatever_came() -> None:
    for attributes in (
        event(**{"\x00" * 5000: 1}),
        event(source="\u202e" * 5000),
        event(time="\x1b" * 5000),
        event(datacontenttype="é" * 5000),
    ):
        with pytest.raises(InvalidEventError) as refused:
            parse_mapping(attributes)
        assert len(str(refused.value)) < 800
        assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("events", "valid"),
    [
        pytest.param([], [], id="conformance: validBatchEmpty"),
        pytest.param([event()], [True], id="conformance: validBatchMinimal"),
        pytest.param([event(), event()], [True, True], id="conformance: validBatchMinimal2"),
        pytest.param([event(), ALL_CORE], [True, True], id="conformance: validBatchMinimalAndAllCore"),
        pytest.param(
            [event(), event(specversion="0.9")],
            [True, False],
            id="conformance: invalidBatchMixedSpecVersions",
        ),
        pytest.param([event(id=ABSENT)], [False], id="conformance: invalidBatchContainingInvalidCloudEvent"),
        pytest.param(["not an object", event()], [False, True], id="conformance: invalidBatchContainingNonObject"),
        pytest.param([event(data=nested(MAX_DEPTH)), event()], [False, True], id="too deep"),
        pytest.param([event(data="x" * MAX_EVENT_BYTES), event()], [False, True], id="too large"),
    ],
)
def test_bad_event_of_a_batch_does_not_spoil_the_others(events: list[object], valid: list[bool]) -> None:
    results = parse_batch(to_json(events))
    assert [isinstance(result, CloudEvent) for result in results] == valid
    assert all(isinstance(result, CloudEvent | InvalidEventError) for result in results)


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[{}", to_json(event())])
def test_batch_that_is_no_json_array_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidEventError):
        parse_batch(body)


def test_batch_has_caps() -> None:
    assert len(parse_batch(to_json([event()] * MAX_BATCH_EVENTS))) == MAX_BATCH_EVENTS
    with pytest.raises(InvalidEventError, match="events"):
        parse_batch(to_json([event()] * (MAX_BATCH_EVENTS + 1)))
    with pytest.raises(InvalidEventError, match="bytes"):
        parse_batch(b"[" + b" " * MAX_BATCH_BYTES + b"]")


BINARY_HEADERS = {
    "ce-specversion": "1.0",
    "ce-type": "com.example.someevent",
    "ce-time": "2018-04-05T03:56:24Z",
    "ce-id": "1234-1234-1234",
    "ce-source": "/mycontext/subcontext",
}
HELLO = b'{\n    "message": "Hello World!"\n}'
HELLO_EVENT = CloudEvent(
    id="1234-1234-1234",
    source="/mycontext/subcontext",
    type="com.example.someevent",
    time=datetime(2018, 4, 5, 3, 56, 24, tzinfo=UTC),
    datacontenttype="application/json",
    data={"message": "Hello World!"},
)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_binary_mode_is_read_as_the_conformance_feature_says(content_type: str) -> None:
    """github.com/cloudevents/conformance, features/http-protocol-binding.feature (Apache-2.0), restated."""
    [parsed] = parse_http({"Host": "example.com", **BINARY_HEADERS, "Content-Type": content_type}, HELLO)
    assert isinstance(parsed, CloudEvent)
    assert (parsed.datacontenttype, parsed.data) == (content_type, HELLO_EVENT.data)
    assert (parsed.id, parsed.source, parsed.type, parsed.time) == (
        HELLO_EVENT.id,
        HELLO_EVENT.source,
        HELLO_EVENT.type,
        HELLO_EVENT.time,
    )


@pytest.mark.parametrize(
    "content_type",
    [
        "application/cloudevents+json",
        "application/cloudevents+json; charset=utf-8",
        'APPLICATION/CloudEvents+JSON ; Charset="UTF-8"',
    ],
)
def test_structured_mode_is_read_as_the_conformance_feature_says(content_type: str) -> None:
    body = to_json(
        {name.removeprefix("ce-"): value for name, value in BINARY_HEADERS.items()}
        | {"datacontenttype": "application/json", "data": {"message": "Hello World!"}}
    )
    assert parse_http({"content-type": content_type}, body) == [HELLO_EVENT]


def test_batch_mode_is_picked_by_content_type() -> None:
    results = parse_http({"CONTENT-TYPE": "application/cloudevents-batch+json"}, to_json([event(), {}]))
    assert [type(result) for result in results] == [CloudEvent, InvalidEventError]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/cloudevents+avro",
        "application/cloudevents",
        "application/cloudevents-batch+xml",
        "application/cloudevents+json; charset=utf-16",
        "application/cloudevents+json;",
    ],
)
def test_event_format_other_than_json_in_utf8_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidEventError) as refused:
        parse_http({"content-type": content_type}, to_json(event()))
    assert refused.value.attribute == "content-type"


def test_binary_body_that_is_not_declared_json_stays_bytes() -> None:
    assert parse_binary({**BINARY_HEADERS, "content-type": "text/plain"}, b"\xff").data == b"\xff"
    assert parse_binary(BINARY_HEADERS, b"{}").data == b"{}"
    assert parse_binary(BINARY_HEADERS, b"").data is None
    assert parse_binary({**BINARY_HEADERS, "content-type": "application/vnd.x+json"}, b"[1]").data == [1]


@pytest.mark.parametrize(
    ("attribute", "content_type", "body"),
    [
        ("data", "application/json", b"{"),
        ("data", "application/json", b"[1e999]"),
        ("data", "application/json", b"[" * MAX_DEPTH + b"]" * MAX_DEPTH),
        ("datacontenttype", "application/json; charset=iso-8859-1", b'"\xc3\xa9"'),
        ("datacontenttype", "json", b"{}"),
        ("body", "text/plain", b"x" * MAX_EVENT_BYTES),
    ],
)
def test_bad_binary_body_is_refused(attribute: str, content_type: str, body: bytes) -> None:
    with pytest.raises(InvalidEventError) as refused:
        parse_binary({**BINARY_HEADERS, "content-type": content_type}, body)
    assert refused.value.attribute == attribute


REMINDER = UUID("11111111-1111-4111-8111-111111111111")
TASK = UUID("22222222-2222-4222-8222-222222222222")
LIST = UUID("33333333-3333-4333-8333-333333333333")
PERSON = UUID("44444444-4444-4444-8444-444444444444")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
DUE = TaskDue(
    id="due-1",
    time=datetime(2026, 11, 23, 8, 0, 0, 1500, tzinfo=UTC),
    traceparent=TRACE,
    reminder_id=REMINDER,
    task_id=TASK,
    list_id=LIST,
    user_id=PERSON,
    kind="due",
    remind_at=datetime(2026, 11, 23, 8, tzinfo=UTC),
    title="Write the report",
)


def test_catalogue_event_is_rendered_as_a_cloudevent() -> None:
    assert render(DUE, "/taskwake/alarm") == {
        "specversion": "1.0",
        "id": "due-1",
        "source": "/taskwake/alarm",
        "type": "dev.taskwake.task.due.v1",
        "subject": str(TASK),
        "time": "2026-11-23T08:00:00.001500Z",
        "datacontenttype": "application/json",
        "partitionkey": str(TASK),
        "traceparent": TRACE,
        "data": {
            "reminder_id": str(REMINDER),
            "task_id": str(TASK),
            "list_id": str(LIST),
            "user_id": str(PERSON),
            "kind": "due",
            "remind_at": "2026-11-23T08:00:00Z",
            "held_from": None,
            "title": "Write the report",
            "due": None,
        },
    }


def test_no_traceparent_is_rendered_when_there_is_none() -> None:
    assert "traceparent" not in render(DUE.model_copy(update={"traceparent": None}), "/taskwake")


def test_event_that_dapr_has_added_attributes_to_is_decoded() -> None:
    rendered = render(DUE, "/taskwake/alarm") | {
        "pubsubname": "pubsub",
        "topic": "task.due.v1",
        "traceid": TRACE,
        "tracestate": "",
        "expiration": "2026-11-24T08:00:00Z",
    }
    assert decode(parse_structured(to_json(rendered))) == DUE


def test_json_carried_as_base64_is_decoded_when_declared() -> None:
    rendered = render(DUE, "/taskwake/alarm")
    rendered["data_base64"] = b64encode(to_json(rendered.pop("data"))).decode()
    assert decode(parse_mapping(rendered)) == DUE
    with pytest.raises(InvalidEventError, match="object"):
        decode(parse_mapping({**rendered, "datacontenttype": None}))


def test_data_cannot_stand_in_for_an_attribute() -> None:
    rendered = render(DUE, "/taskwake")
    rendered["data"] = {**rendered["data"], "id": "other", "time": "2001-01-01T00:00:00Z", "traceparent": "x"}  # type: ignore[dict-item]
    assert decode(parse_mapping(rendered)) == DUE


@pytest.mark.parametrize(
    ("attribute", "changes"),
    [
        ("type", {"type": "dev.taskwake.task.unknown.v1"}),
        ("type", {"type": "task.due.v1"}),
        ("type", {"type": "dev.taskwake."}),
        ("time", {"time": None}),
        ("data", {"data": None}),
        ("data", {"data": []}),
        ("data", {"data": "text"}),
        ("traceparent", {"traceparent": 5}),
        ("data.task_id", {"data": {"task_id": "not a uuid"}}),
        ("data.task_id", {"data": {"task_id": "\x00"}}),
        ("data.kind", {"data": {"kind": "late"}}),
        ("data.remind_at", {"data": {"remind_at": "2026-11-23T08:00:00"}}),
        ("data.remind_at", {"data": {"remind_at": 0}}),
        ("data.title", {"data": {"title": None}}),
    ],
)
def test_event_that_is_none_of_the_catalogue_names_its_field(attribute: str, changes: dict[str, object]) -> None:
    rendered = render(DUE, "/taskwake")
    data = changes.get("data")
    if isinstance(data, dict):
        changes = {"data": {**rendered["data"], **data}}  # type: ignore[dict-item]
    with pytest.raises(InvalidEventError) as refused:
        decode(parse_mapping({**rendered, **changes}))
    assert refused.value.attribute == attribute
    assert str(refused.value).isprintable()


def test_field_within_a_field_is_named_by_its_path() -> None:
    task = Task(id=TASK, list_id=LIST, title="Report", version=1, created_by=PERSON, created_at=DUE.time)
    rendered = render(TaskCreated(task=task, by=PERSON), "/taskwake")
    for field, wrong in (("id", "x"), ("version", "1"), ("version", True), ("due_on", 5)):
        data = {"by": str(PERSON), "task": {**task.model_dump(mode="json"), field: wrong}}
        with pytest.raises(InvalidEventError) as refused:
            decode(parse_mapping({**rendered, "data": data}))
        assert refused.value.attribute == f"data.task.{field}"


def test_rendered_json_is_the_rendered_object() -> None:
    assert render_json(DUE, "/taskwake") == to_json(render(DUE, "/taskwake"))
