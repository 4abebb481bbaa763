"""Whether the name of an account could be a name of a record."""

from __future__ import annotations

from collections.abc import Iterable

from publications import names
from publications.identity import initials_fit
from publications.models import Author, AuthorName

MOST_NAMES = 200


def agree(name: str, author: Author) -> bool:
    """Whether a person's own spelling fits one of the record's printed names: same surname, given names that agree."""
    printed = AuthorName.objects.filter(author=author).values_list("name", flat=True)[:MOST_NAMES]
    return fits(name, {author.display_name, *printed})


def fits(name: str, printed: Iterable[str]) -> bool:
    """Whether a person's own spelling could be one of these names."""
    return bool(name.strip()) and any(could_be(name, other) for other in printed)


def could_be(a: str, b: str) -> bool:
    """Whether two names may be one person's: equal, or the same surname with initials that fit."""
    key_a, key_b = names.key(a), names.key(b)
    if key_a == key_b or sorted(key_a.split()) == sorted(key_b.split()):
        return bool(key_a)
    if names.block(a) != names.block(b):
        return False
    short, full = sorted((a, b), key=lambda name: (not names.is_initials(name), len(name)))
    return names.is_initials(short) and initials_fit(names.key(short), names.key(full))
