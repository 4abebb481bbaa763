"""How much is unread for an account, part by part: for the header of every page, in one query."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, Final

from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.http import HttpRequest

from profiles.collaborating import collaboration, conversations
from profiles.following import feed
from profiles.models import User
from profiles.notifying import notices

COUNTED: Final = 100  # "99+"
ANYBODY: Final = -(2**31) + 7  # the place of an account's number in the statement
PARTS: Final[dict[str, tuple[Callable[[User], QuerySet[Any]], ...]]] = {
    "notifications": (notices.unread,),
    "only_noticed": (notices.unread_alone,),
    "feed": (feed.unread,),
    "collaboration": (collaboration.waiting, conversations.unread),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """Each up to `COUNTED`; `only_noticed` are the notifications of what no other part counts."""

    notifications: int = 0
    only_noticed: int = 0
    feed: int = 0
    collaboration: int = 0

    @property
    def total(self) -> int:
        return min(COUNTED, self.only_noticed + self.feed + self.collaboration)

    def parts(self) -> dict[str, int]:
        """As pages show them."""
        shown = ("notifications", "feed", "collaboration", "total")
        return {name: getattr(self, name) for name in shown}


class _Counted(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def of(user: Any) -> Unread:
    """One query, whatever the parts."""
    if user.pk is None:
        return Unread()
    text, values = statement()
    with connection.cursor() as cursor:
        cursor.execute(text, [user.pk if value == ANYBODY else value for value in values])
        found = cursor.fetchone()
    return Unread(*(min(COUNTED, count) for count in found)) if found else Unread()


@cache
def statement() -> tuple[str, tuple[Any, ...]]:
    """For `ANYBODY`, kept: Django takes longer to write it than PostgreSQL to answer it, and every page asks."""
    counted = {f"n_{name}": _sum(User(pk=ANYBODY), parts) for name, parts in PARTS.items()}
    rows = User.objects.filter(pk=ANYBODY).annotate(**counted).values_list(*counted)
    return rows.query.sql_with_params()


def _sum(user: User, parts: tuple[Callable[[User], QuerySet[Any]], ...]) -> Combinable:
    counted: list[Combinable] = [_Counted(rows(user).order_by().values("pk")[:COUNTED]) for rows in parts]
    return reduce(operator.add, counted)


def of_request(request: HttpRequest) -> Unread:
    """Of whoever is logged in, counted once for a page."""
    memory: dict[str, Any] = request.__dict__
    if "unread" not in memory:
        memory["unread"] = of(request.user) if request.user.is_authenticated else Unread()
    found: Unread = memory["unread"]
    return found


def shown(count: int) -> str:
    return f"{COUNTED - 1}+" if count >= COUNTED else str(count)
