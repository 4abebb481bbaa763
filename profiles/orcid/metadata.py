"""What the corpus says about iDs: which stand at an author's works, and whose works these are."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from publications import names
from publications.models import Author, AuthorName, Authorship, WorkId

# Whose records count as source metadata. A holder's own ORCID record and files that people bring themselves do not.
PROVIDERS = ("acl", "arxiv", "crossref", "datacite", "dblp", "openalex", "openreview", "pubmed")
MOST_NAMES = 500

_ORCIDS = """
SELECT a.ids ->> 'orcid', count(*)
FROM publications_authorship a JOIN publications_work w ON w.id = a.work_id
WHERE a.author_id = %s AND w.merged_into_id IS NULL AND a.ids ->> 'orcid' <> '' AND EXISTS (
    SELECT 1 FROM publications_record r WHERE r.work_id = a.work_id AND r.provider = ANY(%s)
    AND r.data @> jsonb_build_object('authors', jsonb_build_array(
        jsonb_build_object('ids', jsonb_build_object('orcid', a.ids ->> 'orcid')))))
GROUP BY 1
"""


def orcids(author: Author) -> dict[str, int]:
    """iDs at this author's place in source metadata, each with its number of works."""
    with connection.cursor() as cursor:
        cursor.execute(_ORCIDS, [author.pk, list(PROVIDERS)])
        return dict(cursor.fetchall())


def works_count(author: Author) -> int:
    return author.works.filter(merged_into__isnull=True).count()


def work_ids(author: Author, *schemes: str) -> dict[tuple[str, str], int]:
    """(scheme, value) of the author's works, each with the number of its work."""
    rows = WorkId.objects.filter(
        work__authorships__author=author, work__merged_into__isnull=True, scheme__in=schemes
    ).values_list("scheme", "value", "work_id")
    return {(scheme, value): work for scheme, value, work in rows}


def is_a_co_author(author: Author, orcid: str) -> bool:
    """Whether an iD stands at another place of one of this author's works: then it is somebody else's."""
    mine = Authorship.objects.filter(author=author).values("work")
    return Authorship.objects.filter(work__in=mine, ids__orcid=orcid).exclude(author=author).exists()


def shares_a_word(author: Author, spelled: Iterable[str]) -> bool:
    """Whether a person's names and the record's have a word of two letters or more in common.

    Much less than agreeing: names change, but a co-author's has nothing of it. Between scripts nothing can be said.
    """
    printed = AuthorName.objects.filter(author=author).values_list("name", flat=True)[:MOST_NAMES]
    theirs, own = _words(spelled), _words((author.display_name, *printed))
    return bool(theirs and (theirs & own or _scripts(theirs).isdisjoint(_scripts(own))))


def _words(spelled: Iterable[str]) -> set[str]:
    return {word for name in spelled for word in names.key(name).split() if len(word) > 1}


def _scripts(words: set[str]) -> set[bool]:
    return {word.isascii() for word in words}
