import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

# As in 0005: statement triggers that take the rows of the counts in one order.
COUNT_FOLLOWS = """
CREATE FUNCTION profiles_count_remote_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO profiles_followcount AS counted (target, followers, remote)
        SELECT target, 0, count(*) FROM added GROUP BY target ORDER BY target COLLATE "C"
        ON CONFLICT (target) DO UPDATE SET remote = counted.remote + excluded.remote;
    ELSE
        INSERT INTO profiles_followcount AS counted (target, followers, remote)
        SELECT target, 0, -count(*) FROM removed GROUP BY target ORDER BY target COLLATE "C"
        ON CONFLICT (target) DO UPDATE SET remote = counted.remote + excluded.remote;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER profiles_remotefollow_added AFTER INSERT ON profiles_remotefollow
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION profiles_count_remote_follows();
CREATE TRIGGER profiles_remotefollow_removed AFTER DELETE ON profiles_remotefollow
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION profiles_count_remote_follows();
"""
NO_COUNTS = """
DROP TRIGGER profiles_remotefollow_added ON profiles_remotefollow;
DROP TRIGGER profiles_remotefollow_removed ON profiles_remotefollow;
DROP FUNCTION profiles_count_remote_follows();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0006_collaboration"),
        ("publications", "0004_by_topic_and_institution"),
    ]

    operations = [
        migrations.CreateModel(
            name="RemoteActor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uri", models.TextField(unique=True)),
                ("host", models.TextField()),
                ("key_id", models.TextField()),
                ("public_key", models.TextField()),
                ("inbox", models.TextField()),
                ("shared_inbox", models.TextField(blank=True)),
                ("fetched_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="RemoteServer",
            fields=[
                ("host", models.TextField(primary_key=True, serialize=False)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("paused_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FediverseOptOut",
            fields=[
                (
                    "author",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="fediverse_opt_out",
                        serialize=False,
                        to="publications.author",
                    ),
                ),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fediverse_opt_outs",
                        to="profiles.claim",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncomingActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=6)),
                ("uri", models.TextField()),
                ("actor_uri", models.TextField()),
                ("key_id", models.TextField(blank=True)),
                ("target", models.TextField(blank=True, help_text="The short id that it is about")),
                ("undone_uri", models.TextField(blank=True)),
                ("signed_text", models.BinaryField(blank=True)),
                ("signature", models.BinaryField(blank=True)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="activities_to_check"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("due_at", None)), fields=("uri",), name="an_activity_is_done_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutgoingActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uri", models.TextField(unique=True)),
                ("sender", models.TextField(help_text="Short id of the author or topic")),
                ("body", models.JSONField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True),
                ),
                (
                    "work",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outgoing_activities",
                        to="publications.work",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("inbox", models.TextField()),
                ("host", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("arrived_at", models.DateTimeField(null=True)),
                (
                    "activity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="profiles.outgoingactivity",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RemoteFollow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "target",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                author__isnull=False,
                                then=django.db.models.functions.text.Concat(models.Value("A"), models.F("author")),
                            ),
                            default=django.db.models.functions.text.Concat(models.Value("T"), models.F("topic")),
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                ("activity_uri", models.TextField(help_text="Of the latest Follow, which an Undo names")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="profiles.remoteactor",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remote_follows",
                        to="publications.author",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remote_follows",
                        to="publications.topic",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_pem", models.TextField()),
                ("private_encrypted", models.TextField()),
                ("is_current", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)), fields=("is_current",), name="one_current_signing_key"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="outgoingactivity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("body", None), ("work__isnull", False)),
                    models.Q(("body__isnull", False), ("work", None)),
                    _connector="OR",
                ),
                name="an_activity_has_work_or_body",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="deliveries_due"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["host"], name="deliveries_due_of_host"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("activity", "inbox"), name="one_delivery_per_inbox"),
        ),
        migrations.AddIndex(
            model_name="remotefollow",
            index=models.Index(fields=["target", "actor"], name="remote_followers_of_target"),
        ),
        migrations.AddConstraint(
            model_name="remotefollow",
            constraint=models.UniqueConstraint(fields=("actor", "target"), name="one_follow_per_remote_actor"),
        ),
        migrations.AddConstraint(
            model_name="remotefollow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("author__isnull", False), ("topic", None)),
                    models.Q(("author", None), ("topic__isnull", False)),
                    _connector="OR",
                ),
                name="a_remote_follow_has_one_target",
            ),
        ),
        migrations.RunSQL(COUNT_FOLLOWS, NO_COUNTS),
    ]
