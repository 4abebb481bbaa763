"""Order of a list, `sort=cited_by_count:desc,title`, and keyset cursors that continue it at any depth.

A cursor holds the last row's values. What follows is asked step by step: rows equal in all but the id, then rows
equal in all but the last field, …; each step is one range of an index, however deep, and the walk ends. Text is
compared in columns with the collation "C", so that a cursor does not depend on the database's language.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, OrderBy, Q, QuerySet
from django.utils.translation import gettext as _

from bzpeer.kit.api.parameters import Parameter, nearest
from bzpeer.kit.api.problems import Mistake, Problem, invalid

START: Final = "*"
LONGEST_CURSOR: Final = 2_000
MOST_FIELDS: Final = 3


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a list can be sorted by.

    `ids_fall` says whether ids fall where this column, as the first one, falls: the direction its index holds.
    """

    column: str
    is_text: bool = False
    nullable: bool = False
    ids_fall: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    column: str
    falls: bool
    is_text: bool = False
    nullable: bool = False

    def order(self) -> OrderBy:
        """Nulls come last in a falling order and first in a rising one, as one index holds them."""
        expression = F(self.column)
        if not self.nullable:
            return expression.desc() if self.falls else expression.asc()
        return expression.desc(nulls_last=True) if self.falls else expression.asc(nulls_first=True)

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.column}__isnull": True}) if value is None else Q(**{self.column: value})

    def beyond(self, value: Any) -> Iterator[Q]:
        """What follows a value, as one or two ranges in order."""
        if value is None:
            if not self.falls:
                yield Q(**{f"{self.column}__isnull": False})
            return
        yield Q(**{f"{self.column}__{'lt' if self.falls else 'gt'}": value})
        if self.nullable and self.falls:
            yield Q(**{f"{self.column}__isnull": True})

    def accepts(self, value: Any) -> bool:
        if value is None:
            return self.nullable
        if self.is_text:
            return isinstance(value, str) and "\0" not in value and _is_encodable(value)
        return type(value) is int and -(2**62) < value < 2**62


class Order:
    """The keys of a list, the id last, so that every row has one place."""

    def __init__(self, keys: Sequence[Key], ids_fall: bool) -> None:
        self.keys = (*keys, Key("pk", ids_fall))
        self.tag = ",".join(f"{key.column}{'-' if key.falls else '+'}" for key in self.keys)

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.order_by(*(key.order() for key in self.keys))

    def after(self, rows: QuerySet[Any], cursor: str, size: int) -> tuple[list[int], str | None]:
        """Ids of the next `size` rows and the cursor after them, None at the end; raises a 400 for a bad cursor."""
        ordered = self.apply(rows).values_list(*(key.column for key in self.keys))
        found: list[tuple[Any, ...]] = []
        for step in self._steps(cursor):
            found += ordered.filter(step)[: size + 1 - len(found)]
            if len(found) > size:
                break
        page = found[:size]
        return [row[-1] for row in page], self._encode(page[-1]) if len(found) > size else None

    def _steps(self, cursor: str) -> Iterator[Q]:
        if cursor == START:
            yield Q()
            return
        values = self._decode(cursor)
        for place in reversed(range(len(self.keys))):
            equal = Q()
            for key, value in zip(self.keys[:place], values, strict=False):
                equal &= key.same(value)
            for beyond in self.keys[place].beyond(values[place]):
                yield equal & beyond

    def _encode(self, row: Sequence[Any]) -> str:
        raw = json.dumps([self.tag, *row], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    def _decode(self, cursor: str) -> list[Any]:
        try:
            tag, *values = json.loads(
                base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            )
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise bad_cursor() from None
        if tag != self.tag or len(values) != len(self.keys):
            raise bad_cursor()
        if not all(key.accepts(value) for key, value in zip(self.keys, values, strict=True)):
            raise bad_cursor()
        return list(values)


def bad_cursor() -> Problem:
    return invalid(
        Mistake(_("This cursor does not belong to this list; start again with cursor=*."), "#/cursor", "cursor")
    )


def parameter(fields: Mapping[str, Field]) -> Parameter:
    """`sort`, which yields an Order, or None where none is asked."""
    return Parameter("sort", lambda text: parse(text, fields))


def parse(text: str, fields: Mapping[str, Field]) -> Order:
    """`name:desc,other` or `-name,other` as an order; raises ValueError with what is wrong."""
    said = [_key(part.strip(), fields) for part in text.split(",")]
    if len(said) > MOST_FIELDS or len({key.column for key, _field in said}) < len(said):
        raise ValueError(_("“sort” takes at most %(most)s different fields.") % {"most": MOST_FIELDS})
    first, field = said[0]
    return Order([key for key, _field in said], first.falls == field.ids_fall)


def _key(part: str, fields: Mapping[str, Field]) -> tuple[Key, Field]:
    name, _colon, direction = part.partition(":")
    falls = direction == "desc"
    if name.startswith("-") and not direction:
        name, falls = name[1:], True
    if name not in fields or direction not in ("", "asc", "desc"):
        said = {"part": part[:50], "near": nearest(name, fields), "names": ", ".join(fields)}
        if name in fields:
            raise ValueError(_("“%(part)s” must end with :asc or :desc, or with neither.") % said)
        if said["near"]:
            raise ValueError(_("This list cannot be sorted by “%(part)s”; the nearest is “%(near)s”.") % said)
        raise ValueError(_("This list cannot be sorted by “%(part)s”, but by: %(names)s.") % said)
    field = fields[name]
    return Key(field.column, falls, field.is_text, field.nullable), field


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
