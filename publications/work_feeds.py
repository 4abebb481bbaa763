"""What happened last at an author, topic, institution or source: works by when they were indexed, for feeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import tex
from publications.cards import WITHHELD, work_cards
from publications.models import Author, Authorship, AuthorshipInstitution, Institution, Source, Topic, Work, WorkTopic
from publications.syndication import EDITION, Entry, Feed, Link, Person, midnight, site_url

MOST: Final = 50
AUTHORS: Final = 20  # of each work; the rest are counted
LOOKED_AT: Final = 2_000  # affiliations of an institution, latest first
_TEXTS: Final = ("title", "title_html", "title_key", "abstract", "abstract_html")

Followed = Author | Topic | Institution | Source
KINDS: Final[dict[str, type[Followed]]] = {
    "author": Author,
    "topic": Topic,
    "institution": Institution,
    "source": Source,
}


class WorkFeed:
    """The latest works of a record: `version` costs two queries and no text, `feed()` one more."""

    def __init__(self, record: Followed, form: str) -> None:
        self._record, self._form = record, form
        self._works = works_for_feeds(latest(record))
        self.version = fingerprint(self._works, record.short_id, record.label)

    def feed(self) -> Feed:
        record = self._record
        entries = tuple(entry_of(work) for work in works_for_feeds([work.pk for work in self._works], texts=True))
        home = site_url(record.get_absolute_url())
        kind = record._meta.model_name
        name = record.label
        return Feed(
            id=site_url(f"/{kind}s/{record.short_id}/"),
            title=_("%(name)s on bzpeer") % {"name": name},
            subtitle=_("The latest %(most)s works, by when they were indexed.") % {"most": MOST},
            home=home,
            address=site_url(reverse(f"{kind}_feed", kwargs={"number": record.pk, "form": self._form})),
            updated=max((entry.updated for entry in entries), default=record.updated_at),
            author=Person(name, home) if isinstance(record, Author) else Person("bzpeer", site_url("/")),
            entries=entries,
        )


def latest(record: Followed) -> list[int]:
    """Ids of works, the one that was indexed last first: ids rise as works are indexed. Withdrawn ones are left out."""
    shown = Work.objects.visible().filter(is_retracted=False)
    if isinstance(record, Source):
        return list(shown.published_in(record).order_by("-pk").values_list("pk", flat=True)[:MOST])
    if isinstance(record, Institution):
        places = AuthorshipInstitution.objects.filter(institution=record).order_by("-authorship")
        works = shown.filter(pk__in=places.values("authorship__work")[:LOOKED_AT])
        return list(works.order_by("-pk").values_list("pk", flat=True)[:MOST])
    column = "author" if isinstance(record, Author) else "topic"
    links: Any = (Authorship if isinstance(record, Author) else WorkTopic).objects
    found = links.filter(**{column: record}, work__merged_into__isnull=True, work__is_retracted=False)
    return list(found.order_by("-work").values_list("work", flat=True)[:MOST])


def works_for_feeds(numbers: Iterable[int], *, texts: bool = False) -> list[Any]:
    """Works in this order with their authors, topics and ids in one query; titles and abstracts where asked."""
    wanted = list(numbers)
    rows = Work.objects.visible().filter(pk__in=wanted).with_card_facts(authors=AUTHORS)
    found = {work.pk: work for work in (rows if texts else rows.defer(*_TEXTS))}
    return [found[number] for number in wanted if number in found]


def fingerprint(works: Iterable[Any], *more: Any) -> str:
    """Another one when anything changes that a feed says of these works: a text, a name, who is hidden."""
    facts = [(w.pk, w.updated_at, w.source and w.source.name, w.author_rows, w.topic_rows, w.id_rows) for w in works]
    said = repr((EDITION, settings.BASE_URL, facts, more))
    return blake2b(said.encode(errors="backslashreplace"), digest_size=16).hexdigest()


def entry_of(work: Any) -> Entry:
    """A work of `works_for_feeds(…, texts=True)`."""
    [card] = work_cards([work])
    url = site_url(work.get_absolute_url())
    context = {"card": card, "work": work, "url": url, "base_url": settings.BASE_URL}
    return Entry(
        id=site_url(f"/works/{work.short_id}/"),  # without the title, which may change
        url=url,
        title=tex.to_readable(work.title) or work.short_id,
        updated=work.updated_at,
        published=midnight(work.publication_date),
        html=render_to_string("publications/feed_entry.html", context).strip(),
        summary=_short(tex.to_readable(work.abstract)),
        authors=_people(card.authors),
        tags=tuple(topic.code if topic.scheme == "arxiv" else topic.name for topic in card.topics),
        links=tuple(Link(link.label, link.url) for link in card.links),
    )


def _people(authors: Sequence[Any]) -> tuple[Person, ...]:
    """Those who may be named."""
    shown = [author for author in authors if author.name != str(WITHHELD)]
    return tuple(Person(a.name, site_url(a.url) if a.url else "") for a in shown)


def _short(text: str, longest: int = 600) -> str:
    """Whole words of a text."""
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0] + " …"
