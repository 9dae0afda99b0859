"""The fields of the API's bodies."""

import json
from typing import Annotated, Any, get_args

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from functions.chat_api.fields import INTEGRAL, TaskTopic
from functions.kernel.events import EVENT_TYPES, TaskDue, TaskEvent

INTEGER = TypeAdapter(Annotated[int, Field(strict=True), INTEGRAL])


def test_the_topics_that_one_may_ask_for_are_those_of_what_happens_to_a_task() -> None:
    expected = {kind.topic for kind in EVENT_TYPES if issubclass(kind, TaskEvent | TaskDue)}
    assert set(get_args(TaskTopic)) == expected


@pytest.mark.parametrize("given", [3, 3.0])
def test_a_whole_number_may_be_written_with_a_point_as_json_schema_has_it(given: float) -> None:
    assert INTEGER.validate_json(json.dumps(given)) == 3


@pytest.mark.parametrize("given", ["3", True, 3.5, None, 1e999])
def test_nothing_else_is_a_whole_number(given: Any) -> None:
    with pytest.raises(ValidationError):
        INTEGER.validate_python(given)
