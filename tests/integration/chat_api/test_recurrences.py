"""/recurrences/preview: what a rule will give, and why each date is where it is."""

from typing import Any

import pytest

from tests.integration.world import Person

pytestmark = pytest.mark.requirement("TIME-007")


async def preview(person: Person, **parameters: Any) -> dict[str, Any]:
    answer = await person.http.get("/recurrences/preview", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_gap_of_the_clock_is_explained(sam: Person) -> None:
    found = await preview(sam, rule="FREQ=DAILY", start="2026-03-28T02:30:00", zone="Europe/Berlin", count=2)
    assert found == {
        "rule": "FREQ=DAILY",
        "dates": [
            {
                "nominal": "2026-03-28T02:30:00",
                "due_on": None,
                "due_local": "2026-03-28T02:30:00",
                "due_at": "2026-03-28T01:30:00Z",
                "notes": [],
            },
            {
                "nominal": "2026-03-29T02:30:00",
                "due_on": None,
                "due_local": "2026-03-29T03:30:00",
                "due_at": "2026-03-29T01:30:00Z",
                "notes": ["DST gap: 02:30 → 03:30"],
            },
        ],
        "ends": False,
    }


async def test_a_day_that_does_not_exist_is_shown_as_skipped(sam: Person) -> None:
    found = await preview(sam, rule="freq=monthly;count=2", start="2026-01-31", exdate="2026-01-31")
    assert [(day["nominal"], day["due_on"], day["notes"]) for day in found["dates"]] == [
        ("2026-01-31", None, ["excluded (EXDATE)"]),
        ("2026-02-31", None, ["31st does not exist: skipped"]),
        ("2026-03-31", "2026-03-31", []),
    ]
    assert found["ends"]


async def test_it_goes_on_after_a_date(sam: Person) -> None:
    found = await preview(sam, rule="FREQ=YEARLY", start="1900-01-05", after="2026-01-05", count=1)
    assert [day["due_on"] for day in found["dates"]] == ["2027-01-05"]


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"rule": "FREQ=DAILY;INTERVAL=0"}, "rule", "INTERVAL=0 is out of range"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule", "never gives a date because of BYMONTH"),
        ({"rule": "FREQ=DAILY;UNTIL=20200101"}, "rule", "gives no date from 2026-01-31"),
        ({"rule": "FREQ=HOURLY"}, "rule", "needs a start with a time of day"),
        ({"start": "tomorrow"}, "start", "write 2026-01-31"),
        ({"start": "2026-01-31T09:00:00Z"}, "start", "no wall-clock time"),
        ({"zone": "Berlin"}, "zone", "Europe/Berlin"),
        ({"exdate": "2026-01-31T09:00:00"}, "exdate", "must be a day"),
        ({"rule": "FREQ=DAILY;COUNT=1", "exdate": "2026-01-31"}, "exdate", "every date is taken out"),
        ({"after": "2026-01-31T09:00:00"}, "after", "must be a day"),
        ({"count": 0}, "count", "greater than or equal to 1"),
        ({"count": 101}, "count", "less than or equal to 100"),
    ],
)
async def test_what_is_wrong_is_a_problem_of_its_parameter(
    sam: Person, changed: dict[str, Any], field: str, message: str
) -> None:
    parameters = {"rule": "FREQ=DAILY", "start": "2026-01-31", **changed}
    answer = await sam.http.get("/recurrences/preview", params=parameters)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert message in answer.json()["errors"][0]["message"]
