"""Evidence: the append-only ledger of proofs, and what some of them are made of (vouches, attestations, domains)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now, Upper
from django.utils.translation import gettext_lazy as _

from profiles.models.claim import Claim
from publications.models import Author


class Evidence(models.Model):
    """One entry of a record's ledger: a proof, or what became of an earlier one.

    Entries of a record are chained by `hash` (`claiming.ledger`). A trigger refuses every change but the erasure of
    `account` and `subject`; the chain covers keyed hashes of these, so it holds without them.
    """

    class Event(models.TextChoices):
        VERIFIED = "verified", _("Verified")
        CHECKED = "checked", _("Checked again")  # it still held; `expires_at` may be later than before
        MISSED = "missed", _("Check failed")  # a check that failed; the proof still counts
        ENDED = "ended", _("Ended")  # revoked, or expired for good

    class Kind(models.TextChoices):
        SCHOLARLY_ID = "A", _("Scholarly iD")
        INSTITUTION = "B", _("Institution")
        AUTHORSHIP = "C", _("Authorship control")
        VOUCH = "V", _("Vouches")
        AUTHORITY = "X", _("Authority")

    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="evidence", db_index=False)
    sequence = models.PositiveIntegerField(help_text="From 1, per record")
    event = models.CharField(max_length=10, choices=Event.choices)
    proof = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="later", help_text="What it is about"
    )
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="evidence")
    account_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=1, choices=Kind.choices)
    method = models.CharField(max_length=30)
    issuer = models.CharField(
        max_length=200, help_text="Who vouches: orcid:…, ror:…, host:…; two proofs count if it differs"
    )
    subject = models.TextField(blank=True, help_text="The id at the issuer: an iD, never an address")
    subject_hash = models.CharField(max_length=64)
    payload_hash = models.CharField(max_length=64, help_text="SHA-256 of what was seen")
    at = models.DateTimeField(help_text="When it was verified, checked or ended")
    expires_at = models.DateTimeField(null=True, help_text="Of VERIFIED and CHECKED entries")
    reason = models.CharField(max_length=60, blank=True)
    checked_by = ArrayField(models.CharField(max_length=64), default=list, help_text="Keyed hashes of moderators")
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "sequence"], name="one_entry_per_place"),
            models.CheckConstraint(
                condition=Q(event="verified", proof__isnull=True) | (~Q(event="verified") & Q(proof__isnull=False)),
                name="later_entries_name_their_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event} for A{self.author_id}"


class Vouch(models.Model):
    """Somebody at L3 or above says to know the owner of a record from shared work. Three make class V."""

    voucher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vouches")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="vouches")
    organisation = models.CharField(max_length=200, help_text="Of the voucher, when vouching")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "claim"], condition=Q(ended_at__isnull=True), name="one_vouch_per_account"
            )
        ]

    def __str__(self) -> str:
        return f"vouch of {self.voucher_id} for claim {self.claim_id}"


class Attestation(models.Model):
    """An authority's proof (class X) on its way: one moderator records it, another confirms or refuses it."""

    class Method(models.TextChoices):
        ORGANISATION = "organisation", _("Attested by an organisation's administrator")
        FEDERATED = "federated", _("Federated identity of medium assurance or better")
        DOCUMENT = "document", _("Document check by an outside service")

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="attestations")
    method = models.CharField(max_length=20, choices=Method.choices)
    issuer = models.CharField(max_length=200, help_text="The organisation or service")
    result = models.TextField(max_length=1000, help_text="What was found; never a document")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True)
    confirmed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("proposed_by")), name="two_moderators_attest"
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(confirmed__isnull=True), name="one_waiting_attestation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} for claim {self.claim_id}"


class InstitutionDomain(models.Model):
    """A mail domain of an organisation: an address below it proves an affiliation. Curated, seeded from ROR."""

    class Status(models.TextChoices):
        LISTED = "listed", _("Accepted")
        MODERATED = "moderated", _("A moderator looks at it")
        REFUSED = "refused", _("Refused")

    domain = models.CharField(max_length=253, primary_key=True, help_text="In lower-case ASCII (punycode)")
    ror = models.CharField(max_length=9, blank=True)
    organisation = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.LISTED)
    origin = models.CharField(
        max_length=10, default="ror", help_text="ror, or moderator: not replaced by the next load"
    )
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Which moderator",
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(domain=Lower("domain")), name="domain_is_lower_case")]
        indexes = [
            models.Index(fields=["ror"], name="domains_of_organisation"),
            GinIndex(  # of what `icontains` asks
                OpClass(Upper("domain"), "gin_trgm_ops"),
                OpClass(Upper("organisation"), "gin_trgm_ops"),
                name="domains_by_words",
            ),
        ]

    def __str__(self) -> str:
        return self.domain
