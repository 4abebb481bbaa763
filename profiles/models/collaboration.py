"""Direct collaboration: invitations, the conversations they become, blocks, and what was reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.models import Author, Topic, Work

VALID = timedelta(days=30)  # an invitation waits so long for its answer


def valid_until() -> datetime:
    return timezone.now() + VALID


class Invitation(models.Model):
    """One account asks the owner of a record to work together; rows stay as they were answered.

    Account keys are empty once an account was deleted; the records say who it was.
    """

    class Purpose(models.TextChoices):
        COAUTHORING = "co-authoring", _("Co-authoring")
        REVIEW = "review", _("Review")
        DATA = "data", _("Data")
        TALK = "talk", _("Talk")
        QUESTION = "question", _("Question")

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    class DeclineReason(models.TextChoices):
        NO_TIME = "no-time", _("No time at present")
        NOT_MY_FIELD = "not-my-field", _("Not my field")
        CONFLICT = "conflict-of-interest", _("A conflict of interest")
        NOT_INTERESTED = "not-interested", _("Not for me")
        OTHER = "other", _("Another reason")

    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="invitations_sent", db_index=False
    )
    sender_author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="invitations_sent")
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="invitations_received",
        db_index=False,
    )
    receiver_author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="invitations_received")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    message = models.TextField(_("message"), help_text="Markdown with TeX, as it was typed")
    message_html = models.TextField(help_text="Safe HTML of the message (profiles.collaborating.markdown)")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="When a moderator removed the texts")
    works = models.ManyToManyField(Work, related_name="+", blank=True)
    topics = models.ManyToManyField(Topic, related_name="+", blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    decline_reason = models.CharField(max_length=20, choices=DeclineReason.choices, blank=True)
    decline_text = models.CharField(max_length=1000, blank=True)
    key = models.CharField(max_length=100, blank=True, help_text="Of the sender, so that what is sent twice acts once")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=valid_until)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Either way: two people who invite each other at once get one invitation
            models.UniqueConstraint(
                Least("sender", "receiver"),
                Greatest("sender", "receiver"),
                condition=Q(status="pending"),
                name="one_pending_invitation_per_pair",
            ),
            models.UniqueConstraint(fields=["sender", "key"], condition=~Q(key=""), name="one_invitation_per_key"),
            models.CheckConstraint(
                condition=Q(status="pending", answered_at=None) | ~Q(status="pending") & Q(answered_at__isnull=False),
                name="an_invitation_waits_or_was_answered",
            ),
            models.CheckConstraint(
                condition=~Q(status="pending") | Q(sender__isnull=False, receiver__isnull=False),
                name="a_waiting_invitation_has_two_sides",
            ),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="nobody_invites_themselves"),
        ]
        indexes = [
            models.Index("sender", F("id").desc(), name="invitations_of_sender"),
            models.Index("receiver", F("id").desc(), name="invitations_of_receiver"),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="invitations_to_expire"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to A{self.receiver_author_id}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered: also where the night that expires it has not come."""
        return self.status == self.Status.PENDING and self.expires_at > timezone.now()


class Conversation(models.Model):
    """What an accepted invitation became. Ended ones can be read and not written in."""

    class End(models.TextChoices):
        LEFT = "left", _("Somebody left")
        BLOCKED = "blocked", _("Somebody blocked the other")
        DELETED = "deleted", _("An account was deleted")

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="conversation")
    started_at = models.DateTimeField(default=timezone.now)
    latest_at = models.DateTimeField(default=timezone.now, help_text="Of the start or the last message")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=End.choices, blank=True, help_text="Not told to the other")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | Q(ended_at__isnull=False) & ~Q(end_reason=""),
                name="an_ended_conversation_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Participant(models.Model):
    """One side of a conversation, under the record it spoke for, and what it has read, put away or left."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="participations"
    )
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="participations")
    read_up_to = models.BigIntegerField(default=0, help_text="The last message it has seen")
    archived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="one_side_per_account")]

    def __str__(self) -> str:
        return f"A{self.author_id} in conversation {self.conversation_id}"


class Message(models.Model):
    """What one side wrote; rendered once. Removed by a moderator it stays as an empty place."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False)
    sender = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="messages", db_index=False)
    text = models.TextField(help_text="Markdown with TeX, as it was typed")
    html = models.TextField(help_text="Safe HTML of the text (profiles.collaborating.markdown)")
    key = models.CharField(max_length=100, blank=True, help_text="Of the sender, so that what is sent twice acts once")
    sent_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "key"], condition=~Q(key=""), name="one_message_per_key")
        ]
        indexes = [
            models.Index("conversation", F("id").desc(), name="messages_of_conversation"),
            models.Index("sender", F("id").desc(), name="messages_of_participant"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} in conversation {self.conversation_id}"


class Block(models.Model):
    """An account wants nothing more from another one; nobody else learns of it."""

    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks", db_index=False
    )
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        Author, on_delete=models.PROTECT, related_name="+", help_text="Under which record it was known to the blocker"
    )
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_per_pair"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        return f"block {self.pk}"


class Report(models.Model):
    """A message, invitation or conversation that one side reported, and what a moderator decided.

    The item is empty once it was deleted; `kind` says what it was.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        INVITATION = "invitation", _("Invitation")
        CONVERSATION = "conversation", _("Conversation")

    class Reason(models.TextChoices):
        SPAM = "spam", _("Advertising or mass mail")
        HARASSMENT = "harassment", _("Harassment or threats")
        IMPERSONATION = "impersonation", _("Somebody who is not who they say")
        MISCONDUCT = "misconduct", _("An improper offer, such as authorship or reviews for money")
        OTHER = "other", _("Something else")

    class Verdict(models.TextChoices):
        DISMISS = "dismiss", _("Nothing to be done")
        REMOVE = "remove", _("Remove the text")
        SUSPEND = "suspend", _("No invitations for some days")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reports_made"
    )
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="reports_about",
        db_index=False,
        help_text="Who wrote it",
    )
    about_author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(_("reason"), max_length=15, choices=Reason.choices)
    text = models.TextField(_("what is wrong"), blank=True, max_length=2000)
    made_at = models.DateTimeField(default=timezone.now)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    decision = models.TextField(blank=True, max_length=2000, help_text="Why; both sides read it")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    suspended_until = models.DateTimeField(null=True, blank=True, help_text="Its writer sends no invitation until then")

    class Meta:
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["reporter", item], condition=Q(decided_at=None), name=f"one_open_report_per_{item}"
                )
                for item in ("message", "invitation", "conversation")
            ),
            models.CheckConstraint(
                condition=Q(verdict="", decided_at=None) | ~Q(verdict="") & Q(decided_at__isnull=False),
                name="a_report_waits_or_was_decided",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="suspend") ^ Q(suspended_until__isnull=False), name="a_suspension_ends"
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(decided_at=None), name="reports_waiting"),
            models.Index(fields=["about", "suspended_until"], name="suspensions_of_account"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of a {self.kind}"
