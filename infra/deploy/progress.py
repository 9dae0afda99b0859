"""What a deployment shows of itself: numbered steps, each with its time, and what is waited for meanwhile."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Say = Callable[[str], None]

POLL_SECONDS = 1.0
REPEAT_SECONDS = 15.0
NAMED = 4
"""So many things that are waited for are named; the others are counted."""


class DeployError(Exception):
    """It cannot go on; the text says what is wrong, where, and what to do."""


class AwayError(DeployError):
    """The cluster does not answer just now."""


class Progress:
    """Says each step as it begins, and how long it took."""

    def __init__(self, say: Say, steps: int) -> None:
        self._say = say
        self._steps = steps
        self._step = 0
        self._started_at = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One step of the deployment."""
        self._step += 1
        self._say(f"[{self._step}/{self._steps}] {title}")
        self._started_at = time.monotonic()
        outcome = "failed after"
        try:
            yield
            outcome = "done in"
        finally:
            self._say(f"      {outcome} {self._elapsed():.1f} s")

    def note(self, text: str) -> None:
        """Something to know about the present step."""
        for line in text.splitlines():
            self._say(f"      {line}")

    def until_none(self, waited_for: Callable[[], Sequence[str]], *, patience_seconds: float, hint: str) -> None:
        """Ask until nothing is waited for any more; says what is, as it changes and again every 15 s. Raises
        DeployError with the rest and the `hint` when it takes longer."""
        deadline = time.monotonic() + patience_seconds
        said, said_at = "", 0.0
        while missing := _asked(waited_for):
            now = time.monotonic()
            if now > deadline:
                rest = "\n".join(f"  - {each}" for each in missing)
                raise DeployError(f"After {patience_seconds:.0f} s these are still not there:\n{rest}\n{hint}")
            text = _short(missing)
            if text != said or now - said_at > REPEAT_SECONDS:
                self._say(f"      {self._elapsed():5.1f} s  waiting for {text}")
                said, said_at = text, now
            # Nothing tells us: kubectl's watch follows one kind at a time, and ends with its connection.
            time.sleep(POLL_SECONDS)

    def _elapsed(self) -> float:
        return time.monotonic() - self._started_at


def _asked(waited_for: Callable[[], Sequence[str]]) -> Sequence[str]:
    try:
        return waited_for()
    except AwayError as error:
        return [f"the cluster to answer ({str(error).splitlines()[-1]})"]


def _short(things: Sequence[str]) -> str:
    more = len(things) - NAMED
    return ", ".join(things[:NAMED]) + (f" and {more} more" if more > 0 else "")
