"""The feed behind its page: views, filters, reading marks, what is kept and what is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from profiles.account import account_data
from profiles.claiming import upkeep
from profiles.following import feed, follows, private_feed
from profiles.following.feed import Wanted
from profiles.models import Claim, FeedItem, NewsEvent, Subscription, User
from profiles.notifying import unread
from publications.models import Author, Source, Work
from tests.corpus import make_author, make_topic, make_work
from tests.profiles.feeds import ann, reader, tell, tell_of_claim, tell_of_merge
from tests.profiles.people import make_user

__all__ = ["ann", "reader"]  # fixtures

pytestmark = pytest.mark.django_db


def shown(user: User, wanted: Wanted | None = None) -> list[str]:
    return [str(item.event.work or item.event.author) for item in feed.chosen(user, wanted or Wanted())]


def test_each_view_holds_its_kinds(reader: User, ann: Author) -> None:
    tell(reader, make_work("New", authors=[ann]))
    tell(reader, make_work("Late", authors=[ann]), kind="late")
    tell_of_claim(reader, ann)
    feed.save(reader, tell(reader, make_work("Kept", authors=[ann])).pk)

    assert {view: shown(reader, Wanted(view)) for view in feed.VIEWS} == {
        "new": ["Kept", "Ann", "New"],
        "late": ["Late"],
        "records": ["Ann"],
        "saved": ["Kept"],
        "all": ["Kept", "Ann", "Late", "New"],
    }


def test_filters_narrow_a_view(reader: User, ann: Author) -> None:
    bob, topic = make_author("Bob"), make_topic()
    follows.follow_many([bob, topic], by=reader)
    of_ann = tell(reader, make_work("Of Ann", authors=[ann], type=Work.Type.THESIS))
    tell(reader, make_work("Of Bob", authors=[bob]))
    tell(reader, make_work("On the topic", topics=[topic]))
    feed.mark_read(reader, [of_ann.pk])

    assert shown(reader, Wanted(unread=True)) == ["On the topic", "Of Bob"]
    assert shown(reader, Wanted(target="author")) == ["Of Bob", "Of Ann"]
    assert shown(reader, Wanted(target="topic")) == ["On the topic"]
    assert shown(reader, Wanted(of=bob.short_id)) == ["Of Bob"]
    assert shown(reader, Wanted(type="thesis")) == ["Of Ann"]
    assert shown(reader, Wanted(target="source")) == []


def test_what_an_address_says_wrongly_counts_as_not_said() -> None:
    given = {"view": "other", "unread": "yes", "target": "person", "of": "A12'--", "type": "poem"}

    assert feed.wanted_from(given) == Wanted()
    assert feed.wanted_from({"view": "late", "unread": "1", "target": "topic", "of": "T3", "type": "article"}) == (
        Wanted("late", True, "topic", "T3", "article")
    )


def test_counts_are_of_unread_ones_and_of_what_is_saved(
    reader: User, ann: Author, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = tell(reader, make_work(authors=[ann]))
    feed.save(reader, tell(reader, make_work(authors=[ann])).pk)
    tell(reader, make_work(authors=[ann]), kind="late")
    tell_of_claim(reader, ann)
    feed.mark_read(reader, [first.pk])

    with django_assert_num_queries(1):
        counts = feed.counts(reader)

    assert dict(counts) == {"new": 2, "late": 1, "records": 1, "saved": 1}
    assert feed.unread_count(reader) == 2


def test_counting_stops_at_a_hundred(reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "COUNTED", 2)
    for _time in range(3):
        tell(reader, make_work(authors=[ann]))

    assert (feed.counts(reader)["new"], feed.unread_count(reader)) == (2, 2)


def test_counting_looks_at_the_newest_only(reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [tell(reader, make_work(f"Work {n}", authors=[ann])) for n in range(2)]
    gone = make_author("Hidden Away")
    follows.follow(gone, by=reader)
    for n in range(3):
        tell(reader, make_work(f"Gone {n}", authors=[gone]))
    Author.objects.filter(pk=gone.pk).update(hidden=True)
    FeedItem.objects.filter(pk__in=[item.pk for item in seen]).update(saved_at=timezone.now())

    def counted(most: int) -> tuple[int, int, int, int]:
        monkeypatch.setattr(feed, "LOOKED_AT", most)
        unread.statement.cache_clear()  # it holds the figure
        counts = feed.counts(reader)
        return feed.unread_count(reader), unread.of(reader).feed, counts["new"], counts["saved"]

    found = [counted(most) for most in (5, 4, 3, 1)]
    unread.statement.cache_clear()

    assert found == [(2, 2, 2, 2), (1, 1, 1, 2), (0, 0, 0, 2), (0, 0, 0, 1)]


def test_marking_all_stops_at_the_item_that_was_on_top(reader: User, ann: Author) -> None:
    top = tell(reader, make_work("Seen", authors=[ann]))
    late = tell(reader, make_work("Elsewhere", authors=[ann]), kind="late")
    tell(reader, make_work("Came since", authors=[ann]))

    assert feed.mark_view_read(reader, Wanted(), up_to=top.pk) == 1
    assert shown(reader, Wanted("all", unread=True)) == ["Came since", "Elsewhere"]
    assert feed.mark_view_read(reader, Wanted("all"), up_to=late.pk) == 1
    assert shown(reader, Wanted("all", unread=True)) == ["Came since"]


def test_marks_of_others_stay(reader: User, ann: Author) -> None:
    item = tell(reader, make_work(authors=[ann]))
    stranger = make_user("Else")

    assert (feed.mark_read(stranger, [item.pk]), feed.save(stranger, item.pk)) == (0, 0)
    assert (feed.mark_view_read(stranger, Wanted(), up_to=item.pk), feed.mark_unread(stranger, [item.pk])) == (0, 0)
    item.refresh_from_db()
    assert (item.read_at, item.saved_at) == (None, None)


def test_saving_twice_keeps_the_first_moment(reader: User, ann: Author) -> None:
    item = tell(reader, make_work(authors=[ann]))

    feed.save(reader, item.pk)
    item.refresh_from_db()
    moment = item.saved_at
    feed.save(reader, item.pk)

    item.refresh_from_db()
    assert moment is not None
    assert item.saved_at == moment


def test_a_work_is_not_shown_because_of_an_author_who_is_hidden(reader: User, ann: Author) -> None:
    tell(reader, make_work("With Bob", authors=[ann, make_author("Bob")]))
    tell_of_claim(reader, ann)
    Author.objects.filter(pk=ann.pk).update(hidden=True)

    assert shown(reader, Wanted("all")) == []
    assert feed.unread_count(reader) == 0


def test_a_claim_that_ended_is_told_no_more(reader: User, ann: Author) -> None:
    tell_of_claim(reader, ann)
    Claim.objects.update(status=Claim.Status.RELEASED, ended_at=timezone.now())

    assert shown(reader, Wanted("records")) == []


def test_sources_and_merges_are_reasons_too(reader: User, ann: Author) -> None:
    source = Source.objects.create(name="Journal", sort_key="journal")
    follows.follow(source, by=reader)
    tell(reader, make_work("In the journal", source=source))
    tell_of_merge(reader, make_author("A. Ann"), ann)

    assert shown(reader, Wanted("all")) == ["Ann", "In the journal"]


# Forgetting


def age(moment: datetime) -> None:
    FeedItem.objects.update(created_at=moment)
    NewsEvent.objects.update(happened_at=moment, due_at=None)


def test_the_night_forgets_what_is_old_and_not_saved(
    reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BATCH", 2)
    for number in range(5):
        tell(reader, make_work(f"Old {number}", authors=[ann]))
    feed.save(reader, FeedItem.objects.earliest("pk").pk)
    age(timezone.now() - feed.KEPT - timedelta(days=1))
    recent = tell(reader, make_work("Recent", authors=[ann]))

    upkeep.nightly()

    assert shown(reader, Wanted("all")) == ["Recent", "Old 0"]
    assert [event.work.title for event in NewsEvent.objects.order_by("pk") if event.work] == ["Old 0", "Recent"]
    assert recent.event.due_at is None


def test_one_night_forgets_a_bounded_part_and_waits_for_what_is_still_brought(
    reader: User, ann: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BATCH", 1)
    monkeypatch.setattr(feed, "MOST_BATCHES", 2)
    for number in range(3):
        tell(reader, make_work(f"Old {number}", authors=[ann]))
    age(timezone.now() - feed.KEPT - timedelta(days=1))
    NewsEvent.objects.filter(work__title="Old 0").update(due_at=timezone.now())

    assert feed.forget_old() == 2 + 1  # two items, and the event of the second

    assert shown(reader, Wanted("all")) == ["Old 2"]
    assert NewsEvent.objects.count() == 2


# Taken away, and erased


def test_an_account_takes_its_feed_along_and_leaves_none_of_it(reader: User, ann: Author) -> None:
    item = tell(reader, work := make_work(authors=[ann]))
    feed.save(reader, item.pk)
    tell_of_claim(reader, ann)
    private_feed.renew(by=reader)

    said = account_data.export(reader)

    item.refresh_from_db()
    assert [(row["kind"], row["about"], row["saved_at"]) for row in said["feed"]] == [
        ("new", work.short_id, item.saved_at),
        ("claim", ann.short_id, None),
    ]
    assert [row["feed_version"] for row in said["subscription"]] == [2]
    account_data.delete(by=reader)
    assert (FeedItem.objects.count(), Subscription.objects.count()) == (0, 0)
