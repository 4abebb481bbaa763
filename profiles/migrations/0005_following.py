import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# Statement triggers: rows of the counts are taken in one order, so that writers wait for each other and never in circles.
COUNT_FOLLOWS = """
CREATE FUNCTION profiles_count_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO profiles_followcount AS counted (target, followers, remote)
        SELECT target, count(*), 0 FROM added GROUP BY target ORDER BY target COLLATE "C"
        ON CONFLICT (target) DO UPDATE SET followers = counted.followers + excluded.followers;
    ELSE
        INSERT INTO profiles_followcount AS counted (target, followers, remote)
        SELECT target, -count(*), 0 FROM removed GROUP BY target ORDER BY target COLLATE "C"
        ON CONFLICT (target) DO UPDATE SET followers = counted.followers + excluded.followers;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER profiles_follow_added AFTER INSERT ON profiles_follow
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION profiles_count_follows();
CREATE TRIGGER profiles_follow_removed AFTER DELETE ON profiles_follow
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION profiles_count_follows();
INSERT INTO profiles_followcount (target, followers, remote) SELECT target, count(*), 0 FROM profiles_follow GROUP BY 1;
"""
NO_COUNTS = """
DROP TRIGGER profiles_follow_added ON profiles_follow;
DROP TRIGGER profiles_follow_removed ON profiles_follow;
DROP FUNCTION profiles_count_follows();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0004_domain_changes"),
        ("publications", "0004_by_topic_and_institution"),
    ]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slot", models.DateTimeField(help_text="When it was due")),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("mail_due_at", models.DateTimeField(blank=True, null=True)),
                ("mail_attempts", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FeedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new", "New work"),
                            ("late", "Indexed late"),
                            ("claim", "Claim"),
                            ("merge", "Merged record"),
                        ],
                        max_length=5,
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FollowCount",
            fields=[
                ("target", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("followers", models.IntegerField(default=0)),
                ("remote", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="NewsEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("work", "work"), ("claim", "claim"), ("merge", "merge")], max_length=5),
                ),
                (
                    "audience",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        help_text="Short ids, sorted: the followed ones that it concerns",
                        size=None,
                    ),
                ),
                ("happened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("reached_target", models.TextField(blank=True, db_collation="C")),
                (
                    "reached_user",
                    models.BigIntegerField(help_text="Empty once all who follow `reached_target` have it", null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NoticePreference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=20)),
                ("in_app", models.BooleanField(default=True)),
                ("by_mail", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="subscription",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        choices=[
                            ("off", "Off"),
                            ("daily", "Every day"),
                            ("weekly", "Every Monday"),
                            ("monthly", "On the first of each month"),
                        ],
                        default="off",
                        max_length=7,
                        verbose_name="digest by mail",
                    ),
                ),
                (
                    "digest_due_at",
                    models.DateTimeField(blank=True, help_text="When the next one is put together", null=True),
                ),
                (
                    "digest_since",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="Items from before are in no digest",
                    ),
                ),
                (
                    "feed_version",
                    models.PositiveIntegerField(default=1, help_text="Raised when the private address is renewed"),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="follow",
            name="one_follow_per_account",
        ),
        migrations.AddField(
            model_name="follow",
            name="institution",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="follows",
                to="publications.institution",
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="muted",
            field=models.BooleanField(default=False, help_text="Stays in the list and brings no news"),
        ),
        migrations.AddField(
            model_name="follow",
            name="source",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="publications.source"
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="topic",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="publications.topic"
            ),
        ),
        migrations.AlterField(
            model_name="follow",
            name="author",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="follows", to="publications.author"
            ),
        ),
        migrations.AlterField(
            model_name="follow",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="follows",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="follow",
            name="target",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        author__isnull=False,
                        then=django.db.models.functions.text.Concat(models.Value("A"), models.F("author")),
                    ),
                    models.When(
                        then=django.db.models.functions.text.Concat(models.Value("T"), models.F("topic")),
                        topic__isnull=False,
                    ),
                    models.When(
                        institution__isnull=False,
                        then=django.db.models.functions.text.Concat(models.Value("I"), models.F("institution")),
                    ),
                    models.When(
                        source__isnull=False,
                        then=django.db.models.functions.text.Concat(models.Value("S"), models.F("source")),
                    ),
                    output_field=models.TextField(),
                ),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(fields=["target", "user"], name="followers_of_target"),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(fields=("user", "target"), name="one_follow_per_account"),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("author__isnull", False),
                        ("institution__isnull", True),
                        ("source__isnull", True),
                        ("topic__isnull", True),
                    ),
                    models.Q(
                        ("author__isnull", True),
                        ("institution__isnull", True),
                        ("source__isnull", True),
                        ("topic__isnull", False),
                    ),
                    models.Q(
                        ("author__isnull", True),
                        ("institution__isnull", False),
                        ("source__isnull", True),
                        ("topic__isnull", True),
                    ),
                    models.Q(
                        ("author__isnull", True),
                        ("institution__isnull", True),
                        ("source__isnull", False),
                        ("topic__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_follow_has_one_target",
            ),
        ),
        migrations.AddField(
            model_name="digest",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="digests",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="feeditem",
            name="digest",
            field=models.ForeignKey(
                blank=True,
                help_text="That told it",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="items",
                to="profiles.digest",
            ),
        ),
        migrations.AddField(
            model_name="feeditem",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="feed_items",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="newsevent",
            name="author",
            field=models.ForeignKey(
                help_text="The record told about",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="news_events",
                to="publications.author",
            ),
        ),
        migrations.AddField(
            model_name="newsevent",
            name="claim",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="news_event", to="profiles.claim"
            ),
        ),
        migrations.AddField(
            model_name="newsevent",
            name="merged",
            field=models.OneToOneField(
                help_text="The record that went",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="merge_event",
                to="publications.author",
            ),
        ),
        migrations.AddField(
            model_name="newsevent",
            name="work",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="news_event",
                to="publications.work",
            ),
        ),
        migrations.AddField(
            model_name="feeditem",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="profiles.newsevent"
            ),
        ),
        migrations.AddField(
            model_name="noticepreference",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notice_preferences",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("digest_due_at__isnull", False)), fields=["digest_due_at"], name="digests_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest", "off"), ("digest_due_at__isnull", False), _connector="XOR"),
                name="a_digest_is_off_or_due",
            ),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(
                condition=models.Q(("mail_due_at__isnull", False)), fields=["mail_due_at"], name="digests_to_mail"
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(fields=("user", "slot"), name="one_digest_per_slot"),
        ),
        migrations.AddIndex(
            model_name="newsevent",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="news_to_fan_out"
            ),
        ),
        migrations.AddConstraint(
            model_name="newsevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("author", None), ("claim", None), ("kind", "work"), ("merged", None), ("work__isnull", False)
                    ),
                    models.Q(
                        ("author__isnull", False),
                        ("claim__isnull", False),
                        ("kind", "claim"),
                        ("merged", None),
                        ("work", None),
                    ),
                    models.Q(
                        ("author__isnull", False),
                        ("claim", None),
                        ("kind", "merge"),
                        ("merged__isnull", False),
                        ("work", None),
                    ),
                    _connector="OR",
                ),
                name="news_tells_one_thing",
            ),
        ),
        migrations.AddIndex(
            model_name="feeditem",
            index=models.Index(
                models.F("user"), models.OrderBy(models.F("id"), descending=True), name="feed_of_account"
            ),
        ),
        migrations.AddIndex(
            model_name="feeditem",
            index=models.Index(
                models.F("user"),
                models.F("kind"),
                models.OrderBy(models.F("id"), descending=True),
                name="feed_of_account_by_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="feeditem",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="feed_unread"),
        ),
        migrations.AddIndex(
            model_name="feeditem",
            index=models.Index(
                models.F("user"),
                models.OrderBy(models.F("saved_at"), descending=True),
                condition=models.Q(("saved_at__isnull", False)),
                name="feed_saved",
            ),
        ),
        migrations.AddIndex(
            model_name="feeditem",
            index=models.Index(
                condition=models.Q(("digest", None)), fields=["user", "created_at"], name="feed_not_digested"
            ),
        ),
        migrations.AddConstraint(
            model_name="feeditem",
            constraint=models.UniqueConstraint(fields=("user", "event"), name="one_item_per_account"),
        ),
        migrations.AddConstraint(
            model_name="noticepreference",
            constraint=models.UniqueConstraint(fields=("user", "group"), name="one_preference_per_group"),
        ),
        migrations.RunSQL(COUNT_FOLLOWS, NO_COUNTS),
    ]
