"""The form of an invitation as a page shows it: what it may refer to, and how the receiver will see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from profiles.collaborating import markdown
from profiles.collaborating.collaboration_forms import SENTENCES
from profiles.models import Invitation
from publications.models import Author, AuthorTopic, Topic, Work

OFFERED = 20  # of each list
MOST_FOUND = 30
HIDDEN = ("abstract", "abstract_html")


@dataclass(frozen=True, slots=True)
class Purpose:
    value: str
    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Option:
    """A work or topic to refer to."""

    thing: Any
    is_chosen: bool

    @property
    def pk(self) -> int:
        return int(self.thing.pk)


@dataclass(frozen=True, slots=True)
class Group:
    """A list to choose from; `name` is the field's."""

    id: str
    name: str
    label: str
    options: list[Option]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    purpose: str
    html: SafeString
    works: list[Work]
    topics: list[Topic]


def purposes() -> list[Purpose]:
    return [Purpose(str(one), str(one.label), str(SENTENCES[one])) for one in Invitation.Purpose]


def preview(purpose: str, message: str, works: list[Work], topics: list[Topic]) -> Preview:
    """Raises ValidationError where the message is empty or too long."""
    html = markdown.to_html(markdown.cleaned(message))
    labels = dict(Invitation.Purpose.choices)
    return Preview(str(labels.get(purpose, "")), html, works, topics)


def chosen(model: Any, numbers: Iterable[int]) -> list[Any]:
    """What has these numbers, in their order; raises ValidationError for one that there is not."""
    wanted = list(numbers)[:50]
    shown = model.objects.visible() if model is Work else model.objects.all()
    found = shown.defer(*(HIDDEN if model is Work else ())).in_bulk(wanted)
    missing = [f"{model.prefix}{number}" for number in wanted if number not in found]
    if missing:
        raise ValidationError(_("There is nothing with the number %(ids)s.") % {"ids": ", ".join(missing)})
    return [found[number] for number in wanted]


def groups(own: Author, theirs: Author, q: str, works: Iterable[int], topics: Iterable[int]) -> list[Group]:
    """The lists to choose from; what is chosen stands first and each thing once."""
    picked, named = set(works), set(topics)
    found = _works(own, q) + _works(theirs, q) if q.strip() else []
    lists = [
        ("chosen", _("Chosen works"), list(Work.objects.visible().defer(*HIDDEN).filter(pk__in=picked)), True),
        ("found", _("Found"), found[:MOST_FOUND], True),
        ("own", _("Your latest works"), _works(own), False),
        ("theirs", _("Their latest works"), _works(theirs), False),
    ]
    return [*_groups("works", lists, picked), *_groups("topics", _topics(own, theirs, named), named)]


def _groups(name: str, lists: Iterable[tuple[str, str, list[Any], bool]], picked: set[int]) -> list[Group]:
    seen: set[int] = set()
    made = []
    for key, label, things, is_open in lists:
        new = [thing for thing in dict.fromkeys(things) if thing.pk not in seen]
        seen |= {thing.pk for thing in new}
        options = [Option(thing, thing.pk in picked) for thing in new]
        made.append(Group(f"{name}-{key}", name, label, options, is_open))
    return made


def _works(author: Author, q: str = "") -> list[Work]:
    words = Q()
    for word in q.split()[:8]:
        words &= Q(title__icontains=word)
    rows = Work.objects.by(author).visible().filter(words).defer(*HIDDEN)
    return list(rows.newest_first()[: MOST_FOUND if q else OFFERED])


def _topics(own: Author, theirs: Author, named: set[int]) -> list[tuple[str, str, list[Any], bool]]:
    mine, yours = _topics_of(own), _topics_of(theirs)
    return [
        ("chosen", _("Chosen topics"), list(Topic.objects.filter(pk__in=named)), True),
        ("both", _("Topics of both of you"), [topic for topic in mine if topic in yours], False),
        ("own", _("Your topics"), mine, False),
        ("theirs", _("Their topics"), yours, False),
    ]


def _topics_of(author: Author) -> list[Topic]:
    rows = AuthorTopic.objects.filter(author=author).order_by("-works_count", "topic").select_related("topic")
    return [row.topic for row in rows[:OFFERED]]
