"""A slice as words: the same things as in the picture, grouped by kind, each with what it has to do with the root."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from graph.questions import AUTHOR, INSTITUTION, TOPIC, WORK

ORDER = (AUTHOR, WORK, TOPIC, INSTITUTION)
NAMES = {
    AUTHOR: gettext_lazy("People"),
    WORK: gettext_lazy("Works"),
    TOPIC: gettext_lazy("Topics"),
    INSTITUTION: gettext_lazy("Institutions"),
}
SHOWN = 5  # of each kind before the rest is folded


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a slice; `relation` says in words what connects it with the root."""

    id: str
    kind: str
    label: str
    url: str
    relation: str
    is_retracted: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Everything of one kind, the most important first; `omitted` counts what had no room."""

    kind: str
    name: str
    items: list[Item]
    omitted: int

    @property
    def first(self) -> list[Item]:
        return self.items[:SHOWN]

    @property
    def rest(self) -> list[Item]:
        return self.items[SHOWN:]


def groups(document: dict[str, Any]) -> list[Group]:
    """What stands beside the root, by kind; kinds without anything are left out."""
    root, *nodes = (node["data"] for node in document["elements"]["nodes"])
    items = [_item(data, root["type"]) for data in nodes]
    omitted = document["meta"]["omitted"]
    made = (
        Group(kind, str(NAMES[kind]), [item for item in items if item.kind == kind], omitted.get(kind, 0))
        for kind in ORDER
    )
    return [group for group in made if group.items or group.omitted]


def _item(data: dict[str, Any], root_kind: str) -> Item:
    return Item(
        id=data["id"],
        kind=data["type"],
        label=data["label"],
        url=data["url"],
        relation=", ".join(_relation(data, root_kind)),
        is_retracted=data.get("is_retracted", False),
    )


def _relation(data: dict[str, Any], root_kind: str) -> Iterable[str]:
    if data["ring"] == 2 and data["type"] != WORK:
        yield _("one step further")
    if data["type"] == WORK:
        yield from _of_a_work(data)
    elif root_kind == WORK:
        if data["type"] == AUTHOR and data["ring"] == 1:
            yield _works(data["works_count"])
    else:
        both_are_people = data["type"] == root_kind == AUTHOR and data["ring"] == 1
        yield _shared_works(data["shared_works"]) if both_are_people else _works(data["shared_works"])
        yield from _years(data["first_year"], data["last_year"])


def _of_a_work(data: dict[str, Any]) -> Iterable[str]:
    said = {"cites": _("cited here"), "cited": _("cites this"), "related": _("by the same people")}
    if data.get("relation") in said:
        yield said[data["relation"]]
    if data["ring"] == 2:
        yield _("one step further")
    if data["year"]:
        yield str(data["year"])
    if data["cited_by_count"]:
        cited = data["cited_by_count"]
        yield ngettext("{number} citation", "{number} citations", cited).format(number=cited)


def _works(number: int) -> str:
    return ngettext("{number} work", "{number} works", number).format(number=number)


def _shared_works(number: int) -> str:
    return ngettext("{number} shared work", "{number} shared works", number).format(number=number)


def _years(first: int | None, last: int | None) -> Iterable[str]:
    if first is not None and last is not None:
        yield str(first) if first == last else f"{first}–{last}"
