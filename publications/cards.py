"""A work as a card on a page: what its template reads, built from one query's rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from bzpeer.kit import ids
from publications.models import Author, Authorship, Topic, Work

SHOWN_AUTHORS: Final = 10
# Stands where somebody was printed whose record is hidden.
WITHHELD: Final = _("name withheld")
LINK_NAMES: Final = {"doi": "DOI", "arxiv": "arXiv", "acl": "ACL Anthology", "openalex": "OpenAlex"}

REASONS: Final = {
    Authorship.Reason.ORCID: _("The source’s metadata carries this person’s ORCID iD at this position."),
    Authorship.Reason.PROVIDER_ID: _("The provider states its own author id for this position."),
    Authorship.Reason.NAME_AND_COAUTHOR: _("The printed name fits and a co-author is shared with other works here."),
    Authorship.Reason.NAME: _("Only the printed name matches. Nobody has confirmed it, so it may be a namesake."),
    Authorship.Reason.CLAIMED: _("The owner of this record says that this work is theirs."),
}


@dataclass(frozen=True, slots=True)
class CardAuthor:
    """One name of a card's author line; `url` is empty where there is no page to lead to."""

    name: str
    position: int
    url: str
    is_subject: bool
    after_gap: bool


@dataclass(frozen=True, slots=True)
class Why:
    """Why a work stands on an author's page."""

    label: str
    text: str
    printed_name: str
    position: int
    affiliations: tuple[str, ...]
    is_guess: bool


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class WorkCard:
    work: Work
    authors: tuple[CardAuthor, ...]
    more_authors: int
    topics: tuple[Topic, ...]
    links: tuple[Link, ...]
    why: Why | None


def work_cards(works: Iterable[Work], subject: Author | None = None) -> list[WorkCard]:
    """Cards of works fetched with `with_card_facts(subject)`."""
    return [_card(work, subject) for work in works]


def topic_of(row: dict[str, Any]) -> Topic:
    """A topic from a row of `topic_fields`, to name and to link."""
    return Topic(pk=row["id"], name=row["name"], scheme=row["scheme"], code=row["code"])


def id_links(id_rows: Iterable[dict[str, str]], open_access_url: str = "") -> tuple[Link, ...]:
    """Where else a work is: its ids as links, then an open copy."""
    found = [
        Link(LINK_NAMES[row["scheme"]], ids.url(row["scheme"], row["value"]))
        for row in id_rows
        if row["scheme"] in LINK_NAMES
    ]
    known = {link.url for link in found}
    if open_access_url.startswith(("http://", "https://")) and open_access_url not in known:
        found.append(Link(str(_("Open access")), open_access_url))
    return tuple(found)


def _card(work: Any, subject: Author | None) -> WorkCard:
    authors = tuple(_card_authors(work.author_rows, subject))
    return WorkCard(
        work=work,
        authors=authors,
        more_authors=max(0, work.authors_count - len(authors)),
        topics=tuple(topic_of(row) for row in work.topic_rows),
        links=id_links(work.id_rows, work.open_access_url),
        why=_why(work.author_rows, subject) if subject else None,
    )


def _card_authors(author_rows: list[dict[str, Any]], subject: Author | None) -> Iterable[CardAuthor]:
    previous = 0
    for row in author_rows:
        has_page = row["id"] is not None and not row["hidden"]
        yield CardAuthor(
            name=str(WITHHELD) if row["hidden"] else row["name"],
            position=row["position"],
            url=Author(pk=row["id"], display_name=row["display_name"]).get_absolute_url() if has_page else "",
            is_subject=subject is not None and row["id"] == subject.pk,
            after_gap=row["position"] != previous + 1,
        )
        previous = row["position"]


def _why(author_rows: list[dict[str, Any]], subject: Author) -> Why | None:
    row = next((row for row in author_rows if row["id"] == subject.pk), None)
    if row is None or not row["reason"]:
        return None
    reason = Authorship.Reason(row["reason"])
    return Why(
        label=str(reason.label),
        text=str(REASONS[reason]),
        printed_name=row["name"],
        position=row["position"],
        affiliations=tuple(row["affiliations"]),
        is_guess=reason in {Authorship.Reason.NAME, Authorship.Reason.NAME_AND_COAUTHOR},
    )
