"""Invented domains for the invented institutions of a demonstration, so that proofs by address can be tried there."""

from __future__ import annotations

from django.utils.text import slugify

from profiles.models import InstitutionDomain
from publications.models import InstitutionId

LONGEST = 60


def load() -> int:
    """`invented-university.example` for each institution with a ROR id; returns how many domains there are now."""
    found: dict[str, InstitutionDomain] = {}
    ids = InstitutionId.objects.filter(scheme="ror").select_related("institution").order_by("institution_id")
    for row in ids.iterator(chunk_size=2_000):
        label = slugify(row.institution.name)[:LONGEST].strip("-")
        if label:
            domain = f"{label}.example"
            found.setdefault(domain, _row(domain, row.value, row.institution.name))
    InstitutionDomain.objects.bulk_create(found.values(), batch_size=2_000, ignore_conflicts=True)
    return InstitutionDomain.objects.filter(origin="demo").count()


def _row(domain: str, ror: str, organisation: str) -> InstitutionDomain:
    return InstitutionDomain(domain=domain, ror=ror, organisation=organisation, origin="demo")
