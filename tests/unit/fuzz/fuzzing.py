"""Laws held to inputs that are almost right: some hundred each, as many as you like by `make fuzz EXAMPLES=1000000`.

The long form goes part by part, each with its own seed and a line of progress, so that Hypothesis need not remember all
that it tried. `FUZZ_SEED` begins elsewhere; a failure prints its input, and the seed and part that find it again.
"""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
PART = 10_000
AT_ONCE = 50
"""So many inputs are drawn at once in the long form: to draw one by one takes five times as long."""

LONGEST_SECONDS = 10
"""Of processor time for one input: no reader takes as long, what does is a search without a bound."""

MOST_MIB = 256
"""By which this process may grow, for inputs drawn at once, and in the end of a part. What Hypothesis remembers of a
part is less than half of it."""

_PIECES = re.compile(r"\w+|\W")

Law = Callable[..., None]


class EndlessError(AssertionError):
    """An input took as long as none may."""


class GreedyError(AssertionError):
    """The inputs took as much memory as none may."""


def fuzz(**inputs: st.SearchStrategy[Any]) -> Callable[[Law], Callable[[], None]]:
    """A test that holds this law to that many inputs."""
    size = AT_ONCE if EXAMPLES > PART else AT_ONCE // 5
    several = st.lists(st.fixed_dictionaries(inputs), min_size=size, max_size=size)

    def of(law: Law) -> Callable[[], None]:
        def test() -> None:
            held = 0

            def held_to(each: list[dict[str, Any]]) -> None:
                nonlocal held
                held += len(each)
                hold(law, each)

            for number, start in enumerate(range(0, EXAMPLES, PART)):
                wanted = min(PART, EXAMPLES - start)
                chosen = settings(
                    max_examples=-(-wanted // size),
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                )
                try:
                    with _bounded():
                        chosen(seed(SEED + number)(given(each=several)(held_to)))()
                except BaseException as error:
                    error.add_note(f"FUZZ_SEED={SEED + number} FUZZ_EXAMPLES={wanted} finds it again")
                    raise
                if EXAMPLES > PART:
                    _progress(law.__name__, held)
            assert held >= EXAMPLES

        test.__name__, test.__doc__, test.__module__ = law.__name__, law.__doc__, law.__module__
        return test

    return of


def hold(law: Law, each: list[dict[str, Any]]) -> None:
    """Hold the law to each of these inputs; the one that fails is named, also where only their memory does."""
    try:
        with _bounded():
            for drawn in each:
                with _named(drawn), _watched():
                    law(**drawn)
    except GreedyError:
        for drawn in each:
            with _named(drawn), _bounded():
                law(**drawn)
        raise


@contextmanager
def _named(drawn: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        error.add_note(f"with {drawn!a:.2000}")
        raise


@contextmanager
def _watched() -> Iterator[None]:
    def ended(*_: object) -> None:
        raise EndlessError(f"more than {LONGEST_SECONDS} s of processor time for one input")

    before = signal.signal(signal.SIGVTALRM, ended)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _bounded() -> Iterator[None]:
    """Fails when the process held more than MOST_MIB above what it held before: at any time, or, where others are
    within, since the last of them began."""
    before = _most_mib(anew=True)
    yield
    if (grown := _most_mib() - before) > MOST_MIB:
        raise GreedyError(f"{grown} MiB more than before; {MOST_MIB} are allowed")


def _most_mib(*, anew: bool = False) -> int:
    """The most memory that this process held since it was last asked `anew`. Only Linux tells: elsewhere 0."""
    if sys.platform != "linux":
        return 0
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    [most] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(most) // 1024


def _progress(law: str, done: int) -> None:
    print(f"\n{law}: {done:,} of {EXAMPLES:,}, {_most_mib()} MiB", end="", flush=True)


# What to change is drawn as bytes and read as a program: Hypothesis draws these fastest, and makes a failure's few.
_programs = st.binary(max_size=48)


class _Program:
    """Numbers out of bytes; noughts, when they are used up."""

    def __init__(self, code: bytes) -> None:
        self._bytes = iter(code)
        self._left = len(code)

    def below(self, limit: int) -> int:
        """A number below this one, which is at most 65,536."""
        size = 1 if limit <= 256 else 2
        self._left -= size
        return int.from_bytes(bytes(next(self._bytes, 0) for _ in range(size))) % limit

    def one_of(self, values: Sequence[Any]) -> Any:
        return values[self.below(len(values))]

    def __iter__(self) -> Iterator["_Program"]:
        """Once for each change."""
        while self._left > 0:
            yield self


_ODD = ["", "\0", "\ud800", "\u2028", "\xa0", "é", "😀", "٣", "\\", '"', "\r\n", "\t", "0", "-1", "9" * 20, "9" * 5000]


def mutated(examples: Sequence[str], *words: str) -> st.SearchStrategy[str]:
    """One of these texts, or two of them as one, with pieces taken out, doubled, swapped, or replaced by such words and
    by any characters."""
    taken = [_PIECES.findall(example) for example in examples]
    noise = [*words, *_ODD]
    return _programs.map(lambda code: _mutate(_Program(code), taken, noise))


def _mutate(program: _Program, examples: Sequence[list[str]], noise: Sequence[str]) -> str:
    pieces = list(program.one_of(examples))
    if program.below(4) == 3:
        pieces += program.one_of(examples)
    for change in program:
        kind, at = change.below(6), change.below(max(len(pieces), 1))
        match kind:
            case 0:
                pieces.insert(at, change.one_of(noise))
            case 1:
                pieces[at : at + 1] = [change.one_of(noise)]
            case 2:
                del pieces[at : at + 1 + change.below(3)]
            case 3:
                pieces[at:at] = pieces[at : at + change.below(50)]
            case 4 if pieces:
                to = change.below(len(pieces))
                pieces[at], pieces[to] = pieces[to], pieces[at]
            case _:
                pieces.insert(at, chr(change.below(65_536)))
    return "".join(pieces)


def damaged(examples: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of these, with some bytes replaced, and maybe cut short."""

    def damage(code: bytes) -> bytes:
        program = _Program(code)
        wrong = bytearray(program.one_of(examples))
        length = program.below(len(wrong) + 1) if program.below(4) == 3 else len(wrong)
        for change in program:
            wrong[change.below(len(wrong))] = change.below(256)
        return bytes(wrong[:length])

    return _programs.map(damage)


def _nested(depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = [value]
    return value


ODD_VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 7, 2**31, 2**63, 2**70, 1e308, 0.5, float("inf"), float("nan")),
    *("", "\0", "\ud800", "😀", "a", "a" * 600, "9" * 5000, [], {}, [[]], [{}], {"": None}, [None]),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-W01-1", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00"),
    *(_nested(40), _nested(300), "due_date", {"id": 1}, [{"id": "\ud800", "title": "\0"}]),
]


def odd_json(examples: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One of these JSON values, with some members replaced by odd ones, taken out, or put elsewhere too."""

    def change(code: bytes) -> Any:
        program = _Program(code)
        value = program.one_of(examples)
        for step in program:
            value = _changed(value, step, step.below(8))
        return value

    return _programs.map(change)


def _changed(value: Any, program: _Program, deep: int) -> Any:
    if not isinstance(value, dict | list) or not value:
        return program.one_of(ODD_VALUES)
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = program.one_of(keys)
    changed = value.copy()
    if deep and isinstance(value[key], dict | list):
        changed[key] = _changed(value[key], program, deep - 1)
        return changed
    match program.below(4):
        case 0:
            del changed[key]
        case 1:
            changed[key] = [value[program.one_of(keys)]] * 2
        case _:
            changed[key] = program.one_of(ODD_VALUES)
    return changed
