"""The list of institutions' domains in the hands of moderators: who edits it, what that does, and what a load keeps."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from profiles.claiming import domain_list, domains
from profiles.claiming.domains import Judgement
from profiles.models import Evidence, InstitutionDomain, User
from profiles.moderating import moderation
from tests.profiles.claim_steps import read, text
from tests.profiles.moderation_steps import logged_in, waiting
from tests.profiles.people import make_moderator, make_record, make_user
from tests.profiles.proof_steps import ROR, begin, claim_to, code, complete, record_at

pytestmark = pytest.mark.django_db
LIST, ADD, ONE = "/moderation/domains/", "/moderation/domains/add/", "/moderation/domains/uni.edu/"
NEW = {"domain": "uni.edu", "organisation": "Invented University", "ror": ROR, "status": "listed"}
REFUSAL = {"organisation": "Invented University", "ror": ROR, "status": "refused", "was": "listed"}


@pytest.fixture
def judge() -> User:
    return make_moderator()


def listed(domain: str = "uni.edu", **facts: str) -> InstitutionDomain:
    return InstitutionDomain.objects.create(
        **{"domain": domain, "organisation": "Invented University", "ror": ROR, **facts}
    )


def stored(domain: str = "uni.edu") -> tuple[str, str, str, str, str | None]:
    row = InstitutionDomain.objects.select_related("changed_by").get(domain=domain)
    return row.organisation, row.ror, row.status, row.origin, row.changed_by.name if row.changed_by else None


def shown(client: Client, **chosen: str) -> list[str]:
    return [row.domain for row in client.get(LIST, chosen).context["page"]]


# S3, S14: who finds the pages


def test_nobody_but_moderators_finds_the_list_or_changes_it() -> None:
    listed()
    root = User.objects.create_superuser("root@mail.example", "a good long password", name="Root")
    claimant = waiting(make_record(), make_user("Joan Example", "joan@uni.edu")).user
    assert claimant is not None

    for client in (Client(), logged_in(root), logged_in(claimant), logged_in(make_user("Some User"))):
        missing = text(client.get("/no/such/page/").content.decode())
        for path in (LIST, ADD, ONE, f"{ONE}?to=refused", f"{LIST}none.edu/"):
            found = client.get(path)
            assert (found.status_code, text(found.content.decode())) == (404, missing), path
            assert client.post(path, {**NEW, **REFUSAL, "domain": "else.edu"}).status_code == 404, path
    assert stored() == ("Invented University", ROR, "listed", "ror", None)
    assert InstitutionDomain.objects.count() == 1


def test_who_is_dismissed_finds_nothing_at_once_and_what_was_set_stays(judge: User) -> None:
    client = logged_in(judge)
    client.post(ADD, NEW)
    moderation.dismiss(judge)

    assert [client.get(path).status_code for path in (LIST, ONE)] == [404, 404]
    assert client.post(ONE, REFUSAL).status_code == 404
    judge.delete()
    assert stored() == ("Invented University", ROR, "listed", "moderator", None)


def test_forms_need_a_token_and_a_question_changes_nothing(judge: User) -> None:
    listed()
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(judge)

    assert [careful.post(ADD, {**NEW, "domain": "else.edu"}).status_code, careful.post(ONE, REFUSAL).status_code] == [
        403,
        403,
    ]
    client = logged_in(judge)
    assert [client.get(ADD).status_code, client.post(LIST, NEW).status_code] == [405, 405]
    page = client.get(f"{ONE}?to=refused")
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert client.get(f"{LIST}none.edu/").status_code == 404
    assert stored() == ("Invented University", ROR, "listed", "ror", None)
    assert InstitutionDomain.objects.count() == 1


# Adding


def test_an_added_domain_is_judged_by_and_proves_an_affiliation_at_once(judge: User) -> None:
    claim = claim_to(record_at("Invented University", ror=ROR))
    assert begin(claim, "institution-mail", address="joan@cs.uni.edu").detail == "domain-unknown"

    page = read(logged_in(judge), ADD, **{**NEW, "domain": " www.UNI.edu. ", "ror": f"https://ror.org/{ROR}"})

    assert stored() == ("Invented University", ROR, "listed", "moderator", "Mo Derator")
    assert domains.judge("joan@cs.uni.edu") == Judgement("listed", "uni.edu", "Invented University", ROR)
    assert "uni.edu is on the list." in page
    assert "set by Mo Derator" in page
    begin(claim, "institution-mail", address="joan@cs.uni.edu")
    assert complete(claim, "institution-mail", code()).status == "verified"


def test_a_domain_in_other_letters_is_kept_as_mail_writes_it(judge: User) -> None:
    client = logged_in(judge)
    client.post(ADD, {**NEW, "domain": "münchen.example", "organisation": "  Hochschule\tMünchen ", "ror": ""})

    assert stored("xn--mnchen-3ya.example") == ("Hochschule München", "", "listed", "moderator", "Mo Derator")
    assert shown(client, q="münchen.example") == shown(client, q="hochschule MÜNCHEN") == ["xn--mnchen-3ya.example"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"domain": "gmail.com"}, "Anybody can have an address or a page at gmail.com."),
        ({"domain": "a.b.c.docs.google.com"}, "Anybody can have an address or a page at a.b.c.docs.google.com."),
        ({"domain": "ac.uk"}, "That is no domain such as uni.example"),
        ({"domain": "github.io"}, "That is no domain such as uni.example"),
        ({"domain": "joan@uni.edu"}, "That is no domain such as uni.example"),
        ({"domain": "https://uni.edu/"}, "That is no domain such as uni.example"),
        ({"domain": "192.0.2.17"}, "That is no domain such as uni.example"),
        ({"domain": "localhost"}, "That is no domain such as uni.example"),
        ({"domain": "-uni.edu"}, "That is no domain such as uni.example"),
        ({"domain": "a." * 130 + "edu"}, "That is no domain such as uni.example"),
        ({"domain": "known.edu"}, "known.edu is on the list already"),
        ({"domain": "alumni.uni.edu"}, "it cannot be accepted"),
        ({"ror": "nonsense"}, "That is no ROR id"),
        ({"organisation": " \t"}, "This field is required."),
        ({"status": "promoted"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_added_says_why(given: dict[str, str], said: str, judge: User) -> None:
    listed("known.edu")

    page = logged_in(judge).post(ADD, {**NEW, **given}).content.decode()

    assert said in text(page)
    assert "<details open>" in page
    assert list(InstitutionDomain.objects.values_list("domain", "origin")) == [("known.edu", "ror")]


def test_a_domain_of_former_members_can_be_listed_for_moderators(judge: User) -> None:
    logged_in(judge).post(ADD, {**NEW, "domain": "alumni.uni.edu", "status": "moderated"})

    assert domains.judge("joan@alumni.uni.edu").verdict == "moderated"
    with pytest.raises(ValidationError, match="it cannot be accepted"):
        domain_list.change(domain="alumni.uni.edu", by=judge, **{**REFUSAL, "status": "listed", "was": "moderated"})


# Changing


def test_a_refused_domain_proves_nothing_more_and_ends_no_proof(judge: User) -> None:
    listed()
    owned, other = claim_to(record_at(ror=ROR)), claim_to(record_at("Invented University"))
    begin(owned, "institution-mail", address="joan@uni.edu")
    complete(owned, "institution-mail", code())
    begin(other, "institution-mail", address="ben@uni.edu")
    client = logged_in(judge)

    asked = text(client.get(f"{ONE}?to=refused").content.decode())
    assert "Accepted → Refused" in asked
    assert "once given, holds until it expires" in asked
    assert stored()[2] == "listed"
    page = read(client, ONE, **REFUSAL)

    assert "uni.edu: Refused." in page
    assert stored() == ("Invented University", ROR, "refused", "moderator", "Mo Derator")
    assert domains.judge("joan@uni.edu").verdict == "refused"
    assert complete(other, "institution-mail", code()).detail == "address-refused"
    owned.refresh_from_db()
    assert (owned.status, list(Evidence.objects.values_list("event", flat=True))) == ("approved", ["verified"])


def test_a_shared_domain_is_given_to_one_organisation(judge: User) -> None:
    listed("shared.edu", organisation="One; Two", ror="", status="moderated")
    form = {"organisation": "Invented University", "ror": ROR, "status": "listed", "was": "moderated"}

    logged_in(judge).post(f"{LIST}shared.edu/", form)

    assert domains.judge("joan@shared.edu") == Judgement("listed", "shared.edu", "Invented University", ROR)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"was": "moderated"}, "Somebody changed it meanwhile: it is now “Accepted”."),
        ({"was": ""}, "Somebody changed it meanwhile"),
        ({"status": "promoted"}, "A domain is accepted, looked at by a moderator, or refused."),
        ({"status": ""}, "A domain is accepted, looked at by a moderator, or refused."),
        ({"ror": "nonsense"}, "That is no ROR id"),
        ({"organisation": ""}, "This field is required."),
    ],
)
def test_what_changes_nothing_says_why(given: dict[str, str], said: str, judge: User) -> None:
    listed()

    page = logged_in(judge).post(ONE, {**REFUSAL, **given}).content.decode()

    assert said in text(page)
    assert stored() == ("Invented University", ROR, "listed", "ror", None)


# Loading again


def test_a_load_keeps_what_moderators_set(judge: User, tmp_path: Path) -> None:
    listed()
    client = logged_in(judge)
    client.post(ONE, REFUSAL)
    client.post(ADD, {**NEW, "domain": "extra.edu", "organisation": "By Hand", "ror": ""})
    path = tmp_path / "ror.jsonl"
    facts: dict[str, Any] = {"status": "active", "links": [], "domains": ["uni.edu", "extra.edu", "new.edu"]}
    names = [{"types": ["ror_display"], "value": "Of ROR"}]
    path.write_text(json.dumps({"id": "https://ror.org/000000a01", "names": names, **facts}))

    call_command("load_domains", str(path), stdout=StringIO())

    assert [stored(domain) for domain in ("uni.edu", "extra.edu", "new.edu")] == [
        ("Invented University", ROR, "refused", "moderator", "Mo Derator"),
        ("By Hand", "", "listed", "moderator", "Mo Derator"),
        ("Of ROR", "000000a01", "listed", "ror", None),
    ]


# The list


def test_the_list_is_searched_and_filtered(judge: User) -> None:
    listed("uni.edu")
    listed("other.edu", organisation="Université Autre", ror="02nr0ka47", status="moderated")
    listed("struck.org", organisation="Other 100%_Mill", ror="", status="refused", origin="moderator")
    client = logged_in(judge)

    assert shown(client) == ["other.edu", "struck.org", "uni.edu"]
    assert shown(client, q="other") == ["other.edu", "struck.org"]
    assert shown(client, q="autre UNIVERSITÉ") == ["other.edu"]
    assert shown(client, q="100%_") == ["struck.org"]
    assert shown(client, q="joan@cs.uni.edu") == shown(client, q="https://www.cs.uni.edu/~joan") == ["uni.edu"]
    assert shown(client, q="https://ror.org/02nr0ka47") == shown(client, q="02nr0ka47") == ["other.edu"]
    assert shown(client, status="refused") == shown(client, origin="moderator") == ["struck.org"]
    assert shown(client, status="listed", origin="ror") == ["uni.edu"]
    assert shown(client, status="nonsense", origin="x", page="y", q="uni.edu") == ["uni.edu"]
    assert "No domain fits these filters." in read(client, f"{LIST}?q=nowhere")
    assert 'href="/moderation/domains/"' in client.get("/moderation/").content.decode()


def test_a_long_list_has_pages_that_keep_the_filters_and_asks_a_fixed_number_of_questions(judge: User) -> None:
    client = logged_in(judge)
    assert "The list is empty" in read(client, LIST)
    listed("a0.edu", changed_by_id=str(judge.pk), origin="moderator")
    with CaptureQueriesContext(connection) as one:
        assert shown(client, status="listed") == ["a0.edu"]
    for number in range(100, 126):
        listed(f"u{number}.edu", changed_by_id=str(judge.pk), origin="moderator")

    with CaptureQueriesContext(connection) as many:
        first = client.get(LIST, {"status": "listed"})

    assert len(many) == len(one)
    assert "27 domains" in text(first.content.decode())
    assert "?status=listed&amp;page=2" in first.content.decode()
    assert shown(client, status="listed", page="2") == ["u124.edu", "u125.edu"]


def test_a_search_uses_the_index() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_indexscan = off")  # in the order of domains: not what is asked here
        plan = domain_list.found("joan@cs.invented.example").order_by().explain()

    assert plan.count("Bitmap Index Scan on domains_by_words") == 2


def test_an_address_that_no_domain_can_have_is_a_missing_page(judge: User) -> None:
    assert logged_in(judge).get("/moderation/domains/%00uni.edu%00x/").status_code == 404
