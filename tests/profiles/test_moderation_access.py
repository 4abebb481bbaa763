"""Who finds the pages of moderation, in every state of a record (S3), and what their forms refuse (S14)."""

from __future__ import annotations

import pytest
from django.test import Client

from profiles.claiming import claims
from profiles.models import Attestation, Decision, Dispute, User
from profiles.moderating import moderation
from publications.models import Author
from tests.profiles.claim_steps import text
from tests.profiles.moderation_steps import logged_in, objection, rival_to, waiting
from tests.profiles.people import make_moderator, make_record, make_user, own

pytestmark = pytest.mark.django_db

LISTS = ("", "disputes/", "authorities/", "owners/", "domains/", "history/")
STATES = ("public", "hidden", "contested", "removed")


@pytest.fixture
def judge() -> User:
    return make_moderator()


# S3: who finds the pages


class Scene:
    """One record with an owner, a dispute and an authority's proof that waits, in one of the states."""

    def __init__(self, state: str) -> None:
        self.author = make_record()
        self.owner = make_user("Joan Example")
        self.claim = own(self.author, self.owner)
        self.rival = make_user("Joan Example")
        self.dispute = objection(self.claim)
        if state == "contested":
            rival_to(self.author, self.rival)
            self.dispute = Dispute.objects.get(kind="rivals")
        first = make_moderator("First Judge")
        moderation.attest(claim=self.claim, by=first, method="organisation", issuer="University", result="Works there.")
        if state == "hidden":
            Author.objects.filter(pk=self.author.pk).update(hidden=True)
        if state == "removed":
            final = make_record("Joan Survivor")
            Author.objects.filter(pk=self.author.pk).update(merged_into=final)

    def addresses(self) -> list[str]:
        row = Attestation.objects.get()
        single = [f"claims/{self.claim.pk}/", f"disputes/{self.dispute.pk}/"]
        return [f"/moderation/{rest}" for rest in (*LISTS, *single)] + [
            "/moderation/decide/",
            f"/moderation/claims/{self.claim.pk}/attest/",
            f"/moderation/authorities/{row.pk}/",
        ]

    def actor(self, name: str) -> Client:
        if name == "anonymous":
            return Client()
        if name == "administrator":
            return logged_in(User.objects.create_superuser("root@mail.example", "a good long password", name="Root"))
        if name == "claimant":
            return logged_in(waiting(make_record("Else One"), make_user("Else One")).user or self.owner)
        known = {"owner": self.owner, "other claimant": self.rival}
        return logged_in(known.get(name) or make_user("Some User"))


OTHERS = ("anonymous", "user", "claimant", "other claimant", "owner", "administrator")


@pytest.mark.parametrize("state", STATES)
def test_nobody_but_moderators_finds_any_page_or_form(state: str) -> None:
    scene = Scene(state)

    for name in OTHERS:
        client = scene.actor(name)
        missing = client.get("/no/such/page/")
        for path in scene.addresses():
            found = client.get(path)
            assert (found.status_code, text(found.content.decode())) == (404, text(missing.content.decode())), name
            form = {"verdict": "revoke", "template": "other", "text": "No.", "claim": str(scene.claim.pk)}
            assert client.post(path, form).status_code == 404, (name, path)
    scene.claim.refresh_from_db()
    assert (scene.claim.status, Decision.objects.count()) == ("approved", 1)


@pytest.mark.parametrize("state", STATES)
def test_moderators_find_all_of_them_in_every_state(state: str, judge: User) -> None:
    scene, client = Scene(state), logged_in(judge)

    for path in scene.addresses()[: len(LISTS) + 2]:
        response = client.get(path)
        assert (response.status_code, response["Cache-Control"]) == (
            200,
            "max-age=0, no-cache, no-store, must-revalidate, private",
        ), path


def test_what_is_only_begun_or_missing_is_not_found(judge: User) -> None:
    begun = claims.open_claim(author=make_record(), by=make_user())
    client = logged_in(judge)

    for path in (f"claims/{begun.pk}/", "claims/999999/", "disputes/999999/"):
        assert client.get(f"/moderation/{path}").status_code == 404
    assert client.post("/moderation/authorities/999999/", {"verdict": "confirm"}).status_code == 404
    assert client.post(f"/moderation/claims/{begun.pk}/attest/", {}).status_code == 404


def test_who_leaves_the_group_or_is_switched_off_is_refused_at_once(judge: User) -> None:
    claim, client = waiting(), logged_in(judge)
    assert client.get("/moderation/").status_code == 200

    moderation.dismiss(judge)

    form = {"verdict": "approve", "template": "shown"}
    assert client.get("/moderation/").status_code == 404
    assert client.post(f"/moderation/claims/{claim.pk}/", form).status_code == 404
    moderation.appoint(judge)
    assert client.get("/moderation/").status_code == 200
    User.objects.filter(pk=judge.pk).update(is_active=False)
    assert client.get("/moderation/").status_code == 404


# S14: forms


def test_forms_need_a_token_of_this_site_and_addresses_of_forms_are_no_pages(judge: User) -> None:
    scene = Scene("public")
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(judge)

    for path in scene.addresses():
        assert careful.post(path, {"verdict": "revoke"}).status_code in (403, 405), path
    for path in scene.addresses()[-3:]:
        assert logged_in(judge).get(path).status_code == 405, path
    for rest in LISTS:
        assert logged_in(judge).post(f"/moderation/{rest}").status_code == 405
    assert Decision.objects.count() == 1
