"""phrases: how many of four libraries' own test phrases are read rightly, by the grammar and by each of the four, and
how long one takes, in the same run."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

import dateparser
import parsedatetime
from recurrent.event_parser import RecurringEvent
from timefhuman import tfhConfig, timefhuman

from loadtests.machine import describe
from loadtests.percentiles import percentile
from loadtests.phrase_cases import FILES, Answer, Case, cases, judge, ours
from loadtests.result import Result, below, reported

NAME = "phrases"
TARGET_MS = 1.0
TIMES = 3


async def measure() -> list[Result]:
    """Each library with the settings that its tests use: American, and what is to come rather than what is past."""
    return await asyncio.to_thread(_measure)


def _measure() -> list[Result]:
    results: list[Result] = []
    for library, read in READERS.items():
        release = "" if library == "taskwake" else f" {version(library)}"
        taken: list[float] = []
        for name in FILES:
            phrases = cases(name)
            conditions = f"{library}{release}; {len(phrases)} phrases of {name}'s tests, none before now; {describe()}"
            verdicts = Counter(judge(case, _answered(read, case)) for case in phrases)
            taken += [_milliseconds(read, case) for case in phrases]
            results += [
                reported(f"{NAME}: {name}'s, {verdict}, {library}", count / len(phrases) * 100, "%", conditions)
                for verdict, count in verdicts.items()
            ]
        conditions = (
            f"{library}{release}; all {len(taken)} phrases; processor time, least of {TIMES} runs; {describe()}"
        )
        for percent in (50, 99):
            value = percentile(taken, percent)
            name = f"{NAME}: a phrase, p{percent}, {library}"
            ruled = library == "taskwake" and percent == 99
            results.append(
                below(name, value, "ms", TARGET_MS, conditions) if ruled else reported(name, value, "ms", conditions)
            )
    return results


def _answered(read: Callable[[Case], Answer | None], case: Case) -> Answer | None:
    try:
        return read(case)
    except Exception:  # noqa: BLE001 - some raise for a text that they cannot read: no answer
        return None


def _milliseconds(read: Callable[[Case], Answer | None], case: Case) -> float:
    runs = []
    for _ in range(TIMES):
        begin = time.process_time()
        _answered(read, case)
        runs.append((time.process_time() - begin) * 1e3)
    return min(runs)


def _dateparser(case: Case) -> Answer | None:
    settings: Any = {"RELATIVE_BASE": case.now, "PREFER_DATES_FROM": "future"}
    found = dateparser.parse(case.text, languages=["en"], settings=settings)
    return Answer(found) if found else None


_CALENDAR = parsedatetime.Calendar()


def _parsedatetime(case: Case) -> Answer | None:
    found, flag = _CALENDAR.parseDT(case.text, sourceTime=case.now)
    return Answer(found) if flag else None


def _timefhuman(case: Case) -> Answer | None:
    found = timefhuman(case.text, config=tfhConfig(now=case.now))
    first = found[0] if isinstance(found, list) and found else found
    return Answer(first) if isinstance(first, date) else None


def _recurrent(case: Case) -> Answer | None:
    event = RecurringEvent(now_date=case.now)
    found = event.parse(case.text)
    if isinstance(found, datetime | date):
        return Answer(found)
    if not found:
        return None
    lines = dict(line.split(":", 1) for line in found.splitlines())  # DTSTART, RRULE, EXRULE, EXDATE
    begin = datetime.fromisoformat(lines["DTSTART"]) if "DTSTART" in lines else case.now
    return Answer(begin, lines.get("RRULE"), excludes="EXRULE" in lines or "EXDATE" in lines)


READERS: dict[str, Callable[[Case], Answer | None]] = {
    "taskwake": ours,
    "dateparser": _dateparser,
    "parsedatetime": _parsedatetime,
    "timefhuman": _timefhuman,
    "recurrent": _recurrent,
}
