"""What holds of the CloudEvents parser for every input."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from functions.kernel.cloudevent import (
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
from functions.kernel.errors import InvalidEventError
from functions.kernel.events import (
    EVENT_TYPES,
    DeliveryRequested,
    Event,
    ListChanged,
    TaskCompleted,
    TaskCreated,
    TaskDeleted,
    TaskDue,
    TaskRecurred,
    TaskReopened,
    TaskUpdated,
)

pytestmark = pytest.mark.requirement("FLOW-007")

for late_built in (Task, *EVENT_TYPES):
    late_built.model_rebuild()  # hypothesis reads the signature, which is whole from then on

ids = st.uuids(version=4)
words = st.text(max_size=30)
moments = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=3, minutes=30))]),
)
attributes = {
    "id": st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Cs")), min_size=1, max_size=30),
    "time": moments,
    "traceparent": st.none() | st.from_regex(r"\A00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]\Z"),
}
tasks = st.builds(
    Task,
    id=ids,
    list_id=ids,
    title=words,
    notes=words,
    due_on=st.none() | st.dates(),
    due_local=st.none() | st.datetimes(),
    zone=st.none() | st.sampled_from(["Europe/Berlin", "UTC"]),
    due_at=st.none() | moments,
    series_id=st.none() | ids,
    recurrence_id=st.none() | words,
    rrule=st.none() | words,
    version=st.integers(0, 2**62),
    created_by=ids,
    created_at=moments,
    completed_at=st.none() | moments,
)
of_task = {**attributes, "task": tasks, "by": ids}
strategies: dict[type[Event], st.SearchStrategy[Event]] = {
    TaskCreated: st.builds(TaskCreated, **of_task),
    TaskUpdated: st.builds(TaskUpdated, **of_task, changed=st.lists(words, max_size=3)),
    TaskCompleted: st.builds(TaskCompleted, **of_task),
    TaskReopened: st.builds(TaskReopened, **of_task),
    TaskDeleted: st.builds(TaskDeleted, **of_task),
    TaskRecurred: st.builds(TaskRecurred, **of_task, series_id=ids, previous_task_id=ids),
    TaskDue: st.builds(
        TaskDue,
        **attributes,
        reminder_id=ids,
        task_id=ids,
        list_id=ids,
        user_id=ids,
        remind_at=moments,
        title=words,
        due=st.none() | words,
    ),
    ListChanged: st.builds(
        ListChanged,
        **attributes,
        list_id=ids,
        change=st.sampled_from(["renamed", "deleted", "joined", "left", "removed", "role"]),
        user_id=st.none() | ids,
        by=ids,
    ),
    DeliveryRequested: st.builds(DeliveryRequested, **attributes, delivery_id=ids, task_id=ids, user_id=ids),
}
events = st.one_of(list(strategies.values()))

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
core = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"]
names = st.sampled_from([*core, "data_base64", "traceparent"])
near_events = st.builds(
    lambda event, changes: {**render(event, "/taskwake"), **changes},
    events,
    st.dictionaries(names | words, values, max_size=3),
)


def only_invalid_event_error(parse: Callable[[], object]) -> None:
    with suppress(InvalidEventError):
        parse()


def decode_mapping(attributes: dict[str, object]) -> Event:
    return decode(parse_mapping(attributes))


def test_every_event_of_the_catalogue_has_a_strategy() -> None:
    assert set(strategies) == set(EVENT_TYPES)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
@settings(deadline=None)
@given(data=st.data())
def test_rendered_event_parses_and_decodes_to_itself(event_type: type[Event], data: st.DataObject) -> None:
    event = data.draw(strategies[event_type])
    rendered = render(event, "/taskwake/chat-api")
    for parsed in (
        parse_structured(render_json(event, "/taskwake/chat-api")),
        parse_mapping(rendered),
        parse_batch(to_json([rendered]))[0],
    ):
        assert not isinstance(parsed, InvalidEventError)
        assert decode(parsed) == event
        assert (parsed.subject, parsed.source) == (str(event.key), "/taskwake/chat-api")


@settings(deadline=None)
@given(event=events, name=st.sampled_from(["specversion", "id", "source", "type"]), wrong=values)
def test_required_attribute_of_another_type_is_refused_by_name(event: Event, name: str, wrong: object) -> None:
    if isinstance(wrong, str):
        wrong = [wrong]
    with pytest.raises(InvalidEventError) as refused:
        parse_mapping({**render(event, "/taskwake"), name: wrong})
    assert refused.value.attribute == name


@settings(deadline=None)
@given(changed=near_events)
def test_changed_event_is_read_or_refused_and_nothing_else(changed: dict[str, object]) -> None:
    only_invalid_event_error(partial(decode_mapping, changed))
    body = json.dumps(changed).encode("utf-8", "surrogatepass")
    only_invalid_event_error(lambda: decode(parse_structured(body)))
    only_invalid_event_error(lambda: parse_batch(b"[" + body + b"]"))


@settings(deadline=None)
@given(event=events, inner=st.dictionaries(words, values, max_size=3), field=words, wrong=values)
def test_changed_data_is_decoded_or_refused_and_nothing_else(
    event: Event, inner: dict[str, object], field: str, wrong: object
) -> None:
    rendered = render(event, "/taskwake")
    data = rendered["data"]
    assert isinstance(data, dict)
    for name in [*data, field]:
        for value in (wrong, inner):
            changed = {**rendered, "data": {**data, name: value}}
            only_invalid_event_error(partial(decode_mapping, changed))


@settings(deadline=None)
@given(attributes=st.dictionaries(names | words, values, max_size=8))
def test_any_json_object_is_read_or_refused_and_nothing_else(attributes: dict[str, object]) -> None:
    only_invalid_event_error(partial(decode_mapping, attributes))


@settings(deadline=None)
@given(body=st.binary(max_size=200) | values.map(json.dumps).map(str.encode))
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    only_invalid_event_error(lambda: parse_structured(body))
    only_invalid_event_error(lambda: parse_batch(body))


@settings(deadline=None)
@given(event=events, at=st.integers(0, 400), noise=st.binary(max_size=3))
def test_damaged_body_is_read_or_refused_and_nothing_else(event: Event, at: int, noise: bytes) -> None:
    body = render_json(event, "/taskwake")
    only_invalid_event_error(lambda: decode(parse_structured(body[:at] + noise + body[at + 1 :])))


@settings(deadline=None)
@given(
    headers=st.dictionaries(
        names.map("ce-".__add__) | st.just("content-type") | words, st.text(max_size=30), max_size=8
    ),
    media_type=st.sampled_from(
        [
            "application/json",
            "text/plain",
            "application/cloudevents+json",
            "application/cloudevents-batch+json",
            "",
        ]
    ),
    body=st.binary(max_size=100) | values.map(json.dumps).map(str.encode),
)
def test_any_http_message_is_read_or_refused_and_nothing_else(
    headers: dict[str, str], media_type: str, body: bytes
) -> None:
    required = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/a", "ce-type": "b"}
    only_invalid_event_error(lambda: parse_http(headers, body))
    only_invalid_event_error(lambda: parse_http({**required, **headers, "Content-Type": media_type}, body))
    only_invalid_event_error(lambda: parse_binary({**headers, **required}, body))
