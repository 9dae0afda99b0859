"""page: what a first load transfers, how soon the page answers, and how it does with 10,000 tasks, in Chromium.

As on a phone: 390 pixels, the processor four times slower. Interactive: the tasks are shown, and a key does what it is
for.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

import psycopg
from playwright.async_api import Browser, CDPSession, Page, async_playwright

from functions.kernel.credential import hashed, new_secret
from functions.operations import accounts
from loadtests.embedded import Served, embedded
from loadtests.machine import describe
from loadtests.result import Result, at_most, below, reported

NAME = "page"
TASKS = 10_000
SERIES = 200
RUNS = 7
SLOWER = 4
FIRST_LOAD_BYTES = 100_000
INTERACTIVE_MS = 500.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SESSION = "taskwake_session"
TRANSFERRED = """
() => performance.getEntries().filter(one => one.entryType === "navigation" || one.name.includes("/page/"))
  .reduce((sum, one) => sum + one.transferSize, 0)
"""
INTERACTIVE = """
() => new Promise(resolve => {
  const look = () => {
    const [mark] = performance.getEntriesByName("interactive");
    if (mark) resolve(mark.startTime);
    else setTimeout(look, 5);
  };
  look();
})
"""
# [the least, the mean]: what else runs meanwhile is not in the first, how much slower it is made is only in the second.
WORK = """
() => {
  const times = [];
  for (let turn = 0, sum = 0; turn < 20; turn += 1) {
    const begin = performance.now();
    for (let n = 0; n < 1_000_000; n += 1) sum += Math.sqrt(n);
    times.push(performance.now() - begin);
  }
  return [Math.min(...times), times.reduce((sum, time) => sum + time) / times.length];
}
"""
LONGEST_BLOCK = """
() => new Promise(resolve => {
  const longest = list => resolve(Math.max(...list.getEntries().map(each => each.duration)));
  new PerformanceObserver(longest).observe({ type: "longtask", buffered: true });
  setTimeout(() => resolve(0), 500);
})
"""
FILL = """
WITH made AS (
    INSERT INTO tasks (id, list_id, title, due_on, created_by)
    SELECT gen_random_uuid(), list.id, 'Task ' || n, CASE WHEN n %% 4 < 3 THEN current_date - 20 + n %% 400 END,
           list.owner_id
    FROM lists list, generate_series(1, %(tasks)s) n WHERE list.owner_id = %(person)s RETURNING 1
) SELECT count(*) FROM made
"""
FILL_SERIES = """
WITH made AS (
    INSERT INTO series (id, list_id, rrule, dtstart, all_day)
    SELECT gen_random_uuid(), id, 'FREQ=DAILY;INTERVAL=2', current_date + 1, true
    FROM lists, generate_series(1, %(series)s) WHERE owner_id = %(person)s RETURNING id, list_id
)
INSERT INTO tasks (id, list_id, title, due_on, series_id, recurrence_id, created_by)
SELECT gen_random_uuid(), list_id, 'Recurs', current_date + 1, id, to_char(current_date + 1, 'YYYYMMDD'), %(person)s
FROM made
"""


@dataclass(frozen=True)
class Window:
    """A page, and the one session that drives its browser: of several each sets its own speed of the processor again
    after a navigation, and the last one counts."""

    page: Page
    browser: CDPSession


async def measure() -> list[Result]:
    """A person with nothing, and one with 10,000 tasks of which 200 recur."""
    async with embedded() as served, _browser(served) as pages:
        few, many = pages
        loads = [await _load(few) for _ in range(RUNS)]
        slow = [await _load(few, slower=SLOWER) for _ in range(RUNS)]
        full = [await _load(many, slower=SLOWER) for _ in range(3)]
        blocked = await many.page.evaluate(LONGEST_BLOCK)
        switch = await _switch(many.page)
    conditions = f"Chromium on the same machine; median of {RUNS} reloads without cache; {describe()}"
    throttled = f"390 pixels, processor {SLOWER} times slower; {conditions}"
    heavy = f"{TASKS} tasks, {SERIES} recur; 390 pixels, processor {SLOWER} times slower; {describe()}"
    return [
        below(f"{NAME}: first load", loads[0][1], "bytes", FIRST_LOAD_BYTES, conditions),
        at_most(f"{NAME}: interactive", median(ms for ms, _ in loads), "ms", INTERACTIVE_MS, conditions),
        reported(f"{NAME}: interactive, as on a phone", median(ms for ms, _ in slow), "ms", throttled),
        reported(f"{NAME}: interactive with {TASKS} tasks, as on a phone", median(ms for ms, _ in full), "ms", heavy),
        reported(f"{NAME}: longest block with {TASKS} tasks, as on a phone", blocked, "ms", heavy),
        reported(f"{NAME}: from Today to All with {TASKS} tasks, as on a phone", switch, "ms", heavy),
    ]


@asynccontextmanager
async def _browser(served: Served) -> AsyncIterator[tuple[Window, Window]]:
    path = next(filter(None, map(shutil.which, BROWSERS)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield await _window(browser, served, 0, 0), await _window(browser, served, TASKS, SERIES)
        await browser.close()


async def _window(browser: Browser, served: Served, tasks: int, series: int) -> Window:
    person = accounts.add_user(served.owner_url, f"Person of {tasks}")
    secret = new_secret()
    async with await psycopg.AsyncConnection.connect(served.owner_url, autocommit=True) as connection:
        wanted = {"person": person, "tasks": tasks - series, "series": series}
        if tasks:
            await connection.execute(FILL, wanted)
            await connection.execute(FILL_SERIES, wanted)
        await connection.execute(
            "INSERT INTO credentials (id, user_id, kind, hash) VALUES (gen_random_uuid(), %s, 'session', %s)",
            (person, hashed(secret)),
        )
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    base = f"http://127.0.0.1:{served.port}"
    await context.add_cookies([{"name": SESSION, "value": secret, "url": base}])
    page = await context.new_page()
    page.set_default_timeout(120_000)
    await page.goto(f"{base}/app/today")
    return Window(page, await context.new_cdp_session(page))


async def _load(window: Window, slower: int = 1) -> tuple[float, float]:
    """(milliseconds until the page answers, bytes of the page's own files) of a load with an empty cache."""
    page, browser = window.page, window.browser
    await browser.send("Network.clearBrowserCache")
    await browser.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    full_speed, _ = await page.evaluate(WORK)
    await browser.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    await page.goto(page.url)
    found = await page.evaluate(INTERACTIVE), await page.evaluate(TRANSFERRED)
    _, took = await page.evaluate(WORK)
    if slower > 1 and took < full_speed * slower / 2:
        raise RuntimeError(f"the processor is not {slower} times slower: {took:.1f} ms for what takes {full_speed:.1f}")
    return found


async def _switch(page: Page) -> float:
    """Milliseconds from the click on a view until its rows are painted, once all tasks are read."""
    await page.locator("#more").wait_for(state="hidden")
    milliseconds: float = await page.evaluate(
        """async () => {
          const begin = performance.now();
          document.querySelector('#sidebar [data-view=all]').click();
          await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
          return performance.now() - begin;
        }"""
    )
    return milliseconds
