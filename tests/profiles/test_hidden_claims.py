"""A record that is hidden is nowhere to be read, also where claims, disputes, vouches and notices spoke of it (S5)."""

from __future__ import annotations

import pytest
from django.test import Client

from profiles.claiming import claims, contests, ownership
from profiles.following import follows
from profiles.models import User
from profiles.moderating import moderation
from profiles.notifying import notices
from publications.models import Author
from publications.signals import corpus_changed
from tests.corpus import make_author
from tests.profiles.people import make_moderator, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db

CANARY = "Canaria Nowhere"


def canary() -> Author:
    """A record at L1 whose name stands in no title."""
    author = make_record("Joan Example")
    Author.objects.filter(pk=author.pk).update(display_name=CANARY)
    author.refresh_from_db()
    return author


def hide(author: Author) -> None:
    Author.objects.filter(pk=author.pk).update(hidden=True)
    corpus_changed.send(sender=None, author_ids=[author.pk], work_ids=[], cause="hidden")


def everywhere(user: User | None, author: Author, *paths: str) -> list[str]:
    """Addresses whose answer to this reader holds the name."""
    client = Client()
    if user is not None:
        client.force_login(user)
    number = author.pk
    pages = [f"/authors/A{number}/{rest}" for rest in ("", "claim/", "claim/object/", "claim/vouch/", "claim/merge/")]
    pages += [f"/authors/A{number}/{rest}" for rest in ("trust/", "graph.png", "claim/manual/", "claim/orcid/")]
    pages += ["/", "/feed/", "/settings/", "/notifications/", "/vouches/", "/search/?q=canaria", "/moderation/"]
    pages += [f"/api/v1/authors/A{number}", f"/api/v1/authors/A{number}/trust", "/api/v1/authors?search=canaria"]
    pages += [f"/graph/?root=A{number}", f"/graph/embed/?root=A{number}", f"/api/v1/graph?root=A{number}"]
    found = {path: client.get(path) for path in (*pages, *paths)}
    assert not [path for path, response in found.items() if response.status_code >= 500]
    return [path for path, response in found.items() if CANARY in response.content.decode("utf-8", "replace")]


def test_nobody_but_who_claims_it_reads_the_name_of_a_hidden_record() -> None:
    author = canary()
    owner = own(author)
    rival = claims.open_claim(author=author, by=make_user("Rival"))
    prove(rival, "C", issuer="domain:rival.example")
    objector, collaborator, other = make_user("Objector"), make_user("Collaborator"), make_user("Other")
    objection = contests.object_to(claim=owner, by=objector, text="Somebody else.")
    own_claim = own(make_author("Collaborator"), collaborator, "A")
    claims.request_merge(other=author, by=collaborator)
    owner.vouches.create(voucher=collaborator, organisation="ror:one")
    notices.tell(collaborator, "claim-by-other", **ownership.about(owner), until="today")
    follows.follow(author, by=other)
    assert everywhere(other, author)
    assert everywhere(collaborator, author) != everywhere(other, author)

    hide(author)

    dispute = f"/disputes/{objection.pk}/"
    assert everywhere(None, author, dispute) == []
    assert everywhere(other, author, dispute) == []
    assert everywhere(objector, author, dispute) == []
    assert everywhere(collaborator, author, dispute, f"/api/v1/claims/{own_claim.pk}") == []


def test_who_claimed_a_record_that_was_hidden_can_claim_another() -> None:
    author, user = canary(), make_user()
    claim = own(author, user)
    hide(author)
    client = Client()
    client.force_login(user)

    assert client.get(f"/authors/A{author.pk}/claim/release/").status_code == 200
    assert client.post(f"/authors/A{author.pk}/claim/release/").status_code == 302

    claim.refresh_from_db()
    assert claim.status == "released"
    assert claims.open_claim(author=make_author("Another"), by=user).status == "open"


def test_a_hidden_record_gets_no_new_owner() -> None:
    author, user = canary(), make_user()
    claim = claims.open_claim(author=author, by=user)
    prove(claim, "A")
    hide(author)

    assert claims.settle(claim).status != "approved"
    assert moderation.is_moderator(make_moderator())
