"""What strangers send and serve to make the Fediverse's parts hang, fail or fetch for them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.test import Client

from bzpeer.kit import safe_fetch
from bzpeer.kit.safe_fetch import FetchRefused
from profiles.fediverse import inbox
from profiles.models import IncomingActivity, RemoteFollow
from publications.models import Author
from tests.bzpeer.tls_site import moved, page
from tests.corpus import make_author, make_work
from tests.profiles.fediverse_steps import INBOX, author, deliver, follow, say, site
from tests.profiles.mastodon_site import HOST, Mastodon

__all__ = ["author", "site"]  # fixtures

pytestmark = pytest.mark.django_db
ADA = f"https://{HOST}/users/ada"


def spoiled(**changed: Any) -> bytes:
    return page(json.dumps(Mastodon().document("ada") | changed))


@pytest.mark.parametrize("end", ["(", ",", '"', ")"])
def test_no_signature_makes_its_reader_go_through_every_way_to_split_it(site: Mastodon, end: str) -> None:
    body = b'{"type": "Follow"}'
    started = time.process_time()

    assert deliver({"Signature-Input": f'a=("@method"){";" * 200}{end}', "Signature": "a=:eA==:"}, body) == 401

    assert time.process_time() - started < 2


def test_pages_of_an_outbox_are_numbers_of_pages(site: Mastodon) -> None:
    author = make_author()
    make_work("A work", authors=[author])
    client = Client(HTTP_HOST="bzpeer.example")

    def asked(number: str) -> int:
        return client.get(f"/ap/{author.short_id}/outbox?page={number}").status_code

    numbers = ["1", "001", "0019", "001" + "9" * 30, "1" + "0" * 5_000, "٣", "0", "-1"]
    assert [asked(number) for number in numbers] == [200, 404, 404, 404, 404, 404, 404, 404]


@pytest.mark.parametrize(
    "answer",
    [
        spoiled(publicKey={"id": f"{ADA}#main-key", "owner": ADA, "publicKeyPem": "NUL"}),
        moved("https://[evil"),
        moved("https://social.example:99999/"),
        moved("//[::1"),
        spoiled(inbox=f"https://{HOST}/\ud800"),
    ],
)
def test_whatever_a_server_answers_the_next_one_is_heard(site: Mastodon, author: Author, answer: bytes) -> None:
    pem = json.dumps("\0" + Mastodon().document("ada")["publicKey"]["publicKeyPem"])
    site.pages[f"{HOST}/users/ada"] = (
        page(answer.partition(b"\r\n\r\n")[2].replace(b'"NUL"', pem.encode())) if (b'"NUL"' in answer) else answer
    )
    for user in ("ada", "ben"):
        body = json.dumps(follow(author, user)).encode()
        assert deliver(site.signed(INBOX, body, user), body) == 202

    inbox.check_due()

    assert [row.actor.uri for row in RemoteFollow.objects.select_related("actor")] == [f"https://{HOST}/users/ben"]


def test_a_server_that_does_not_answer_is_asked_once_for_all_that_waits_of_it(
    site: Mastodon, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def silent(url: str, **_how: Any) -> None:
        asked.append(url)
        raise FetchRefused("too-slow")

    monkeypatch.setattr(safe_fetch, "fetch", silent)
    for number in range(3):
        body = json.dumps(follow(author, number=number)).encode()
        assert deliver(site.signed(INBOX, body), body) == 202

    inbox.check_due()

    assert len(asked) == 1
    assert sorted(IncomingActivity.objects.values_list("attempts", flat=True)) == [1, 1, 1]


def test_no_other_spelling_of_a_host_has_places_of_its_own_in_the_queue(site: Mastodon, author: Author) -> None:
    said = follow(author) | {"actor": "https://SOCIAL.example/users/ada"}
    body = json.dumps(said).encode()
    statuses = []
    for host in ("SOCIAL.example", "social.example:443"):
        headers = site.signed(INBOX, body)
        headers["Signature"] = headers["Signature"].replace(f"https://{HOST}/", f"https://{host}/")
        statuses.append(deliver(headers, body))

    assert (statuses, IncomingActivity.objects.count()) == ([401, 401], 0)


def test_an_address_that_leads_to_another_host_brings_no_request_there(site: Mastodon, author: Author) -> None:
    site.pages[f"{HOST}/users/ada"] = moved("https://evil.example/users/ada")

    assert say(site, follow(author)) == 202

    assert "evil.example" not in site.resolved
