"""The stand-in for ORCID in the demonstration: who signs in there, and how the site finds it."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bzpeer.standins.people import HOLDER, PUBLISHER, Entry, Person

INVENTED: Final = "invented"  # bzpeer.demo: the file that marks an invented corpus
WITH_ID, WITHOUT_ID = 6, 2
MOST_WORKS: Final = 60
VOUCHED: Final = 5  # works that "publishers" added to the record of somebody whose works carry no iD


def environment(data: Path, port: int) -> dict[str, str]:
    """Settings that lead to the stand-in; none outside the demonstration, or where ORCID itself is set up."""
    if not (data / INVENTED).exists() or os.environ.get("ORCID_CLIENT_ID"):
        return {}
    base = f"http://localhost:{free_port(port + 1)}"
    return {
        "ORCID_STAND_IN": "on",
        "ORCID_URL": base,
        "ORCID_API_URL": f"{base}/v3.0",
        "ARXIV_URL": base,
        "ORCID_CLIENT_ID": "APP-STAND-IN",
        "ORCID_CLIENT_SECRET": secrets.token_urlsafe(24),
    }


def free_port(wanted: int) -> int:
    """This one, or any other where it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no port is free")


def directory() -> Sequence[Person]:
    """People of the invented corpus: with an iD in the metadata of their works, and without but with matching works."""
    return [*_with_id(), *_without_id()]


def _with_id() -> Iterator[Person]:
    from publications.models import AuthorId

    rows = AuthorId.objects.filter(scheme="orcid", author__merged_into__isnull=True).select_related("author")
    for row in rows.order_by("-author__works_count", "author")[:WITH_ID]:
        yield _person(
            row.author_id, row.value, row.author.display_name, "this iD stands in the metadata of their works"
        )


def _without_id() -> Iterator[Person]:
    from publications.generator import ids
    from publications.models import Author

    rows = Author.objects.visible().exclude(ids__scheme="orcid").order_by("-works_count", "pk")[:WITHOUT_ID]
    for author in rows:
        orcid = ids.orcid(9_000_000 + author.pk % 900_000).removeprefix("https://orcid.org/")
        note = "no iD in the metadata; publishers added works to this ORCID record"
        yield _person(author.pk, orcid, author.display_name, note)


def _person(author: int, orcid: str, name: str, note: str) -> Person:
    from publications.models import AuthorInstitution, Work

    works = Work.objects.filter(authorships__author=author, merged_into__isnull=True).order_by("pk")[:MOST_WORKS]
    rows = [(work.title, {i.scheme: i.value for i in work.ids.all()}) for work in works.prefetch_related("ids")]
    named = [row for row in rows if row[1].get("doi") or row[1].get("arxiv")]
    entries = tuple(
        Entry(
            title=title,
            doi=found.get("doi", ""),
            arxiv=found.get("arxiv", ""),
            added_by=PUBLISHER if number < VOUCHED else HOLDER,
        )
        for number, (title, found) in enumerate(named)
    )
    places = AuthorInstitution.objects.filter(author=author).order_by("-works_count").select_related("institution")[:2]
    employers = tuple(
        (place.institution.name, next((i.value for i in place.institution.ids.all() if i.scheme == "ror"), ""))
        for place in places
    )
    arxiv = tuple(found["arxiv"] for _, found in named if found.get("arxiv"))
    return Person(orcid=orcid, name=name, works=entries, employers=employers, arxiv=arxiv or None, note=note)
