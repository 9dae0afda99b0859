"""VTIMEZONE says what the clocks do."""

from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from functions.chat_api.calendars.zones import timezone_text

pytestmark = pytest.mark.requirement("PROD-060")


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"]
)
def test_another_library_reads_the_zones_own_times_from_it(zone: str) -> None:
    read = tzical(StringIO(timezone_text(zone).replace("\r\n ", "").replace("\r\n", "\n"))).get(zone)
    at = datetime(2019, 1, 1, 0, 30)  # noqa: DTZ001
    while at.year < 2032:
        if (
            at.replace(tzinfo=ZoneInfo(zone), fold=0).utcoffset()
            == at.replace(tzinfo=ZoneInfo(zone), fold=1).utcoffset()
        ):
            assert at.replace(tzinfo=read).utcoffset() == at.replace(tzinfo=ZoneInfo(zone)).utcoffset(), at
        at += timedelta(hours=7)
