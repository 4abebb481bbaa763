"""Accounts, claims and proofs for tests: make_user, make_record, own, prove."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from graph import edges
from profiles.assessing import assessments
from profiles.claiming import claims, evidence, ownership
from profiles.models import Claim, Evidence, InstitutionDomain, User
from publications.models import Author, Authorship, Institution, InstitutionId
from tests.corpus import make_author, make_topic, make_work

_numbers = count(1)
ISSUERS = {"A": "orcid:0000-0002-1825-0097", "B": "ror:05gq02987", "C": "host:example.org"}
METHODS = {"A": "orcid-works", "B": "institution-mail", "C": "corresponding-mail"}


def make_user(name: str = "Joan Example", email: str = "", **fields: Any) -> User:
    """An account with a confirmed address."""
    address = email or f"person{next(_numbers)}@mail.example"
    user = User.objects.create_user(address, "a good long password", name=name, **fields)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


def make_present(client: Client, name: str = "Joan Example") -> User:
    """An account that is logged in here."""
    user = make_user(name)
    client.force_login(user)
    return user


def make_moderator(name: str = "Mo Derator") -> User:
    user = make_user(name)
    user.groups.add(Group.objects.get_or_create(name="moderators")[0])
    return user


def make_record(name: str = "Joan Example", works: int = 3, coauthors: tuple[Author, ...] = ()) -> Author:
    """A record at L1: works with arXiv ids that share a topic."""
    author = make_author(name)
    topic = make_topic()
    for number in range(works):
        make_work(f"Work {number} of {name}", authors=[author, *coauthors], topics=[topic])
    edges.refresh([author.pk, *(other.pk for other in coauthors)])
    assess(author)
    return author


def make_listed_record(name: str = "Joan Example") -> Author:
    """A record whose works name an institution that has the listed domain invention.example."""
    record = make_record(name)
    Authorship.objects.filter(author=record).update(affiliations=["Institute of Invention"])
    InstitutionDomain.objects.create(domain="invention.example", organisation="Institute of Invention", ror="05gq02987")
    return record


def make_institution(name: str = "Institute of Invention", ror: str = "05gq02987") -> Institution:
    institution = Institution.objects.create(name=name, sort_key=name.casefold())
    InstitutionId.objects.create(institution=institution, scheme="ror", value=ror)
    return institution


def prove(claim: Claim, kind: str = "A", *, days: int = 730, **fields: Any) -> Evidence:
    """A proof in the ledger as the proofs write it, without asking anybody."""
    facts = {"method": METHODS.get(kind, ""), "issuer": ISSUERS.get(kind, f"issuer of {kind}")} | fields
    return evidence.append(claim, kind=kind, expires=timezone.now() + timedelta(days=days), **facts)


def own(author: Author, user: User | None = None, *kinds: str) -> Claim:
    """A claim that was approved eight days ago, so that its objection window is over."""
    claim = claims.open_claim(author=author, by=user or make_user(author.display_name))
    for kind in kinds or ("A",):
        prove(claim, kind)
    claims.settle(claim)
    return approved_on(claim, timezone.now() - timedelta(days=8))


def approved_on(claim: Claim, moment: datetime) -> Claim:
    Claim.objects.filter(pk=claim.pk).update(approved_at=moment)
    claim.refresh_from_db()
    assess(claim.author)
    return claim


def assess(*authors: Author) -> None:
    assessments.assess([author.pk for author in authors], "test")
    while assessments.assess_due().taken:
        pass


def level(author: Author) -> int:
    """The level that everybody sees, after everything due was assessed."""
    assess(author)
    current = assessments.current(author)
    assert current is not None
    return current.level


def score(author: Author) -> int:
    assess(author)
    current = assessments.current(author)
    assert current is not None
    return current.score


def status(author: Author) -> str:
    return ownership.status_of(author)
