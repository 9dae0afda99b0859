"""What the tests of the page have in common: titles of their own, rows, and what a page must not do."""

from datetime import date, timedelta
from uuid import uuid4

from playwright.async_api import Locator, Page

SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def unique(words: str) -> str:
    """A title that no other test uses: all tests share one Taskwake."""
    return f"{words} {uuid4().hex[:8]}"


def day(offset: int) -> str:
    """The date so many days from today, as the API takes it."""
    return (date.today() + timedelta(days=offset)).isoformat()  # noqa: DTZ011 - the browser's day, as the page's


def row(page: Page, title: str) -> Locator:
    """The rows of this title, but those that are just leaving."""
    return page.locator("li.row:not(.leaving)", has_text=title)


async def say(page: Page, sentence: str) -> None:
    """Write it into the box, and send it."""
    await page.keyboard.press("q")
    await page.keyboard.type(sentence)
    await page.keyboard.press("Enter")
