"""Progress of steps that take a while: silent for two seconds, then one line with the elapsed time."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 2.0
REPEAT_SECONDS = 20.0


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print `text` to stderr once the block has run for 2 s, again every 20 s, and how long it took."""
    ended = threading.Event()
    started_at = time.monotonic()

    def report() -> None:
        wait = QUIET_SECONDS
        while not ended.wait(wait):
            print(f"  {text} … {time.monotonic() - started_at:.0f} s", file=sys.stderr, flush=True)
            wait = REPEAT_SECONDS

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        ended.set()
        reporter.join()
        seconds = time.monotonic() - started_at
        if seconds > QUIET_SECONDS:
            print(f"  {text}: {outcome} {seconds:.0f} s", file=sys.stderr, flush=True)
