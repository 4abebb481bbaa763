"""What actors of this site look like and say: ActivityStreams documents as Mastodon reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bzpeer.kit import ids
from profiles.fediverse import addresses, keys
from profiles.fediverse.subjects import Entity, merged_here
from profiles.models import OutgoingActivity
from publications import tex
from publications.cards import WorkCard, work_cards
from publications.models import Author, AuthorId, Topic, Work

Document = dict[str, Any]
ACTIVITY: Final = "https://www.w3.org/ns/activitystreams"
CONTEXT: Final[list[Any]] = [
    ACTIVITY,
    "https://w3id.org/security/v1",
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "Hashtag": "as:Hashtag",
        "toot": "http://joinmastodon.org/ns#",
        "discoverable": "toot:discoverable",
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
    },
]
SHOWN_AUTHORS: Final = 5
MOST_HASHTAGS: Final = 3
_HASHTAG: Final = re.compile(r"[^\W\d_][\w -]{1,38}\w")


# Actors


def actor(entity: Entity, *, moved_to: Author | None = None) -> Document:
    """An author or topic. A Service, which Mastodon marks as a bot: nobody stands behind it but this site."""
    key = entity.short_id
    document = _actor(key, "Service", key, str(entity)) | {
        "summary": _summary(entity),
        "url": page(entity),
        "outbox": addresses.outbox(key),
        "followers": addresses.followers(key),
        "inbox": addresses.inbox(key),
        "attachment": _attachments(entity),
        "published": _time(entity.created_at),
    }
    if moved_to is not None:
        document["movedTo"] = addresses.actor(moved_to.short_id)
    known_as = merged_here(entity) if isinstance(entity, Author) else []
    if known_as:
        document["alsoKnownAs"] = [addresses.actor(other.short_id) for other in known_as]
    return document


def site_actor() -> Document:
    """The site itself, which asks other servers for their actors."""
    return _actor(addresses.SITE, "Application", addresses.host(), "bzpeer") | {
        "summary": _paragraph(_("Pages of authors and topics, built from open metadata.")),
        "url": f"{settings.BASE_URL}/about/",
        "inbox": addresses.shared_inbox(),
        "discoverable": False,
    }


def _actor(key: str, type: str, username: str, name: str) -> Document:
    address = addresses.actor(key)
    return {
        "@context": CONTEXT,
        "id": address,
        "type": type,
        "preferredUsername": username,
        "name": name,
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "endpoints": {"sharedInbox": addresses.shared_inbox()},
        "publicKey": {"id": addresses.key_id(key), "owner": address, "publicKeyPem": keys.current().public_pem},
    }


def page(entity: Entity) -> str:
    return f"{settings.BASE_URL}{entity.get_absolute_url()}"


def _summary(entity: Entity) -> SafeString:
    if isinstance(entity, Topic):
        said = _("New works on %(name)s. An automated account, built from open metadata.")
    else:
        said = _("New works by %(name)s. An automated account, built from open metadata: it is not run by this person.")
    return _paragraph(said % {"name": entity})


def _attachments(entity: Entity) -> list[Document]:
    found = [(_("Page"), page(entity))]
    if isinstance(entity, Author):
        orcids = (
            AuthorId.objects.filter(author=entity, scheme="orcid").order_by("value").values_list("value", flat=True)
        )
        found += [("ORCID iD", ids.url("orcid", value)) for value in orcids[:3]]
    return [{"type": "PropertyValue", "name": str(name), "value": _link(url, url)} for name, url in found]


# Works


def note(entity: Entity, work: Work) -> Document:
    """A work as a post; the work was fetched `with_card_facts`."""
    [card] = work_cards([work])
    tags = _hashtags(card.topics)
    parts = [_headline(entity, work), _paragraph(_byline(card)), _tag_line(tags)]
    return {
        "@context": CONTEXT,
        "id": addresses.note(entity.short_id, work.pk),
        "type": "Note",
        "attributedTo": addresses.actor(entity.short_id),
        "content": "".join(part for part in parts if part),
        "url": f"{settings.BASE_URL}{work.get_absolute_url()}",
        "published": _time(work.created_at),
        "to": [addresses.PUBLIC],
        "cc": [addresses.followers(entity.short_id)],
        "sensitive": False,
        "tag": [{"type": "Hashtag", "name": f"#{word}", "href": page(topic)} for word, topic in tags],
    }


def create(entity: Entity, work: Work) -> Document:
    """The activity that brings a work."""
    said = note(entity, work)
    del said["@context"]
    return _activity("Create", entity.short_id, addresses.create(entity.short_id, work.pk), said) | {
        "published": said["published"],
        "to": said["to"],
        "cc": said["cc"],
    }


def announce(activity: OutgoingActivity, teller: str) -> Document:
    """The post of another actor of this site, shared with one's own followers."""
    assert activity.work_id is not None
    said = _activity("Announce", activity.sender, activity.uri, addresses.note(teller, activity.work_id))
    return said | {
        "published": _time(activity.created_at),
        "to": [addresses.PUBLIC],
        "cc": [addresses.followers(activity.sender), addresses.actor(teller)],
    }


def tombstone(short_id: str, work_id: int) -> Document:
    return {"@context": ACTIVITY, "id": addresses.note(short_id, work_id), "type": "Tombstone"}


def _headline(entity: Entity, work: Work) -> SafeString:
    said = _("New on %(name)s:") if isinstance(entity, Topic) else _("New work by %(name)s:")
    link = _link(f"{settings.BASE_URL}{work.get_absolute_url()}", tex.to_plain(work.title))
    return format_html("<p>{} {}</p>", said % {"name": entity}, link)


def _byline(card: WorkCard) -> str:
    names = [str(author.name) for author in card.authors[:SHOWN_AUTHORS]]
    if more := max(0, card.work.authors_count - len(names)):
        names.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    year = str(card.work.publication_year or "")
    place = ", ".join(part for part in (card.work.source.name if card.work.source else "", year) if part)
    return " · ".join(part for part in (", ".join(names), place) if part)


def _hashtags(topics: Sequence[Topic]) -> list[tuple[str, Topic]]:
    """Topics whose names make a word: “Machine Learning” is #MachineLearning, “Physics (general)” is none."""
    words = [(_hashtag(topic.name), topic) for topic in topics]
    return [(word, topic) for word, topic in words if word][:MOST_HASHTAGS]


def _hashtag(name: str) -> str:
    if not _HASHTAG.fullmatch(name):
        return ""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[ -]+", name))


def _tag_line(tags: list[tuple[str, Topic]]) -> SafeString:
    links = format_html_join(
        " ",
        '<a href="{}" class="mention hashtag" rel="tag">#<span>{}</span></a>',
        ((page(topic), word) for word, topic in tags),
    )
    return format_html("<p>{}</p>", links) if links else links


# Other activities


def accept(short_id: str, follow: Document, uri: str) -> Document:
    return _activity("Accept", short_id, uri, follow)


def reject(short_id: str, follow: Document, uri: str) -> Document:
    return _activity("Reject", short_id, uri, follow)


def follow(uri: str, follower: str, short_id: str) -> Document:
    """What another actor said, as its answer repeats it."""
    return {"id": uri, "type": "Follow", "actor": follower, "object": addresses.actor(short_id)}


def delete(short_id: str, uri: str) -> Document:
    """The actor itself is gone."""
    return _activity("Delete", short_id, uri, addresses.actor(short_id)) | {"to": [addresses.PUBLIC]}


def delete_note(short_id: str, work_id: int, uri: str) -> Document:
    """A post is withdrawn."""
    gone = {key: value for key, value in tombstone(short_id, work_id).items() if key != "@context"}
    return _activity("Delete", short_id, uri, gone) | {"to": [addresses.PUBLIC]}


def undo_announce(short_id: str, uri: str, work_id: int) -> Document:
    """A post is shared no longer."""
    shared = {
        "id": uri,
        "type": "Announce",
        "actor": addresses.actor(short_id),
        "object": addresses.note(addresses.teller_of(uri), work_id),
    }
    return _activity("Undo", short_id, f"{uri}/undo", shared) | {"to": [addresses.PUBLIC]}


def update(short_id: str, uri: str) -> Document:
    """The actor is shown otherwise; its document is written in when this is sent (profiles.fediverse.deliveries)."""
    return _activity("Update", short_id, uri, addresses.actor(short_id)) | {"to": [addresses.PUBLIC]}


def move(short_id: str, to: str, uri: str) -> Document:
    """Followers of the one are asked to follow the other; Mastodon does so by itself."""
    return _activity("Move", short_id, uri, addresses.actor(short_id)) | {
        "target": addresses.actor(to),
        "to": [addresses.followers(short_id)],
    }


def _activity(type: str, short_id: str, uri: str, object: Any) -> Document:
    return {"@context": CONTEXT, "id": uri, "type": type, "actor": addresses.actor(short_id), "object": object}


# Collections


def collection(address: str, total: int, pages: int = 0) -> Document:
    """An ordered collection; without pages it tells how many, and not who."""
    document: Document = {"@context": ACTIVITY, "id": address, "type": "OrderedCollection", "totalItems": total}
    return document | ({"first": f"{address}?page=1", "last": f"{address}?page={pages}"} if pages else {})


def collection_page(address: str, number: int, pages: int, items: list[Document]) -> Document:
    document: Document = {"@context": CONTEXT, "id": f"{address}?page={number}", "type": "OrderedCollectionPage"}
    document |= {
        "partOf": address,
        "orderedItems": [{k: v for k, v in item.items() if k != "@context"} for item in items],
    }
    return document | ({"next": f"{address}?page={number + 1}"} if number < pages else {})


def _paragraph(text: str) -> SafeString:
    return format_html("<p>{}</p>", text) if text else escape("")


def _link(url: str, text: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow noopener">{}</a>', url, text)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
