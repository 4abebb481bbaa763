"""The demonstration: what CORPUS means, which folder it uses, what it makes and prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from bzpeer import demo
from bzpeer.embedded.errors import ServiceError
from profiles.models import User
from publications.importers import READERS
from tests.corpus import make_author


def test_corpus_names_files_by_importer(tmp_path: Path) -> None:
    one, two = tmp_path / "a b.jsonl", tmp_path / "c.jsonl"
    one.touch()
    two.touch()
    corpus = demo.parse_corpus(f"'arxiv:{one}' acl:{tmp_path} arxiv:{two}")
    assert corpus.by_source() == {"arxiv": [one, two], "acl": [tmp_path]}


@pytest.mark.parametrize("text", ["file.jsonl", "arxiv:", "arxiv:/no/such/file"])
def test_a_corpus_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(ServiceError, match="CORPUS"):
        demo.parse_corpus(text)


def test_a_corpus_names_a_source_that_can_be_imported(tmp_path: Path) -> None:
    assert set(demo.SOURCES) == set(READERS)
    with pytest.raises(ServiceError, match="acl, arxiv, openalex"):
        demo.parse_corpus(f"crossref:{tmp_path}")


def test_each_corpus_has_a_data_folder_of_its_own(tmp_path: Path) -> None:
    one = demo.Corpus((("arxiv", tmp_path / "one.jsonl.gz"),))
    two = demo.Corpus((("arxiv", tmp_path / "two.jsonl.gz"),))
    folders = {corpus.folder(tmp_path) for corpus in (demo.Corpus(), one, two)}
    assert len(folders) == 3
    assert demo.Corpus().folder(tmp_path) == tmp_path
    assert one.folder(tmp_path).name.startswith("arxiv-one-")
    assert one.folder(tmp_path) == demo.Corpus(one.files).folder(tmp_path)


@pytest.mark.django_db
def test_it_makes_accounts_that_can_log_in_and_picks_pages(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    make_author("Few Works", works_count=1)
    most = make_author("Most Works", works_count=9)
    call_command("prepare_demo")
    call_command("prepare_demo")
    made = json.loads((tmp_path / "demo.json").read_text())
    assert made["pages"][0] == {"name": "Most Works", "path": most.get_absolute_url(), "works": "9"}
    assert [account["email"] for account in made["accounts"]] == [
        "reader@demo.example",
        "owner@demo.example",
        "moderator@demo.example",
    ]
    for account in made["accounts"]:
        assert authenticate(email=account["email"], password=account["password"])
    assert list(User.objects.filter(groups__name="moderators").values_list("email", flat=True)) == [
        "moderator@demo.example"
    ]
    assert not User.objects.filter(is_superuser=True).exists()
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_it_is_not_ready_while_the_first_import_runs(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    demo._mark(tmp_path, demo.Corpus())
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz")["Retry-After"] == "5"
    assert client.get("/livez").status_code == 200
    (tmp_path / "preparing").unlink()
    assert client.get("/readyz").status_code == 200
    (tmp_path / "demo.json").touch()
    demo._mark(tmp_path, demo.Corpus())
    assert client.get("/readyz").status_code == 200


def test_it_keeps_to_a_database_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/production")
    with pytest.raises(ServiceError, match="without DATABASE_URL"):
        demo.main([])
