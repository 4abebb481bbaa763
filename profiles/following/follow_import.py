"""Importing a list of follows: first what it would do, line by line; then all of it at once, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from profiles.following import follow_lists, follow_refs, follow_terms, follows
from profiles.following.follow_lists import Entry
from profiles.following.follow_refs import REASONS
from profiles.following.follows import Target, Terms
from profiles.models import Follow, User

SHOWN: Final = 200  # lines of each part; all of them count
_LONGEST_TEXT: Final = 120


@dataclass(frozen=True, slots=True)
class Missing:
    """A line that leads to nothing here, and why."""

    line: int
    text: str
    reason: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import would do. `token` carries it to `carry_out`."""

    new: Sequence[Target]
    new_count: int
    already: int
    missing: Sequence[Missing]
    missing_count: int
    is_guessed: bool
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an import did."""

    followed: int
    already: int
    missing: Sequence[Missing]
    missing_count: int


def plan(raw: bytes, *, by: User) -> Plan:
    """Reads a file and changes nothing; raises ValidationError where it cannot be read or holds too much."""
    listing = follow_lists.read(raw)
    named = [(entry, follow_refs.of_entry(entry)) for entry in listing.entries]
    pages = follow_refs.resolve(ref for _entry, name in named for ref in name.refs)
    terms: dict[str, Terms] = {}
    missing = []
    for entry, name in named:
        short_id = next((pages[ref] for ref in name.refs if ref in pages), "")
        if not short_id:
            missing.append((entry.line, _text(entry), name.reason))
        elif short_id not in terms:
            terms[short_id] = Terms(entry.muted, entry.since)
    known = set(Follow.objects.filter(user=by).values_list("target", flat=True))
    new = [short_id for short_id in terms if short_id not in known]
    if len(known) + len(new) > follows.MOST:
        said = _("An account can follow up to %(most)s pages; with this list it would be %(count)s.")
        raise ValidationError(said % {"most": follows.MOST, "count": len(known) + len(new)})
    told = [[len(missing)], *missing[:SHOWN]]
    shown = follows.named(new[:SHOWN])
    return Plan(
        new=[shown[short_id] for short_id in new[:SHOWN] if short_id in shown],
        new_count=len(new),
        already=len(terms) - len(new),
        missing=_missing(missing),
        missing_count=len(missing),
        is_guessed=listing.is_guessed,
        token=follow_terms.signed(terms, by=by, told=told),
    )


def carry_out(token: str, *, by: User) -> Done:
    """Follow what the preview showed, in one transaction; doing it twice changes nothing more."""
    terms, told = follow_terms.read(token, by=by)
    there = follows.shown(terms)
    followed = follows.follow_listed({kept: terms.get(kept, terms[asked]) for asked, kept in there.items()}, by=by)
    [[missing_count], *lines] = told
    return Done(followed=followed, already=len(there) - followed, missing=_missing(lines), missing_count=missing_count)


def _missing(lines: Sequence[Sequence[Any]]) -> list[Missing]:
    return [Missing(line, text, REASONS[reason]) for line, text, reason in lines[:SHOWN]]


def _text(entry: Entry) -> str:
    """What stands in the line, short: the name, else the first cell."""
    text = entry.name or next((cell for _column, cell in entry.cells), "")
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
