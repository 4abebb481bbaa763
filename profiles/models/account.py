"""What belongs to an account: the profile its holder writes, notices, and the attempts that limits count."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ResearcherProfile(models.Model):
    """What a person says about themselves; shown on the record they own, from L2 on."""

    class Contact(models.TextChoices):
        NOBODY = "nobody", _("Nobody")
        CLOSE = "close", _("My collaborators and theirs")
        VERIFIED = "verified", _("Everyone verified")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="researcher_profile"
    )
    biography = models.TextField(_("biography"), blank=True, max_length=4000)
    links = models.JSONField(default=list, blank=True, help_text="[{label, url}], at most ten, https only")
    contact = models.CharField(_("who may invite me"), max_length=10, choices=Contact.choices, default=Contact.VERIFIED)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.user)


class Notification(models.Model):
    """A notice to an account: shown in the app, and the outbox of the mail that says the same.

    Written in the transaction of what it tells; `mail_due_at` is empty once the mail was handed over or none is wanted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40, help_text="A name of profiles.notifying.notices.KINDS")
    params = models.JSONField(default=dict, help_text="Ids and dates that the text is made of; never an address")
    key = models.CharField(max_length=100, blank=True, help_text="Told once only: not twice with the same key")
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "key"], condition=~Q(key=""), name="one_notice_per_key"),
        ]
        indexes = [
            models.Index("user", models.F("created_at").desc(), name="notices_of_account"),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notices_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"


class Attempt(models.Model):
    """Something that is limited, and who tried it: counted here, so that limits hold without a cache (S25)."""

    action = models.CharField(max_length=40)
    key_hash = models.CharField(max_length=64, help_text="Keyed hash of the account, address or network address")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["action", "key_hash", "at"], name="attempts_counted")]

    def __str__(self) -> str:
        return self.action


class LimitState(models.Model):
    """What a limit of signing in remembers (profiles.account.limit_cache): counts, locks, codes already used."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key_hash
