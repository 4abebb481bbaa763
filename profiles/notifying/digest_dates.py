"""When digests are due: at seven in the morning where the reader lives. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

AT: Final = time(7)


def next_due(choice: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `after` at which a daily, weekly or monthly digest is due, in UTC.

    A local time that a change of clocks leaves out is that much later, one that comes twice is the first of the two.
    """
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        day = _following(choice, day)
        due = datetime.combine(day, AT, zone).astimezone(UTC)
        if due > after:
            return due


def _following(choice: str, day: date) -> date:
    """The next day of such a digest after this one."""
    if choice == "weekly":
        return day + timedelta(days=7 - day.weekday())
    if choice == "monthly":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=1)
