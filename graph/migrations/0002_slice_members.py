"""What a slice shows is findable, so that it goes stale with it; edges need no index on the author alone."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("graph", "0001_initial"),
        ("publications", "0002_corpus"),
    ]

    operations = [
        migrations.AddField(
            model_name="graphslice",
            name="members",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=24),
                default=list,
                help_text="Short ids of everything it shows.",
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="graphslice",
            index=django.contrib.postgres.indexes.GinIndex(fields=["members"], name="slice_by_member"),
        ),
        migrations.AlterField(
            model_name="coauthoredge",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="coauthor_edges",
                to="publications.author",
            ),
        ),
    ]
