"""The corpus: authors, works with every provider's record, authorships, topics, institutions, sources, citations."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from publications import import_models as import_models  # its tables belong to this app
from publications.querysets import AuthorQuerySet, AuthorshipQuerySet, EntityQuerySet, WorkQuerySet

# A foreign key has db_index=False where a constraint or an index of its table begins with it.


class Entity(models.Model):
    """What has a short id (A12), a page with a slug and a display name."""

    prefix = ""
    url_name = ""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        slug = self.slug
        return reverse(self.url_name, args=[self.pk, slug] if slug else [self.pk])

    @property
    def short_id(self) -> str:
        return f"{self.prefix}{self.pk}"

    @property
    def label(self) -> str:
        return str(self)

    @property
    def slug(self) -> str:
        return slugify(self.label, allow_unicode=True)[:80].strip("-")


class Source(Entity):
    """A venue, journal or repository."""

    prefix, url_name = "S", "source"

    class Kind(models.TextChoices):
        JOURNAL = "journal", _("journal")
        CONFERENCE = "conference", _("conference")
        REPOSITORY = "repository", _("repository")
        BOOK_SERIES = "book-series", _("book series")
        OTHER = "other", _("other")

    name = models.TextField()
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    sort_key = models.TextField(db_index=True, db_collation="C")
    works_count = models.PositiveIntegerField(default=0)

    objects = EntityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class SourceId(models.Model):
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="ids")
    scheme = models.CharField(max_length=20)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="one_source_per_id")]


class Institution(Entity):
    """An organisation from ROR or a provider."""

    prefix, url_name = "I", "institution"

    name = models.TextField()
    country_code = models.CharField(max_length=2, blank=True)
    sort_key = models.TextField(db_index=True, db_collation="C")
    works_count = models.PositiveIntegerField(default=0)
    authors_count = models.PositiveIntegerField(default=0)

    objects = EntityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class InstitutionId(models.Model):
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="ids")
    scheme = models.CharField(max_length=20)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="one_institution_per_id")]


class Topic(Entity):
    """A topic of a provider's scheme: an arXiv category, an OpenAlex topic, an Anthology venue."""

    prefix, url_name = "T", "topic"

    scheme = models.CharField(max_length=20)
    code = models.TextField()
    name = models.TextField()
    field_name = models.TextField(blank=True)
    sort_key = models.TextField(db_index=True, db_collation="C")
    works_count = models.PositiveIntegerField(default=0)
    authors_count = models.PositiveIntegerField(default=0)

    objects = EntityQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="one_topic_per_code")]

    def __str__(self) -> str:
        return self.name


class Author(Entity):
    """A person as the corpus knows them. `hidden` and `merged_into` are written by profiles."""

    prefix, url_name = "A", "author"

    display_name = models.TextField()
    sort_key = models.TextField(db_collation="C", help_text="Folded name: names sort by it in every script.")
    has_provider_id = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    # Kept up to date by publications.counts after every import
    works_count = models.PositiveIntegerField(default=0)
    cited_by_count = models.PositiveIntegerField(default=0)
    topics_count = models.PositiveIntegerField(default=0)
    first_year = models.SmallIntegerField(null=True, blank=True)
    last_year = models.SmallIntegerField(null=True, blank=True)

    objects = AuthorQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("works_count").desc(), "id", name="author_by_works"),
            models.Index(F("cited_by_count").desc(), "id", name="author_by_citations"),
            models.Index(fields=["sort_key", "id"], name="author_by_name"),
        ]

    def __str__(self) -> str:
        return self.display_name


class AuthorName(models.Model):
    """Every name an author is printed under."""

    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="names", db_index=False)
    name = models.TextField()
    works_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "name"], name="one_row_per_author_name")]


class AuthorId(models.Model):
    """A provider's id of an author: orcid, openalex, acl."""

    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="ids")
    scheme = models.CharField(max_length=20)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="one_author_per_id")]


class Work(Entity):
    """One work, however many records: what is shown is composed from its records by publications.clusters."""

    prefix, url_name = "W", "work"

    class Type(models.TextChoices):
        PREPRINT = "preprint", _("preprint")
        ARTICLE = "article", _("article")
        PROCEEDINGS = "proceedings-article", _("proceedings article")
        BOOK = "book", _("book")
        CHAPTER = "book-chapter", _("book chapter")
        DATASET = "dataset", _("dataset")
        THESIS = "thesis", _("thesis")
        OTHER = "other", _("other")

    title = models.TextField()
    title_html = models.TextField(help_text="Safe HTML with MathML, rendered once at ingest.")
    title_key = models.TextField(db_collation="C", help_text="publications.clusters.title_key: titles sort by it.")
    abstract = models.TextField(blank=True)
    abstract_html = models.TextField(blank=True)
    type = models.CharField(max_length=20, choices=Type.choices, default=Type.OTHER)
    publication_year = models.SmallIntegerField(null=True, blank=True)
    publication_date = models.DateField(null=True, blank=True)
    updated_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="works", db_index=False
    )
    is_retracted = models.BooleanField(default=False)
    open_access_url = models.TextField(blank=True)
    collaborations = ArrayField(models.TextField(), default=list, blank=True)
    authors_count = models.PositiveIntegerField(default=0)
    stated_cited_by_count = models.PositiveIntegerField(default=0, help_text="What a provider says.")
    cited_by_count = models.PositiveIntegerField(default=0, help_text="The greater of stated and counted here.")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="merged")
    topics = models.ManyToManyField(Topic, through="WorkTopic", related_name="works")
    authors = models.ManyToManyField(Author, through="Authorship", related_name="works")

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(publication_year__isnull=True) | Q(publication_year__range=(1400, 2100)),
                name="work_year_is_plausible",
            ),
        ]
        indexes = [
            models.Index(
                F("publication_year").desc(nulls_last=True),
                F("publication_date").desc(nulls_last=True),
                F("id").desc(),
                name="work_newest",
            ),
            models.Index(F("cited_by_count").desc(), F("id").desc(), name="work_by_citations"),
            models.Index(fields=["source", "-publication_year"], name="work_by_source"),
            models.Index(fields=["source", "-id"], name="work_latest_of_source"),
        ]

    def __str__(self) -> str:
        return self.title


class WorkId(models.Model):
    """doi, arxiv (without version), acl, openalex: one work each."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="ids")
    scheme = models.CharField(max_length=20)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="one_work_per_id")]


class Record(models.Model):
    """One provider's row of a work, kept whole."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="records")
    provider = models.CharField(max_length=20)
    provider_id = models.TextField()
    published_via = models.CharField(max_length=20, blank=True)
    content_hash = models.BinaryField(max_length=16)
    match_key = models.TextField(blank=True, help_text="Normalised title and year: candidates for one work share it.")
    data = models.JSONField()
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "provider_id"], name="one_record_per_provider_id")]
        indexes = [models.Index(fields=["match_key"], name="record_by_match_key", condition=~Q(match_key=""))]


class WorkTopic(models.Model):
    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="work_topics", db_index=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="work_topics", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "topic"], name="one_row_per_work_topic")]
        indexes = [models.Index(fields=["topic", "work"], name="work_topic_by_topic")]


class Authorship(models.Model):
    """One position of a work's author list.

    Identity resolution gives `author` and `reason`; while `reason` is empty it is still due, and `author`, if set,
    is who stood there before.
    """

    class Reason(models.TextChoices):
        ORCID = "orcid", _("ORCID in metadata")
        PROVIDER_ID = "provider-id", _("provider’s author id")
        NAME_AND_COAUTHOR = "name-and-coauthor", _("name and a shared co-author")
        NAME = "name", _("name match only")
        CLAIMED = "claimed", _("claimed")

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="authorships", db_index=False)
    author = models.ForeignKey(Author, null=True, on_delete=models.SET_NULL, related_name="authorships", db_index=False)
    position = models.PositiveIntegerField(help_text="From 1, in the order of the work.")
    raw_name = models.TextField(help_text="As printed.")
    name_key = models.TextField(help_text="publications.names.key of it")
    block = models.TextField(help_text="publications.names.block of it: candidates for one person share it")
    ids = models.JSONField(default=dict, blank=True, help_text="{scheme: value} of the provider's author ids")
    variants = ArrayField(models.TextField(), default=list, blank=True)
    affiliations = ArrayField(models.TextField(), default=list, blank=True)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)

    objects = AuthorshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "position"], name="one_authorship_per_position"),
            models.UniqueConstraint(fields=["work", "author"], name="one_position_per_author"),
        ]
        indexes = [
            models.Index(fields=["author", "work"], name="authorship_by_author"),
            models.Index(fields=["block"], name="authorship_by_block"),
            models.Index(fields=["block"], name="authorship_unresolved", condition=Q(reason="")),
        ]


class AuthorshipInstitution(models.Model):
    authorship = models.ForeignKey(
        Authorship, on_delete=models.CASCADE, related_name="authorship_institutions", db_index=False
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.CASCADE, related_name="authorship_institutions", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authorship", "institution"], name="one_row_per_authorship_institution")
        ]
        indexes = [models.Index(fields=["institution", "authorship"], name="authorship_by_institution")]


class AuthorTopic(models.Model):
    """How many works of an author carry a topic; rebuilt for touched authors by publications.counts."""

    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="author_topics", db_index=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="author_topics", db_index=False)
    works_count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "topic"], name="one_row_per_author_topic")]
        indexes = [
            models.Index("author", F("works_count").desc(), "topic", name="author_topic_top"),
            models.Index("topic", F("works_count").desc(), "author", name="topic_author_top"),
        ]


class AuthorInstitution(models.Model):
    """Where an author worked, by the affiliations of their works; rebuilt by publications.counts."""

    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="author_institutions", db_index=False)
    institution = models.ForeignKey(
        Institution, on_delete=models.CASCADE, related_name="author_institutions", db_index=False
    )
    works_count = models.PositiveIntegerField()
    first_year = models.SmallIntegerField(null=True)
    last_year = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "institution"], name="one_row_per_author_institution")]
        indexes = [
            models.Index("author", F("works_count").desc(), "institution", name="author_institution_top"),
            models.Index("institution", F("works_count").desc(), "author", name="institution_author_top"),
        ]


class Citation(models.Model):
    """A reference as a provider states it; `cited` is null while that work is not in the corpus."""

    citing = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="references", db_index=False)
    cited = models.ForeignKey(Work, null=True, on_delete=models.SET_NULL, related_name="citations")
    scheme = models.CharField(max_length=20)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["citing", "scheme", "value"], name="one_citation_per_reference")]
        indexes = [models.Index(fields=["scheme", "value"], name="citation_open", condition=Q(cited__isnull=True))]
