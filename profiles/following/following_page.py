"""The page "Following": which follows are shown, in which order, with what news they had last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from profiles.following import follows
from profiles.following.follows import Target
from profiles.models import Follow, User
from profiles.models.following import FOLLOWABLE
from publications import names
from publications.listing import Page, page_number, paged

PER_PAGE: Final = 50
LONGEST_QUERY: Final = 200
LATEST_ITEMS: Final = 5_000  # of a feed that are looked at for the last news of each follow
SORTS: Final = {
    "latest": _("Latest followed"),
    "name": _("By name"),
    "works": _("Most works"),
    "news": _("Latest news"),
}
KINDS: Final = {
    "author": _("Authors"),
    "topic": _("Topics"),
    "institution": _("Institutions"),
    "source": _("Sources"),
}
HEARD: Final = {"": _("All"), "heard": _("Heard only"), "muted": _("Muted only")}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader chose; what an address says wrongly counts as not chosen."""

    kind: str = ""
    query: str = ""
    sort: str = "latest"
    heard: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Filters:
        kind, sort, heard = (str(query.get(name, "")) for name in ("kind", "sort", "heard"))
        return cls(
            kind=kind if kind in KINDS else "",
            query=str(query.get("q", "")).replace("\0", "").strip()[:LONGEST_QUERY],
            sort=sort if sort in SORTS else "latest",
            heard=heard if heard in HEARD else "",
            page=page_number(query.get("page")),
        )

    @property
    def narrows(self) -> bool:
        return bool(self.query or self.heard)

    def address(self, **changes: Any) -> str:
        """The query string of these filters with changes; any change but of the page goes back to page 1."""
        changed = replace(self, **{"page": 1, **changes})
        chosen = {
            "kind": changed.kind,
            "q": changed.query,
            "sort": changed.sort if changed.sort != "latest" else "",
            "heard": changed.heard,
            "page": changed.page if changed.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in chosen.items() if value})


@dataclass(frozen=True, slots=True)
class Line:
    """One follow as the list shows it."""

    row: Follow
    target: Target
    news_at: datetime | None

    @property
    def kind(self) -> str:
        return str(self.target._meta.model_name)


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind, how many of it are followed, and the address that shows them."""

    kind: str
    label: Any
    count: int
    address: str


def tabs(user: User, filters: Filters) -> list[Tab]:
    """How many of each kind are followed, the kinds without any left out; all of them first."""
    rows = Follow.objects.filter(follows.VISIBLE, user=user)
    counts = rows.aggregate(**{kind: Count("pk", filter=Q(**{f"{kind}__isnull": False})) for kind in KINDS})
    shown = [
        Tab(kind, label, counts[kind], filters.address(kind=kind)) for kind, label in KINDS.items() if counts[kind]
    ]
    return [Tab("", _("All"), sum(counts.values()), filters.address(kind="")), *shown]


def page(user: User, filters: Filters) -> Page:
    """A page of follows as lines: the same number of queries however many there are."""
    rows = narrowed(user, kind=filters.kind, query=filters.query, muted=_muted(filters.heard))
    news = latest_news(user)
    found = _by_news(rows, news, filters.page) if filters.sort == "news" else _sorted(rows, filters)
    lines = [Line(row, follows.target_of(row), news.get(row.target)) for row in found.items]
    return replace(found, items=lines)


def narrowed(user: User, *, kind: str = "", query: str = "", muted: bool | None = None) -> QuerySet[Any]:
    """What a user follows, of a kind, with these words in its name (folded, in every script), muted or not."""
    rows = with_keys(follows.followed_by(user))
    if kind:
        rows = rows.filter(**{f"{kind}__isnull": False})
    if muted is not None:
        rows = rows.filter(muted=muted)
    for word in names.key(query).split():
        rows = rows.filter(sort_key__contains=word)
    return rows if names.key(query) or not query else rows.none()


def with_keys(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `sort_key` and `works`, whatever is followed."""
    keys = [F(f"{kind}__sort_key") for kind in FOLLOWABLE]
    works = [F(f"{kind}__works_count") for kind in FOLLOWABLE]
    name = Coalesce(*keys, output_field=TextField(db_collation="C"))
    known: QuerySet[Any] = rows.annotate(sort_key=name, works=Coalesce(*works))
    return known


def latest_news(user: User) -> dict[str, datetime]:
    """When each followed target last had news, by short id; looks at the latest items of the feed only."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST_NEWS, {"user": user.pk, "most": LATEST_ITEMS})
        return dict(cursor.fetchall())


_LATEST_NEWS: Final = """
select told.target, max(item.created_at)
from (select event_id, created_at from profiles_feeditem where user_id = %(user)s order by id desc limit %(most)s) item
join profiles_newsevent event on event.id = item.event_id
cross join lateral unnest(event.audience) told (target)
join profiles_follow follow on follow.target = told.target and follow.user_id = %(user)s
group by told.target
"""


def _muted(heard: str) -> bool | None:
    return None if not heard else heard == "muted"


def _sorted(rows: QuerySet[Any], filters: Filters) -> Page:
    if filters.sort == "name":
        rows = rows.order_by("sort_key", "pk")
    if filters.sort == "works":
        rows = rows.order_by("-works", "pk")
    return paged(rows, filters.page, per_page=PER_PAGE)


def _by_news(rows: QuerySet[Any], news: Mapping[str, datetime], number: int) -> Page:
    """Those with news first, the latest at the top; then the others, latest followed first."""
    known: Sequence[tuple[int, str]] = list(rows.values_list("pk", "target"))
    order = sorted(known, key=lambda row: news[row[1]].timestamp() if row[1] in news else 0.0, reverse=True)
    number = min(number, max(1, -(-len(order) // PER_PAGE)))
    wanted = [pk for pk, _target in order[(number - 1) * PER_PAGE : number * PER_PAGE]]
    found = {row.pk: row for row in rows.filter(pk__in=wanted)}
    return Page([found[pk] for pk in wanted if pk in found], number, len(order), PER_PAGE)
