import pytest

from loadtests.machine import Origin, describe, origin, revision

pytestmark = pytest.mark.requirement("TRUST-152")


def test_what_is_said_of_a_measurement_is_read_again() -> None:
    read = origin(f"embedded, 7 people; {describe()}")
    assert read.revision == revision()
    assert read.at
    assert f"{read.machine}, " in describe()


def test_what_an_old_report_does_not_say_is_not_known() -> None:
    machine = "2 cores (Intel(R) Xeon(R) Processor), 24 GiB"
    assert origin(f"embedded; {machine}, Linux 6.18, Python 3.11.7") == Origin("", "", machine)
    assert origin("the archives") == Origin()
