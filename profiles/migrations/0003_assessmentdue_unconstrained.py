"""Marking authors due costs no look-up of each author."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0002_assessment_index")]

    operations = [
        migrations.AlterField(
            model_name="assessmentdue",
            name="author",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="assessment_due",
                serialize=False,
                to="publications.author",
            ),
        ),
    ]
