"""An account's feed: what happened to whom and what it follows, what of it is unread, and what it saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from profiles.following.follows import VISIBLE
from profiles.models import Claim, FeedItem, Follow, NewsEvent, User
from profiles.models.following import FOLLOWABLE
from publications.models import Author, Work

COUNTED = 100  # unread items are counted up to here: "99+"
LOOKED_AT = 500  # the newest of a view: so many are looked at to count those that may be shown
LOOKS = 2_000  # items of a view that one request looks at for those that may be shown and fit
KEPT = timedelta(days=400)  # what is not saved goes then
BATCH = 5_000  # rows that one step of forgetting looks at
MOST_BATCHES = 400  # of one night

TARGETS: Final[dict[str, str]] = {model.prefix: name for name, model in FOLLOWABLE.items()}  # type: ignore[attr-defined]
Kind = FeedItem.Kind
VIEWS: Final[dict[str, tuple[str, ...]]] = {
    "new": (Kind.NEW, Kind.CLAIM, Kind.MERGE),
    "late": (Kind.LATE,),
    "records": (Kind.CLAIM, Kind.MERGE),
    "saved": tuple(Kind.values),
    "all": tuple(Kind.values),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a feed: a view, and what narrows it."""

    view: str = "new"
    unread: bool = False
    target: str = ""  # author, topic, institution or source: followed ones of this kind are concerned
    of: str = ""  # the short id of one that is concerned
    type: str = ""  # of the work

    @property
    def narrows(self) -> bool:
        return self != Wanted(self.view)


# Reading


def items(user: User) -> QuerySet[FeedItem]:
    """What may be shown, latest first: still followed or saved, about works and records that are there."""
    return _still_there(user).filter(Q(saved_at__isnull=False) | Exists(reasons()))


def _still_there(user: User) -> QuerySet[FeedItem]:
    about_work = Q(event__work__isnull=False, event__work__merged_into__isnull=True)
    about_record = Q(event__author__hidden=False, event__author__merged_into__isnull=True)
    about_claim = Q(event__claim__isnull=True) | Q(event__claim__status=Claim.Status.APPROVED)
    rows = FeedItem.objects.filter(user=user).select_related("event__work", "event__author", "event__claim")
    return rows.filter(about_work | (about_record & about_claim)).order_by("-pk")


def _because_of(user: User, target: str) -> QuerySet[FeedItem]:
    """What is there because of a followed author, topic, … ."""
    followed = Exists(reasons().filter(**{f"{target}__isnull": False}))
    # An OR keeps PostgreSQL from joining all follows with all items: each item asks the index instead.
    return _still_there(user).filter((Q(saved_at__isnull=False) & followed) | followed)


def reasons() -> QuerySet[Follow]:
    """Why an item of an outer query is in its account's feed: follows that bring news, of what everybody may see."""
    concerned = Func(
        F("target"),
        OuterRef("event__audience"),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )  # so that an index on the target serves
    return Follow.objects.filter(concerned, VISIBLE, user=OuterRef("user"), muted=False)


def visible_follows(user: User) -> QuerySet[Follow]:
    return Follow.objects.filter(VISIBLE, user=user)


def chosen(user: User, wanted: Wanted) -> QuerySet[FeedItem]:
    """The wanted part, latest first; what was saved last comes first among the saved."""
    rows = _because_of(user, wanted.target) if wanted.target else items(user)
    if len(VIEWS[wanted.view]) < len(Kind.values):
        rows = rows.filter(kind__in=VIEWS[wanted.view])
    if wanted.view == "saved":
        rows = rows.filter(saved_at__isnull=False).order_by("-saved_at", "-pk")
    if wanted.unread:
        rows = rows.filter(read_at=None)
    if wanted.of:
        rows = rows.filter(~_is_hidden(wanted.of), event__audience__contains=[wanted.of])
    if wanted.type:
        rows = rows.filter(event__work__type=wanted.type)
    return rows


@dataclass(frozen=True, slots=True)
class Look:
    """What one look into a feed found, and where the next one begins; both marks are None at the end of the feed.

    `back_to` is said where the look ended before it was full: what is older was not looked at.
    """

    items: list[FeedItem]
    older: int | None
    back_to: datetime | None


def look(user: User, wanted: Wanted, most: int, before: int | None = None, *, by: str = "pk") -> Look:
    """Up to `most` of the wanted items among the next `LOOKS` of the view, whatever a feed holds and a filter fits.

    `by` is `pk`, or `saved_at` with moments in microseconds; `before` continues an earlier look (`Look.older`).
    """
    bounds = {} if before is None else {f"{by}__lt": _value(by, before)}
    beyond = _beyond(user, wanted, by, bounds)
    if beyond is not None:
        bounds[f"{by}__gt"] = getattr(beyond, by)
    rows = chosen(user, wanted).filter(**bounds).order_by(f"-{by}")
    items = list(rows.select_related(None).select_related("event__author", "event__merged")[: most + 1])
    if len(items) > most:
        return Look(items[:most], _place(items[most - 1], by), None)
    return Look(items, _place(beyond, by) + 1, beyond.created_at) if beyond else Look(items, None, None)


def _beyond(user: User, wanted: Wanted, by: str, bounds: dict[str, Any]) -> FeedItem | None:
    """The first item of a view that is not looked at."""
    rows = FeedItem.objects.filter(user=user, kind__in=VIEWS[wanted.view], **bounds)
    if wanted.view == "saved":
        rows = rows.filter(saved_at__isnull=False)
    return next(iter(rows.order_by(f"-{by}")[LOOKS : LOOKS + 1]), None)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _place(item: FeedItem, by: str) -> int:
    return (item.saved_at - _EPOCH) // timedelta(microseconds=1) if by == "saved_at" and item.saved_at else item.pk


def _value(by: str, place: int) -> int | datetime:
    return _EPOCH + timedelta(microseconds=min(place, 10**17)) if by == "saved_at" else place


def _is_hidden(short_id: str) -> Exists:
    """Whoever is hidden by now narrows nothing: what they wrote is not told."""
    number = int(short_id[1:]) if short_id.startswith(Author.prefix) else 0
    return Exists(Author.objects.filter(pk=number, hidden=True))


def wanted_from(given: dict[str, Any]) -> Wanted:
    """What an address asks for; what it says wrongly counts as not said."""
    said = {name: str(given.get(name) or "") for name in ("view", "unread", "target", "of", "type")}
    return Wanted(
        view=said["view"] if said["view"] in VIEWS else "new",
        unread=said["unread"] == "1",
        target=said["target"] if said["target"] in TARGETS.values() else "",
        of=said["of"] if is_short_id(said["of"]) else "",
        type=said["type"] if said["type"] in Work.Type.values else "",
    )


def is_short_id(text: str) -> bool:
    number = text[1:]
    return text[:1] in TARGETS and number.isascii() and number.isdigit() and len(number) < 19


def unread(user: User) -> QuerySet[FeedItem]:
    """Of the newest. What was indexed late asks for nobody's attention."""
    return _counted(user, Wanted("new", unread=True)).order_by()


def _counted(user: User, wanted: Wanted) -> QuerySet[FeedItem]:
    """What is counted of a view: bounded, for most of a long feed may be about what is no longer followed or shown."""
    # As an array, for the planner would ask why each item of the feed is there before it joins the newest.
    bounds = (F("pk"), ArraySubquery(_newest(user, wanted).values("pk")[:LOOKED_AT]))
    among = Func(*bounds, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField())
    return chosen(user, wanted).filter(among)


def _newest(user: User, wanted: Wanted) -> QuerySet[FeedItem]:
    """What a view holds, whether it may be shown or not."""
    rows = FeedItem.objects.filter(user=user, kind__in=VIEWS[wanted.view])
    newest = (
        rows.filter(saved_at__isnull=False).order_by("-saved_at") if wanted.view == "saved" else rows.order_by("-pk")
    )
    return newest.filter(read_at=None) if wanted.unread else newest


def unread_count(user: User) -> int:
    """Up to `COUNTED`."""
    return unread(user)[:COUNTED].count()


def counts(user: User) -> dict[str, int]:
    """By view: unread ones of each kind, and what is saved; each up to `COUNTED`, of the newest, all in one query.

    Under `f"{view}+"` stands 1 where older ones were not looked at: there may be more.
    """
    views = [Wanted("new", unread=True), Wanted("late", unread=True), Wanted("records", unread=True), Wanted("saved")]
    parts = [_labelled(_counted(user, wanted), wanted.view)[:COUNTED] for wanted in views] + [
        _labelled(_newest(user, wanted), f"{wanted.view}+")[LOOKED_AT : LOOKED_AT + 1] for wanted in views
    ]
    return Counter(view for (view,) in parts[0].union(*parts[1:], all=True))


def _labelled(rows: QuerySet[FeedItem], label: str) -> QuerySet[Any]:
    return rows.order_by().annotate(view=Value(label)).values_list("view")


# Reading marks, and what is kept for later


def mark_read(user: User, pks: Iterable[int] | None = None, *, up_to: int | None = None) -> int:
    """These items, or all up to the one that was on top when the page was made."""
    rows = FeedItem.objects.filter(user=user, read_at=None)
    if pks is not None:
        rows = rows.filter(pk__in=list(pks))
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to)
    return rows.update(read_at=timezone.now())


def mark_view_read(user: User, wanted: Wanted, *, up_to: int) -> int:
    """All that a view holds, up to the item that was on top when the page was made."""
    rows = chosen(user, replace(wanted, unread=True)).filter(pk__lte=up_to).order_by()
    return FeedItem.objects.filter(pk__in=rows.values("pk")).update(read_at=timezone.now())


def mark_unread(user: User, pks: Iterable[int]) -> int:
    return FeedItem.objects.filter(user=user, pk__in=list(pks)).update(read_at=None)


def save(user: User, pk: int, *, saved: bool = True) -> int:
    """Keep an item for later, or let it go; 0 when there is no such item."""
    rows = FeedItem.objects.filter(user=user, pk=pk)
    if not saved:
        return rows.update(saved_at=None)
    rows.filter(saved_at=None).update(saved_at=timezone.now())
    return rows.count()


# Forgetting


def forget_old(now: datetime | None = None) -> int:
    """What is older than `KEPT` and not saved, and events that nobody has any more; a bounded part of it each night."""
    before = (now or timezone.now()) - KEPT
    return _forget(FeedItem.objects.filter(saved_at=None), "created_at", before) + _forget(
        NewsEvent.objects.filter(due_at=None, items=None), "happened_at", before
    )


def _forget(rows: QuerySet[Any], column: str, before: datetime) -> int:
    """In steps along the ids, which rise with time."""
    forgotten, after = 0, 0
    for _step in range(MOST_BATCHES):
        looked_at = rows.model.objects.filter(pk__gt=after).order_by("pk").values_list("pk", column)[:BATCH]
        old = [pk for pk, moment in looked_at if moment < before]
        if not old:
            break
        forgotten += rows.filter(pk__in=old).delete()[0]
        after = old[-1]
    return forgotten
