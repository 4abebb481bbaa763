"""Newest works are read from an index: year, date, number. Built beside running writers."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("publications", "0004_spare_indexes"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="work",
            index=models.Index(
                F("publication_year").desc(nulls_last=True),
                F("publication_date").desc(nulls_last=True),
                F("id").desc(),
                name="work_newest",
            ),
        ),
        RemoveIndexConcurrently(model_name="work", name="work_by_year"),
    ]
