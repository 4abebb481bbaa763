"""Proofs by mail as people give them: start, read the mail, type the code."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail

from profiles.claiming import claims, verification
from profiles.models import Claim, ProofAttempt
from publications.models import Author, AuthorshipInstitution, Institution, InstitutionId
from tests.corpus import make_author, make_work
from tests.profiles.people import make_user

SESSION = "session-1"
ROR = "05gq02987"


def record_at(*affiliations: str, ror: str = "", name: str = "Joan Example", **work: Any) -> Author:
    """An author of one work with these affiliations, at an institution with this ROR id."""
    author = make_author(name)
    authorship = make_work(authors=[author], **work).authorships.get()
    authorship.affiliations = list(affiliations)
    authorship.save()
    if ror:
        institution = Institution.objects.create(name="Invented University", sort_key="invented university")
        InstitutionId.objects.create(institution=institution, scheme="ror", value=ror)
        AuthorshipInstitution.objects.create(authorship=authorship, institution=institution)
    return author


def claim_to(author: Author) -> Claim:
    return claims.open_claim(author=author, by=make_user("Joan Example"))


def begin(claim: Claim, method: str, **answers: Any) -> ProofAttempt:
    assert claim.user is not None
    return verification.begin(claim=claim, method=method, answers=answers, session=SESSION, by=claim.user)


def complete(claim: Claim, method: str, code: str) -> ProofAttempt:
    assert claim.user is not None
    answers = {"code": code}
    return verification.complete(claim=claim, method=method, answers=answers, session=SESSION, by=claim.user)


def code() -> str:
    """Of the latest mail."""
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", str(mail.outbox[-1].body))
    assert found is not None
    return found[1] + found[2]
