"""The feed's page: a screenful of items by day, why each is there, and the addresses around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.following import feed
from profiles.following.feed import Look, Wanted
from profiles.models import FeedItem, Follow, User
from publications.cards import WorkCard, work_cards
from publications.models import Author, Institution, Source, Topic, Work
from publications.querysets import rows

PER_PAGE: Final = 20
NAMED: Final = 2  # authors, and other followed ones, that are named as reasons of an item
TITLES: Final = {
    "new": gettext_lazy("New"),
    "late": gettext_lazy("Indexed late"),
    "records": gettext_lazy("Records"),
    "saved": gettext_lazy("Saved"),
    "all": gettext_lazy("All"),
}
KIND_NAMES: Final = {
    "author": gettext_lazy("Authors"),
    "topic": gettext_lazy("Topics"),
    "institution": gettext_lazy("Institutions"),
    "source": gettext_lazy("Sources"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Somebody or something followed that an item concerns."""

    short_id: str
    kind: str
    name: str
    url: str
    code: str = ""  # of an arXiv category: two of them may share a name


@dataclass(frozen=True, slots=True)
class Line:
    """An item as the page shows it: a work's card, or what happened to a record."""

    item: FeedItem
    card: WorkCard | None
    authors: tuple[Reason, ...]
    more_authors: int
    others: tuple[Reason, ...]
    more_others: int

    @property
    def record(self) -> Author | None:
        return self.item.event.author

    @property
    def gone(self) -> str:
        """The name of a record that was merged away, unless it was hidden."""
        merged = self.item.event.merged
        return merged.display_name if merged and not merged.hidden else ""


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    view: str
    title: str
    address: str
    count: int
    is_current: bool
    goes_on: bool  # older ones were not looked at to count these

    @property
    def is_capped(self) -> bool:
        return self.goes_on or self.count >= feed.COUNTED

    @property
    def shown(self) -> int:
        return min(self.count, feed.COUNTED - 1)


@dataclass(frozen=True, slots=True)
class FeedPage:
    wanted: Wanted
    days: tuple[Day, ...]
    tabs: tuple[Tab, ...]
    choices: tuple[Reason, ...]  # of the filter by one that is followed
    here: str
    newest: str
    older: str  # empty on the last page
    looks: int  # items that were looked at to find these, …
    back_to: datetime | None  # … if there are older ones: when the oldest of these came
    top: int  # the newest item of the page: what is marked as read ends there
    unread: int  # in this view, or that may be, up to feed.COUNTED

    @property
    def is_first(self) -> bool:
        return self.here == self.newest


def read(user: User, wanted: Wanted, before: int | None = None) -> FeedPage:
    """A screenful in a fixed number of queries. `before` continues an earlier one (`FeedPage.older`)."""
    found = _screenful(user, wanted, before)
    lines, counts = _lines(found.items), feed.counts(user)
    unread = sum(counts[view] + counts[f"{view}+"] for view in _views_of(wanted.view))
    return FeedPage(
        wanted=wanted,
        days=tuple(_by_day(lines, wanted.view)),
        tabs=tuple(_tabs(wanted.view, counts)),
        choices=_choices(user, wanted, lines),
        here=address(wanted, before),
        newest=address(wanted),
        older=address(wanted, found.older) if found.older else "",
        looks=feed.LOOKS,
        back_to=found.back_to,
        top=max((line.item.pk for line in lines), default=0),
        unread=min(unread, feed.COUNTED),
    )


def address(wanted: Wanted, before: int | None = None) -> str:
    """The query string that leads to this part of a feed."""
    said = asdict(wanted) | {"unread": int(wanted.unread), "before": before}
    chosen = {name: value for name, value in said.items() if value and (name, value) != ("view", "new")}
    return "?" + urlencode(chosen)


# Items


def _screenful(user: User, wanted: Wanted, before: int | None) -> Look:
    return feed.look(user, wanted, PER_PAGE, before, by="saved_at" if wanted.view == "saved" else "pk")


def _lines(items: list[FeedItem]) -> list[Line]:
    works = Work.objects.filter(pk__in=[item.event.work_id for item in items if item.event.work_id])
    cards = {card.work.pk: card for card in work_cards(works.with_card_facts())}
    known = {row.pk: row for row in reasons_of(FeedItem.objects.filter(pk__in=[item.pk for item in items]))}
    return [_line(known[item.pk], cards) for item in items if item.pk in known]


def _line(item: Any, cards: dict[int, WorkCard]) -> Line:
    return Line(
        item=item,
        card=cards.get(item.event.work_id or 0),
        authors=item.because_authors,
        more_authors=item.authors - len(item.because_authors),
        others=item.because_others,
        more_others=item.others - len(item.because_others),
    )


# Reasons


def reasons_of(items: QuerySet[FeedItem]) -> list[Any]:
    """Items with why they are there: the first followed authors and others, and how many there are of each."""
    authors = feed.reasons().filter(author__isnull=False).order_by("target")  # as the index of an account's follows
    others = feed.reasons().filter(author__isnull=True).order_by("-target")  # topics, sources, institutions
    names = {
        "target": F("target"),
        "author": F("author__display_name"),
        "topic": F("topic__name"),
        "code": F("topic__code"),
        "scheme": F("topic__scheme"),
        "institution": F("institution__name"),
        "source": F("source__name"),
    }
    found: list[Any] = list(
        items.select_related("event__author", "event__merged").annotate(
            author_rows=rows(authors[:NAMED], **names),
            other_rows=rows(others[:NAMED], **names),
            authors=_count(authors),
            others=_count(others),
        )
    )
    for item in found:
        item.because_authors = tuple(_reason(row) for row in item.author_rows)
        item.because_others = tuple(_reason(row) for row in item.other_rows)
    return found


def _count(follows: QuerySet[Follow]) -> Coalesce:
    return Coalesce(Subquery(follows.order_by().values("user").annotate(n=Count("pk")).values("n")), 0)


def _reason(row: dict[str, Any]) -> Reason:
    kind = feed.TARGETS[row["target"][0]]
    number, name = int(row["target"][1:]), row[kind]
    entities = {
        "author": Author(pk=number, display_name=name),
        "topic": Topic(pk=number, name=name),
        "institution": Institution(pk=number, name=name),
        "source": Source(pk=number, name=name),
    }
    code = row["code"] if row["scheme"] == "arxiv" else ""
    return Reason(row["target"], kind, name, entities[kind].get_absolute_url(), code)


def _choices(user: User, wanted: Wanted, lines: Iterable[Line]) -> tuple[Reason, ...]:
    """What the filter offers: followed ones of this page, and the chosen one."""
    offered = {reason.short_id: reason for line in lines for reason in (*line.authors, *line.others)}
    if wanted.of and wanted.of not in offered:
        offered |= {reason.short_id: reason for reason in _chosen_reason(user, wanted.of)}
    return tuple(sorted(offered.values(), key=lambda reason: (reason.kind, reason.name.casefold())))


def _chosen_reason(user: User, short_id: str) -> Iterable[Reason]:
    row = feed.visible_follows(user).filter(target=short_id).select_related(*feed.TARGETS.values()).first()
    target = row and (row.author or row.topic or row.institution or row.source)
    if row and target:
        code = target.code if isinstance(target, Topic) and target.scheme == "arxiv" else ""
        yield Reason(short_id, feed.TARGETS[short_id[0]], target.label, target.get_absolute_url(), code)


# Days and tabs


def _by_day(lines: list[Line], view: str) -> Iterable[Day]:
    for day, group in groupby(lines, key=lambda line: _day_of(line.item, view)):
        yield Day(day, _label(day), tuple(group))


def _day_of(item: FeedItem, view: str) -> date:
    """In the reader's time zone: when it came, or when it was saved."""
    return timezone.localdate(item.saved_at if view == "saved" else item.created_at)


def _label(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return _("Today")
    return _("Yesterday") if day == today - timedelta(days=1) else date_format(day, "l, j F Y")


def _views_of(view: str) -> tuple[str, ...]:
    """The views whose unread items a view holds."""
    return {"all": ("new", "late"), "saved": ()}.get(view, (view,))


def _tabs(current: str, counts: dict[str, int]) -> Iterable[Tab]:
    for view, title in TITLES.items():
        yield Tab(view, str(title), address(Wanted(view)), counts[view], view == current, f"{view}+" in counts)
