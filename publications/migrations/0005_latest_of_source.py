from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0004_by_topic_and_institution"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="work",
            index=models.Index(fields=["source", "-id"], name="work_latest_of_source"),
        ),
    ]
