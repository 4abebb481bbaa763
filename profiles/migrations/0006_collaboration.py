import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import profiles.models.collaboration


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0005_following"),
        ("publications", "0004_by_topic_and_institution"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("co-authoring", "Co-authoring"),
                            ("review", "Review"),
                            ("data", "Data"),
                            ("talk", "Talk"),
                            ("question", "Question"),
                        ],
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("message", models.TextField(help_text="Markdown with TeX, as it was typed", verbose_name="message")),
                (
                    "message_html",
                    models.TextField(help_text="Safe HTML of the message (profiles.collaborating.markdown)"),
                ),
                (
                    "removed_at",
                    models.DateTimeField(blank=True, help_text="When a moderator removed the texts", null=True),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting for an answer"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no-time", "No time at present"),
                            ("not-my-field", "Not my field"),
                            ("conflict-of-interest", "A conflict of interest"),
                            ("not-interested", "Not for me"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                    ),
                ),
                ("decline_text", models.CharField(blank=True, max_length=1000)),
                (
                    "key",
                    models.CharField(
                        blank=True, help_text="Of the sender, so that what is sent twice acts once", max_length=100
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(default=profiles.models.collaboration.valid_until)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "receiver",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="invitations_received",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "receiver_author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations_received",
                        to="publications.author",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="invitations_sent",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sender_author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations_sent",
                        to="publications.author",
                    ),
                ),
                ("topics", models.ManyToManyField(blank=True, related_name="+", to="publications.topic")),
                ("works", models.ManyToManyField(blank=True, related_name="+", to="publications.work")),
            ],
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "latest_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="Of the start or the last message"
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("left", "Somebody left"),
                            ("blocked", "Somebody blocked the other"),
                            ("deleted", "An account was deleted"),
                        ],
                        help_text="Not told to the other",
                        max_length=10,
                    ),
                ),
                (
                    "invitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversation",
                        to="profiles.invitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_up_to", models.BigIntegerField(default=0, help_text="The last message it has seen")),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="publications.author",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="profiles.conversation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="participations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(help_text="Markdown with TeX, as it was typed")),
                ("html", models.TextField(help_text="Safe HTML of the text (profiles.collaborating.markdown)")),
                (
                    "key",
                    models.CharField(
                        blank=True, help_text="Of the sender, so that what is sent twice acts once", max_length=100
                    ),
                ),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="profiles.conversation",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="profiles.participant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("message", "Message"),
                            ("invitation", "Invitation"),
                            ("conversation", "Conversation"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("spam", "Advertising or mass mail"),
                            ("harassment", "Harassment or threats"),
                            ("impersonation", "Somebody who is not who they say"),
                            ("misconduct", "An improper offer, such as authorship or reviews for money"),
                            ("other", "Something else"),
                        ],
                        max_length=15,
                        verbose_name="reason",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="what is wrong")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dismiss", "Nothing to be done"),
                            ("remove", "Remove the text"),
                            ("suspend", "No invitations for some days"),
                        ],
                        max_length=10,
                    ),
                ),
                ("decision", models.TextField(blank=True, help_text="Why; both sides read it", max_length=2000)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "suspended_until",
                    models.DateTimeField(blank=True, help_text="Its writer sends no invitation until then", null=True),
                ),
                (
                    "about",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Who wrote it",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports_about",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "about_author",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publications.author",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="profiles.conversation",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports_decided",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="profiles.invitation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="profiles.message",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author",
                    models.ForeignKey(
                        help_text="Under which record it was known to the blocker",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="publications.author",
                    ),
                ),
                (
                    "blocked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "blocker",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("blocker", "blocked"), name="one_block_per_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("blocker", models.F("blocked")), _negated=True),
                        name="nobody_blocks_themselves",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                models.F("sender"), models.OrderBy(models.F("id"), descending=True), name="invitations_of_sender"
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                models.F("receiver"), models.OrderBy(models.F("id"), descending=True), name="invitations_of_receiver"
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("status", "pending")), fields=["expires_at"], name="invitations_to_expire"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Least("sender", "receiver"),
                django.db.models.functions.comparison.Greatest("sender", "receiver"),
                condition=models.Q(("status", "pending")),
                name="one_pending_invitation_per_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True), fields=("sender", "key"), name="one_invitation_per_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("status", "pending")),
                    models.Q(models.Q(("status", "pending"), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="an_invitation_waits_or_was_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "pending"), _negated=True),
                    models.Q(("receiver__isnull", False), ("sender__isnull", False)),
                    _connector="OR",
                ),
                name="a_waiting_invitation_has_two_sides",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("sender", models.F("receiver")), _negated=True), name="nobody_invites_themselves"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", ""), ("ended_at", None)),
                    models.Q(("ended_at__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="an_ended_conversation_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(fields=("conversation", "user"), name="one_side_per_account"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("conversation"),
                models.OrderBy(models.F("id"), descending=True),
                name="messages_of_conversation",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("sender"), models.OrderBy(models.F("id"), descending=True), name="messages_of_participant"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True), fields=("sender", "key"), name="one_message_per_key"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(condition=models.Q(("decided_at", None)), fields=["made_at"], name="reports_waiting"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["about", "suspended_until"], name="suspensions_of_account"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)),
                fields=("reporter", "message"),
                name="one_open_report_per_message",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)),
                fields=("reporter", "invitation"),
                name="one_open_report_per_invitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)),
                fields=("reporter", "conversation"),
                name="one_open_report_per_conversation",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("verdict", "")),
                    models.Q(models.Q(("verdict", ""), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_report_waits_or_was_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verdict", "suspend"), _negated=True),
                    ("suspended_until__isnull", False),
                    _connector="XOR",
                ),
                name="a_suspension_ends",
            ),
        ),
    ]
