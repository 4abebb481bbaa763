"""Search: words, entries and prefixes as tables, titles and abstracts as text search columns."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

# Words of every Latin script are found without their accents: the dictionary takes them off before the stemmer
CONFIGURATION = """
create text search configuration bzpeer (copy = english);
alter text search configuration bzpeer alter mapping for hword, hword_part, word with unaccent, english_stem;
"""
# Kept by PostgreSQL and unknown to the models, so that no page loads them with a work. An accent written in TeX
# ("Schr\"odinger") is no letter of its own; lengths are bounded because a vector is (1 MB).
COLUMNS = r"""
alter table publications_work
  add column title_search tsvector generated always as (
    to_tsvector('bzpeer', regexp_replace(left(title, 4000), '\\["''`^~=.]\{?([[:alpha:]])\}?', '\1', 'g'))
  ) stored,
  add column search tsvector generated always as (
    setweight(
      to_tsvector('bzpeer', regexp_replace(left(title, 4000), '\\["''`^~=.]\{?([[:alpha:]])\}?', '\1', 'g')), 'A'
    ) || setweight(to_tsvector('bzpeer', left(abstract, 20000)), 'B')
  ) stored;
create index work_title_search on publications_work using gin (title_search);
create index work_search on publications_work using gin (search);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0002_corpus"),
    ]

    operations = [
        migrations.RunSQL(CONFIGURATION, "drop text search configuration bzpeer"),
        migrations.RunSQL(COLUMNS, "alter table publications_work drop column title_search, drop column search"),
        migrations.AlterField(
            model_name="author",
            name="sort_key",
            field=models.TextField(db_collation="C", help_text="Folded name: names sort by it in every script."),
        ),
        migrations.AlterField(
            model_name="institution",
            name="sort_key",
            field=models.TextField(db_collation="C", db_index=True),
        ),
        migrations.AlterField(
            model_name="source",
            name="sort_key",
            field=models.TextField(db_collation="C", db_index=True),
        ),
        migrations.AlterField(
            model_name="topic",
            name="sort_key",
            field=models.TextField(db_collation="C", db_index=True),
        ),
        migrations.AlterField(
            model_name="work",
            name="title_key",
            field=models.TextField(db_collation="C", help_text="publications.clusters.title_key: titles sort by it."),
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("authors", "authors"),
                            ("works", "works"),
                            ("topics", "topics"),
                            ("institutions", "institutions"),
                            ("sources", "sources"),
                        ],
                        max_length=12,
                    ),
                ),
                ("word", models.TextField(db_collation="C")),
                (
                    "weight",
                    models.PositiveIntegerField(
                        help_text="Its works, so that the index yields the most prolific first."
                    ),
                ),
                ("entity", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("kind"),
                        models.F("word"),
                        models.OrderBy(models.F("weight"), descending=True),
                        models.F("entity"),
                        name="search_entry_best",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "entity", "word"), name="one_search_entry_per_word")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchPrefix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("authors", "authors"),
                            ("works", "works"),
                            ("topics", "topics"),
                            ("institutions", "institutions"),
                            ("sources", "sources"),
                        ],
                        max_length=12,
                    ),
                ),
                ("prefix", models.TextField(db_collation="C")),
                ("weight", models.PositiveIntegerField()),
                ("entity", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("kind"),
                        models.F("prefix"),
                        models.OrderBy(models.F("weight"), descending=True),
                        models.F("entity"),
                        name="search_prefix_best",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "entity", "prefix"), name="one_row_per_search_prefix")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("authors", "authors"),
                            ("works", "works"),
                            ("topics", "topics"),
                            ("institutions", "institutions"),
                            ("sources", "sources"),
                        ],
                        max_length=12,
                    ),
                ),
                ("word", models.TextField(db_collation="C")),
                ("entries", models.PositiveIntegerField(default=0, help_text="About how many entities carry it.")),
                (
                    "shortened",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), help_text="The word with each one letter left out.", size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["shortened"], name="search_word_shortened"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="search_word_trgm", opclasses=["gin_trgm_ops"]
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "word"), name="one_row_per_search_word")],
            },
        ),
    ]
