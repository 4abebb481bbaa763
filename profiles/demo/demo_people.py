"""People of the demonstration who claimed their invented records, so that every state of a claim can be looked at.

Everything goes the way it goes on a site, but that nobody is asked: the proofs are invented like the corpus.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from graph.models import CoauthorEdge
from profiles.assessing import assessments, levels
from profiles.claiming import claims, evidence, ownership
from profiles.models import Claim, ResearcherProfile, User
from profiles.orcid import accounts as orcid
from profiles.orcid import metadata
from profiles.proofs.base import TWO_YEARS, YEAR
from publications.models import Author, AuthorInstitution, InstitutionId

FIRST = 20  # the busiest authors stay unclaimed: they are there to be tried
BIOGRAPHY = "I work on questions that a generator asked, with people it invented, and prove that $e^{i\\pi} + 1 = 0$."


def settle(owner: User) -> Author | None:
    """Once, after the first import: `owner` owns a record at level 3; others are claimed, waiting or contested."""
    if Claim.objects.exists():
        claim = ownership.live(owner)
        return claim.author if claim else None
    authors: list[Author] = [
        one
        for one in Author.objects.visible().order_by("-works_count", "pk")[FIRST : FIRST + 40]
        if metadata.orcids(one)
    ][:3]
    if len(authors) < 3:
        return None
    first, waiting, contested = authors
    owner.name = first.display_name
    owner.save(update_fields=["name"])
    own(first, owner, "A", "B")
    ResearcherProfile.objects.update_or_create(user=owner, defaults={"biography": BIOGRAPHY})
    for edge in CoauthorEdge.objects.filter(author=first, close_works__gte=2, coauthor__hidden=False)[:3]:
        if edge.coauthor not in (waiting, contested):
            own(edge.coauthor, make_account(edge.coauthor), "A", "B")
    person = make_account(waiting)
    claims.submit(claim=claims.open_claim(author=waiting, by=person), by=person, note="These are my invented works.")
    own(contested, make_account(contested), "B")
    rival = claims.open_claim(author=contested, by=make_account(contested))
    _prove(rival, "C")
    claims.settle(rival)
    while assessments.assess_due().taken:
        pass
    return first


def make_account(author: Author) -> User:
    """An account that nobody can sign in to."""
    number = User.objects.count() + 1
    user = User.objects.create_user(f"person{number}@demo.example", None, name=author.display_name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def own(author: Author, user: User, *kinds: str) -> None:
    """A claim whose objection window is over."""
    claim = claims.open_claim(author=author, by=user)
    for kind in kinds:
        if kind != "A" or metadata.orcids(author):
            _prove(claim, kind)
    claims.settle(claim)
    if claim.status == Claim.Status.APPROVED:
        then = timezone.now() - timedelta(days=8)
        Claim.objects.filter(pk=claim.pk).update(opened_at=then, submitted_at=then, approved_at=then)
        assessments.mark_due([author.pk], "claim")


def _prove(claim: Claim, kind: str) -> None:
    subject = _connect(claim) if kind == "A" else ""
    issuer, method, valid = {
        "A": (orcid.issuer(subject), levels.ORCID_IN_METADATA, TWO_YEARS),
        "B": (_institution(claim.author), "institution-mail", YEAR),
        "C": (f"domain:person{claim.author_id}.example", "corresponding-mail", TWO_YEARS),
    }[kind]
    expires = timezone.now() + valid
    evidence.append(claim, kind=kind, method=method, issuer=issuer, subject=subject, expires=expires)


def _connect(claim: Claim) -> str:
    """The iD that the record's works carry, connected with the account as if its holder had signed in."""
    stated = metadata.orcids(claim.author)
    uid = min(stated, default="")
    if uid:
        SocialAccount.objects.get_or_create(user=claim.user, provider=orcid.provider_id(), uid=uid)
    return uid


def _institution(author: Author) -> str:
    """The record's latest institution, by its ROR id where it has one."""
    rows = AuthorInstitution.objects.filter(author=author).order_by("-last_year", "-works_count")
    row = rows.first()
    if row is None:
        return "domain:demo.example"
    ror = InstitutionId.objects.filter(institution=row.institution_id, scheme="ror").first()
    return f"ror:{ror.value}" if ror else f"institution:{row.institution_id}"
