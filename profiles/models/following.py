"""Follows, and what reaches followers: news, the items of each feed, digests."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Now
from django.utils.translation import gettext_lazy as _

from profiles.models.claim import Claim
from publications.models import Author, Institution, Source, Topic, Work

FOLLOWABLE: dict[str, type[models.Model]] = {
    "author": Author,
    "topic": Topic,
    "institution": Institution,
    "source": Source,
}


def short_id_expression() -> Any:
    """The short id (A12) of whichever of the four keys is set."""
    cases = [
        When(**{f"{name}__isnull": False}, then=Concat(Value(model.prefix), F(name)))  # type: ignore[attr-defined]
        for name, model in FOLLOWABLE.items()
    ]
    return Case(*cases, output_field=models.TextField())


def one_of_four() -> Q:
    """Exactly one of the four keys is set."""
    rule = Q()
    for name in FOLLOWABLE:
        rule |= Q(**{f"{other}__isnull": other != name for other in FOLLOWABLE})
    return rule


class Follow(models.Model):
    """An account follows an author, a topic, an institution or a source. Who follows is private to the follower."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows", db_index=False)
    author = models.ForeignKey(Author, null=True, on_delete=models.CASCADE, related_name="follows")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="follows")
    institution = models.ForeignKey(Institution, null=True, on_delete=models.CASCADE, related_name="follows")
    source = models.ForeignKey(Source, null=True, on_delete=models.CASCADE, related_name="follows")
    target = models.GeneratedField(
        expression=short_id_expression(), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    muted = models.BooleanField(default=False, help_text="Stays in the list and brings no news")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "target"], name="one_follow_per_account"),
            models.CheckConstraint(condition=one_of_four(), name="a_follow_has_one_target"),
        ]
        indexes = [models.Index(fields=["target", "user"], name="followers_of_target")]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.target}"


class FollowCount(models.Model):
    """How many follow a target: here, and from the Fediverse. Kept by triggers, whatever writes follows."""

    target = models.TextField(primary_key=True, db_collation="C")
    followers = models.IntegerField(default=0)
    remote = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.target}: {self.followers}"


class NewsEvent(models.Model):
    """Something that followers are told once: a work came, a record was claimed, a record was merged into another.

    Written in the transaction of what it tells, and only if somebody follows; `due_at` is empty once every follower's
    feed has it. The fan-out goes target by target (`reached_target`), account by account (`reached_user`).
    """

    class Kind(models.TextChoices):
        WORK = "work", _("work")
        CLAIM = "claim", _("claim")
        MERGE = "merge", _("merge")

    kind = models.CharField(max_length=5, choices=Kind.choices)
    work = models.OneToOneField(Work, null=True, on_delete=models.CASCADE, related_name="news_event")
    claim = models.OneToOneField(Claim, null=True, on_delete=models.CASCADE, related_name="news_event")
    merged = models.OneToOneField(
        Author, null=True, on_delete=models.CASCADE, related_name="merge_event", help_text="The record that went"
    )
    author = models.ForeignKey(
        Author, null=True, on_delete=models.CASCADE, related_name="news_events", help_text="The record told about"
    )
    audience = ArrayField(models.TextField(), help_text="Short ids, sorted: the followed ones that it concerns")
    happened_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True, db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    reached_target = models.TextField(blank=True, db_collation="C")
    reached_user = models.BigIntegerField(null=True, help_text="Empty once all who follow `reached_target` have it")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="work", work__isnull=False, claim=None, merged=None, author=None)
                | Q(kind="claim", work=None, claim__isnull=False, merged=None, author__isnull=False)
                | Q(kind="merge", work=None, claim=None, merged__isnull=False, author__isnull=False),
                name="news_tells_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="news_to_fan_out")]

    def __str__(self) -> str:
        return f"{self.kind} {self.work_id or self.claim_id or self.merged_id}"


class Digest(models.Model):
    """One digest: the outbox of its mail, written in the transaction that gives it its items and sets the next date."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests", db_index=False)
    slot = models.DateTimeField(help_text="When it was due")
    created_at = models.DateTimeField(db_default=Now())
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "slot"], name="one_digest_per_slot")]
        indexes = [models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="digests_to_mail")]

    def __str__(self) -> str:
        return f"digest {self.pk} of {self.user_id}"


class FeedItem(models.Model):
    """One account's copy of a piece of news: once, however many of those concerned it follows."""

    class Kind(models.TextChoices):
        NEW = "new", _("New work")
        LATE = "late", _("Indexed late")  # published before the account followed
        CLAIM = "claim", _("Claim")
        MERGE = "merge", _("Merged record")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed_items", db_index=False
    )
    event = models.ForeignKey(NewsEvent, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    digest = models.ForeignKey(
        Digest, null=True, blank=True, on_delete=models.SET_NULL, related_name="items", help_text="That told it"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="one_item_per_account")]
        indexes = [
            models.Index("user", F("id").desc(), name="feed_of_account"),
            models.Index("user", "kind", F("id").desc(), name="feed_of_account_by_kind"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="feed_unread"),
            models.Index("user", F("saved_at").desc(), condition=Q(saved_at__isnull=False), name="feed_saved"),
            models.Index(fields=["user", "created_at"], condition=Q(digest=None), name="feed_not_digested"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} for {self.user_id}"


class Subscription(models.Model):
    """How an account wants its news: the digest by mail, and the version of its private feed's address."""

    class Digest(models.TextChoices):
        OFF = "off", _("Off")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every Monday")
        MONTHLY = "monthly", _("On the first of each month")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="subscription"
    )
    digest = models.CharField(_("digest by mail"), max_length=7, choices=Digest.choices, default=Digest.OFF)
    digest_due_at = models.DateTimeField(null=True, blank=True, help_text="When the next one is put together")
    digest_since = models.DateTimeField(db_default=Now(), help_text="Items from before are in no digest")
    feed_version = models.PositiveIntegerField(default=1, help_text="Raised when the private address is renewed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest="off") ^ Q(digest_due_at__isnull=False), name="a_digest_is_off_or_due"
            )
        ]
        indexes = [models.Index(fields=["digest_due_at"], condition=Q(digest_due_at__isnull=False), name="digests_due")]

    def __str__(self) -> str:
        return f"{self.digest} digest of {self.user_id}"


class NoticePreference(models.Model):
    """How an account wants one group of notices (`notice_kinds.GROUPS`); without a row, the group's default holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences", db_index=False
    )
    group = models.CharField(max_length=20)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="one_preference_per_group")]

    def __str__(self) -> str:
        return f"{self.group} of {self.user_id}"
