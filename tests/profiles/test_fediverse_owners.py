"""The handle on pages, and the owner's switch."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from profiles.account import account_data
from profiles.fediverse import followers, subjects
from profiles.models import Claim, FediverseOptOut, OutgoingActivity, RemoteFollow
from publications.models import Author
from tests.corpus import make_author, make_topic
from tests.profiles.fediverse_steps import BASE, fetched, finger, remote_follow
from tests.profiles.people import make_record, make_user, own

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings: Settings) -> None:
    settings.BASE_URL, settings.FEDIVERSE = BASE, True


def test_pages_show_the_handle_and_how_many_follow_from_elsewhere(client: Client) -> None:
    author, topic = make_author(), make_topic()
    for name in ("ada", "ben", "cy"):
        remote_follow(author, name=name)

    page = client.get(author.get_absolute_url()).content.decode()
    assert f"<code>@{author.short_id}@bzpeer.example</code>" in page
    assert ">3 followers</span>" in page
    page = client.get(topic.get_absolute_url()).content.decode()
    assert f'data-copy="@{topic.short_id}@bzpeer.example"' in page


def test_an_owner_switches_it_off_and_on_again(client: Client) -> None:
    author, user = make_record(), make_user()
    own(author, user, "A")
    remote_follow(author)
    client.force_login(user)
    switch, claim_page = reverse("fediverse_switch", args=[author.short_id]), reverse("author_claim", args=[author.pk])
    assert "Switch it off" in client.get(claim_page).content.decode()

    client.post(switch, {"fediverse": "off"})

    assert "Switch it on" in client.get(claim_page).content.decode()
    assert fetched(client, f"/ap/{author.short_id}").status_code == 410
    assert fetched(client, f"/ap/{author.short_id}/outbox").status_code == 410
    assert finger(client, f"acct:{author.short_id}@bzpeer.example").status_code == 404
    assert "From the Fediverse" not in client.get(author.get_absolute_url()).content.decode()
    assert [row["author_id"] for row in account_data.export(user)["fediverse_switched_off"]] == [author.pk]
    told = OutgoingActivity.objects.get()
    assert ((told.body or {})["type"], told.deliveries.get().inbox) == ("Delete", "https://social.example/inbox")
    assert not RemoteFollow.objects.exists()

    client.post(switch, {"fediverse": "on"})
    assert fetched(client, f"/ap/{author.short_id}").status_code == 200


def test_nobody_but_the_owner_decides(client: Client) -> None:
    author, weak = make_record(), make_record("Weak Claim")
    own(author, make_user(), "A")
    user = make_user()
    own(weak, user, "C")
    switch = reverse("fediverse_switch", args=[author.short_id])

    assert client.post(switch, {"fediverse": "off"})["Location"].startswith("/accounts/login/")
    client.force_login(user)
    client.post(switch, {"fediverse": "off"})
    assert client.get(switch).status_code == 405

    assert not FediverseOptOut.objects.exists()


def test_it_stays_off_when_the_record_is_given_up_but_not_when_the_claim_was_wrong(client: Client) -> None:
    author = make_record()
    claim = own(author, make_user(), "A")
    FediverseOptOut.objects.create(author=author, claim=claim)

    states = []
    for status in (Claim.Status.APPROVED, Claim.Status.RELEASED, Claim.Status.REVOKED):
        ended = timezone.now() if status != Claim.Status.APPROVED else None
        Claim.objects.filter(pk=claim.pk).update(status=status, ended_at=ended)
        found = subjects.find(author.short_id)
        states.append(found and found.state.value)

    assert states == ["off", "off", "open"]


def test_followers_of_a_record_merged_into_one_that_is_off_are_told_that_it_is_gone() -> None:
    author, gone = make_record(), make_author("J. Example")
    FediverseOptOut.objects.create(author=author, claim=own(author, make_user(), "A"))
    remote_follow(gone)
    Author.objects.filter(pk=gone.pk).update(merged_into=author)

    followers.sweep()

    told = OutgoingActivity.objects.get().body or {}
    assert (RemoteFollow.objects.count(), told["type"]) == (0, "Delete")
