"""Questions to the corpus, as adjectives that chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce, JSONObject

if TYPE_CHECKING:
    from publications.models import Author, Institution, Source, Work

# What a page shows of a long list; the rest is one link away.
SHOWN_TOPICS = 40
SHOWN_INSTITUTIONS = 20
SHOWN_AFFILIATIONS = 200
# Authorships of a name block that are looked at for namesakes: a common surname has many thousands.
LOOKED_AT_NAMESAKES = 1000


# What a row of a topic carries, to be made a Topic again by `publications.cards.topic_of`.
topic_fields = {"id": F("topic"), "name": F("topic__name"), "scheme": F("topic__scheme"), "code": F("topic__code")}


def rows(queryset: models.QuerySet[Any], **fields: Any) -> ArraySubquery:
    """The rows of a correlated queryset as one JSON array, so that a page needs no query for each list."""
    return ArraySubquery(queryset.values(row=JSONObject(**fields)))


class EntityQuerySet(models.QuerySet[Any]):
    """Topics, institutions and sources."""

    def most_works_first(self) -> Self:
        return self.order_by("-works_count", "id")

    def with_ids(self) -> Self:
        """Ids of institutions and sources, in the entity's own query."""
        by_model = self.model._meta.get_field("ids").related_model._default_manager
        name = self.model._meta.model_name
        own = by_model.filter(**{str(name): OuterRef("pk")}).order_by("scheme", "value")
        return self.annotate(id_rows=rows(own, scheme=F("scheme"), value=F("value")))


class AuthorQuerySet(models.QuerySet[Any]):
    def visible(self) -> Self:
        """Authors that anybody may see: neither hidden nor merged away."""
        return self.filter(hidden=False, merged_into__isnull=True)

    def most_works_first(self) -> Self:
        return self.order_by("-works_count", "id")

    def similar_to(self, author: Author, block: str) -> Self:
        """Other visible people whose printed names share the block (surname and first initial)."""
        from publications.models import Authorship

        in_block = Authorship.objects.filter(block=block, author__isnull=False).exclude(author=author)
        numbers = in_block.values("author")[:LOOKED_AT_NAMESAKES]
        return self.visible().filter(pk__in=numbers).most_works_first()

    def with_page_facts(self) -> Self:
        """Names, ids, topics, institutions, affiliations and works by year and type, all in the author's own query."""
        from publications.models import AuthorId, AuthorName, AuthorTopic

        mine = {"author": OuterRef("pk")}
        names = AuthorName.objects.filter(**mine).order_by("-works_count", "name")
        ids = AuthorId.objects.filter(**mine).order_by("scheme", "value")
        topics = AuthorTopic.objects.filter(**mine).order_by("-works_count", "topic")[:SHOWN_TOPICS]
        return self.annotate(
            name_rows=rows(names, name=F("name"), works=F("works_count")),
            id_rows=rows(ids, scheme=F("scheme"), value=F("value")),
            topic_rows=rows(topics, **topic_fields, works=F("works_count")),
            **_place_rows(),
            **_tally_rows(),
        )


def _place_rows() -> dict[str, ArraySubquery]:
    """Where an author was: institutions with their years, and affiliations as printed, latest first."""
    from publications.models import AuthorInstitution, Authorship

    known = AuthorInstitution.objects.filter(author=OuterRef("pk"))
    known = known.order_by(F("last_year").desc(nulls_last=True), "-works_count", "institution")[:SHOWN_INSTITUTIONS]
    printed = Authorship.objects.filter(author=OuterRef("pk")).exclude(affiliations=[])
    printed = printed.order_by(F("work__publication_year").desc(nulls_last=True), "pk")[:SHOWN_AFFILIATIONS]
    years = {"first": F("first_year"), "last": F("last_year")}
    place = {"id": F("institution"), "name": F("institution__name"), "works": F("works_count")}
    return {
        "institution_rows": rows(known, **place, **years),
        "affiliation_rows": rows(printed, affiliations=F("affiliations"), year=F("work__publication_year")),
    }


def _tally_rows() -> dict[str, ArraySubquery]:
    """How many works of an author there are by year and type, and by the reason why they are theirs."""
    from publications.models import Authorship, Work

    works = Work.objects.visible().filter(authorships__author=OuterRef("pk")).order_by()
    by_year = works.values("publication_year", "type").annotate(works=Count("pk"))
    authorships = Authorship.objects.filter(author=OuterRef("pk"), work__merged_into__isnull=True).order_by()
    by_reason = authorships.values("reason").annotate(works=Count("pk"))
    return {
        "year_rows": rows(by_year, year=F("publication_year"), type=F("type"), works=F("works")),
        "reason_rows": rows(by_reason, reason=F("reason"), works=F("works")),
    }


class WorkQuerySet(models.QuerySet[Any]):
    def visible(self) -> Self:
        return self.filter(merged_into__isnull=True)

    def by(self, author: Author) -> Self:
        return self.filter(authorships__author=author)

    def from_institution(self, institution: Institution) -> Self:
        from publications.models import AuthorshipInstitution

        return self.filter(
            Exists(AuthorshipInstitution.objects.filter(institution=institution, authorship__work=OuterRef("pk")))
        )

    def published_in(self, source: Source) -> Self:
        return self.filter(source=source)

    def cited_by(self, work: Work) -> Self:
        """Works of the corpus that a work refers to."""
        from publications.models import Citation

        return self.filter(Exists(Citation.objects.filter(citing=work, cited=OuterRef("pk"))))

    def citing(self, work: Work) -> Self:
        """Works of the corpus that refer to a work."""
        from publications.models import Citation

        return self.filter(Exists(Citation.objects.filter(cited=work, citing=OuterRef("pk"))))

    def on_topic(self, topic_id: int) -> Self:
        from publications.models import WorkTopic

        return self.filter(Exists(WorkTopic.objects.filter(topic=topic_id, work=OuterRef("pk"))))

    def newest_first(self) -> Self:
        return self.order_by(
            F("publication_year").desc(nulls_last=True), F("publication_date").desc(nulls_last=True), F("id").desc()
        )

    def oldest_first(self) -> Self:
        return self.order_by(
            F("publication_year").asc(nulls_last=True), F("publication_date").asc(nulls_last=True), F("id").asc()
        )

    def most_cited_first(self) -> Self:
        return self.order_by("-cited_by_count", "-id")

    def by_title(self) -> Self:
        return self.order_by("title_key", "id")

    def with_cards(self, authors: int = 100) -> Self:
        """Everything a work card shows, in a fixed number of queries; the first `authors` authorships of each."""
        from publications.models import Authorship, WorkTopic

        shown = Authorship.objects.filter(position__lte=authors).order_by("position").select_related("author")
        topics = WorkTopic.objects.order_by("position").select_related("topic")
        return self.select_related("source").prefetch_related(
            Prefetch("authorships", queryset=shown, to_attr="shown_authorships"),
            Prefetch("work_topics", queryset=topics, to_attr="shown_topics"),
            "ids",
        )

    def with_card_facts(self, subject: Author | None = None, authors: int = 10) -> Self:
        """What a card on a page shows, in this one query: the first authors and the page's own, topics and ids."""
        from publications.models import Authorship, WorkId, WorkTopic

        of_work = {"work": OuterRef("pk")}
        shown = Q(position__lte=authors) | Q(author=subject) if subject else Q(position__lte=authors)
        return self.select_related("source").annotate(
            author_rows=rows(
                Authorship.objects.filter(shown, **of_work).order_by("position"),
                position=F("position"),
                name=F("raw_name"),
                id=F("author"),
                hidden=F("author__hidden"),
                display_name=F("author__display_name"),
                reason=F("reason"),
                affiliations=F("affiliations"),
            ),
            topic_rows=rows(WorkTopic.objects.filter(**of_work).order_by("position", "pk"), **topic_fields),
            id_rows=rows(
                WorkId.objects.filter(**of_work).order_by("scheme", "value"), scheme=F("scheme"), value=F("value")
            ),
        )

    def with_page_facts(self) -> Self:
        """Ids, topics, records and the number of references, all in the work's own query."""
        from publications.models import Citation, Record, WorkId, WorkTopic

        of_work = {"work": OuterRef("pk")}
        stated = Citation.objects.filter(citing=OuterRef("pk")).order_by().values("citing").annotate(n=Count("pk"))
        return self.select_related("source", "merged_into").annotate(
            id_rows=rows(
                WorkId.objects.filter(**of_work).order_by("scheme", "value"), scheme=F("scheme"), value=F("value")
            ),
            topic_rows=rows(WorkTopic.objects.filter(**of_work).order_by("position", "pk"), **topic_fields),
            record_rows=rows(
                Record.objects.filter(**of_work).order_by("provider", "provider_id"),
                provider=F("provider"),
                provider_id=F("provider_id"),
                seen=F("seen_at"),
                via=F("published_via"),
            ),
            stated_references=Coalesce(models.Subquery(stated.values("n")), 0),
        )


class AuthorshipQuerySet(models.QuerySet[Any]):
    def resolved(self) -> Self:
        return self.filter(author__isnull=False)

    def with_places(self) -> Self:
        """In the order of the work, each with the author's name and the institutions, in one query."""
        from publications.models import AuthorshipInstitution

        places = AuthorshipInstitution.objects.filter(authorship=OuterRef("pk")).order_by("pk")
        return (
            self.select_related("author")
            .annotate(institution_rows=rows(places, id=F("institution"), name=F("institution__name")))
            .order_by("position")
        )
