"""Lists of works on pages: filters, order and page from the address, and addresses that keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from publications.cards import work_cards
from publications.models import Author, Work
from publications.querysets import WorkQuerySet

PER_PAGE: Final = 20
SHORT_AUTHORS: Final = 3
# Lists are counted and paged up to here; a filter narrows further. Keeps the cost of any page bounded.
DEEPEST: Final = 10_000
SORTS: Final = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "cited": _("Most cited first"),
    "title": _("By title"),
}


@dataclass(frozen=True, slots=True)
class WorkFilters:
    """What a reader chose; what an address says wrongly counts as not chosen."""

    year: int | None = None
    type: str = ""
    topic: int | None = None
    sort: str = "newest"
    page: int = 1
    kept: tuple[tuple[str, str], ...] = ()  # other parameters of the address, as they are

    @classmethod
    def from_query(cls, query: Mapping[str, Any], kept: tuple[tuple[str, str], ...] = ()) -> WorkFilters:
        sort, type_ = str(query.get("sort", "")), str(query.get("type", ""))
        return cls(
            year=_number(query.get("year"), 2100),
            type=type_ if type_ in Work.Type.values else "",
            topic=_number(str(query.get("topic", "")).upper().removeprefix("T"), 2**62),
            sort=sort if sort in SORTS else "newest",
            page=_number(query.get("page"), DEEPEST // PER_PAGE) or 1,
            kept=kept,
        )

    @property
    def narrows(self) -> bool:
        return bool(self.year or self.type or self.topic)

    def apply(self, works: WorkQuerySet) -> WorkQuerySet:
        if self.year:
            works = works.filter(publication_year=self.year)
        if self.type:
            works = works.filter(type=self.type)
        if self.topic:
            works = works.on_topic(self.topic)
        return works

    def sorted(self, works: WorkQuerySet) -> WorkQuerySet:
        orders = {
            "newest": works.newest_first,
            "oldest": works.oldest_first,
            "cited": works.most_cited_first,
            "title": works.by_title,
        }
        return orders[self.sort]()

    def address(self, **changes: Any) -> str:
        """The query string of these filters with changes; any change but of the page goes back to page 1."""
        changed = replace(self, **{"page": 1, **changes})
        chosen = dict(changed.kept) | {
            "year": changed.year,
            "type": changed.type,
            "topic": f"T{changed.topic}" if changed.topic else "",
            "sort": changed.sort if changed.sort != "newest" else "",
            "page": changed.page if changed.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in chosen.items() if value})


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `total` is exact unless `is_capped`."""

    items: Sequence[Any]
    number: int
    total: int
    per_page: int = PER_PAGE
    is_capped: bool = False

    @property
    def last(self) -> int:
        return max(1, -(-min(self.total, DEEPEST) // self.per_page))

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1

    @property
    def first_item(self) -> int:
        return (self.number - 1) * self.per_page + 1

    @property
    def last_item(self) -> int:
        return self.first_item + len(self.items) - 1

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to show, with None for a gap."""
        near = {1, self.last, *range(self.number - 1, self.number + 2)}
        shown: list[int | None] = []
        for number in sorted(n for n in near if 1 <= n <= self.last):
            if shown and shown[-1] is not None and number > shown[-1] + 1:
                shown.append(None)
            shown.append(number)
        return shown


def paged(queryset: Any, number: int, *, total: int | None = None, per_page: int = PER_PAGE) -> Page:
    """A page of a sorted queryset; counts at most DEEPEST rows, and none where the total is known."""
    if total is None:
        total = queryset.order_by()[: DEEPEST + 1].count()
    last = max(1, -(-min(total, DEEPEST) // per_page))
    number = min(max(1, number), last)
    items = list(queryset[(number - 1) * per_page : number * per_page]) if total else []
    return Page(items, number, min(total, DEEPEST), per_page, is_capped=total > DEEPEST)


def works_page(
    works: WorkQuerySet, filters: WorkFilters, *, total: int | None = None, subject: Author | None = None
) -> Page:
    """A page of works as cards; `total` is the count without filters, where it is known."""
    chosen = filters.apply(works.visible())
    page = paged(filters.sorted(chosen).with_card_facts(subject), filters.page, total=_total(chosen, filters, total))
    return replace(page, items=work_cards(page.items, subject))


def cards_page(works: WorkQuerySet, number: int) -> Page:
    """A page of works as short cards, most cited first: references and citations of a work."""
    page = paged(works.visible().most_cited_first().with_card_facts(authors=SHORT_AUTHORS), number)
    return replace(page, items=work_cards(page.items))


def page_number(text: str | None) -> int:
    """A page number from an address; what is no number is page 1."""
    return _number(text, DEEPEST) or 1


def _total(chosen: WorkQuerySet, filters: WorkFilters, total: int | None) -> int:
    if total is not None and not filters.narrows:
        return total
    return int(chosen.order_by()[: DEEPEST + 1].count())


def _number(text: Any, largest: int) -> int | None:
    text = str(text or "")
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    return int(text) if 0 < int(text) <= largest else None
