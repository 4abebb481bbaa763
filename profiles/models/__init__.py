"""People: accounts, and the standing (trust and verification) of each author's record."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from profiles.models.account import Attempt, LimitState, Notification, ResearcherProfile
from profiles.models.claim import Claim, Decision, Dispute, DisputeStatement, MergeRequest, ProofAttempt
from profiles.models.collaboration import Block, Conversation, Invitation, Message, Participant, Report
from profiles.models.evidence import Attestation, Evidence, InstitutionDomain, Vouch
from profiles.models.fediverse import (
    Delivery,
    FediverseOptOut,
    IncomingActivity,
    OutgoingActivity,
    RemoteActor,
    RemoteFollow,
    RemoteServer,
    ShownActor,
    SigningKey,
)
from profiles.models.following import (
    Digest,
    FeedItem,
    Follow,
    FollowCount,
    NewsEvent,
    NoticePreference,
    Subscription,
)
from publications.models import Author

__all__ = [
    "Assessment",
    "AssessmentDue",
    "Attempt",
    "Attestation",
    "Block",
    "Claim",
    "Conversation",
    "Decision",
    "Delivery",
    "Digest",
    "Dispute",
    "DisputeStatement",
    "Evidence",
    "FediverseOptOut",
    "FeedItem",
    "Follow",
    "FollowCount",
    "IncomingActivity",
    "InstitutionDomain",
    "Invitation",
    "LimitState",
    "MergeRequest",
    "Message",
    "NewsEvent",
    "NoticePreference",
    "Notification",
    "OutgoingActivity",
    "Participant",
    "ProofAttempt",
    "RemoteActor",
    "RemoteFollow",
    "RemoteServer",
    "Report",
    "ResearcherProfile",
    "ShownActor",
    "SigningKey",
    "Subscription",
    "User",
    "Vouch",
]


def fold_email(email: str) -> str:
    """An address as it is stored and compared: trimmed and case-folded."""
    return email.strip().casefold()


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=fold_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account; raises ValueError without an address."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=fold_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in by e-mail; there is no user name."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_folded")]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = fold_email(self.email)


class Assessment(models.Model):
    """Trust and verification of a record at one moment, with everything needed to compute it again."""

    # Its index would be a third one on the author: assessment_history serves the same questions.
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="assessments", db_index=False)
    assessed_at = models.DateTimeField(db_default=Now())
    cause = models.CharField(max_length=40, help_text="import, on-demand, follow, …")
    formula_version = models.CharField(max_length=10)
    inputs = models.JSONField(help_text="Exact inputs of profiles.assessing.trust, fractions as strings")
    factors = models.JSONField(help_text="Shown parts in tenths, which add up to the score shown")
    score = models.PositiveSmallIntegerField()
    band = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author"], condition=Q(is_current=True), name="one_current_assessment"),
            models.CheckConstraint(condition=Q(score__lte=100), name="score_at_most_100"),
            models.CheckConstraint(condition=Q(level__lte=4), name="level_at_most_4"),
        ]
        indexes = [models.Index(fields=["author", "-assessed_at"], name="assessment_history")]


class AssessmentDue(models.Model):
    """Authors whose inputs changed; tasks take them in batches, so losing the broker loses nothing."""

    # No constraint: a queue, not a fact; the row of an author who is gone is taken and dropped like any other.
    author = models.OneToOneField(
        Author, primary_key=True, on_delete=models.CASCADE, related_name="assessment_due", db_constraint=False
    )
    cause = models.CharField(max_length=40)
    since = models.DateTimeField(db_default=Now())
