"""Several actors are followed of one work: each reader is shown it once, and nobody misses it."""

from __future__ import annotations

import pytest

from profiles.fediverse import addresses
from profiles.models import Delivery, OutgoingActivity
from publications.models import Author, Work
from publications.signals import corpus_changed
from tests.corpus import make_author
from tests.profiles.mastodon_site import Mastodon
from tests.profiles.mastodon_steps import arrive, followed, make_due, mastodon, run_queue

__all__ = ["mastodon"]  # fixture

pytestmark = pytest.mark.django_db(transaction=True)


def said(mastodon: Mastodon) -> list[str]:
    return sorted(kind for kind, _inbox in mastodon.received if kind != "Accept")


def post(teller: Author, work: Work) -> str:
    return addresses.note(teller.short_id, work.pk)


@pytest.fixture
def pair() -> tuple[Author, Author]:
    return make_author("Joan Example"), make_author("Ben Bo")


def test_who_follows_both_authors_of_a_work_is_shown_it_once(mastodon: Mastodon, pair: tuple[Author, Author]) -> None:
    for author in pair:
        followed(mastodon, author)

    work = arrive("Together", *pair)
    run_queue()

    assert mastodon.homes == {"ada": [(addresses.actor(pair[0].short_id), post(pair[0], work))]}
    assert said(mastodon) == ["Create"]


@pytest.mark.parametrize("share_first", [False, True])
def test_who_follows_the_other_author_alone_on_the_same_server_is_shown_it_too(
    mastodon: Mastodon, pair: tuple[Author, Author], share_first: bool
) -> None:
    first, other = pair
    for author in pair:
        followed(mastodon, author, "ada")
    followed(mastodon, other, "ben")
    third = make_author("Cleo Third")
    followed(mastodon, third, "ben")

    work = arrive("Together", *pair, third)
    run_queue_in_order("Announce" if share_first else "Create")
    run_queue()

    teller = addresses.actor(first.short_id)
    assert mastodon.homes == {
        "ada": [(teller, post(first, work))],
        "ben": [(addresses.actor(other.short_id), post(first, work))],
    }
    assert (said(mastodon), mastodon.rejected) == (["Announce", "Create"], [])


def run_queue_in_order(kind: str) -> None:
    """Only what is of this kind arrives; the rest comes with the next turn."""
    from profiles.fediverse import deliveries
    from profiles.following import news

    news.fan_out_due()
    shares = {
        row.pk: addresses.teller_of(row.activity.uri) != "" for row in Delivery.objects.select_related("activity")
    }
    held = [pk for pk, is_share in shares.items() if is_share is not (kind == "Announce")]
    waiting = Delivery.objects.filter(pk__in=held, due_at__isnull=False)
    pks = list(waiting.values_list("pk", flat=True))
    waiting.update(due_at=None)
    deliveries.send_due()
    Delivery.objects.filter(pk__in=pks).update(due_at="2020-01-01T00:00:00Z")


def test_a_post_that_is_called_back_is_told_by_the_author_who_shared_it(
    mastodon: Mastodon, pair: tuple[Author, Author]
) -> None:
    first, other = pair
    followed(mastodon, first, "ada")
    followed(mastodon, other, "ben")
    work = arrive("Not by the first", *pair)
    run_queue()
    work.authorships.filter(author=first).update(author=None)

    for _twice in range(2):
        corpus_changed.send(sender=None, author_ids=[], work_ids=[work.pk], cause="import")
        run_queue()
        run_queue()

    assert mastodon.homes == {"ada": [], "ben": [(addresses.actor(other.short_id), post(other, work))]}
    assert said(mastodon) == ["Announce", "Create", "Create", "Delete"]


def test_who_only_shared_it_and_proves_to_be_no_author_shares_it_no_longer(
    mastodon: Mastodon, pair: tuple[Author, Author]
) -> None:
    first, other = pair
    followed(mastodon, first, "ada")
    followed(mastodon, other, "ben")
    work = arrive("Not by the other", *pair)
    run_queue()
    work.authorships.filter(author=other).update(author=None)

    for _twice in range(2):
        corpus_changed.send(sender=None, author_ids=[], work_ids=[work.pk], cause="import")
        run_queue()

    assert mastodon.homes == {"ada": [(addresses.actor(first.short_id), post(first, work))], "ben": []}
    assert said(mastodon) == ["Announce", "Create", "Undo"]


def test_when_the_record_that_posted_is_hidden_the_other_author_tells_it(
    mastodon: Mastodon, pair: tuple[Author, Author]
) -> None:
    first, other = pair
    followed(mastodon, first, "ada")
    followed(mastodon, other, "ben")
    work = arrive("Together", *pair)
    run_queue()

    Author.objects.filter(pk=first.pk).update(hidden=True)
    corpus_changed.send(sender=None, author_ids=[first.pk], work_ids=[work.pk], cause="import")
    for _twice in range(2):
        run_queue()
        make_due()

    assert mastodon.homes == {"ada": [], "ben": [(addresses.actor(other.short_id), post(other, work))]}
    assert not OutgoingActivity.objects.filter(sender=first.short_id, work__isnull=False).exists()
