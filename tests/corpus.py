"""Rows of a small corpus for tests: make_author, make_topic, make_work."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from publications.models import Author, Authorship, Record, Topic, Work, WorkId, WorkTopic


def make_author(name: str = "Joan Example", **fields: Any) -> Author:
    return Author.objects.create(display_name=name, sort_key=name.casefold(), **fields)


def make_topic(code: str = "cs.LG", name: str = "Machine Learning", scheme: str = "arxiv") -> Topic:
    defaults = {"name": name, "sort_key": name.casefold()}
    return Topic.objects.get_or_create(scheme=scheme, code=code, defaults=defaults)[0]


def make_work(
    title: str = "A work",
    *,
    authors: Iterable[Author] = (),
    topics: Iterable[Topic] = (),
    year: int | None = 2024,
    arxiv: str = "",
    provider: str = "arxiv",
    **fields: Any,
) -> Work:
    """A work with one record and one authorship per author; counts on authors are not touched."""
    authors = list(authors)
    fields.setdefault("type", Work.Type.PREPRINT)
    work = Work.objects.create(
        title=title,
        title_html=escape(title),
        title_key=title.casefold(),
        publication_year=year,
        authors_count=fields.pop("authors_count", len(authors)),
        **fields,
    )
    number = arxiv or f"2401.{work.pk:05d}"
    WorkId.objects.create(work=work, scheme="arxiv", value=number)
    Record.objects.create(
        work=work, provider=provider, provider_id=number, published_via=provider, content_hash=b"0" * 16, data={}
    )
    for position, author in enumerate(authors, start=1):
        name = author.display_name
        Authorship.objects.create(
            work=work,
            author=author,
            position=position,
            raw_name=name,
            name_key=name.casefold(),
            block=name.casefold(),
            reason=Authorship.Reason.NAME,
        )
    for position, topic in enumerate(topics):
        WorkTopic.objects.create(work=work, topic=topic, position=position)
    return work
