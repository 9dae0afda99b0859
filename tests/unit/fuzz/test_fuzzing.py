"""What holds laws to many inputs sees the memory that they take."""

import mmap
import sys

import pytest
from hypothesis import strategies as st

from tests.unit.fuzz import fuzzing
from tests.unit.fuzz.fuzzing import GreedyError, fuzz

pytestmark = [
    pytest.mark.requirement("TRUST-161"),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process held at most"),
]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "EXAMPLES", 100)
    monkeypatch.setattr(fuzzing, "MOST_MIB", 64)


def test_of_inputs_drawn_at_once_the_one_that_takes_too_much_for_a_moment_is_named() -> None:
    def law(mib: int) -> None:
        assert b"x" * (mib << 20)

    with pytest.raises(GreedyError) as raised:
        fuzzing.hold(law, [{"mib": 1}, {"mib": 128}, {"mib": 2}])
    assert raised.value.__notes__ == ["with {'mib': 128}"]


def test_inputs_of_which_something_is_kept_each_time_fail_in_the_end() -> None:
    # Of the system: what other tests gave back to Python's allocator is held already.
    kept: list[mmap.mmap] = []

    @fuzz(number=st.integers(0, 1_000_000))
    def law(number: int) -> None:
        kept.append(mmap.mmap(-1, 1 << 20))
        kept[-1].write(b"x" * (1 << 20))

    with pytest.raises(GreedyError, match="64 are allowed") as raised:
        law()
    assert "FUZZ_SEED=0" in raised.value.__notes__[-1]


def test_inputs_that_give_back_what_they_took_pass() -> None:
    @fuzz(number=st.integers(0, 1_000_000))
    def law(number: int) -> None:
        assert b"x" * (32 << 20)

    law()
