"""The list of institutions' domains: made from ROR, both versions of its schema; what moderators set stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import idna
import msgspec
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from bzpeer.kit import ids
from bzpeer.kit.text import one_line
from profiles.claiming.domains import is_public, judged_loose, registrable_domain, with_parents
from profiles.models import InstitutionDomain, User
from publications.importers import files, jsonrecords
from publications.records import Rejected

BATCH: Final = 2_000
MOST_NAMED: Final = 3
MOST_WORDS: Final = 8  # of a search
MODERATOR: Final = "moderator"
_LOCK: Final = 7_203  # advisory lock of whoever writes the list: a load never undoes what a moderator sets meanwhile
# Labels of a website that say nothing about whose domain it is.
_PLAIN_WEBSITE: Final = re.compile(r"^(?:www\d*|web\d*|en|eng|english|home|site|portal|int|m)\.")
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
Status = InstitutionDomain.Status


class _Name(msgspec.Struct):
    value: str
    types: list[str] = []


class _Link(msgspec.Struct):
    value: str | None = None
    type: str | None = None


class _Organisation(msgspec.Struct):
    """A record of ROR in version 1 (`name`, links as text) or 2 (`names`, typed links, `domains`)."""

    id: str
    status: str = "active"
    name: str | None = None
    names: list[_Name] = []
    domains: list[str] | None = None
    links: list[_Link | str] = []

    @property
    def provider_id(self) -> str:
        return self.id

    @property
    def label(self) -> str:
        shown = (name.value for name in self.names if "ror_display" in name.types)
        return one_line(self.name or next(shown, "") or next((name.value for name in self.names), ""))

    @property
    def website(self) -> str:
        texts = (link if isinstance(link, str) else (link.value or "") for link in self.links if _is_website(link))
        return next(texts, "")


def _is_website(link: _Link | str) -> bool:
    return isinstance(link, str) or link.type == "website"


@dataclass(frozen=True, slots=True)
class Holder:
    """An organisation that has a domain; `is_active` while it exists."""

    ror: str
    organisation: str
    is_active: bool = True


@dataclass(slots=True)
class Claims:
    """Who has which domain: as stated in `domains`, else as their website has it; `below` if only a part of it."""

    stated: dict[str, list[Holder]] = field(default_factory=dict)
    website: dict[str, list[Holder]] = field(default_factory=dict)
    below: dict[str, list[Holder]] = field(default_factory=dict)


Row = tuple[str, str, str]  # ror, organisation, status


@dataclass(slots=True)
class Loaded:
    """What a load did, for people: names of counts in the order in which they are worth reading."""

    counts: Counter[str]
    rejected: list[Rejected]


def load(paths: Sequence[Path], *, dry_run: bool = False) -> Loaded:
    """Read ROR's JSON lines and bring the list up to date; raises ValueError when a path cannot be read."""
    counts: Counter[str] = Counter()
    rejected: list[Rejected] = []
    claims = _collected(_organisations(paths, rejected), counts)
    counts["unreadable"] = len(rejected)
    _store(rows(claims, counts), counts, dry_run=dry_run)
    return Loaded(counts, rejected)


# ---------------------------------------------------------------- reading


def _organisations(paths: Sequence[Path], rejected: list[Rejected]) -> Iterator[_Organisation]:
    decoder = msgspec.json.Decoder(_Organisation)
    for document in files.documents(paths, jsonrecords.SUFFIXES):
        for raw in jsonrecords.records(document):
            if isinstance(raw, Rejected):
                rejected.append(raw)
                continue
            try:
                yield decoder.decode(raw.data)
            except (ValueError, RecursionError) as error:
                rejected.append(Rejected(where=raw.where, reason=f"No organisation of ROR: {error}"))


def _collected(organisations: Iterable[_Organisation], counts: Counter[str]) -> Claims:
    claims = Claims()
    for organisation in organisations:
        counts["read"] += 1
        if organisation.status == "withdrawn":
            counts["withdrawn"] += 1
            continue
        try:
            ror = ids.normalise("ror", organisation.id)
        except ValueError:
            counts["without-id"] += 1
            continue
        holder = Holder(ror, organisation.label, organisation.status == "active")
        counts[_note(claims, organisation, holder)] += 1
    return claims


def _note(claims: Claims, organisation: _Organisation, holder: Holder) -> str:
    """Put an organisation's domains down; returns where they came from."""
    stated = {domain for text in organisation.domains or () if (domain := own_domain(text))}
    for domain in stated:
        claims.stated.setdefault(domain, []).append(holder)
    if stated:
        return "stating-domains"
    host = host_of(organisation.website)
    registrable = registrable_domain(host) if host else ""
    if not registrable or not own_domain(registrable) or not own_domain(host):
        return "without-domain"
    is_whole = registrable in {host, _PLAIN_WEBSITE.sub("", host)} and _is_front(organisation.website)
    place = claims.website if is_whole else claims.below
    place.setdefault(registrable, []).append(holder)
    return "by-website"


def own_domain(text: str) -> str:
    """A domain in lower-case ASCII; empty for what is none, for public providers and for shared hosts."""
    domain = _registrable(text)
    return "" if is_public(domain) else domain


def _registrable(text: str) -> str:
    """In lower-case ASCII, without "www."; empty for what is no domain that somebody can register, or below one."""
    domain = _ascii(text.strip().lower().strip(".").removeprefix("www."))
    is_one = len(domain) <= 253 and _DOMAIN.fullmatch(domain) and registrable_domain(domain)
    return domain if is_one else ""


def host_of(url: str) -> str:
    try:
        return _ascii((urlsplit(url.strip() if "//" in url else f"//{url.strip()}").hostname or "").strip("."))
    except ValueError:
        return ""


def _is_front(url: str) -> bool:
    """Whether an address is a site's front page, in whatever language, and not somebody's place on it."""
    path = urlsplit(url.strip() if "//" in url else f"//{url.strip()}").path
    return (
        re.fullmatch(r"/*(?:[a-z]{2}(?:[-_][a-z]{2})?|(?:index|home|default)[.\w]*|english|eng)?/*", path, re.I)
        is not None
    )


def _ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return str(idna.encode(name, uts46=True).decode())
    except (idna.IDNAError, UnicodeError, IndexError):
        return ""


# ---------------------------------------------------------------- deciding


def rows(claims: Claims, counts: Counter[str]) -> dict[str, Row]:
    """The list: what organisations state comes before what their websites suggest."""
    found: dict[str, Row] = {}
    for name, part in (("stated", claims.stated), ("website", claims.website), ("below", claims.below)):
        for domain, holders in sorted(part.items()):
            if domain not in found:
                if name == "stated":  # whose website it is has it as well, and may be the one that matters
                    holders = [*holders, *claims.website.get(domain, ())]
                row, why = _row(domain, holders, is_part=name == "below")
                found[domain] = row
                counts[why] += 1
    return found


def _row(domain: str, holders: Sequence[Holder], *, is_part: bool) -> tuple[Row, str]:
    """One organisation that exists and has the whole domain is listed; for anything else a moderator is asked."""
    active = {holder.ror: holder for holder in holders if holder.is_active}
    if len(active) > 1:
        labels = sorted({holder.organisation for holder in active.values()})
        more = f" + {len(labels) - MOST_NAMED}" if len(labels) > MOST_NAMED else ""
        return ("", "; ".join(labels[:MOST_NAMED]) + more, Status.MODERATED), "shared"
    holder = next(iter(active.values()), holders[0])
    if not active:
        return (holder.ror, holder.organisation, Status.MODERATED), "closed"
    if is_part or judged_loose(domain):
        return (holder.ror, holder.organisation, Status.MODERATED), "only-a-part"
    return (holder.ror, holder.organisation, Status.LISTED), "listed"


def _store(wanted: Mapping[str, Row], counts: Counter[str], *, dry_run: bool) -> None:
    """Write what differs; moderators' rows stay, and so do rows that the file does not name."""
    with _held():
        known = {row.domain: row for row in InstitutionDomain.objects.all()}
        kept = {domain for domain, row in known.items() if row.origin == MODERATOR}
        changed = [
            InstitutionDomain(domain=domain, ror=ror, organisation=organisation, status=status, origin="ror")
            for domain, (ror, organisation, status) in wanted.items()
            if domain not in kept and _differs(known.get(domain), (ror, organisation, status))
        ]
        if not dry_run:
            _upsert(changed)
    counts["created"] = sum(row.domain not in known for row in changed)
    counts["updated"] = len(changed) - counts["created"]
    counts["by-moderators"] = len(kept & wanted.keys())
    counts["unchanged"] = len(wanted) - len(changed) - counts["by-moderators"]
    counts["not-in-file"] = len(known.keys() - wanted.keys() - kept)


@contextmanager
def _held() -> Iterator[None]:
    """A transaction in which nobody else writes the list."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        yield


def _differs(row: InstitutionDomain | None, wanted: Row) -> bool:
    return row is None or (row.ror, row.organisation, row.status) != wanted


def _upsert(changed: Sequence[InstitutionDomain]) -> None:
    fields: dict[str, Any] = {"unique_fields": ["domain"]}
    fields["update_fields"] = ["ror", "organisation", "status", "origin", "changed_at"]
    ordered = sorted(changed, key=lambda row: row.domain)
    InstitutionDomain.objects.bulk_create(ordered, batch_size=BATCH, update_conflicts=True, **fields)


# ---------------------------------------------------------------- moderating


def found(text: str) -> QuerySet[InstitutionDomain]:
    """By words of the domain or the organisation, by a ROR id, or what an address or a host is below."""
    rows = InstitutionDomain.objects.select_related("changed_by").order_by("domain")
    if text:  # an order that the primary key does not give: else PostgreSQL reads all of that instead of the words
        rows = rows.order_by(Upper("domain"))
    if number := _ror(text):
        return rows.filter(ror=number)
    fits = Q()
    for word in text.split()[:MOST_WORDS]:
        fits &= Q(domain__icontains=word) | Q(organisation__icontains=word)
    host = host_of(text.rpartition("@")[2]).removeprefix("www.")
    return rows.filter(fits | Q(domain__in=with_parents(host))) if "." in host else rows.filter(fits)


def _ror(text: str) -> str:
    """The ROR id that this is; empty where it is none."""
    try:
        return ids.normalise("ror", text)
    except ValueError:
        return ""


def add(*, domain: str, organisation: str, ror: str, status: str, by: User) -> InstitutionDomain:
    """Put a domain on the list; raises ValidationError with what is wrong with it, also when it is on it already."""
    name = _registrable(domain)
    if not name:
        raise ValidationError({"domain": _("That is no domain such as uni.example: leave out https://, paths and @.")})
    if is_public(name):
        raise ValidationError({"domain": _("Anybody can have an address or a page at %s.") % name})
    values = _values(name, organisation, ror, status)
    with _held():
        if InstitutionDomain.objects.filter(domain=name).exists():
            raise ValidationError({"domain": _("%s is on the list already: search for it, and change it.") % name})
        return InstitutionDomain.objects.create(domain=name, origin=MODERATOR, changed_by=by, **values)


def change(*, domain: str, organisation: str, ror: str, status: str, was: str, by: User) -> InstitutionDomain:
    """Set what the list says of a domain; raises ValidationError when its status is not what it `was`, too."""
    values = _values(domain, organisation, ror, status)
    with _held():
        row = InstitutionDomain.objects.get(domain=domain)
        if row.status != was:
            now = row.get_status_display()
            raise ValidationError(_("Somebody changed it meanwhile: it is now “%s”.") % now, code="conflict")
        for name, value in {**values, "origin": MODERATOR, "changed_by": by}.items():
            setattr(row, name, value)
        row.save()
    return row


def _values(domain: str, organisation: str, ror: str, status: str) -> dict[str, str]:
    label = one_line(organisation)
    if not label:
        raise ValidationError({"organisation": _("Name the organisation.")})
    if status not in Status.values:
        raise ValidationError(_("A domain is accepted, looked at by a moderator, or refused."))
    if status == Status.LISTED and judged_loose(domain):
        raise ValidationError(_("People who need not work there have addresses at %s: it cannot be accepted.") % domain)
    number = _ror(ror)
    if ror.strip() and not number:
        raise ValidationError({"ror": _("That is no ROR id such as https://ror.org/05gq02987.")})
    return {"organisation": label, "ror": number, "status": status}
