"""Follows that a form carries from page to page: signed, for one account, for a while. Also undoing an unfollow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from profiles.following import follows
from profiles.following.follows import Terms
from profiles.models import User

OFFERED_FOR: Final = timedelta(minutes=10)
HOLDS_FOR: Final = timedelta(days=1)
MOST_NAMES: Final = 3
_KEY: Final = "unfollowed"


def signed(terms: Mapping[str, Terms], *, by: User, told: Sequence[Sequence[Any]] = ()) -> str:
    """Follows by short id and how; `told` is carried along, as JSON values."""
    rows = [[target, how.muted, how.since.isoformat() if how.since else None] for target, how in terms.items()]
    return signing.dumps([rows, [list(line) for line in told]], salt=_salt(by), compress=True)


def read(token: str, *, by: User, within: timedelta = HOLDS_FOR) -> tuple[dict[str, Terms], list[list[Any]]]:
    """What was signed; raises ValidationError where the form is too old or another account's."""
    try:
        rows, told = signing.loads(token, salt=_salt(by), max_age=within)
    except signing.BadSignature as error:
        raise ValidationError(_("This form is too old or belongs to another account; nothing was changed.")) from error
    terms = {target: Terms(muted, datetime.fromisoformat(since) if since else None) for target, muted, since in rows}
    return terms, told


def _salt(user: User) -> str:
    return f"profiles.following.follow_terms:{user.pk}"


# Undoing


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form of an undo carries, how many follows it would bring back, and the names of the first."""

    token: str
    count: int
    names: tuple[str, ...]


def remember(session: Any, ended: Mapping[str, Terms], *, by: User) -> None:
    """Offer to undo it on the next visit of the list."""
    if ended:
        session[_KEY] = signed(ended, by=by)


def offered(session: Any, *, by: User) -> Offer | None:
    """What was ended in the last minutes; once."""
    token = session.pop(_KEY, "")
    if not token:
        return None
    try:
        terms, _told = read(token, by=by, within=OFFERED_FOR)
    except ValidationError:
        return None
    named = follows.named(list(terms)[:MOST_NAMES])
    return Offer(token, len(terms), tuple(target.label for target in named.values()))


def bring_back(token: str, *, by: User) -> int:
    """Follow these again on their old terms; raises ValidationError where the form is too old or another account's."""
    terms, _told = read(token, by=by)
    return follows.follow_many(follows.named(terms).values(), by=by, terms=terms)
