"""The times of a component, as a task has them: in an IANA zone, floating, or as whole days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.chat_api.calendars.lines import Component, Property
from functions.chat_api.calendars.values import read_date, read_duration
from functions.chat_api.calendars.zones import fixed_offset, iana_zone, zone_of
from functions.kernel.domain.wall_time import as_time, is_zone, to_local, to_utc


@dataclass(frozen=True, slots=True)
class Setting:
    """What times are read by: the person's zone, the zones that the file defines, the one that it names for all
    (X-WR-TIMEZONE), and whether Taskwake wrote it, so that UTC is meant as the zone UTC."""

    user_zone: str
    definitions: Mapping[str, Component]
    file_zone: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A day, or a wall-clock time, naive, in this zone; null: floating, or a day."""

    value: date
    zone: str | None = None

    def in_zone(self, zone: str | None, user_zone: str) -> date:
        """The wall-clock time that another zone has then; a day, or one that is floating as the other is, stays."""
        if not isinstance(self.value, datetime) or self.zone == zone:
            return self.value
        return to_local(to_utc(self.value, self.zone or user_zone), zone or user_zone)

    def __add__(self, size: timedelta) -> "When":
        return When(self.value + size, self.zone)


def read_when(found: Property, setting: Setting, remarks: list[str], *, recurs: bool = False) -> list[When]:
    """The values of a property of dates. Raises ValueError. A period stands for its start (RDATE)."""
    return [
        _read(text.partition("/")[0], found, setting, remarks, recurs)
        for text in found.value.split(",")
        if text.strip()
    ]


def one_when(found: Property | None, setting: Setting, remarks: list[str], *, recurs: bool = False) -> When | None:
    """The value of a property that has one; null for a property that is not there, or empty."""
    return next(iter(read_when(found, setting, remarks, recurs=recurs)), None) if found else None


def length(component: Component, begin: When | None, setting: Setting, remarks: list[str]) -> timedelta | None:
    """How long an event is: DTEND, or DURATION; null where it says neither."""
    if duration := component.get("DURATION"):
        return read_duration(duration.value)
    end = one_when(component.get("DTEND"), setting, remarks)
    if begin is None or end is None:
        return None
    return as_time(end.in_zone(begin.zone, setting.user_zone)) - as_time(begin.value)


def _read(text: str, found: Property, setting: Setting, remarks: list[str], recurs: bool) -> When:
    value = read_date(text)
    if not isinstance(value, datetime):
        return When(value)
    if value.tzinfo:
        return _of_utc(value, setting, recurs)
    name = found.parameters.get("TZID")
    if name is None:
        return When(value)
    zone = _zone(name, setting)
    if zone is not None:
        return When(value, zone)
    offset = fixed_offset(setting.definitions.get(name))
    if offset is not None:
        moment = (value - offset).replace(tzinfo=to_utc(value, "UTC").tzinfo)
        return When(to_local(moment, setting.user_zone), setting.user_zone)
    remark = f"no zone is known as {name[:80]!r}; its times are taken for those of {setting.user_zone}"
    if remarks[-1:] != [remark]:  # each is told once in the end
        remarks.append(remark)
    return When(value, setting.user_zone)


def _of_utc(moment: datetime, setting: Setting, recurs: bool) -> When:
    # Another program's UTC is a moment, seen from where the person is. What repeats was counted in UTC, and stays.
    zone = "UTC" if setting.own else setting.file_zone or ("UTC" if recurs else setting.user_zone)
    return When(to_local(moment, zone), zone)


def _zone(name: str, setting: Setting) -> str | None:
    if setting.own:
        return name if is_zone(name) else None
    return iana_zone(name) or zone_of(setting.definitions.get(name))


def dates_of(component: Component, name: str) -> Iterator[Property]:
    """The properties of this name that give dates; those that Taskwake marked as passed are others."""
    return (found for found in component.all(name) if "X-TASKWAKE-PASSED" not in found.parameters)
