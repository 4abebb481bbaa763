"""What the pages of the list of institutions' domains read: a page of it, and what each status of one would mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profiles.claiming import domain_list
from profiles.models import InstitutionDomain

PER_PAGE = 25
Status = InstitutionDomain.Status


@dataclass(frozen=True, slots=True)
class Choice:
    """A status that a domain can have: what a button calls it, and what it means."""

    status: str
    label: Promise
    meaning: Promise

    @property
    def name(self) -> str:
        return str(Status(self.status).label)


CHOICES = {
    choice.status: choice
    for choice in (
        Choice(
            Status.LISTED,
            _("Accept it"),
            _("An address or a page below it proves the organisation, where works of the record name that."),
        ),
        Choice(
            Status.MODERATED,
            _("Have moderators look"),
            _("An address or a page below it proves nothing by itself; who claims is told to ask a moderator."),
        ),
        Choice(Status.REFUSED, _("Refuse it"), _("No address or page below it is taken as a proof.")),
    )
}


def listing(chosen: Mapping[str, str], number: str | None) -> Page[Any]:
    """A page of the domains that fit, by domain."""
    rows = domain_list.found(chosen.get("q", ""))
    rows = rows.filter(**{name: chosen[name] for name in ("status", "origin") if name in chosen})
    return Paginator(rows, PER_PAGE).get_page(number)


def initial(row: InstitutionDomain, wanted: str) -> dict[str, str]:
    return {"organisation": row.organisation, "ror": row.ror, "status": wanted, "was": row.status}


def choices(row: InstitutionDomain, wanted: str) -> dict[str, Any]:
    """What stands on the page of a domain: the statuses it can be given, and the one that is to be confirmed."""
    return {"now": CHOICES[row.status], "choices": CHOICES.values(), "wanted": CHOICES.get(wanted)}
