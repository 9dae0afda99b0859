"""The fields of the API's bodies."""

from typing import get_args

from functions.chat_api.fields import TaskTopic
from functions.kernel.events import EVENT_TYPES, TaskDue, TaskEvent


def test_the_topics_that_one_may_ask_for_are_those_of_what_happens_to_a_task() -> None:
    expected = {kind.topic for kind in EVENT_TYPES if issubclass(kind, TaskEvent | TaskDue)}
    assert set(get_args(TaskTopic)) == expected
