"""/settings/: every part of an account in one place."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from profiles.account import account_data, biographies, own_sessions, visits
from profiles.assessing import assessments
from profiles.claiming import evidence
from profiles.following import follows
from profiles.models import AssessmentDue, Claim, Evidence, Follow, ProofAttempt, ResearcherProfile, User
from tests.corpus import make_author
from tests.profiles.account_steps import ADDRESS, confirmed, is_in, log_in, member

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PROFILE = {"name": "Joan Example", "biography": "", "contact": "verified", "time_zone": "UTC"}


def links(*rows: tuple[str, str]) -> dict[str, str]:
    """The rows of links as the form sends them."""
    fields = {"links-TOTAL_FORMS": str(len(rows)), "links-INITIAL_FORMS": "0"}
    for number, (label, url) in enumerate(rows):
        fields |= {f"links-{number}-label": label, f"links-{number}-url": url}
    return fields


def save_profile(client: Client, *rows: tuple[str, str], **fields: str) -> str:
    form = {**PROFILE, **fields, **links(*rows)}
    return client.post("/settings/profile/", form, follow=True).content.decode()


def owned_by(user: User) -> Claim:
    author = make_author("Joan Example")
    return Claim.objects.create(author=author, user=user, status="approved", approved_at=timezone.now(), note="It is I")


@pytest.mark.parametrize("address", ["", "profile/", "data/", "delete/"])
def test_strangers_are_asked_to_log_in(client: Client, address: str) -> None:
    assert client.get(f"/settings/{address}")["Location"].startswith("/accounts/login/?next=/settings/")


def test_the_page_says_how_each_part_stands(client: Client) -> None:
    user = member(client)
    before = client.get("/settings/").content.decode()
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    after = client.get("/settings/").content.decode()

    titles = ("Profile", "Logging in", "Sessions", "My data", "Delete the account")
    assert [title in before for title in titles] == [True] * 5
    assert "off. An authenticator app or a passkey" in before
    assert "a password alone opens nothing" in after
    assert "changes to <strong>new@example.org</strong>" in after


# Profile


def test_a_profile_is_stored_and_shown_again(client: Client) -> None:
    member(client)

    page = save_profile(
        client,
        ("My page", "https://joan.example/"),
        ("", ""),
        ("", "https://code.example/joan"),
        biography="I study $x^2$.\r\n\r\nAnd <b>more</b>.",
        contact="close",
        time_zone="Asia/Tokyo",
    )

    stored = ResearcherProfile.objects.get()
    assert "Your profile is saved." in page
    assert "Joan Example" in page
    assert (stored.contact, stored.time_zone, stored.user.name) == ("close", "Asia/Tokyo", "Joan Example")
    assert stored.links == [
        {"label": "My page", "url": "https://joan.example/"},
        {"label": "code.example/joan", "url": "https://code.example/joan"},
    ]
    assert 'value="https://joan.example/"' in client.get("/settings/profile/").content.decode()


def test_a_biography_sets_formulas_and_no_other_markup() -> None:
    html = biographies.to_html("I study $x^2$.\r\n\r\n<script>alert(1)</script> **bold**\n\n[a](javascript:b)")

    assert html.startswith("<p>I study <math")
    assert html.count("<p>") == 3
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold**" in html
    assert "<a" not in html


@pytest.mark.parametrize(
    "url", ["http://joan.example/", "javascript:alert(1)", "joan.example", "https://", "ftp://a.example"]
)
def test_links_lead_to_https_only(client: Client, url: str) -> None:
    member(client)

    page = save_profile(client, ("My page", url))

    assert "begins with https://" in page
    assert not ResearcherProfile.objects.exists()


def test_there_are_ten_links_at_most(client: Client) -> None:
    member(client)

    save_profile(client, *[("", f"https://joan.example/{n}") for n in range(11)])

    assert not ResearcherProfile.objects.exists()


def test_names_and_biographies_lose_what_is_invisible(client: Client) -> None:
    member(client)

    save_profile(client, name="Joan\u202e \u200bExample\r\nBcc: x", biography="a\u200bb\n\nc")

    assert User.objects.get().name == "Joan Example Bcc: x"
    assert ResearcherProfile.objects.get().biography.replace("\r\n", "\n") == "ab\n\nc"


def test_times_are_shown_in_the_chosen_zone(client: Client) -> None:
    member(client)
    began = UserSession.objects.get().created_at.astimezone(timezone.get_fixed_timezone(9 * 60))

    save_profile(client, time_zone="Asia/Tokyo")
    later = Client()
    log_in(later)

    shown = f'<time datetime="{began.isoformat()}">'
    assert shown in client.get("/settings/").content.decode()
    assert shown in later.get("/settings/").content.decode()


# Sessions


def test_sessions_are_listed_with_place_and_browser(client: Client) -> None:
    member(client)
    log_in(Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="203.0.113.7"))

    page = client.get("/settings/").content.decode()

    assert "Firefox on Linux" in page
    assert "203.0.113.7" in page
    assert page.count("this one") == 1


def test_one_session_is_ended_or_all_others(client: Client) -> None:
    member(client)
    others = [Client(), Client(), Client()]
    for other in others:
        log_in(other)
    first = UserSession.objects.get(session_key=others[0].session.session_key)

    client.post(f"/settings/sessions/{first.pk}/end/")
    after_one = [is_in(browser) for browser in (client, *others)]
    page = client.post("/settings/sessions/end-others/", follow=True).content.decode()

    assert after_one == [True, False, True, True]
    assert "2 other sessions are ended." in page
    assert [is_in(browser) for browser in (client, *others)] == [True, False, False, False]


def test_nobody_ends_the_session_of_somebody_else(client: Client) -> None:
    member(client)
    theirs = UserSession.objects.get()
    other = Client()
    member(other, "other@example.org")

    other.post(f"/settings/sessions/{theirs.pk}/end/")

    assert is_in(client)


def test_a_session_is_noted_as_seen_every_ten_minutes(client: Client) -> None:
    member(client)
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))

    def seen_lately() -> bool:
        client.get("/settings/")
        seen: datetime = UserSession.objects.get().last_seen_at
        return seen > timezone.now() - timedelta(minutes=1)

    at_once = seen_lately()
    session = client.session
    session[visits.SEEN_AT] -= visits.EVERY
    session.save()

    assert (at_once, seen_lately()) == (False, True)


def test_what_was_noted_of_ended_sessions_is_forgotten(client: Client) -> None:
    member(client)
    Session.objects.exclude(session_key=client.session.session_key).delete()
    other = Client()
    log_in(other)
    Session.objects.filter(session_key=other.session.session_key).update(expire_date=timezone.now())

    assert own_sessions.forget_ended() == 1
    assert UserSession.objects.get().session_key == client.session.session_key


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.5", "An unknown browser"),
    ],
)
def test_browsers_are_named(agent: str, name: str) -> None:
    assert own_sessions.browser_name(agent) == name


# My data


def test_everything_is_handed_out_without_secrets(client: Client) -> None:
    user = member(client)
    claim = owned_by(user)
    ProofAttempt.objects.create(
        claim=claim, method="code", target="j@uni.example", code_hash="c0de", session_hash="5e55"
    )
    evidence.append(
        claim=claim,
        kind="B",
        method="code",
        issuer="ror:012345678",
        subject="uni.example",
        seen={"domain": "uni.example"},
        expires=timezone.now() + timedelta(days=365),
    )
    followed = make_author("Ann Other")
    follows.follow(followed, by=user)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")

    answer = client.post("/settings/data/")
    data = json.loads(answer.content)

    assert answer["Content-Disposition"] == 'attachment; filename="bzpeer-account.json"'
    assert data["account"]["email"] == ADDRESS
    assert data["addresses"] == [{"email": ADDRESS, "verified": True, "primary": True}]
    assert [row["name"] for row in data["follows"]] == ["Ann Other"]
    assert [(row["author"], row["status"], row["note"]) for row in data["claims"]] == [
        (claim.author.short_id, "approved", "It is I")
    ]
    assert [(row["method"], row["target"]) for row in data["proof_attempts"]] == [("code", "j@uni.example")]
    assert [(row["kind"], row["issuer"], row["subject"]) for row in data["evidence"]] == [
        ("B", "ror:012345678", "uni.example")
    ]
    assert [row["ip"] for row in data["sessions"]] == ["127.0.0.1"]
    assert [row["type"] for row in data["second_factors"]] == ["totp"]
    text = answer.content.decode()
    secrets = ("c0de", "5e55", claim.nonce, user.password, client.session.session_key, "JBSWY3DPEHPK3PXP")
    assert not any(secret in text for secret in secrets if secret)


def test_handing_out_asks_for_the_password_and_is_counted(client: Client) -> None:
    confirmed(client)
    log_in(client)
    asked = client.post("/settings/data/")
    client.post("/accounts/reauthenticate/", {"password": "violet-cathedral-42"})

    answers = [client.post("/settings/data/").status_code for _ in range(11)]

    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert answers == [200] * 10 + [429]


# Deleting


def test_deleting_needs_the_address_typed(client: Client) -> None:
    member(client)

    page = client.post("/settings/delete/", {"confirmation": "other@example.org"}).content.decode()

    assert "Nothing was deleted" in page
    assert User.objects.count() == 1


def test_a_deleted_account_leaves_the_ledger_with_its_entries_erased(client: Client) -> None:
    user = member(client)
    claim = owned_by(user)
    ProofAttempt.objects.create(claim=claim, method="code", target="j@uni.example", hint="j…@uni.example")
    evidence.append(
        claim=claim,
        kind="B",
        method="code",
        issuer="ror:012345678",
        subject="uni.example",
        seen={"domain": "uni.example"},
        expires=timezone.now() + timedelta(days=365),
    )
    followed = make_author("Ann Other")
    follows.follow(followed, by=user)
    biographies.describe(by=user, name="J", biography="B", links=[], contact="nobody", time_zone="UTC")
    AssessmentDue.objects.all().delete()

    asked = client.get("/settings/delete/").content.decode()
    page = client.post("/settings/delete/", {"confirmation": ADDRESS.upper()}, follow=True).content.decode()

    assert "You give up the record <strong>Joan Example</strong>" in asked
    assert "Your account is deleted." in page
    assert not is_in(client)
    claim.refresh_from_db()
    assert (claim.status, claim.user, claim.note) == ("released", None, "")
    assert list(claim.attempts.values_list("target", "hint")) == [("", "")]
    assert {(row.account, row.subject) for row in Evidence.objects.all()} == {(None, "")}
    assert [proof.ended is not None for proof in evidence.of_record(claim.author_id)] == [True]
    assert not any(model.objects.exists() for model in (User, ResearcherProfile, Follow, UserSession))
    assert set(AssessmentDue.objects.values_list("author", flat=True)) == {claim.author_id, followed.pk}


def test_after_deleting_every_browser_is_outside(client: Client) -> None:
    user = member(client)
    other = Client()
    log_in(other)

    account_data.delete(by=user)

    assert not is_in(other)
    assert not Session.objects.filter(session_key=other.session.session_key).exists()


def test_a_claim_under_way_is_withdrawn_when_the_account_goes(client: Client) -> None:
    user = member(client)
    author = make_author("Joan Example")
    claim = Claim.objects.create(author=author, user=user)

    account_data.delete(by=user)
    assessments.assess_due()

    claim.refresh_from_db()
    assert (claim.status, claim.user) == ("withdrawn", None)
