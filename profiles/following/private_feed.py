"""The feed of an account for its reader programs: an address that nobody can guess, which its holder can renew."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.html import format_html
from django.utils.translation import gettext as _

from bzpeer.kit.keyed import keyed_hash
from profiles.following import feed
from profiles.following.feed import Wanted
from profiles.models import FeedItem, Subscription, User
from publications.syndication import Entry, Feed, Person, host, site_url
from publications.work_feeds import entry_of, fingerprint, works_for_feeds

MOST: Final = 50
DIGITS: Final = 48  # hexadecimal ones of the token: 192 bits


# The address


def addresses(user: User) -> dict[str, str]:
    """By format, absolute."""
    token = token_of(user, _version(user))
    return {form: f"{settings.BASE_URL}{reverse('private_feed', args=[token, form])}" for form in ("atom", "json")}


def renew(*, by: User) -> None:
    """Make the address known so far lead nowhere."""
    Subscription.objects.get_or_create(user=by)
    Subscription.objects.filter(user=by).update(feed_version=F("feed_version") + 1)


def account_of(token: str) -> User | None:
    """Whose address it is, if it is the present one of an active account."""
    number, _dash, _rest = token.partition("-")
    known = number.isascii() and number.isdigit() and len(number) < 19
    user = User.objects.filter(pk=int(number) if known else 0, is_active=True).first()
    expected = token_of(user, _version(user)) if user else token_of(User(pk=0), 0)
    return user if constant_time_compare(token, expected) and user else None


def token_of(user: User, version: int) -> str:
    return f"{user.pk}-{keyed_hash('private-feed', f'{user.pk}:{version}')[:DIGITS]}"


def _version(user: User) -> int:
    kept = Subscription.objects.filter(user=user).values_list("feed_version", flat=True).first()
    return kept or 1


# What it tells


class PrivateFeed:
    """The latest items of an account: `version` and `updated` without the texts, `feed` with them."""

    def __init__(self, user: User, form: str) -> None:
        self._user, self._form = user, form
        self._items = feed.look(user, Wanted("new"), MOST).items  # what was indexed late alerts nobody
        self._works = works_for_feeds(item.event.work_id for item in self._items if item.event.work_id)
        self.version = fingerprint(self._works, *(self._facts(item) for item in self._items), user.pk)

    def feed(self) -> Feed:
        texts = {work.pk: work for work in works_for_feeds([work.pk for work in self._works], texts=True)}
        entries = [self._entry(item, texts) for item in self._items]
        kept = [entry for entry in entries if entry is not None]
        return Feed(
            id=f"tag:{host()},2026:following/{self._user.pk}",
            title=_("What I follow on bzpeer"),
            subtitle=_("New works, claims and merged records of whom and what you follow."),
            home=site_url(reverse("feed")),
            address=addresses(self._user)[self._form],
            updated=max((entry.updated for entry in kept), default=self._user.date_joined),
            author=Person(_("bzpeer"), site_url("/")),
            entries=tuple(kept),
        )

    def _facts(self, item: FeedItem) -> tuple[Any, ...]:
        record, merged = item.event.author, item.event.merged
        return (item.pk, item.kind, record and record.display_name, merged and (merged.display_name, merged.hidden))

    def _entry(self, item: FeedItem, works: dict[int, Any]) -> Entry | None:
        event = item.event
        if event.work_id:
            work = works.get(event.work_id)
            return entry_of(work) if work else None
        return _record_entry(item)


def _record_entry(item: FeedItem) -> Entry | None:
    event, record = item.event, item.event.author
    if record is None:
        return None
    merged = event.merged.display_name if event.merged and not event.merged.hidden else ""
    title = title_of(item.kind, record.display_name, merged)
    url = site_url(record.get_absolute_url())
    return Entry(
        id=f"tag:{host()},2026:event/{event.pk}",
        url=url,
        title=title,
        updated=event.happened_at,
        published=event.happened_at,
        html=format_html('<p><a href="{}">{}</a></p>', url, title),
        summary=title,
        authors=(),
        tags=(str(item.get_kind_display()),),
    )


def title_of(kind: str, name: str, merged: str = "") -> str:
    """What happened to a record, in words."""
    if kind == FeedItem.Kind.CLAIM:
        return _("The record of %(name)s has an owner now.") % {"name": name}
    if merged:
        return _("The record “%(merged)s” was merged into the one of %(name)s.") % {"merged": merged, "name": name}
    return _("Another record was merged into the one of %(name)s.") % {"name": name}
