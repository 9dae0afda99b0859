"""From the three forms in which a due time may be given to the one in which it is kept."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from functions.chat_api.models.task import DueInput
from functions.kernel.domain.due import resolve
from functions.kernel.domain.wall_time import as_time, check_zone, to_local
from functions.kernel.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Due:
    """A due time as it is kept; `moment` is when its reminder rings (UTC), null without a due time."""

    on: date | None = None
    local: datetime | None = None
    zone: str | None = None
    moment: datetime | None = None
    start_on: date | None = None
    start_local: datetime | None = None

    @property
    def at(self) -> datetime | None:
        """The derived UTC moment of a timed task; null for an all-day one."""
        return self.moment if self.local else None

    def starting(self, on: date | None, local: datetime | None) -> "Due":
        """With this start. Raises InvalidInputError for one after the due time, or without one."""
        if on and local:
            raise InvalidInputError("start_local", "give one start, not also start_on")
        due = self.local or self.on
        for field, start in (("start_on", on), ("start_local", local)):
            if start and due is None:
                raise InvalidInputError(field, "only goes with a due time: give due_on, due_local or due_at, too")
            if start and due and as_time(start) > as_time(due, time.max):
                raise InvalidInputError(field, f"{start.isoformat()} is after the due time; change one of them")
        return replace(self, start_on=on, start_local=local)

    def fields(self) -> dict[str, object]:
        """The members of a task that say it."""
        return {
            "due_on": self.on,
            "due_local": self.local,
            "zone": self.zone,
            "due_at": self.at,
            "start_on": self.start_on,
            "start_local": self.start_local,
        }


def due_of(given: DueInput, user_zone: str, *, floating_zone: str | None = None) -> Due:
    """The due time of a body; `user_zone` is where the one is who asks, `floating_zone` where the one is who is
    reminded, if that is somebody else. Raises InvalidInputError that names the field."""
    forms = [name for name in ("due_on", "due_local", "due_at") if getattr(given, name) is not None]
    if len(forms) > 1:
        raise InvalidInputError(forms[1], f"give one due time, not also {forms[0]}")
    if given.zone is not None:
        check_zone(given.zone)
        if forms not in (["due_local"], ["due_at"]):
            raise InvalidInputError("zone", "only goes with due_local or due_at")
    if given.due_at is not None:
        zone = given.zone or user_zone
        return due_at_wall_time(None, to_local(given.due_at, zone), zone, user_zone)
    return due_at_wall_time(given.due_on, given.due_local, given.zone, floating_zone or user_zone)


def due_at_wall_time(on: date | None, local: datetime | None, zone: str | None, user_zone: str) -> Due:
    """The due time of these parts, with its moment."""
    return Due(on, local, zone, resolve(on, local, zone, user_zone))
