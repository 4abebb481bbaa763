"""What other servers say: checked at once as far as no other server must be asked, else noted and checked by the queue.

Nothing that a stranger sends makes a web process fetch anything. What concerns nobody here is dropped unread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from bzpeer.kit.safe_fetch import FetchRefused
from profiles import fediverse, limits
from profiles.fediverse import addresses, followers, message_signatures, remote, signatures, subjects, waiting
from profiles.fediverse.signatures import Message, SignatureRefused, Signed
from profiles.limits import LimitReached
from profiles.models import IncomingActivity, RemoteActor
from profiles.promptly import check_fediverse_soon

logger = logging.getLogger(__name__)
LARGEST: Final = 64 * 1024  # bytes of a body
RETRY: Final = timedelta(minutes=5)
MOST_ATTEMPTS: Final = 4
OF_THE_HOST: Final = {"not-public", "unreachable", "certificate", "too-slow"}  # why nothing of a host can be fetched
ASKED_AGAIN: Final = timedelta(minutes=1)  # for a key that does not fit, at most this often
KEPT: Final = timedelta(days=1)  # longer than a signature is good for


class Refused(Exception):
    """What the sender is told; `status` is that of the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Heard:
    """An activity as far as a rule needs it."""

    kind: str
    uri: str
    actor: str
    target: str = ""
    undone: str = ""


# Receiving


def receive(message: Message) -> None:
    """Take what a server sent; raises Refused."""
    try:
        activity = remote.parsed(message.body)
    except ValueError as error:
        raise Refused(400, str(error)) from error
    signed = _signed(message)
    heard = _heard(activity)
    if heard is None:
        return
    _check_sender(heard, signed)
    actor = remote.known(signed.key_id, heard.actor)
    if actor is None and heard.kind != "Follow":
        return  # somebody who follows nobody here has nothing to end
    if actor is not None and signatures.holds(signed, actor.public_key):
        _do_at_once(heard, actor)
    else:
        _keep(heard, signed)


def _do_at_once(heard: Heard, actor: RemoteActor) -> None:
    try:
        _do(_item(heard), actor)
    except LimitReached as reached:
        raise Refused(429, str(reached)) from reached


def _signed(message: Message) -> Signed:
    read = message_signatures.read if message_signatures.is_used(message) else signatures.read
    try:
        return read(message, now=timezone.now())
    except SignatureRefused as refused:
        raise Refused(401, str(refused)) from refused


def _check_sender(heard: Heard, signed: Signed) -> None:
    try:
        same = remote.host_of(signed.key_id) == remote.host_of(heard.actor) == remote.host_of(heard.uri)
    except ValueError as error:
        raise Refused(401, str(error)) from error
    if not same:
        raise Refused(401, "Key, actor and activity must be of one host.")


def _keep(heard: Heard, signed: Signed) -> None:
    """For the queue to check, within bounds."""
    host = waiting.beginning(signed.key_id)
    if not signed.key_id.startswith(host):
        raise Refused(401, f"Write the address of the key as {host}…")
    item = _item(heard)
    item.key_id, item.signed_text, item.signature = signed.key_id, signed.text, signed.signature
    if not waiting.add(item):
        raise Refused(503, "Too much is waiting: try again later.")
    check_fediverse_soon()


def _item(heard: Heard) -> IncomingActivity:
    return IncomingActivity(
        kind=heard.kind, uri=heard.uri, actor_uri=heard.actor, target=heard.target, undone_uri=heard.undone
    )


# Reading


def _heard(activity: Mapping[str, Any]) -> Heard | None:
    """None for what no rule is about. Raises Refused for what lacks an actor or an id."""
    kind = activity.get("type")
    if not isinstance(kind, str) or kind not in _TARGETS:
        return None
    uri, actor = id_of(activity.get("id")), id_of(activity.get("actor"))
    if not uri or not actor:
        raise Refused(400, "An activity has an id and an actor.")
    found = _TARGETS[kind](activity.get("object"), actor)
    return Heard(kind, uri, actor, *found) if found else None


def id_of(value: object) -> str:
    """The id of an object that is given whole or by its address."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) and found.isprintable() and len(found) <= remote.LONGEST else ""


def _our_actor(value: object, _actor: str) -> tuple[str, str] | None:
    short_id = addresses.subject_of(id_of(value))
    return (short_id, "") if short_id else None


def _undone(value: object, actor: str) -> tuple[str, str] | None:
    """Which Follow is undone: by its id, by whom it was about, or both."""
    if not isinstance(value, dict):
        return ("", id_of(value)) if id_of(value) else None
    if value.get("type") != "Follow" or id_of(value.get("actor")) not in {"", actor}:
        return None
    target, uri = addresses.subject_of(id_of(value.get("object"))), id_of(value)
    return (target, uri) if target or uri else None


def _themselves(value: object, actor: str) -> tuple[str, str] | None:
    return ("", "") if id_of(value) == actor else None


_TARGETS: Final[Mapping[str, Callable[[object, str], tuple[str, str] | None]]] = {
    "Follow": _our_actor,
    "Undo": _undone,
    "Block": _our_actor,
    "Delete": _themselves,
}


# Checking, by the queue


def check_due(seconds: float = 50) -> None:
    """Ask for the keys of what waits, until nothing is due or the time is over."""
    end = time.monotonic() + (seconds if fediverse.is_on() else 0)
    while time.monotonic() < end and (item := waiting.take()) is not None:
        if item.attempts > MOST_ATTEMPTS:
            _drop(item, "it was never finished")  # whoever took it was stopped by it
        else:
            _check(item)


def due_count() -> int:
    return waiting.due().count() if fediverse.is_on() else 0


def _check(item: IncomingActivity) -> None:
    """Do it if the key says so, drop it if not, try later if its server does not answer."""
    try:
        actor = _proved(item)
        if actor is None:
            _drop(item, "the signature does not fit")
        else:
            _do(item, actor)
    except LimitReached as reached:
        _later(item, timedelta(seconds=reached.retry_after))
    except FetchRefused as refused:
        logger.info("The key %s could not be fetched: %s", item.key_id, refused)
        _later(item, RETRY)
        if refused.reason in OF_THE_HOST:
            waiting.leave_alone(item, RETRY)
    except remote.ActorRefused as refused:
        _drop(item, str(refused))
    except (ArithmeticError, DataError, LookupError, TypeError, ValueError):  # however odd it is, the next one is heard
        logger.exception("%s could not be checked.", item)
        _later(item, RETRY)


def _proved(item: IncomingActivity) -> RemoteActor | None:
    """Whose key made the signature; asked for again once if the one that is known does not fit."""
    signed = Signed(item.key_id, bytes(item.signed_text), bytes(item.signature))
    actor = remote.known(item.key_id, item.actor_uri)
    if actor is not None and signatures.holds(signed, actor.public_key):
        return actor
    if actor is None or actor.fetched_at < timezone.now() - ASKED_AGAIN:
        actor = remote.fetch(item.key_id, item.actor_uri)
        if signatures.holds(signed, actor.public_key):
            return actor
        remote.forget_unused(actor)
    return None


def _later(item: IncomingActivity, pause: timedelta) -> None:
    if item.attempts >= MOST_ATTEMPTS:
        return _drop(item, "no answer")
    IncomingActivity.objects.filter(pk=item.pk).update(due_at=timezone.now() + pause)
    return None


def _drop(item: IncomingActivity, why: str) -> None:
    logger.info("%s was dropped: %s.", item, why)
    IncomingActivity.objects.filter(pk=item.pk).delete()


# Doing


@transaction.atomic
def _do(item: IncomingActivity, actor: RemoteActor) -> None:
    """Once: of a replay only a Follow that stands is answered again."""
    remote.spoke(actor.host)
    item.due_at, item.signed_text, item.signature = None, b"", b""
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:
        IncomingActivity.objects.filter(pk=item.pk).delete()
        if item.kind != "Follow" or not followers.is_followed_by(actor, item.target, item.uri):
            return
    _RULES[item.kind](item, actor)


def _follow(item: IncomingActivity, actor: RemoteActor) -> None:
    subject = subjects.find(item.target)
    if subject is not None:
        limits.spend("fediverse-follow", remote.domain_of(actor.host))
        followers.follow(actor, subject, item.uri)


def _unfollow(item: IncomingActivity, actor: RemoteActor) -> None:
    followers.unfollow(actor, item.target, item.undone_uri)


def _leave(_item: IncomingActivity, actor: RemoteActor) -> None:
    actor.delete()


_RULES: Final[Mapping[str, Callable[[IncomingActivity, RemoteActor], None]]] = {
    "Follow": _follow,
    "Undo": _unfollow,
    "Block": _unfollow,
    "Delete": _leave,
}


def forget_old() -> None:
    """What was done, and what was never answered."""
    IncomingActivity.objects.filter(received_at__lt=timezone.now() - KEPT).delete()
    remote.forget_unused()
