"""Health: what proxies and supervisors ask."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client


def test_live_needs_nothing(client: Client) -> None:
    assert client.get("/livez").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_reports_database_cache_and_corpus(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "cache": "ok", "corpus": "ok"}}


@pytest.mark.django_db
def test_names_in_every_script_have_trigrams() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_length(show_trgm('王伟'), 1), lower('ÉMILE ŁUKASZ')")
        assert cursor.fetchone() == (3, "émile łukasz")


def test_the_database_is_a_throw_away_one() -> None:
    assert "test" in settings.DATABASES["default"]["NAME"] or "bzpeer-test-" in str(settings.DATA_DIR)
