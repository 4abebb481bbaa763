"""What the cards of works, topics and institutions say beside their pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from graph.card import Card
from graph.questions import AUTHOR, INSTITUTION, TOPIC, WORK
from graph.slices import Slice
from publications.models import Authorship, Work

NAMED = 2  # authors of a work
EYEBROWS = {
    AUTHOR: gettext_lazy("Author"),
    TOPIC: gettext_lazy("Topic"),
    INSTITUTION: gettext_lazy("Institution"),
}


def card_of(found: Slice) -> Card:
    """The card of a slice's root."""
    data = found.nodes[0]["data"]
    if data["type"] == WORK:
        return Card(WORK, _of_work(data), data["label"], tuple(_work_lines(data)))
    counted = Counter(node["data"]["type"] for node in found.nodes[1:])
    around = ngettext("%(count)s person in the picture", "%(count)s people in the picture", counted[AUTHOR])
    lines = [works_counted(data["works_count"])]
    if counted[AUTHOR]:
        lines.append(around % {"count": counted[AUTHOR]})
    return Card(data["type"], str(EYEBROWS[data["type"]]), data["label"], tuple(lines))


def works_counted(count: int) -> str:
    return ngettext("%(count)s work", "%(count)s works", count) % {"count": intcomma(count)}


def digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _of_work(data: dict[str, Any]) -> str:
    kind = str(Work.Type(data["work_type"]).label).capitalize()
    return f"{kind}, {data['year']}" if data["year"] else kind


def _work_lines(data: dict[str, Any]) -> Iterable[str]:
    if data["is_retracted"]:
        yield _("Retracted")
    yield _authors_of(int(data["id"][1:]), data["authors_count"])
    if data["cited_by_count"]:
        cited = ngettext("%(count)s citation", "%(count)s citations", data["cited_by_count"])
        yield cited % {"count": intcomma(data["cited_by_count"])}


def _authors_of(work: int, count: int) -> str:
    """The first authors as printed, or how many there are."""
    rows = Authorship.objects.filter(work=work).order_by("position")[:NAMED]
    names = [row.raw_name for row in rows.select_related("author") if not (row.author and row.author.hidden)]
    others = count - len(names)
    if not names:
        return ngettext("%(count)s author", "%(count)s authors", count) % {"count": intcomma(count)}
    if not others:
        return ", ".join(names)
    said = ngettext("%(names)s and %(count)s other", "%(names)s and %(count)s others", others)
    return said % {"names": ", ".join(names), "count": intcomma(others)}
