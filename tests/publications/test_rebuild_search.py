"""manage.py rebuild_search."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from publications import search
from tests.corpus import make_author, make_work


@pytest.mark.django_db
def test_the_search_tables_are_written_again() -> None:
    make_author("Joan Bruna")
    make_work("Deep learning")
    said = StringIO()

    call_command("rebuild_search", stdout=said)

    assert said.getvalue() == "4 words, 2 entries, 16 prefixes\n"
    assert search.search_authors("bruna").count == 1
