"""What a person asks to see: "what is due today", "show my tasks", "anything on friday?", "overdue"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from functions.kernel.domain.phrases import Habits, parse
from functions.kernel.domain.phrases.durations import match_duration
from functions.kernel.domain.phrases.tokens import MONTHS, WEEKDAYS, Sentence, Setting, words

Scope = Literal["today", "tomorrow", "overdue", "week", "all", "done", "range"]


@dataclass(frozen=True, slots=True)
class ListTasks:
    """Show tasks. `begin` and `end` (both days included) are set for the scope "range" only."""

    scope: Scope
    begin: date | None = None
    end: date | None = None


_ASKS = re.compile(
    r"(?:what|which|anything|any|how many|do i|have i|is there|are there|am i|show|list|display|see"
    r"|view|give me|tell me)\b"
)
# A request to see tasks consists of these words and a date; one word more, and it is something else.
_ASKING = words(
    "what whats which anything any how many do did i have ive got is are am there show list display see "
    "view give tell me my all the open tasks task todo todos to-do to-dos todolist lists everything due "
    "for on of agenda schedule scheduled plan planned planning plans calendar done completed complete "
    "finished overdue late behind missed pending remaining left outstanding need must should be up "
    "coming next going happening a an in at and or with today tomorrow tonight this week month day days "
    "ahead so far been was were else still now please upcoming items item things thing reminders "
    "reminder looks like look between from to until by before within past yet currently available our "
    "us we it work recently finish accomplish "
)
_VOCABULARY = frozenset((*_ASKING, *WEEKDAYS, *MONTHS))
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_PERIOD = re.compile(r"\b(this|next|the coming) (week|month|weekend|year)\b")
_NEXT_DAYS = re.compile(r"\b(?:in|within|over|for)?\s*(?:the )?(?:next|coming) (?=[0-9a-z]+ (?:day|week|month)s?\b)")


def read_listing(text: str, now: datetime, habits: Habits) -> ListTasks | None:
    """The request to show tasks that `text` is; None when it is something else."""
    low = re.sub(r"(?<!what)(?<!it)(?<!there)'s\b", "", text.lower().replace("’", "'")).strip(" ?!.")
    asks = bool(_ASKS.match(low))
    phrase = parse(low, now, habits)
    rest = [word.replace("'s", "").replace("'", "") for word in _WORD.findall(phrase.title)]
    period = _PERIOD.search(low)
    next_days = _NEXT_DAYS.search(low)
    days_found = match_duration(Sentence(low), next_days.end()) if next_days else None
    if days_found:
        rest = (
            [word for word in rest if word not in low[next_days.end() : days_found.end].split()] if next_days else rest
        )
    if phrase.rrule or any(word not in _VOCABULARY for word in rest):
        return None
    if not asks and not _is_bare_request(rest, phrase.has_due):
        return None
    today = now.date()
    if re.search(r"\b(?:overdue|late|behind|missed|past due)\b", low):
        return ListTasks("overdue")
    if re.search(r"\b(?:done|completed|finished|did i)\b", low):
        return ListTasks("done")
    if days_found:
        end = days_found.after(Setting(now))
        return ListTasks("range", today, end.date()) if end else ListTasks("all")
    if period:
        return _period(period[1], period[2], today, habits.week_start)
    if re.search(r"\bweek\b", low) and not phrase.has_due:
        return ListTasks("week")
    days = _days(low, now, habits)
    if not days:
        return ListTasks("all")
    begin, end_day = min(days), max(days)
    if begin == end_day and re.search(r"\b(?:by|until|till|before)\b", low):
        return ListTasks("range", today, begin)
    if begin == end_day == today:
        return ListTasks("today")
    if begin == end_day == today + timedelta(days=1):
        return ListTasks("tomorrow")
    return ListTasks("range", begin, end_day)


def _is_bare_request(rest: list[str], has_due: bool) -> bool:
    """ "overdue", "my tasks", "today": words that can only ask; "plan for tomorrow" could be a task."""
    nouns = {"tasks", "overdue", "agenda", "todos", "everything", "upcoming", "todo"}
    return not rest if has_due else bool(nouns & set(rest)) or rest in (["done"], ["all"], ["list"], ["week"])


def _days(low: str, now: datetime, habits: Habits) -> list[date]:
    pieces = re.split(r"\b(?:and|to|until)\b", low) if re.search(r"\b(?:between|from)\b", low) else [low]
    phrases = [parse(piece, now, habits) for piece in pieces]
    found = [phrase.due_on or (phrase.due_local.date() if phrase.due_local else None) for phrase in phrases]
    return [on for on in found if on is not None]


def _period(which: str, unit: str, today: date, week_start: int) -> ListTasks:
    step = 1 if which == "next" or (which == "the coming" and unit != "weekend") else 0
    if unit == "week" and not step:
        return ListTasks("week")
    begin = today - timedelta(days=(today.weekday() - week_start) % 7) + timedelta(days=7 * step)
    if unit == "week":
        return ListTasks("range", begin, begin + timedelta(days=6))
    if unit == "weekend":
        saturday = begin + timedelta(days=(5 - begin.weekday()) % 7)
        return ListTasks("range", saturday, saturday + timedelta(days=1))
    if unit == "year":
        return ListTasks("range", date(today.year + step, 1, 1), date(today.year + step, 12, 31))
    first = (today.replace(day=1) + timedelta(days=32 * step)).replace(day=1)
    return ListTasks("range", first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))
