"""The doctor finds clocks that differ, and zones that are not known alike."""

from datetime import timedelta

import pytest

from functions.kernel.clock import system_clock
from functions.operations.doctor import clocks
from functions.operations.doctor.sight import Sight

pytestmark = pytest.mark.requirement("TRUST-032")


@pytest.mark.parametrize(("seconds", "said"), [(90, "s ahead of the database"), (-90, "s behind the database")])
def test_a_clock_that_is_off_is_found_with_its_direction(sight: Sight, seconds: int, said: str) -> None:
    found = clocks.skew(sight, lambda: system_clock() + timedelta(seconds=seconds))

    assert found.state == "wrong"
    assert said in found.what
    assert "NTP" in found.todo


def test_one_machine_has_one_clock(sight: Sight) -> None:
    assert clocks.skew(sight).state == "well"


def test_zones_in_use_are_known_alike(sight: Sight) -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Asia/Kathmandu"):
        sight.connection.execute("INSERT INTO users (id, name, zone) VALUES (gen_random_uuid(), 'Sam', %s)", (zone,))

    found = clocks.zones(sight)

    assert (found.state, found.what) == ("well", "3 in use, alike here and in the database")
    assert found.where.startswith("tzdata 20")


def test_a_zone_that_nobody_knows_any_more_is_named(sight: Sight) -> None:
    sight.connection.execute("INSERT INTO users (id, name, zone) VALUES (gen_random_uuid(), 'Sam', 'Mars/Base')")

    found = clocks.zones(sight)

    assert found.state == "wrong"
    assert found.what == "this machine does not know Mars/Base; the database does not know Mars/Base"


def test_a_zone_whose_time_here_is_not_the_databases_is_named(sight: Sight, monkeypatch: pytest.MonkeyPatch) -> None:
    sight.connection.execute("INSERT INTO users (id, name, zone) VALUES (gen_random_uuid(), 'Sam', 'Europe/Berlin')")
    monkeypatch.setattr(clocks, "_offsets", lambda zone, moments: [timedelta(hours=3) for _ in moments])

    assert clocks.zones(sight).what == "Europe/Berlin is another time here than in the database"
