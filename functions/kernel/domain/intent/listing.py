"""What a person asks to see: "what is due today", "show my tasks in #work", "anything on friday?", "overdue"."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from functions.kernel.domain.phrases import Habits, Phrase, parse
from functions.kernel.domain.phrases.durations import match_duration
from functions.kernel.domain.phrases.tokens import MONTHS, WEEKDAYS, Sentence, Setting, words

Scope = Literal["today", "tomorrow", "overdue", "week", "all", "done", "range"]


@dataclass(frozen=True, slots=True)
class ListTasks:
    """Show tasks, of which all that is said holds. `begin` and `end` (both days included) are set for the scope
    "range" only. Of several labels a task has each."""

    scope: Scope
    begin: date | None = None
    end: date | None = None
    list_name: str | None = None
    labels: tuple[str, ...] = ()
    priority: int | None = None


_ASKS = re.compile(
    r"(?:whats?|which|anything|any|how many|do i|have i|(?:is|are) (?:there|anything|any)|am i|show|list|display|see"
    r"|view|give me|tell me)\b"
)
# A request to see tasks consists of these words, of marks, and a date; one word more, and it is something else.
_ASKING = words(
    "what whats which anything any how many do did i have ive got is are am there show list display see "
    "view give tell me my all the open tasks task todo todos to-do to-dos todolist lists everything due "
    "for on of agenda schedule scheduled plan planned planning plans calendar done completed complete "
    "finished overdue late behind missed pending remaining left outstanding need must should be up "
    "coming next going happening a an in at and or with today tomorrow tonight this week month day days "
    "ahead so far been was were else still now please upcoming items item things thing reminders "
    "reminder looks like look between from to until by before within past yet currently available our "
    "us we it recently finish accomplish "
)
_VOCABULARY = frozenset((*_ASKING, *WEEKDAYS, *MONTHS))
# Of these none says which tasks are meant, or it is understood as a scope. Where tasks are changed, no other will do:
# to show too many harms nobody, to delete them does.
_EXACT = frozenset(
    words(
        "show all every everything each of the my our tasks task todo todos to-do to-dos item items thing things one "
        "ones that which what is are was were i have due in on for from with between open still now pending remaining "
        "left outstanding past overdue late behind missed done completed finished week by until till before"
    )
)
_PLAIN = frozenset(words("my all the open overdue due tasks todos to-dos everything in"))
_OVERDUE = re.compile(r"\b(?:overdue|late|behind|missed|past due)\b")
_DONE = re.compile(r"\b(?:done|completed|finished|did i)\b")
_LIMIT = re.compile(r"\b(?:by|until|till|before)\b")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_MARK = re.compile(r"[#@*+][^\W_]|![0-9]")
_OWNER = re.compile(r"(?<!what)(?<!it)(?<!there)'s\b", re.I)
# "What do I have to work on", but not "my work tasks".
_TO_WORK = re.compile(
    r"(?<!in )(?<!at )(?<!from )(?<!of )\bwork\b(?: on)?(?! (?:tasks|to-?dos|items|things|list)\b)", re.I
)
_PERIOD = re.compile(r"\b(this|next|the coming) (week|month|weekend|year)\b")
_NEXT_DAYS = re.compile(r"\b(?:in|within|over|for)?\s*(?:the )?(?:next|coming) (?=[0-9a-z]+ (?:day|week|month)s?\b)")
_NAME = r"(?:[\"“](?P<{0}quoted>[^\"”]+)[\"”]|(?P<{0}name>[^\W\d_][\w-]*))"
_IN_LIST = re.compile(
    rf"(?:\b(?:in|on|from|of)\s+)?\b(?:the|my|our|me|show|display|view|see)\s+{_NAME.format('')}\s+list\b"
    rf"|\b(?:in|on|from|of)\s+{_NAME.format('bare_')}\s+list\b"
    rf"|\b(?:in|on|from|of)\s+(?:the\s+)?list\s+{_NAME.format('after_')}"
    r"|\b(?:in|from|of|show|see|view|display|list)\s+(?:me\s+)?(?:my\s+|the\s+)?(?P<inbox>inbox)\b",
    re.I,
)
# "My open list" is no list that is called "open".
_NO_NAME = frozenset(
    (
        *words(
            "task tasks todo todos to-do to-dos open done completed finished overdue late today todays tomorrow "
            "tomorrows week weeks full whole entire complete the my our this of for and with that which in on due"
        ),
        *WEEKDAYS,
        *MONTHS,
    )
)


def read_listing(text: str, now: datetime, habits: Habits, *, exact: bool = False) -> ListTasks | None:
    """The request to show tasks that `text` is; None when it is something else. `exact`: also where a word may say more
    of which tasks are meant than is understood."""
    said = _OWNER.sub("", text.replace("’", "'")).strip(" ?!.")
    asks = bool(_ASKS.match(said.lower()))
    rest, list_name = _take_list(said)
    low = rest.lower()
    next_days = _NEXT_DAYS.search(low)
    days_found = match_duration(Sentence(low), next_days.end()) if next_days else None
    period = None if days_found else _PERIOD.search(low)
    if next_days and days_found:
        rest = rest[: next_days.start()] + rest[days_found.end :]
    elif period:
        rest = rest[: period.start()] + rest[period.end() :]
    phrase = parse(rest, now, habits)
    left = _words(phrase.title if exact else _TO_WORK.sub("", phrase.title))
    if _says_more(phrase, list_name) or any(word not in _VOCABULARY for word in left):
        return None
    dated = phrase.has_due or bool(period or days_found)
    if not asks and not _is_bare_request(left, dated or _is_marked(phrase, list_name)):
        return None
    days = _days(rest.lower(), now, habits)
    if exact and not _is_exact(rest, low, now, habits, [bool(days_found or period), bool(days)]):
        return None
    if days_found:
        end = days_found.after(Setting(now))
        scope = ListTasks("range", now.date(), end.date()) if end else ListTasks("all")
    else:
        scope = _scope(low, period, days, now, habits)
    if _OVERDUE.search(low):
        scope = ListTasks("overdue")
    elif _DONE.search(low):
        scope = ListTasks("done")
    named = list_name or phrase.list_name
    return replace(scope, list_name=named, labels=phrase.labels, priority=phrase.priority)


def _scope(low: str, period: re.Match[str] | None, days: list[date], now: datetime, habits: Habits) -> ListTasks:
    today = now.date()
    if period:
        return _period(period[1], period[2], today, habits.week_start)
    if not days:
        return ListTasks("week") if re.search(r"\bweek\b", low) else ListTasks("all")
    begin, end = min(days), max(days)
    if begin == end and (limit := _LIMIT.search(low)):
        return ListTasks("range", today, begin - timedelta(days=limit[0] == "before"))
    if begin == end == today:
        return ListTasks("today")
    if begin == end == today + timedelta(days=1):
        return ListTasks("tomorrow")
    return ListTasks("range", begin, end)


def _take_list(said: str) -> tuple[str, str | None]:
    """The text without a list that words name, and the name: "in the work list"."""
    for found in _IN_LIST.finditer(said):
        name = next(name for name in found.groups() if name)
        if name.lower() not in _NO_NAME:
            return f"{said[: found.start()]} {said[found.end() :]}", name
    return said, None


def _words(title: str) -> list[str]:
    return [word.replace("'s", "").replace("'", "") for word in _WORD.findall(title.lower())]


def _is_marked(phrase: Phrase, list_name: str | None) -> bool:
    return bool(list_name or phrase.list_name or phrase.labels or phrase.priority)


def _says_more(phrase: Phrase, list_name: str | None) -> bool:
    """Whether it says what no listing can: a rule, reminders, or a mark too many."""
    two_lists = bool(list_name and phrase.list_name)
    return bool(phrase.rrule or phrase.reminders or two_lists or _MARK.search(phrase.title))


def _is_exact(rest: str, low: str, now: datetime, habits: Habits, dated: list[bool]) -> bool:
    """Whether no word, time of day or second date is left that may say more of which tasks are meant."""
    phrases = _pieces(rest.lower(), now, habits)
    left = {word for phrase in phrases for word in _words(phrase.title)}
    scopes = [*dated, bool(_OVERDUE.search(low)), bool(_DONE.search(low)), "week" in left]
    limited = bool(_LIMIT.search(low)) and not dated[1]
    only_due = "due" in left and not any(scopes)
    timed = any(phrase.due_local or not phrase.is_settled for phrase in phrases)
    return left <= _EXACT and sum(scopes) <= 1 and not (limited or only_due or timed)


def _is_bare_request(rest: list[str], restricted: bool) -> bool:
    """ "overdue", "my tasks", "today", "#work": words that can only ask; "plan for tomorrow" could be a task."""
    if restricted:
        return _PLAIN.issuperset(rest)
    nouns = {"tasks", "overdue", "agenda", "todos", "everything", "upcoming", "todo"}
    return bool(nouns & set(rest)) or rest in (["done"], ["all"], ["list"], ["week"])


def _pieces(low: str, now: datetime, habits: Habits) -> list[Phrase]:
    pieces = re.split(r"\b(?:and|to|until)\b(?!-)", low) if re.search(r"\b(?:between|from)\b", low) else [low]
    return [parse(piece, now, habits) for piece in pieces]


def _days(low: str, now: datetime, habits: Habits) -> list[date]:
    phrases = _pieces(low, now, habits)
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
