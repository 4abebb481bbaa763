"""Claims over the API: begun, proved, ended, decided; refusals as problems; nothing of it for others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from profiles.claiming import claims, domains
from profiles.models import Claim, InstitutionDomain, User
from publications.models import Author, Authorship, AuthorshipInstitution
from tests.profiles.people import level, make_institution, make_moderator, make_record, make_user, own, prove

pytestmark = pytest.mark.django_db


def api(user: User | None = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def post(client: Client, path: str, body: Any = None, **headers: Any) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", **headers)


def problem(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].rstrip("/").rsplit("/", 1)[-1]


def test_a_claim_is_begun_seen_and_withdrawn() -> None:
    author, user = make_record(), make_user()

    made = post(api(user), f"/authors/{author.short_id}/claims")

    shown = made.json()
    assert (made.status_code, shown["status"], shown["author"]["id"]) == (201, "open", author.short_id)
    assert made["Cache-Control"] == "private, no-store"
    assert made["Location"].endswith(f"/api/v1/claims/{shown['id']}")
    assert {offer["method"] for offer in shown["offers"]} >= {"orcid", "institution-mail", "rel-me"}
    assert api(user).get(f"/api/v1/claims/{shown['id']}").json() == shown
    asked = {offer["method"]: [field["name"] for field in offer["confirms"]] for offer in shown["offers"]}
    assert (asked["institution-mail"], asked["orcid"]) == (["code"], [])
    assert api(user).delete(f"/api/v1/claims/{shown['id']}").status_code == 204
    assert Claim.objects.get().status == "withdrawn"
    assert problem(api(user).delete(f"/api/v1/claims/{shown['id']}")) == (409, "conflict")


def test_a_claim_with_a_note_waits_for_a_moderator_who_decides() -> None:
    author, user, judge = make_record(), make_user(), make_moderator()
    number = post(api(user), f"/authors/{author.short_id}/claims", {"note": "I wrote these."}).json()["id"]

    decided = post(api(judge), f"/claims/{number}/decision", {"verdict": "approve", "template": "shown"})

    assert (decided.status_code, decided.json()["verdict"]) == (201, "approve")
    shown = api().get(f"/api/v1/authors/{author.short_id}").json()
    assert shown["claim"] == {"status": "pending"}  # others can object for seven days
    assert problem(post(api(judge), f"/claims/{number}/decision", {"verdict": "approve", "template": "shown"})) == (
        409,
        "conflict",
    )


def test_an_address_at_the_institution_proves_by_code(mailoutbox: list[Any]) -> None:
    author, user = make_record(), make_user()
    place = make_institution(ror="05gq02987")
    authorship = author.authorships.order_by("pk")[0]
    AuthorshipInstitution.objects.create(authorship=authorship, institution=place)
    Authorship.objects.filter(pk=authorship.pk).update(affiliations=[place.name])
    InstitutionDomain.objects.create(domain="uni.example", ror="05gq02987", organisation=place.name)
    assert domains.judge("joan@uni.example").verdict == "listed"
    client = api(user)
    number = post(client, f"/authors/{author.short_id}/claims").json()["id"]

    asked = post(client, f"/claims/{number}/evidence", {"method": "institution-mail", "address": "joan@uni.example"})
    assert (asked.status_code, asked.json()["status"]) == (202, "waiting")
    assert "joan@" not in asked.content.decode()
    wrong = post(client, f"/claims/{number}/evidence", {"method": "institution-mail", "code": "000000"})
    assert (wrong.status_code, wrong.json()["reason"]) == (202, "wrong-code")
    code = "".join(mailoutbox[-1].subject.split()[-2:])
    elsewhere = post(api(user), f"/claims/{number}/evidence", {"method": "institution-mail", "code": code})
    assert elsewhere.json()["reason"] == "other-session"
    right = post(client, f"/claims/{number}/evidence", {"method": "institution-mail", "code": code})

    assert (right.status_code, right.json()["status"]) == (201, "verified")
    shown = client.get(f"/api/v1/claims/{number}").json()
    assert (shown["status"], [proof["class"] for proof in shown["evidence"]]) == ("approved", ["B"])
    public = api().get(f"/api/v1/authors/{author.short_id}/trust").json()["evidence"]
    assert [(row["class"], set(row) & {"address", "subject"}) for row in public] == [("B", set())]


@pytest.mark.parametrize("field", ["level", "score", "claimed_by", "is_staff", "orcid", "status", "user"])
def test_what_a_claimant_may_not_set_is_refused(field: str) -> None:
    author, user = make_record(), make_user()

    refused = post(api(user), f"/authors/{author.short_id}/claims", {field: "4"})

    assert problem(refused) == (400, "invalid")
    assert refused.json()["errors"][0]["pointer"] == f"#/{field}"
    assert not Claim.objects.exists()
    claim = claims.open_claim(author=author, by=user)
    asked = post(api(user), f"/claims/{claim.pk}/evidence", {"method": "rel-me", field: "4"})
    assert problem(asked) == (400, "invalid")
    assert level(author) == 1


def test_why_a_proof_failed_is_a_whole_sentence() -> None:
    author, user = make_record(), make_user()
    Authorship.objects.filter(author=author).update(affiliations=["Institute of Invention"])
    number = post(api(user), f"/authors/{author.short_id}/claims").json()["id"]

    failed = post(api(user), f"/claims/{number}/evidence", {"method": "rel-me", "url": "https://nowhere.example/joan"})

    assert (failed.status_code, failed.json()["reason"]) == (200, "page-not-of-institution")
    assert failed.json()["detail"].startswith("nowhere.example is not on the list of institutions’ domains, or others")


def test_refusals_are_conflicts_with_their_own_types() -> None:
    first, second, user = make_record("Joan One"), make_record("Joan Two"), make_user("Joan One")
    post(api(user), f"/authors/{first.short_id}/claims")
    assert problem(post(api(user), f"/authors/{second.short_id}/claims")) == (409, "claim-pending")

    owner = make_user("Joan Two")
    own(second, owner)
    assert problem(post(api(owner), f"/authors/{first.short_id}/claims")) == (409, "already-claimed")


def test_without_an_account_there_is_nothing() -> None:
    author = make_record()
    claim = own(author)

    for response in (
        post(api(), f"/authors/{author.short_id}/claims"),
        api().get(f"/api/v1/claims/{claim.pk}"),
        api().delete(f"/api/v1/claims/{claim.pk}"),
        post(api(), f"/claims/{claim.pk}/evidence", {"method": "orcid"}),
        post(api(), f"/claims/{claim.pk}/decision", {"verdict": "revoke", "template": "other"}),
    ):
        assert problem(response) == (401, "unauthenticated")


@pytest.mark.parametrize("who", ["user", "other claimant", "owner of another record"])
def test_claims_of_others_look_like_missing_ones(who: str) -> None:
    author = make_record()
    claim = own(author)
    asking = make_user("Else")
    if who == "other claimant":
        prove(claims.open_claim(author=author, by=asking), "C", issuer="host:other")
    elif who == "owner of another record":
        own(make_record("Else"), asking)
    client = api(asking)

    for call in ("get", "delete"):
        theirs = getattr(client, call)(f"/api/v1/claims/{claim.pk}")
        missing = getattr(client, call)("/api/v1/claims/999999")
        assert without_instance(theirs) == without_instance(missing)
    for path, body in (("evidence", {"method": "orcid"}), ("decision", {"verdict": "revoke", "template": "other"})):
        theirs = post(client, f"/claims/{claim.pk}/{path}", body)
        missing = post(client, f"/claims/999999/{path}", body)
        assert without_instance(theirs) == without_instance(missing)
    claim.refresh_from_db()
    assert claim.status == "approved"


def without_instance(response: Any) -> tuple[int, str]:
    said = response.json()
    return response.status_code, said["detail"].replace("999999", "N").replace(str(Claim.objects.first().pk), "N")  # type: ignore[union-attr]


def test_moderators_see_what_was_submitted_only() -> None:
    judge, user = make_moderator(), make_user()
    begun = claims.open_claim(author=make_record(), by=user)
    assert problem(api(judge).get(f"/api/v1/claims/{begun.pk}")) == (404, "not-found")

    claims.submit(claim=begun, by=user, note="Me.")

    assert api(judge).get(f"/api/v1/claims/{begun.pk}").json()["note"] == "Me."


def test_a_call_from_another_site_is_refused() -> None:
    user, author = make_user(), make_record()
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    forged = post(client, f"/authors/{author.short_id}/claims", HTTP_ORIGIN="https://evil.example")
    plain = client.post(f"/api/v1/authors/{author.short_id}/claims", "{}", content_type="text/plain")

    assert forged.status_code == 403
    assert plain.status_code in (403, 415)
    assert not Claim.objects.exists()


def test_a_hidden_record_cannot_be_claimed() -> None:
    author = make_record()
    Author.objects.filter(pk=author.pk).update(hidden=True)

    assert problem(post(api(make_user()), f"/authors/{author.short_id}/claims")) in ((404, "not-found"), (410, "gone"))
