"""What the Fediverse needs to be remembered: who follows from there, what is to be delivered, the key that signs."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Now

from profiles.models.claim import Claim
from publications.models import Author, Topic, Work


class SigningKey(models.Model):
    """The key with which every actor of this site signs; the private half is encrypted under SECRET_KEY."""

    public_pem = models.TextField()
    private_encrypted = models.TextField()
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="one_current_signing_key")
        ]


class RemoteServer(models.Model):
    """A server that could not be reached: all that is for it waits until `paused_until`."""

    host = models.TextField(primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.host


class RemoteActor(models.Model):
    """An account elsewhere, as far as deliveries and signatures need it: addresses and key, no name and no picture."""

    uri = models.TextField(unique=True)
    host = models.TextField()
    key_id = models.TextField()
    public_key = models.TextField()
    inbox = models.TextField()
    shared_inbox = models.TextField(blank=True)
    fetched_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.uri


class RemoteFollow(models.Model):
    """An account elsewhere follows an author or a topic. Who follows is told to nobody."""

    actor = models.ForeignKey(RemoteActor, on_delete=models.CASCADE, related_name="follows", db_index=False)
    author = models.ForeignKey(Author, null=True, on_delete=models.CASCADE, related_name="remote_follows")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="remote_follows")
    target = models.GeneratedField(
        expression=Case(
            When(author__isnull=False, then=Concat(Value("A"), F("author"))),
            default=Concat(Value("T"), F("topic")),
            output_field=models.TextField(),
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    activity_uri = models.TextField(help_text="Of the latest Follow, which an Undo names")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "target"], name="one_follow_per_remote_actor"),
            models.CheckConstraint(
                condition=Q(author__isnull=False, topic=None) | Q(author=None, topic__isnull=False),
                name="a_remote_follow_has_one_target",
            ),
        ]
        indexes = [models.Index(fields=["target", "actor"], name="remote_followers_of_target")]

    def __str__(self) -> str:
        return f"{self.actor_id} follows {self.target}"


class ShownActor(models.Model):
    """What other servers were shown last of an author or topic that is followed; `due_at` when it may have changed."""

    target = models.TextField(primary_key=True)
    digest = models.TextField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="actors_to_compare")]

    def __str__(self) -> str:
        return self.target


class IncomingActivity(models.Model):
    """What another server says, until its signature is checked; kept a day longer, so that a replay is known as one.

    `due_at` is empty once it was done. A row holds only what its rule needs.
    """

    kind = models.CharField(max_length=6)
    uri = models.TextField()
    actor_uri = models.TextField()
    key_id = models.TextField(blank=True)
    domain = models.TextField(blank=True, db_default="", help_text="Registered by whoever runs the server of the key")
    from_follower = models.BooleanField(db_default=False, help_text="Somebody of that server followed before")
    target = models.TextField(blank=True, help_text="The short id that it is about")
    undone_uri = models.TextField(blank=True)
    signed_text = models.BinaryField(blank=True)
    signature = models.BinaryField(blank=True)
    received_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True, db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uri"], condition=Q(due_at=None), name="an_activity_is_done_once")
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="activities_to_check")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uri}"


class OutgoingActivity(models.Model):
    """What an actor of this site says. A Create has its work and is written when it is sent; others have their body."""

    uri = models.TextField(unique=True)
    sender = models.TextField(help_text="Short id of the author or topic")
    work = models.ForeignKey(Work, null=True, on_delete=models.CASCADE, related_name="outgoing_activities")
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(work__isnull=False, body=None) | Q(work=None, body__isnull=False),
                name="an_activity_has_work_or_body",
            )
        ]

    def __str__(self) -> str:
        return self.uri


class Delivery(models.Model):
    """The outbox: one row for an activity and an inbox; `due_at` is empty once it arrived or was given up."""

    activity = models.ForeignKey(OutgoingActivity, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    inbox = models.TextField()
    host = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True, db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "inbox"], name="one_delivery_per_inbox")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="deliveries_due"),
            models.Index(fields=["host"], condition=Q(due_at__isnull=False), name="deliveries_due_of_host"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} to {self.inbox}"


class FediverseOptOut(models.Model):
    """The owner of a record wants it not to be followed from elsewhere; void if the claim proves to be wrong."""

    author = models.OneToOneField(Author, primary_key=True, on_delete=models.CASCADE, related_name="fediverse_opt_out")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="fediverse_opt_outs")
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"A{self.author_id}"
