"""A site that signs in with the stand-in for ORCID (no real iD), and corpora that carry invented iDs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import urllib3
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from bzpeer.standins.orcid import Server
from bzpeer.standins.people import Person
from profiles.claiming import claims
from profiles.models import Claim, ProofAttempt, User
from profiles.orcid import accounts
from profiles.proofs.base import NotVerified, Proof, Verified
from profiles.proofs.reasons import REASONS
from publications.models import Author, Authorship, Record, Work, WorkId
from tests.corpus import make_work

JOAN, OTHER, THIRD = "0000-0000-0000-0028", "0000-0000-0000-0044", "0000-0000-0000-0060"
PASSWORD = "violet-cathedral-42"
CLIENT_ID, CLIENT_SECRET = "APP-TEST", "a-secret-of-the-test"
_http = urllib3.PoolManager(retries=False)


@contextmanager
def stand_in(settings: Settings, *people: Person) -> Iterator[Server]:
    """The stand-in at work, and a site whose settings lead to it."""
    server = Server(lambda: people, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, also=["testserver"])
    lead_to(settings, server.base)
    with server.running():
        yield server


def lead_to(settings: Settings, base: str) -> None:
    settings.ORCID_URL, settings.ORCID_API_URL, settings.ARXIV_URL = base, f"{base}/v3.0", base
    settings.ORCID_CLIENT_ID, settings.ORCID_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.ORCID_STAND_IN = False


@contextmanager
def nobody_answers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A site where ORCID is set up, and nobody answers unless a test lets the stand-in run."""
    cache.clear()
    lead_to(settings, "http://127.0.0.1:9")
    monkeypatch.setattr("profiles.orcid.fetch.time.sleep", lambda seconds: None)
    yield
    cache.clear()


def go(client: Client, **query: str) -> str:
    """Press the button that leads to ORCID; its address there."""
    response = client.post("/accounts/orcid/login/", query)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def approve(address: str, orcid: str, action: str = "approve") -> str:
    """What the holder of an iD does over there; the path of the way back."""
    asked = dict(parse_qsl(urlsplit(address).query))
    base = address.partition("/oauth/")[0]
    fields = {**asked, "typed": orcid, "action": action}
    answer = _http.request("POST", f"{base}/oauth/authorize", fields=fields, encode_multipart=False, redirect=False)
    assert answer.status == 302, answer.data.decode()
    return re.sub(r"^https?://[^/]+", "", answer.headers["Location"])


def sign_in(client: Client, orcid: str, **query: str) -> HttpResponse:
    return client.get(approve(go(client, **query), orcid), follow=True)  # type: ignore[return-value]


def account(email: str = "joan@example.org", name: str = "Joan Example") -> User:
    """With a confirmed address and a password."""
    user = User.objects.create_user(email, PASSWORD, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def connect(client: Client, orcid: str, come_back: str = "/accounts/orcid/") -> HttpResponse:
    """Connect an iD, with the password once more where it is asked for."""
    query = {"process": "connect", "next": come_back}
    response: Any = client.get(approve(go(client, **query), orcid), follow=True)
    if "reauthenticate" in response.request["PATH_INFO"]:
        response = client.post(response.request["PATH_INFO"], {"password": PASSWORD}, follow=True)
    return response  # type: ignore[no-any-return]


def give_orcid(user: User | None, orcid: str) -> None:
    """As signing in with the issuer of the settings leaves it."""
    name = user.name if user else ""
    SocialAccount.objects.update_or_create(
        user=user, defaults={"provider": accounts.provider_id(), "uid": orcid, "extra_data": {"name": name}}
    )


def state_orcid(work: Work, author: Author, orcid: str, provider: str = "openalex") -> None:
    """As an import leaves it: the iD in a provider's record and at the author's place of the work."""
    authors = [{"name": author.display_name, "ids": {"orcid": orcid}}]
    Record.objects.create(
        work=work, provider=provider, provider_id=f"{provider}-{work.pk}-{orcid}", content_hash=b"1" * 16,
        data={"title": work.title, "authors": authors},
    )  # fmt: skip
    Authorship.objects.filter(work=work, author=author).update(ids={"orcid": orcid})


def works_of(author: Author, count: int) -> list[Work]:
    """Each with an arXiv id and a DOI, "10.5555/<number of the work>"."""
    works = [make_work(f"Lemma {n} of {author.pk}", authors=[author]) for n in range(count)]
    WorkId.objects.bulk_create(WorkId(work=work, scheme="doi", value=doi(work)) for work in works)
    return works


def doi(work: Work) -> str:
    return f"10.5555/{work.pk}"


def arxiv(work: Work) -> str:
    return WorkId.objects.get(work=work, scheme="arxiv").value


def attempt(proof: Proof, claim: Claim, answers: Mapping[str, Any] | None = None) -> ProofAttempt:
    """As the wizard begins it."""
    begun = ProofAttempt(claim=claim, method=proof.method)
    begun.save()
    proof.start(begun, answers or {})
    begun.save()
    return begun


def claim_of(author: Author, orcid: str = JOAN) -> Claim:
    """A claim by an account with this iD connected (with none, where it is empty)."""
    user = account()
    if orcid:
        give_orcid(user, orcid)
    return claims.open_claim(author=author, by=user)


def tried(proof: Proof, claim: Claim, settings: Settings, *people: Person) -> Verified | NotVerified:
    """What the proof finds with these people at ORCID, of whom the claimant has connected Joan's iD."""
    begun = attempt(proof, claim)
    with stand_in(settings, *people):
        give_orcid(claim.user, JOAN)
        try:
            return proof.verify(begun, {})
        except NotVerified as failure:
            return failure


def in_words(failure: NotVerified) -> str:
    """The reason's name, once it is clear that there are words for it and the facts that they need."""
    assert str(REASONS[failure.reason]) % {key: str(value) for key, value in failure.facts.items()}
    return failure.reason
