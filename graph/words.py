"""What the graph's script says: a script has no gettext, so its words come with the page (static/js/graph_words.js)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

SAMPLED = 200  # numbers; beyond, every language's rule looks at the last two digits only, or gives the most usual form

Words = dict[str, Any]


def of_the_script() -> Words:
    """Texts by key in the language at hand; the script fills in {name} and {number}. See `counted`."""
    return _in(get_language())


@cache
def _in(_language: str | None) -> Words:
    return _acts() | _relations() | _notes()


def counted(text: Callable[[int], str]) -> Words:
    """{"forms": […], "fits": "101"}: the forms of a text that counts, and which of them fits 0, 1, 2 …

    The catalogue decides, so that its plural rule and the script's cannot differ. The last digit stands for all
    numbers up to SAMPLED; a larger number takes what fits 100 and its last two digits.
    """
    texts = [text(number) for number in range(SAMPLED)]
    forms = list(dict.fromkeys(texts))
    fits = "".join(str(forms.index(text)) for text in texts)
    return {"forms": forms, "fits": fits[: len(fits.rstrip(fits[-1])) + 1]}


def _acts() -> Words:
    return {
        "expand": _("Expand"),
        "expand_name": _("Expand {name}"),
        "collapse": _("Collapse"),
        "collapse_name": _("Collapse {name}"),
        "hide": _("Hide"),
        "hide_name": _("Hide {name}"),
        "show": _("Show again"),
        "show_name": _("Show {name} again"),
        "pin": _("Pin here"),
        "unpin": _("Unpin"),
        "around": _("Start from here"),
        "close": _("Close"),
    }


def _relations() -> Words:
    return {
        "shared": counted(lambda number: ngettext("{number} shared work", "{number} shared works", number)),
        "works": counted(lambda number: ngettext("{number} work", "{number} works", number)),
        "citations": counted(lambda number: ngettext("{number} citation", "{number} citations", number)),
        "authorship": _("wrote it"),
        "cites": _("cites it"),
        "related": _("by the same people"),
        "in_common": counted(lambda number: ngettext("{number} work in common", "{number} works in common", number)),
        "has-topic": _("on this topic"),
        "affiliation": _("was there"),
    }


def _notes() -> Words:
    return {
        "chosen": _("What is chosen"),
        "around_name": _("Around {name}"),
        "nothing_new": _("Nothing that is not shown already."),
        "more_around": _("More stands around it: start from there"),
        "hidden": counted(lambda number: ngettext("{number} is hidden:", "{number} are hidden:", number)),
        "found": counted(lambda number: ngettext("{number} found", "{number} found", number)),
        "failed": _("That could not be loaded. Try again in a moment."),
        "now_shown": counted(
            lambda number: ngettext("{number} thing is shown now.", "{number} things are shown now.", number)
        ),
        "communities": _("Communities"),
        "community": _("Community"),
        "and_people": counted(lambda number: ngettext("and {number} other", "and {number} others", number)),
        "more_works": counted(lambda number: ngettext("{number} more", "{number} more", number)),
        "people": counted(lambda number: ngettext("{number} person ties them:", "{number} people tie them:", number)),
    }
