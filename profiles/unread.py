"""How much is unread for an account, part by part: for the header of every page, in one query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db.models import IntegerField, QuerySet, Subquery
from django.http import HttpRequest

from profiles import feed, notices
from profiles.models import User

COUNTED: Final = 100  # "99+"
PARTS: Final[dict[str, Callable[[User], QuerySet[Any]]]] = {
    "notifications": notices.unread,
    "feed": feed.unread,
}


@dataclass(frozen=True, slots=True)
class Unread:
    """Each up to `COUNTED`."""

    notifications: int = 0
    feed: int = 0

    @property
    def total(self) -> int:
        return min(COUNTED, self.notifications + self.feed)

    def parts(self) -> dict[str, int]:
        return asdict(self) | {"total": self.total}


class _Counted(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def of(user: Any) -> Unread:
    """One query, whatever the parts."""
    counted = {f"n_{name}": _Counted(rows(user).order_by().values("pk")[:COUNTED]) for name, rows in PARTS.items()}
    found = User.objects.filter(pk=user.pk).annotate(**counted).values_list(*counted).first()
    return Unread(*found) if found else Unread()


def of_request(request: HttpRequest) -> Unread:
    """Of whoever is logged in, counted once for a page."""
    memory: dict[str, Any] = request.__dict__
    if "unread" not in memory:
        memory["unread"] = of(request.user) if request.user.is_authenticated else Unread()
    found: Unread = memory["unread"]
    return found


def shown(count: int) -> str:
    return f"{COUNTED - 1}+" if count >= COUNTED else str(count)
