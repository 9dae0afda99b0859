import pytest

from loadtests.thresholds import Measured, breaches, operations_of

pytestmark = pytest.mark.requirement("FLOW-029")


def test_a_run_that_keeps_to_everything_has_no_breach() -> None:
    assert breaches([Measured("create", 1000, 0, 99.0)], 200, 199) == []


def test_one_failed_request_is_a_breach() -> None:
    assert breaches([Measured("create", 1000, 1, 9.0)], 200, 200) == ["create: 1 of 1000 failed; none may"]


def test_a_p99_at_the_limit_is_a_breach() -> None:
    assert breaches([Measured("list", 1000, 0, 100.0)], 200, 200) == ["list: p99 100 ms; it must stay under 100 ms"]


def test_the_live_stream_is_not_timed_but_may_not_fail_either() -> None:
    assert breaches([Measured("event seen", 100, 0, 300.0)], 200, 200) == []
    assert breaches([Measured("open stream", 3, 1, 300.0)], 200, 200) == ["open stream: 1 of 3 failed; none may"]


def test_a_run_below_its_rate_is_a_breach() -> None:
    found = breaches([Measured("list", 1000, 0, 10.0)], 200, 150)

    assert found == ["only 150 of 200 requests/s were made; the server could not keep up"]


def test_the_operations_are_read_off_locusts_rows_without_the_sum() -> None:
    row = {"Type": "POST", "Name": "create", "Request Count": "12", "Failure Count": "0", "99%": "31"}

    never = row | {"Name": "reopen", "Request Count": "0", "99%": "N/A"}

    assert operations_of([row, never, row | {"Type": "", "Name": "Aggregated"}]) == [
        Measured("POST create", 12, 0, 31.0)
    ]
