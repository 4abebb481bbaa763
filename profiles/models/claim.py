"""Claims: who says to be the person of a record, who disputes it, and what moderators decided."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from publications.models import Author


def new_nonce() -> str:
    return secrets.token_urlsafe(18)


class Claim(models.Model):
    """One account's claim to one record, from the first step of the wizard to its end; ended rows stay as history."""

    class Status(models.TextChoices):
        OPEN = "open", _("Begun")  # in the wizard: nothing was proved or asked, nobody else sees it
        PENDING = "pending", _("Waiting for a moderator")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Lapsed")  # begun, then nothing happened for 30 days
        RELEASED = "released", _("Given up by the owner")
        REVOKED = "revoked", _("Ended by a moderator")

    LIVE = (Status.OPEN, Status.PENDING, Status.APPROVED)

    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="claims")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    method = models.CharField(max_length=30, blank=True, help_text="The proof chosen last: where the wizard goes on")
    note = models.TextField(blank=True, max_length=4000, help_text="What the claimant tells the moderators")
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce, help_text='For the rel="me" link')
    opened_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it waits or how it ended; shown to the claimant")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author"], condition=Q(status="approved"), name="one_owner_per_record"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(status__in=["open", "pending", "approved"]), name="one_claim_per_account"
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_at__isnull=False, user__isnull=False),
                name="an_owner_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "pending", "approved"]) ^ Q(ended_at__isnull=False),
                name="a_claim_lives_or_has_ended",
            ),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"], name="claims_waiting")]

    def __str__(self) -> str:
        return f"claim {self.pk} to A{self.author_id}"

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE


class ProofAttempt(models.Model):
    """One try to prove a claim: what was asked, of whom, until when. Codes and addresses go when it ends."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        VERIFIED = "verified", _("Verified")
        FAILED = "failed", _("Not verified")
        ENDED = "ended", _("Ended")

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="attempts")
    method = models.CharField(max_length=30)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    target = models.TextField(blank=True, help_text="Address or page asked; emptied when the attempt ends")
    hint = models.CharField(max_length=200, blank=True, help_text="What may be shown of it: a masked address, a host")
    code_hash = models.CharField(max_length=64, blank=True)
    session_hash = models.CharField(max_length=64, blank=True, help_text="A code counts in the session that asked only")
    tries = models.PositiveSmallIntegerField(default=0)
    sent = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(max_length=60, blank=True, help_text="Why it failed: a name of profiles.proofs.REASONS")
    data = models.JSONField(default=dict, help_text="What the method needs to go on")
    started_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "method"], condition=Q(status="waiting"), name="one_waiting_attempt_per_method"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} for claim {self.claim_id}"


class Dispute(models.Model):
    """Two accounts say to be the same person, or somebody objects to a claim.

    While a `rivals` dispute is open the record is contested: nobody gains, and the owner's tools rest.
    """

    class Kind(models.TextChoices):
        RIVALS = "rivals", _("Two claims to one record")
        OBJECTION = "objection", _("An objection to a claim")

    class Status(models.TextChoices):
        OPEN = "open", _("Both sides are heard")
        DECIDED = "decided", _("Decided")
        APPEALED = "appealed", _("Appealed")
        CLOSED = "closed", _("Closed")

    class Outcome(models.TextChoices):
        KEEP = "keep", _("The first claim stands")
        REPLACE = "replace", _("The other claim stands")
        NEITHER = "neither", _("Neither claim stands")

    CONTESTED: ClassVar[dict[str, Any]] = {"kind": Kind.RIVALS, "status__in": (Status.OPEN, Status.APPEALED)}

    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="disputes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="disputes", help_text="The earlier claim")
    rival = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="disputes_opened")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    deadline = models.DateTimeField(help_text="Until when both sides are heard")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    appealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    appealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["author"],
                condition=Q(kind="rivals", status__in=["open", "appealed"]),
                name="one_open_contest_per_record",
            ),
            models.UniqueConstraint(
                fields=["claim", "opened_by"], condition=Q(kind="objection"), name="one_objection_per_account"
            ),
            models.CheckConstraint(
                condition=~Q(kind="rivals") | (Q(rival__isnull=False) & ~Q(rival=F("claim"))), name="rivals_are_two"
            ),
        ]
        indexes = [models.Index(fields=["status", "deadline"], name="disputes_waiting")]

    def __str__(self) -> str:
        return f"dispute {self.pk} about A{self.author_id}"


class DisputeStatement(models.Model):
    """What one side says; the two sides and moderators read it."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="statements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=4000)
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"statement {self.pk}"


class Decision(models.Model):
    """What a moderator decided, with the reason; never changed."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", _("Approve the claim")
        REJECT = "reject", _("Reject the claim")
        REVOKE = "revoke", _("End the claim")
        KEEP = "keep", _("The first claim stands")
        REPLACE = "replace", _("The other claim stands")
        NEITHER = "neither", _("Neither claim stands")
        DISMISS = "dismiss", _("Dismiss the objection")
        PROPOSE = "propose", _("Record an authority's proof")
        CONFIRM = "confirm", _("Confirm an authority's proof")
        REFUSE = "refuse", _("Refuse an authority's proof")

    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="decisions")
    dispute = models.ForeignKey(Dispute, null=True, on_delete=models.PROTECT, related_name="decisions")
    attestation = models.ForeignKey(
        "profiles.Attestation", null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    template = models.CharField(max_length=30, blank=True, help_text="A name of profiles.moderating.moderation.REASONS")
    text = models.TextField(blank=True, max_length=4000)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(F("made_at").desc(), name="decisions_latest")]

    def __str__(self) -> str:
        return f"{self.verdict} on claim {self.claim_id}"


class MergeRequest(models.Model):
    """The owner of one record says that another record is also theirs. Merging is done where merges exist."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="merge_requests")
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="+", help_text="The record owned")
    other = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="merge_requests")
    note = models.TextField(blank=True, max_length=4000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "other"], condition=Q(status="waiting"), name="one_waiting_merge_request"
            ),
            models.CheckConstraint(condition=~Q(author=F("other")), name="no_merge_with_oneself"),
        ]

    def __str__(self) -> str:
        return f"A{self.other_id} into A{self.author_id}"
