"""Time zones as people write them after a time: "14:00 Berlin time", "9am EST", "18:00 Europe/Paris"."""

import re
from functools import lru_cache
from zoneinfo import available_timezones

from functions.kernel.domain.phrases.tokens import Sentence

# Abbreviations that one region of the world uses; IANA has no names for most of them.
_ABBREVIATIONS = {
    "utc": "UTC", "gmt": "UTC", "zulu": "UTC",
    "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "cdt": "America/Chicago", "ct": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "akst": "America/Anchorage", "hst": "Pacific/Honolulu", "brt": "America/Sao_Paulo",
    "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin",
    "eet": "Europe/Helsinki", "eest": "Europe/Helsinki", "wet": "Europe/Lisbon", "west": "Europe/Lisbon",
    "msk": "Europe/Moscow", "jst": "Asia/Tokyo", "kst": "Asia/Seoul", "hkt": "Asia/Hong_Kong",
    "sgt": "Asia/Singapore", "sast": "Africa/Johannesburg", "nzst": "Pacific/Auckland", "nzdt":
    "Pacific/Auckland",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "awst": "Australia/Perth",
}  # fmt: skip
# Abbreviations with several meanings: the likeliest first.
_AMBIGUOUS = {
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "ist": ("Asia/Kolkata", "Europe/Dublin"),
    "bst": ("Europe/London", "Asia/Dhaka"),
    "ast": ("America/Halifax", "Asia/Riyadh"),
}
_PLACES = {
    "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver",
    "pacific": "America/Los_Angeles", "uk": "Europe/London", "british": "Europe/London",
    "german": "Europe/Berlin", "munich": "Europe/Berlin", "hamburg": "Europe/Berlin", "frankfurt":
    "Europe/Berlin",
    "cologne": "Europe/Berlin", "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles",
    "boston": "America/New_York", "washington": "America/New_York", "miami": "America/New_York",
    "houston": "America/Chicago", "dallas": "America/Chicago", "beijing": "Asia/Shanghai",
    "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata", "bangalore": "Asia/Kolkata", "india": "Asia/Kolkata",
    "geneva": "Europe/Zurich", "milan": "Europe/Rome", "barcelona": "Europe/Madrid", "kyiv": "Europe/Kyiv",
    "nyc": "America/New_York", "tel aviv": "Asia/Jerusalem", "osaka": "Asia/Tokyo", "edinburgh":
    "Europe/London",
}  # fmt: skip
_SHORT = re.compile(r"\s*\(?([a-z]{2,4})\)?(?: time)?(?![^\W_])")
_OFFSET = re.compile(r"\s*(?:utc|gmt)\s?([+-])([0-9]{1,2})(?::?00)?(?![0-9:])")
_IANA = re.compile(r"\s*\(?([a-z]+/[a-z_/+\-0-9]+)\)?")
_TIME_OF = re.compile(r"\s+(?:in )?([^\W\d_]+(?:[ _][^\W\d_]+){0,2}?)(?: local)? time(?![^\W_])")


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    # sorted, so that the same name wins on every machine
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    towns = {name.rsplit("/", 1)[1].lower().replace("_", " "): name for name in names}
    return towns | {name.lower(): name for name in names} | _PLACES


def match_zone(sentence: Sentence, at: int) -> tuple[int, str, str | None] | None:
    """The zone right after a time: where it ends, its IANA name, and the other one it may mean."""
    low = sentence.low
    offset = _OFFSET.match(low, at)
    if offset and int(offset[2]) <= 12:
        hours = int(offset[2])
        # POSIX signs: Etc/GMT-2 is two hours ahead of UTC.
        return offset.end(), f"Etc/GMT{'-' if offset[1] == '+' else '+'}{hours}" if hours else "UTC", None
    short = _SHORT.match(low, at)
    if short and short[1] in _AMBIGUOUS:
        return short.end(), *_AMBIGUOUS[short[1]]
    if short and short[1] in _ABBREVIATIONS:
        # Two letters, and "west", are words too unless written as an abbreviation.
        written = sentence.text[short.start(1) : short.end(1)]
        if written.isupper() or short[1] not in ("et", "ct", "pt", "est", "west", "wet"):
            return short.end(), _ABBREVIATIONS[short[1]], None
        if written == "est":
            return short.end(), _ABBREVIATIONS[short[1]], None
    iana = _IANA.match(low, at)
    if iana and iana[1] in _by_name():
        return iana.end(), _by_name()[iana[1]], None
    place = _TIME_OF.match(low, at)
    if place and place[1].replace("_", " ") in _by_name():
        return place.end(), _by_name()[place[1].replace("_", " ")], None
    return None
