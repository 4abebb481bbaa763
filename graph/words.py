"""What the graph's script says: a script has no gettext, so its words come with the page (static/js/graph_words.js)."""

from __future__ import annotations

from django.utils.translation import gettext as _


def of_the_script() -> dict[str, str]:
    """Texts by key; the singular of a key that counts ends in `_one`. {name} and {number} are filled in there."""
    return _acts() | _relations() | _notes()


def _acts() -> dict[str, str]:
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


def _relations() -> dict[str, str]:
    return {
        "shared_one": _("{number} shared work"),
        "shared": _("{number} shared works"),
        "works_one": _("{number} work"),
        "works": _("{number} works"),
        "citations_one": _("{number} citation"),
        "citations": _("{number} citations"),
        "authorship": _("wrote it"),
        "cites": _("cites it"),
        "related": _("by the same people"),
        "has-topic": _("on this topic"),
        "affiliation": _("was there"),
    }


def _notes() -> dict[str, str]:
    return {
        "chosen": _("What is chosen"),
        "around_name": _("Around {name}"),
        "nothing_new": _("Nothing that is not shown already."),
        "more_around": _("More stands around it: start from there"),
        "hidden_one": _("{number} is hidden:"),
        "hidden": _("{number} are hidden:"),
        "found_one": _("{number} found"),
        "found": _("{number} found"),
        "failed": _("That could not be loaded. Try again in a moment."),
        "now_shown": _("{number} things are shown now."),
        "communities": _("Communities"),
        "community": _("Community"),
        "and_people_one": _("and {number} other"),
        "and_people": _("and {number} others"),
        "more_works": _("{number} more"),
    }
