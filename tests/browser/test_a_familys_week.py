"""A week of a small family, told through the page, chat, the command line and a calendar feed, in virtual time.

It is the week in which summer time begins in Berlin: on Sunday, 28 March 2027, at 02:00. Ana has the page open; Ben
works in a terminal.
"""

import json
import os
import subprocess
from asyncio import to_thread
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from icalendar import Calendar
from playwright.async_api import Browser, BrowserContext, Page, expect

from functions.operations import accounts
from functions.operations.client import Client
from functions.operations.client.models import (
    Answer,
    NewCalendarFeed,
    NewInvitation,
    NewTaskList,
    PersonChange,
    Said,
    TaskChange,
)
from tests.browser.words import row, say
from tests.served import command
from tests.virtual_time import VirtualTime, virtual_time

BERLIN = ZoneInfo("Europe/Berlin")
SCHOOL = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//School//School//EN
BEGIN:VTODO
UID:trip@school.example
SUMMARY:Sign the form for the school trip
DUE;TZID=Europe/Berlin:20270326T120000
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT1H
END:VALARM
END:VTODO
END:VCALENDAR
"""
SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY_AFTER = range(21, 29)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """The moment at which it is this time in Berlin, in March 2027."""
    return datetime(2027, 3, day, hour, minute, tzinfo=BERLIN)


@dataclass
class Family:
    """Ana's page and Ben's terminal, at one time."""

    time: VirtualTime
    page: Page
    ana: Client
    ben: Client
    ben_token: str

    async def until(self, moment: datetime) -> None:
        """Live on until then."""
        await self.time.pass_until(moment)
        await self.page.clock.set_fixed_time(moment)

    async def look(self, view: str) -> None:
        """Open a view of Ana's page, once its tasks are shown and its stream is live."""
        await self.page.goto(f"{self.time.served.base_url}/app/{view}")
        await self.page.locator("#connection[data-state=live]").wait_for()
        await self.page.locator("#loading").wait_for(state="hidden")

    async def taskwake(self, *arguments: str) -> str:
        """What Ben's command answers."""
        environment = {"TASKWAKE_URL": self.time.served.base_url, "TASKWAKE_TOKEN": self.ben_token}
        done = await to_thread(
            subprocess.run,
            command(*arguments),
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    async def rung(self, person: Client) -> list[tuple[str, datetime]]:
        """What rang for somebody and when it was to ring, in order; that each rang once and in time is asked here."""
        entries = (await to_thread(person.read_ledger, fired=True, limit=200)).entries
        late = {(entry.title, entry.remind_at): entry.lateness_ms for entry in entries}
        assert all(0 <= each < 30_000 for each in late.values()), late
        assert len(late) == len(entries)
        return sorted(late, key=lambda each: each[1])


@pytest_asyncio.fixture(loop_scope="session")
async def family(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Family]:
    async with virtual_time(tmp_path_factory.mktemp("week"), at(SUNDAY, 20)) as time:
        url = time.served.owner_url
        ben = await to_thread(accounts.add_user, url, "Ben", "ben@example.org", BERLIN.key)
        ben_token = await to_thread(accounts.issue, url, ben, "token")
        context = await browser.new_context(
            timezone_id=BERLIN.key, locale="en-GB", viewport={"width": 1100, "height": 860}
        )
        page = await context.new_page()
        await page.clock.set_fixed_time(at(SUNDAY, 20))
        address = time.served.base_url
        with Client(address, time.served.new_token()) as ana, Client(address, ben_token) as his:
            await to_thread(ana.change_me, PersonChange(name="Ana", zone=BERLIN.key))
            await page.goto(time.served.login_url)
            await page.locator("#connection[data-state=live]").wait_for()
            yield Family(time, page, ana, his, ben_token)
        await _photograph(context)


@pytest.mark.requirement("PROD-119")
async def test_a_familys_week(family: Family) -> None:
    page = family.page

    # Sunday evening: Ana makes a list for the house, and Ben joins it by her invitation.
    house = await to_thread(family.ana.create_list, NewTaskList(name="House"))
    invitation = await to_thread(family.ana.create_invitation, house.id, NewInvitation(role="editor"))
    await to_thread(family.ben.accept_invitation, invitation.secret)
    for sentence, title, time in [
        ("Feed the cat every day at 8 #House", "Feed the cat", "08:00"),
        ("Take out the bins every tuesday at 7:00 #House", "Take out the bins", "07:00"),
    ]:
        await family.look("upcoming")
        await say(page, sentence)
        await expect(row(page, title).first).to_contain_text(time)
    feed = (await to_thread(family.ana.create_calendar_feed, NewCalendarFeed(name="House"))).url
    calendar = await read(feed)
    assert rules(calendar) == {"Feed the cat": "FREQ=DAILY", "Take out the bins": "FREQ=WEEKLY;BYDAY=TU"}

    # Monday: the cat is fed in the page, when it is time. Ben writes down a call from his terminal; Ana sees it come.
    await family.until(at(MONDAY, 8, 1))
    assert await family.rung(family.ana) == [("Feed the cat", at(MONDAY, 8))]
    await family.look("today")
    await page.get_by_role("checkbox", name="Feed the cat").click()
    await family.taskwake("add", "call Grandma tomorrow at 18:00 #House")
    await family.look("all")
    await expect(row(page, "call Grandma")).to_be_visible()

    # Tuesday: the bins ring, are put off by chat, ring again and are done by chat. Ben is reminded of his call.
    await family.until(at(TUESDAY, 7, 1))
    assert "again" in (await chat(family.ana, "snooze it for 10 minutes")).answer
    await family.until(at(TUESDAY, 7, 12))
    assert [title for title, _ in await family.rung(family.ana)].count("Take out the bins") == 2
    assert (await chat(family.ana, "done with the bins")).answer.startswith("Done: “Take out the bins”")
    await family.until(at(TUESDAY, 18, 1))
    assert await family.rung(family.ben) == [("call Grandma", at(TUESDAY, 18))]
    await family.taskwake("done", "call grandma")

    # Wednesday: nobody fed the cat yesterday. Ana moves all that is late to tomorrow, and takes it back.
    await family.until(at(WEDNESDAY, 9))
    before = await due(family.ana)
    asked = await chat(family.ana, "move everything overdue to tomorrow")
    if asked.choices:
        asked = await chat(family.ana, "yes")
    assert await due(family.ana) != before
    await chat(family.ana, asked.undo)
    assert await due(family.ana) == before

    # Thursday: a form from school comes as a calendar file, twice; it is there once.
    await family.until(at(THURSDAY, 19))
    file = family.time.file.with_name("school.ics")
    await to_thread(file.write_text, SCHOOL)
    await family.taskwake("import", str(file))
    report = json.loads(await family.taskwake("import", str(file), "--json"))
    assert (report["created"], report["unchanged"]) == (0, 1)

    # Friday: the form rings an hour before it is due; Ana makes a cake Ben's, who is reminded and she is not.
    [cake] = (await chat(family.ana, "buy a cake saturday at 10 #House")).tasks
    ben = await to_thread(family.ben.read_me)
    await to_thread(family.ana.change_task, cake.id, TaskChange(assignee_id=ben.id))
    await family.until(at(FRIDAY, 11, 30))
    assert (await family.rung(family.ben))[-1] == ("Sign the form for the school trip", at(FRIDAY, 11))
    await family.taskwake("done", "sign the form")
    await family.until(at(SATURDAY, 10, 1))
    assert (await family.rung(family.ben))[-1] == ("buy a cake", at(SATURDAY, 10))
    assert "buy a cake" not in {title for title, _ in await family.rung(family.ana)}

    # Sunday: the clocks went forward in the night. The cat's eight o'clock is eight o'clock, an hour earlier by UTC.
    await chat(family.ana, "done with feed the cat")
    await family.until(at(SUNDAY_AFTER, 8, 1))
    assert (await family.rung(family.ana))[-1] == ("Feed the cat", datetime(2027, 3, 28, 6, tzinfo=UTC))
    assert rules(await read(feed)) == {"Feed the cat": "FREQ=DAILY", "Take out the bins": "FREQ=WEEKLY;BYDAY=TU"}
    told = {entry.text.split(" ")[0] for entry in (await to_thread(family.ana.list_activity)).activity}
    assert {"Ana", "Ben"} <= told
    await family.look("ledger")
    await expect(page.locator("#ledger-rows li", has_text="Feed the cat").first).to_contain_text("08:00")


async def chat(person: Client, text: str) -> Answer:
    answer = await to_thread(person.say, Said(text=text))
    assert answer.understood, answer
    return answer


async def due(person: Client) -> dict[str, datetime | date | None]:
    return {task.title: task.due_local or task.due_on for task in (await to_thread(person.list_tasks)).tasks}


async def read(url: str) -> Calendar:
    async with httpx.AsyncClient() as program:
        return Calendar.from_ical((await program.get(url)).text)


def rules(calendar: Calendar) -> dict[str, str]:
    found = [todo for todo in calendar.walk("VTODO") if "RRULE" in todo]
    return {str(todo["SUMMARY"]): todo["RRULE"].to_ical().decode() for todo in found}


async def _photograph(context: BrowserContext) -> None:
    from tests.browser.conftest import SCREENSHOTS

    SCREENSHOTS.mkdir(exist_ok=True)
    await context.pages[0].screenshot(path=SCREENSHOTS / "test_a_familys_week-1.png", animations="disabled")
    await context.close()
