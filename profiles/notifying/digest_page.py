"""What a digest says: works with the reason why, news of records, and a few works indexed late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.following import follows
from profiles.models import FeedItem, Follow, User
from profiles.models.following import FOLLOWABLE
from publications import tex
from publications.cards import work_cards
from publications.models import Author, Work

MOST_WORKS: Final = 30
MOST_RECORDS: Final = 10
MOST_LATE: Final = 5
SHOWN_AUTHORS: Final = 5

Kind = FeedItem.Kind


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work; `because` are the names of what the reader follows."""

    title: str
    url: str
    authors: tuple[str, ...]
    more_authors: int
    published: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordLine:
    """News of an author's record: who it is and what happened."""

    name: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    works: tuple[WorkLine, ...]
    more_works: int
    records: tuple[RecordLine, ...]
    more_records: int
    late: tuple[WorkLine, ...]
    more_late: int


def read(user: User, items: QuerySet[FeedItem], counts: dict[str, int]) -> Page:
    """The latest of each part, and how many there are besides. `counts` are the items by kind."""
    new = list(items.filter(kind=Kind.NEW)[:MOST_WORKS])
    late = list(items.filter(kind=Kind.LATE)[:MOST_LATE])
    records = list(items.filter(kind__in=(Kind.CLAIM, Kind.MERGE)).select_related("event__merged")[:MOST_RECORDS])
    lines = _work_lines(user, [*new, *late])
    return Page(
        works=lines[: len(new)],
        more_works=counts.get(Kind.NEW, 0) - len(new),
        records=tuple(_record_line(item) for item in records),
        more_records=counts.get(Kind.CLAIM, 0) + counts.get(Kind.MERGE, 0) - len(records),
        late=lines[len(new) :],
        more_late=counts.get(Kind.LATE, 0) - len(late),
    )


def _work_lines(user: User, items: Iterable[FeedItem]) -> tuple[WorkLine, ...]:
    items = list(items)
    works = Work.objects.filter(pk__in=[item.event.work_id for item in items])
    cards = {card.work.pk: card for card in work_cards(works.with_card_facts(authors=SHOWN_AUTHORS))}
    names = _followed_names(user, items)
    lines = []
    for item in items:
        card = cards[cast("int", item.event.work_id)]
        work = card.work
        published = (str(work.publication_year or ""), work.source.name if work.source else "")
        lines.append(
            WorkLine(
                title=tex.to_readable(work.title),
                url=_short_address(work),
                authors=tuple(author.name for author in card.authors),
                more_authors=card.more_authors,
                published=", ".join(part for part in published if part),
                because=tuple(dict.fromkeys(names[target] for target in item.event.audience if target in names)),
            )
        )
    return tuple(lines)


def _followed_names(user: User, items: Iterable[FeedItem]) -> dict[str, str]:
    """By short id, of what the reader follows and these items concern."""
    targets = {target for item in items for target in item.event.audience}
    rows = Follow.objects.filter(follows.VISIBLE, user=user, target__in=targets, muted=False)
    return {row.target: str(follows.target_of(row)) for row in rows.select_related(*FOLLOWABLE)}


def _record_line(item: FeedItem) -> RecordLine:
    author, merged = cast("Author", item.event.author), item.event.merged
    text = _("This record has an owner now: its researcher claimed it.")
    if item.kind == Kind.MERGE:
        text = _("Another record proved to be the same person and was merged into this one.")
        if merged is not None and not merged.hidden and merged.display_name != author.display_name:
            text = _("The record “%(name)s” was merged into this one.") % {"name": merged.display_name}
    return RecordLine(name=author.display_name, url=_short_address(author), text=text)


def _short_address(entity: Work | Author) -> str:
    """Without the words of a title, which make long lines: it leads to the page itself."""
    return f"{settings.BASE_URL}{reverse(entity.url_name, kwargs={'number': entity.pk})}"
