"""When digests are due: at seven in the morning where the reader lives, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.notifying.digest_dates import next_due

LONGEST = {"daily": timedelta(hours=49), "weekly": timedelta(days=8, hours=25), "monthly": timedelta(days=32, hours=25)}
ZONES = sorted(available_timezones() - {"localtime"})


def local(choice: str, after: str, zone: str) -> list[str]:
    """The next two, as the reader's clock shows them; `after` is a time of that clock."""
    place = ZoneInfo(zone)
    first = next_due(choice, datetime.fromisoformat(after).replace(tzinfo=place), place)
    both = (first, next_due(choice, first, place))
    return [f"{due.astimezone(place):%a %Y-%m-%d %H:%M}" for due in both]


@pytest.mark.parametrize(
    ("choice", "after", "due"),
    [
        ("daily", "2026-03-02 06:59", ["Mon 2026-03-02 07:00", "Tue 2026-03-03 07:00"]),
        ("daily", "2026-03-02 07:00", ["Tue 2026-03-03 07:00", "Wed 2026-03-04 07:00"]),
        ("weekly", "2026-03-02 06:59", ["Mon 2026-03-02 07:00", "Mon 2026-03-09 07:00"]),
        ("weekly", "2026-03-02 07:00", ["Mon 2026-03-09 07:00", "Mon 2026-03-16 07:00"]),
        ("weekly", "2026-03-08 23:59", ["Mon 2026-03-09 07:00", "Mon 2026-03-16 07:00"]),
        ("monthly", "2026-01-31 12:00", ["Sun 2026-02-01 07:00", "Sun 2026-03-01 07:00"]),
        ("monthly", "2025-12-01 06:00", ["Mon 2025-12-01 07:00", "Thu 2026-01-01 07:00"]),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu"])
def test_a_digest_is_due_at_seven_of_its_day(choice: str, after: str, due: list[str], zone: str) -> None:
    assert local(choice, after, zone) == due


def test_clocks_that_change_move_the_moment_and_not_the_hour() -> None:
    """Berlin put its clocks forward on 29 March 2026."""
    berlin = ZoneInfo("Europe/Berlin")
    before = next_due("daily", datetime(2026, 3, 28, tzinfo=UTC), berlin)

    assert [next_due("daily", before + timedelta(days=n), berlin).hour for n in (-1, 0, 1)] == [6, 5, 5]


def test_a_day_that_a_place_left_out_is_left_out() -> None:
    """Samoa had no 30 December 2011."""
    assert local("daily", "2011-12-29 12:00", "Pacific/Apia") == ["Sat 2011-12-31 07:00", "Sun 2012-01-01 07:00"]


@given(
    st.sampled_from(sorted(LONGEST)),
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
)
def test_in_every_zone_the_next_one_comes_later_and_within_its_time(choice: str, after: datetime, name: str) -> None:
    zone = ZoneInfo(name)

    due = next_due(choice, after, zone)

    assert after < due <= after + LONGEST[choice]
    assert due.astimezone(zone).time().isoformat() == "07:00:00"
    assert choice != "weekly" or due.astimezone(zone).weekday() == 0
    assert choice != "monthly" or due.astimezone(zone).day == 1
