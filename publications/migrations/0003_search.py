"""Search: titles and abstracts as text search columns."""

from django.db import migrations

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
    ]
