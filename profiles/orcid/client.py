"""ORCID's public records over its public API; called from tasks, never from a request."""

from __future__ import annotations

from django.conf import settings

from bzpeer.kit import ids
from profiles.orcid import fetch, records
from profiles.orcid.fetch import Unreachable
from profiles.orcid.records import OrcidRecord

__all__ = ["OrcidRecord", "Unreachable", "record"]


def record(orcid: str) -> OrcidRecord:
    """The public record of an iD, with its works and employments; raises Unreachable, ValueError for no iD.

    A status other than `active` is believed only in ORCID's own words: a proxy's 404 or redirect says nothing of an iD.
    """
    number = ids.normalise("orcid", orcid)
    answer = fetch.get(f"{settings.ORCID_API_URL}/{number}/record", "application/json")
    try:
        found = records.parse(answer.body, number)
    except records.Unreadable as error:
        raise Unreachable(f"ORCID answered {answer.status} for {number}: {error}") from error
    if found.orcid != number:
        raise Unreachable(f"ORCID answered {answer.status} for {number} about {found.orcid or 'nobody'}")
    return found
