# ruff: noqa: DTZ001 (local times are naive here, by design)
from datetime import date, datetime

import pytest

from functions.kernel.domain.recurrence import parse_recurrence_id, recurrence_id
from functions.kernel.errors import InvalidInputError

pytestmark = pytest.mark.requirement("FLOW-006")


def test_a_recurrence_id_names_a_day_or_a_local_time() -> None:
    for value, text in ((date(2026, 11, 23), "20261123"), (datetime(2026, 11, 23, 9), "20261123T090000")):
        assert recurrence_id(value) == text
        assert parse_recurrence_id(text) == value
        assert type(parse_recurrence_id(text)) is type(value)


@pytest.mark.parametrize("text", ["", "20261323", "2026-11-23", "20261123T0900", "20261123T250000", "２０２６１１２３"])
def test_a_malformed_recurrence_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_recurrence_id(text)
    assert caught.value.field == "recurrence_id"
