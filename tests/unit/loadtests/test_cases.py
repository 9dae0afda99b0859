"""pytest as a measurement: what its report says is counted, and a run that says nothing is no result."""

from pathlib import Path

import pytest

from loadtests import cases

pytestmark = pytest.mark.requirement("TRUST-153")

TESTS = """
import os, pytest

@pytest.mark.parametrize("n", range(int(os.environ["N"])))
def test_right(n): pass

def test_wrong(): assert False

@pytest.fixture
def broken(): raise ValueError

def test_broken(broken): pass

@pytest.mark.skip
def test_left_out(): pass
"""


def run(folder: Path, text: str, **environment: str) -> cases.Cases:
    file = folder / "test_some.py"
    file.write_text(text)
    return cases.run(("-q", "-c", "/dev/null", "-p", "no:cacheprovider", str(file)), environment)


def test_what_was_right_wrong_and_left_out_is_counted(tmp_path: Path) -> None:
    found = run(tmp_path, TESTS, N="3")
    assert (found.ran, found.wrong, found.left_out) == (5, 2, 1)
    assert found.peak_mib > 1


@pytest.mark.parametrize("text", ["import os; os._exit(0)", "(", ""], ids=["ended", "unreadable", "empty"])
def test_a_run_that_did_not_go_to_its_end_is_no_result(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuntimeError, match="ended with"):
        run(tmp_path, text)
