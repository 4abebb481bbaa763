"""The works of a topic and the authorships at an institution in their order: the last to arrive are read first."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0003_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="worktopic",
            index=models.Index(fields=["topic", "work"], name="work_topic_by_topic"),
        ),
        migrations.AddIndex(
            model_name="authorshipinstitution",
            index=models.Index(fields=["institution", "authorship"], name="authorship_by_institution"),
        ),
        migrations.AlterField(
            model_name="worktopic",
            name="topic",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="work_topics",
                to="publications.topic",
            ),
        ),
        migrations.AlterField(
            model_name="authorshipinstitution",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="authorship_institutions",
                to="publications.institution",
            ),
        ),
    ]
