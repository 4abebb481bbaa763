"""The stand-in for ORCID stays in the demonstration, on this machine, and among invented people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pytest_django import Settings

from bzpeer.environment import require_genuine
from bzpeer.standins import demo, people
from bzpeer.standins.orcid import Server
from bzpeer.standins.people import HOLDER, PUBLISHER, Entry, Person
from publications.models import AuthorId, WorkId
from tests.corpus import make_author, make_work

JOAN = Person(orcid="0000-0000-0000-0028", name="<b>Joan</b> Example", arxiv=("2401.00001",))
http = urllib3.PoolManager(retries=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(lambda: [JOAN], client_id="APP", client_secret="secret").running() as running:
        yield running


def ask(server: Server, path: str, **form: str) -> tuple[int, str]:
    answer: Any = (
        http.request("POST", server.base + path, fields=form, encode_multipart=False, redirect=False)
        if form
        else http.request("GET", server.base + path, redirect=False)
    )
    return answer.status, answer.data.decode()


def test_it_starts_in_the_demonstration_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.delenv("ORCID_CLIENT_ID", raising=False)
    assert demo.environment(tmp_path, 8000) == {}
    (tmp_path / "invented").touch()
    assert set(demo.environment(tmp_path, 8000)) == {
        "ORCID_STAND_IN", "ORCID_URL", "ORCID_API_URL", "ARXIV_URL", "ORCID_CLIENT_ID", "ORCID_CLIENT_SECRET",
    }  # fmt: skip
    monkeypatch.setenv("ORCID_CLIENT_ID", "APP-REAL")
    assert demo.environment(tmp_path, 8000) == {}

    for is_demo, stand_in in ((False, True), (True, False), (False, False)):
        settings.DEMO, settings.ORCID_STAND_IN = is_demo, stand_in
        with pytest.raises(CommandError, match="demonstration only"):
            call_command("orcid_stand_in")


def test_settings_refuse_it_in_production_and_services_without_tls() -> None:
    orcid = "https://orcid.org"
    require_genuine(orcid, secure=True, demo=False, stand_in=False)
    require_genuine("http://localhost:8001", secure=False, demo=True, stand_in=True)
    for url, secure, is_demo, stand_in in (
        (orcid, True, True, True),
        (orcid, False, False, True),
        ("http://orcid.org", True, False, False),
        ("ftp://orcid.org", False, False, False),
    ):
        with pytest.raises(ImproperlyConfigured):
            require_genuine(url, secure=secure, demo=is_demo, stand_in=stand_in)


def test_it_listens_on_this_machine_only_and_says_what_it_is(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    asked = "client_id=APP&response_type=code&redirect_uri=http://localhost:8000/back"
    for path in ("/", f"/{JOAN.orcid}", f"/oauth/authorize?{asked}", "/no-such-page"):
        _, page = ask(server, path)
        assert "Stand-in for ORCID, no real iD" in page
        assert "<b>Joan" not in page
    assert "Stand-in for arXiv" in ask(server, f"/a/{JOAN.orcid}.atom2")[1]


@pytest.mark.parametrize(
    ("client_id", "back"),
    [("APP-2", "http://localhost/back"), ("APP", "https://evil.example/back"), ("APP", "/back"), ("APP", "")],
)
def test_it_leads_nobody_elsewhere(server: Server, client_id: str, back: str) -> None:
    fields = {"client_id": client_id, "response_type": "code", "redirect_uri": back, "action": "approve",
              "orcid": JOAN.orcid}  # fmt: skip
    assert ask(server, "/oauth/authorize", **fields)[0] == 400


@pytest.mark.parametrize(
    ("orcid", "is_invented"),
    [
        ("0000-0000-0000-0028", True),
        ("0000-0000-0000-0029", False),
        ("0000-0002-1825-0097", False),  # within what ORCID assigns
        ("0009-0001-2345-6789", False),
        ("0000000000000028", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_nobody_signs_in_with_an_id_that_may_be_somebodys(orcid: str, is_invented: bool) -> None:
    assert people.is_invented(orcid) is is_invented


def test_a_code_is_good_once_for_the_client_and_address_it_was_made_for(server: Server) -> None:
    back = "http://localhost/back"
    asked = {"client_id": "APP", "redirect_uri": back, "response_type": "code"}
    form = {"client_id": "APP", "client_secret": "secret", "redirect_uri": back}

    def code() -> str:
        return server.protocol.approve(asked, JOAN).partition("code=")[2]

    assert ask(server, "/oauth/token", **form, code="unknown")[0] == 400
    assert ask(server, "/oauth/token", **{**form, "client_secret": "guess"}, code=code())[0] == 401
    assert ask(server, "/oauth/token", **{**form, "redirect_uri": back + "2"}, code=code())[0] == 400
    good = code()
    assert ask(server, "/oauth/token", **form, code=good)[0] == 200
    assert ask(server, "/oauth/token", **form, code=good)[0] == 400


@pytest.mark.django_db
def test_the_people_of_the_demonstration_come_from_its_corpus() -> None:
    known, unknown = make_author("Joan Example"), make_author("Olive Other", works_count=9)
    AuthorId.objects.create(author=known, scheme="orcid", value="0000-0000-0000-0028")
    work = make_work("Lemma", authors=[known])
    for number in range(7):
        WorkId.objects.create(
            work=make_work(f"Theorem {number}", authors=[unknown]), scheme="doi", value=f"10.5555/{number}"
        )

    first, second = demo.directory()

    assert (first.orcid, first.name) == ("0000-0000-0000-0028", "Joan Example")
    assert first.works == (Entry(title="Lemma", arxiv=work.ids.get().value),)
    assert (second.name, people.is_invented(second.orcid)) == ("Olive Other", True)
    assert [entry.added_by for entry in second.works] == [PUBLISHER] * 5 + [HOLDER] * 2
