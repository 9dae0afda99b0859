"""The scorecard's page, on a phone and on a desk."""

import pytest
from playwright.async_api import Browser

from loadtests.cluster.history import read_runs
from loadtests.growth_plot import growth
from loadtests.result import at_most, read_report
from loadtests.scorecard_page import page as scorecard
from loadtests.scorecard_rows import figures, rows

OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"
BESIDE = """[...document.querySelectorAll('main *')].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.outerHTML.slice(0, 80))"""


@pytest.mark.requirement("TRUST-157")
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
async def test_nothing_is_beside_the_window(browser: Browser, width: int, colours: str) -> None:
    results = [*read_report(), at_most("day: failures", 1, "requests", 0, "a missed one")]
    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=colours)
    page = await context.new_page()
    await page.set_content(scorecard(rows(figures(results, read_runs())), growth(results)))
    await page.evaluate(OPEN_ALL)
    assert await page.evaluate(BESIDE) == []
    await page.get_by_role("link", name="A day of 10,000 people in ten minutes, embedded: requests that failed").click()
    await page.get_by_text("1 requests").wait_for()
    await context.close()
