"""The author's own index goes: assessment_history begins with the author."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0001_initial"),
        ("publications", "0003_search"),
    ]

    operations = [
        migrations.AlterField(
            model_name="assessment",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assessments",
                to="publications.author",
            ),
        ),
    ]
