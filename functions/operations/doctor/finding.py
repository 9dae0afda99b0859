"""What a check found."""

from dataclasses import dataclass
from typing import Literal

State = Literal["well", "wrong", "unseen"]
"""`unseen`: not looked at; `what` says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is so, where, and what to do about it; nothing is to be done where all is well."""

    check: str
    state: State
    what: str
    where: str = ""
    todo: str = ""


def well(check: str, what: str, where: str = "") -> Finding:
    """As it should be."""
    return Finding(check, "well", what, where)


def wrong(check: str, what: str, where: str, todo: str) -> Finding:
    """Not as it should be."""
    return Finding(check, "wrong", what, where, todo)


def unseen(check: str, why: str, where: str = "", todo: str = "") -> Finding:
    """Not looked at, for this reason."""
    return Finding(check, "unseen", why, where, todo)
