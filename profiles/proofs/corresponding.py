"""Class C2: a code sent to the corresponding address that a source of one of the works carries for this author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from bzpeer.kit.keyed import keyed_hash
from profiles.claiming import domains
from profiles.models import Claim, ProofAttempt
from profiles.proofs.base import TWO_YEARS, NotVerified, Offer, Text, Verified
from profiles.proofs.codes import CodeProof
from publications import names
from publications.models import Author, Authorship, Record

MOST_WORKS: Final = 500
MOST_AUTHORS: Final = 100  # of a work: longer lists say nothing of whose an address is, and take long to read
MOST_SHOWN: Final = 8
SHORTEST_NAME: Final = 4  # letters by which an address can be somebody's
_GROUP: Final = re.compile(r"[{(\[]([^{}()\[\]@]{3,300})[})\]]\s?@\s?([A-Za-z0-9.-]{4,253})")
_PLAIN: Final = re.compile(r"(?<![\w.+{}@-])([\w.'+-]{1,64})\s?@\s?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
# Mailboxes of several people.
_SHARED: Final = re.compile(
    r"^(?:admin|administrator|all|authors?|collaboration|conference|contact|correspondence|department|dept|editors?|"
    r"enquir\w*|help\w*|hostmaster|info\w*|inquir\w*|journal|lab|list|mail|mailbox|maintainers?|members|no-?reply|"
    r"office|postmaster|press|publications?|research|root|secretar\w*|service|support|team|user|webmaster)$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An address and the work whose source carries it."""

    address: str
    work_id: int
    title: str
    year: int | None

    @property
    def label(self) -> str:
        title = self.title if len(self.title) <= 80 else f"{self.title[:79]}…"
        return f"{domains.masked(self.address)}: {title}{f' ({self.year})' if self.year else ''}"


class ChoiceForm(forms.Form):
    """Which of the addresses; the choices are the claim's."""

    choice = forms.ChoiceField(
        label=_("Address printed in a work"),
        help_text=_("A code is sent there. If you no longer read any of them, use another proof."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the address that the code is sent to.")},
    )

    def __init__(self, *args: Any, claim: Claim | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = addresses(claim.author) if claim else []
        choices = [(_token(claim, row), row.label) for row in found if claim]
        self.fields["choice"].choices = choices  # type: ignore[attr-defined] # of a ChoiceField
        if len(choices) == 1:
            self.initial.setdefault("choice", choices[0][0])


class CorrespondingProof(CodeProof):
    method: ClassVar[str] = "corresponding-mail"
    kind: ClassVar[str] = "C"
    name: ClassVar[Text] = _("Address printed in a work")
    gives: ClassVar[Text] = _("Level 2 after seven days without an objection")
    takes: ClassVar[Text] = _("Two minutes, with your mailbox at hand")
    asks: ClassVar[type[forms.Form] | None] = ChoiceForm

    def form(self, claim: Claim, data: Mapping[str, Any] | None = None) -> forms.Form:
        return ChoiceForm(data, claim=claim)

    def offer(self, claim: Claim) -> Offer:
        if addresses(claim.author):
            return Offer(possible=True, why=_("A source of these works carries an address of yours."))
        why = _("No source of these works carries an address that is surely this author’s. Use another proof.")
        return Offer(possible=False, why=why)

    def start(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> None:
        found = addresses(attempt.claim.author)
        chosen = next((row for row in found if _token(attempt.claim, row) == answers.get("choice")), None)
        if chosen is None:
            raise NotVerified("address-not-in-works")
        attempt.hint, attempt.data = domains.masked(chosen.address), {"work": chosen.work_id}
        self.send_code(attempt, chosen.address)

    def verify(self, attempt: ProofAttempt, answers: Mapping[str, Any]) -> Verified:
        self.check_code(attempt, answers)
        if attempt.target not in {row.address for row in addresses(attempt.claim.author)}:
            raise NotVerified("address-not-in-works")  # an import or a merge came between
        return Verified(
            method=self.method,
            issuer=domains.judge(attempt.target).issuer,  # whose mailbox it is, so that B by the same one counts once
            secret_subject=attempt.target.lower(),
            valid=TWO_YEARS,
            seen={"work": attempt.data.get("work")},
        )


def _token(claim: Claim, row: Found) -> str:
    """What the page sends back in place of the address."""
    return keyed_hash("corresponding", f"{claim.pk}:{row.address}")[:24]


# ---------------------------------------------------------------- addresses in sources


def addresses(author: Author) -> list[Found]:
    """Addresses that are surely this author's, those of the newest works first, each once."""
    rows = Authorship.objects.filter(author=author, work__merged_into__isnull=True)
    rows = rows.filter(work__authors_count__lte=MOST_AUTHORS).select_related("work")
    carrying = Record.objects.filter(data__icontains="@")
    rows = rows.filter(work__records__data__icontains="@").distinct()
    newest = rows.order_by("-work__publication_year", "-work_id").prefetch_related(
        Prefetch("work__records", queryset=carrying, to_attr="carrying")
    )
    found: dict[str, Found] = {}
    for row in newest[:MOST_WORKS]:
        for record in row.work.carrying:
            for address in own_addresses(record.data, row.name_key):
                found.setdefault(address, Found(address, row.work_id, row.work.title, row.work.publication_year))
    usable = (row for row in found.values() if domains.judge(row.address).verdict != domains.REFUSED)
    return [row for row, _turn in zip(usable, range(MOST_SHOWN), strict=False)]


def own_addresses(data: Mapping[str, Any], name_key: str) -> list[str]:
    """What a record carries for the author of this folded name; pure.

    Either it stands in this author's own affiliation and in nobody else's, or it is spelled like this author and like
    no other; of an abstract only its one address counts. A record with two authors of the name says nothing.
    """
    authors = list(data.get("authors") or ())
    own = [author for author in authors if names.key(str(author.get("name", ""))) == name_key]
    if len(own) != 1:
        return []
    others = [author for author in authors if author is not own[0]]
    mine = dict.fromkeys(_in_author(own[0]))
    theirs = {address for author in others for address in _in_author(author)}
    sole = len(mine) == 1 and not theirs.intersection(mine)
    in_abstract = dict.fromkeys(in_text(str(data.get("abstract") or "")))
    candidates = dict.fromkeys(mine, sole)
    if len(in_abstract) == 1:
        candidates.setdefault(next(iter(in_abstract)), not others)
    return [a for a, is_sure in candidates.items() if is_sure or _is_spelled_like(a, own[0], others)]


def _in_author(author: Mapping[str, Any]) -> Iterator[str]:
    for text in (str(author.get("name", "")), *(author.get("affiliations") or ())):
        yield from in_text(str(text))


def in_text(text: str) -> Iterator[str]:
    """Addresses of persons in a text, groups such as {joan, yann}@uni.example taken apart; the domain in lower case."""
    if "@" not in text:
        return
    for group in _GROUP.finditer(text):
        yield from _persons(re.split(r"[,;|/\s]+", group[1]), group[2])
    for plain in _PLAIN.finditer(_GROUP.sub(" ", text)):
        yield from _persons([plain[1]], plain[2])


def _persons(locals_: Iterable[str], domain: str) -> Iterator[str]:
    domain = domain.strip(".-").lower()
    for local in locals_:
        local = local.strip(".'+-")
        if local.isascii() and local and not _SHARED.match(local.lower()) and domains.registrable_domain(domain):
            yield f"{local}@{domain}"


def _is_spelled_like(address: str, author: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the address is spelled like this author's name and like no co-author's."""
    return _fits(address, author) and not any(_fits(address, other) for other in others)


def _fits(address: str, author: Mapping[str, Any]) -> bool:
    letters = re.sub(r"[^a-z]", "", address.partition("@")[0].lower())
    words = names.key(str(author.get("name", ""))).split()
    return any(len(word) >= SHORTEST_NAME and word in letters for word in words)
