"""The page's words for due times and rules, computed in a real browser by the page's own modules."""

import pytest
from playwright.async_api import Page

from functions.chat_api.page_files import FOLDER

RULES = {
    "FREQ=DAILY": "every day",
    "FREQ=DAILY;INTERVAL=3": "every 3 days",
    "FREQ=WEEKLY;BYDAY=MO": "every Monday",
    "RRULE:FREQ=WEEKLY;BYDAY=TH,TU": "every week on Thursday and Tuesday",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": "every weekday",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA": "every 2 weeks on Saturday",
    "FREQ=MONTHLY;BYMONTHDAY=1": "every month on the 1st",
    "FREQ=MONTHLY;BYMONTHDAY=22": "every month on the 22nd",
    "FREQ=MONTHLY;BYMONTHDAY=-1": "every month on the last day",
    "FREQ=MONTHLY;BYDAY=-1FR": "every month on the last Friday",
    "FREQ=MONTHLY;BYDAY=FR": "repeats",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR": "repeats",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1": "repeats",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29": "every year on the 29th of February",
    "FREQ=YEARLY;COUNT=5": "every year, 5 times",
    "FREQ=WEEKLY;UNTIL=20301231T000000Z": "every week, until 2030-12-31",
    "FREQ=SECONDLY": "repeats",
    "nonsense": "repeats",
}

NOW = "2026-11-13T10:00:00"  # a Friday
SECTIONS = {
    None: "someday",
    "2026-11-12": "overdue",
    "2026-11-13": "today",
    "2026-11-13T09:59:59": "overdue",
    "2026-11-13T10:00:00": "today",
    "2026-11-14T00:00:00": "tomorrow",
    "2026-11-15": "upcoming",
}
TEXTS = {
    "2026-11-12T09:00:00": "Yesterday, 09:00",
    "2026-11-17": "Tuesday",
    "2026-11-20T18:30:00": "Fri 20 Nov, 18:30",
    "2027-01-02": "Sat, 2 Jan 2027",
}


async def call(page: Page, module: str, name: str, calls: list[list[object]]) -> list[object]:
    await page.route("**/modules/*", lambda route: route.fulfill(path=FOLDER / route.request.url.rsplit("/", 1)[1]))
    script = "async ([module, name, calls]) => (f => calls.map(c => f(...c)))((await import(module))[name])"
    return await page.evaluate(script, [f"/modules/{module}", name, calls])


async def test_common_rules_are_put_in_words_and_others_only_repeat(page):
    words = await call(page, "recurrence.js", "recurrenceText", [[rule] for rule in RULES])
    assert dict(zip(RULES, words, strict=True)) == RULES


async def test_a_due_time_belongs_to_the_section_of_its_day(page):
    sections = await call(page, "time.js", "sectionOf", [[due, NOW] for due in SECTIONS])
    assert dict(zip(SECTIONS, sections, strict=True)) == SECTIONS


async def test_a_due_time_is_said_as_people_say_it(page):
    texts = await call(page, "time.js", "dueText", [[due, NOW] for due in TEXTS])
    assert dict(zip(TEXTS, texts, strict=True)) == TEXTS


@pytest.mark.parametrize(
    ("task", "zone", "wall"),
    [
        (
            {"due_at": "2026-03-29T00:59:59Z", "due_local": "x", "zone": "UTC"},
            "Europe/Berlin",
            "2026-03-29T01:59:59",
        ),
        (
            {"due_at": "2026-03-29T01:00:00Z", "due_local": "x", "zone": "UTC"},
            "Europe/Berlin",
            "2026-03-29T03:00:00",
        ),
        (
            {"due_at": "2026-01-01T00:00:00Z", "due_local": "x", "zone": "UTC"},
            "America/New_York",
            "2025-12-31T19:00:00",
        ),
        (
            {"due_at": None, "due_local": "2026-01-01T07:00:00", "zone": None},
            "Asia/Tokyo",
            "2026-01-01T07:00:00",
        ),
        ({"due_on": "2026-01-01"}, "Pacific/Kiritimati", "2026-01-01"),
        ({}, "UTC", None),
    ],
    ids=["before-the-gap", "after-the-gap", "other-year", "floating", "all-day", "no-date"],
)
async def test_a_due_time_is_shown_in_the_zone_of_who_looks(page, task, zone, wall):
    assert await call(page, "time.js", "dueWall", [[task, zone]]) == [wall]
