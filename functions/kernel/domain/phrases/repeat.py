"""A repetition, and what may follow its first words: "on monday", "at the end", "in week 12", "morning"."""

import re
from dataclasses import dataclass, replace

from functions.kernel.domain.phrases.recurring_days import in_weeks, numbered_days, on_days
from functions.kernel.domain.phrases.tokens import Doubt, Sentence

_ON = re.compile(r",? (?:on )?(?=the |[a-z0-9])")
_AT_END = re.compile(r",? at the end(?: of it)?(?![^\W_])")
_PART = re.compile(r" (?P<part>morning|afternoon|evening|night)s?\b")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule without its end and its start. `part`: a part of the day that came with it ("every morning")."""

    rule: str
    end: int
    completion: bool = False
    part: str | None = None
    doubt: Doubt | None = None


def with_on(sentence: Sentence, repeat: Repeat) -> Repeat:
    """Add "on the 15th", "on monday", "at the end" to a rule by the month, week or year."""
    freq = repeat.rule.split(";")[0]
    at_end = _AT_END.match(sentence.low, repeat.end) if freq == "FREQ=MONTHLY" else None
    if at_end:
        return replace(repeat, rule=f"{repeat.rule};BYMONTHDAY=-1", end=at_end.end())
    on = _ON.match(sentence.low, repeat.end)
    if on and "on" in on[0]:
        days = numbered_days(sentence.low, on.end(), freq) or on_days(sentence.low, on.end())
        if days and freq == "FREQ=MONTHLY" and re.fullmatch(r"FREQ=WEEKLY;BYDAY=[A-Z]{2}", days[0]):
            return _which_of_month(sentence, repeat, days)
        if days and not days[0].startswith(freq) and freq == "FREQ=YEARLY" and days[0].startswith("FREQ=MONTHLY"):
            days = None
        weeks = in_weeks(sentence.low, days[1]) if days and freq == "FREQ=YEARLY" else None
        if days and weeks and days[0].startswith("FREQ=WEEKLY;BYDAY"):
            by_day = days[0].removeprefix("FREQ=WEEKLY")
            return replace(repeat, rule=f"{repeat.rule};BYWEEKNO={weeks[0]}{by_day}", end=weeks[1])
        if days and (days[0].startswith(freq) or freq == "FREQ=DAILY") and sentence.ends_word(days[1]):
            own = repeat.rule.removeprefix(freq)
            kept = days[0].split(";")[0]
            rule = kept + own + days[0].removeprefix(kept)
            if _fits(freq, rule):
                repeat = replace(repeat, rule=rule, end=days[1])
    return with_weeks(sentence, with_part(sentence, repeat))


def _which_of_month(sentence: Sentence, repeat: Repeat, days: tuple[str, int]) -> Repeat:
    """ "monthly on friday" is one of them, and it is not said which."""
    name = re.split(r" on ", sentence.low[repeat.end : days[1]])[-1].removesuffix("s")
    doubt = Doubt(sentence.low.rindex(name, 0, days[1]), days[1], (f"1st {name}", f"last {name}"), settled=False)
    return replace(repeat, rule=f"{repeat.rule};BYDAY=1{days[0][-2:]}", end=days[1], doubt=doubt)


def with_weeks(sentence: Sentence, repeat: Repeat) -> Repeat:
    """Add "in week 12" to a rule by the week or year."""
    weeks = in_weeks(sentence.low, repeat.end)
    freq, _, parts = repeat.rule.partition(";")
    if not weeks or freq not in ("FREQ=WEEKLY", "FREQ=YEARLY") or "BYMONTH" in parts:
        return repeat
    parts = f";{parts}" if parts else ""
    return replace(repeat, rule=f"FREQ=YEARLY{parts};BYWEEKNO={weeks[0]}", end=weeks[1])


def _fits(freq: str, rule: str) -> bool:
    # "every 3 days on monday" has no rule by the week
    return not (freq == "FREQ=DAILY" and "INTERVAL" in rule)


def with_part(sentence: Sentence, repeat: Repeat) -> Repeat:
    """Add "morning" to a rule of days."""
    part = _PART.match(sentence.low, repeat.end)
    return replace(repeat, part=part["part"], end=part.end()) if part else repeat
