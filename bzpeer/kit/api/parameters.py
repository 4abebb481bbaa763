"""Parameters of an address: declared once, read strictly. An unknown one is refused with the nearest known name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bzpeer.kit.api.problems import Mistake, invalid
from bzpeer.kit.text import one_line

LONGEST_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `parse` turns its text into a value or raises ValueError with what it must be."""

    name: str
    parse: Callable[[str], Any]
    default: Any = None


def number(name: str, low: int, high: int, default: int | None = None) -> Parameter:
    def parse(text: str) -> int:
        if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20 and low <= int(text) <= high:
            return int(text)
        raise ValueError(
            _("“%(name)s” must be a whole number from %(low)s to %(high)s.") % {"name": name, "low": low, "high": high}
        )

    return Parameter(name, parse, default)


def text(name: str, default: str = "", longest: int = LONGEST_TEXT) -> Parameter:
    """Any text on one line, without controls; longer text is refused."""

    def parse(given: str) -> str:
        said = one_line(given)
        if len(said) <= longest:
            return said
        raise ValueError(
            ngettext(
                "“%(name)s” must have at most %(longest)s letter.",
                "“%(name)s” must have at most %(longest)s letters.",
                longest,
            )
            % {"name": name, "longest": longest}
        )

    return Parameter(name, parse, default)


def choice(name: str, values: Sequence[str], default: str | None = None) -> Parameter:
    def parse(given: str) -> str:
        return _one_of(name, given, values)

    return Parameter(name, parse, default)


def choices(name: str, values: Sequence[str], default: Sequence[str] | None = None) -> Parameter:
    """A comma-separated list of known values, in the order of `values`, each once."""

    def parse(given: str) -> tuple[str, ...]:
        said = {_one_of(name, value.strip(), values) for value in given.split(",")}
        return tuple(value for value in values if value in said)

    return Parameter(name, parse, tuple(values if default is None else default))


def read(query: QueryDict, parameters: Iterable[Parameter]) -> dict[str, Any]:
    """The value of each parameter; raises a 400 that lists everything that is wrong."""
    known = {parameter.name: parameter for parameter in parameters}
    values: dict[str, Any] = {name: parameter.default for name, parameter in known.items()}
    mistakes: list[Mistake] = []
    for name, given in query.lists():
        if name not in known:
            mistakes.append(Mistake(_unknown(name, known), _pointer(name), "unknown"))
        elif len(given) > 1:
            mistakes.append(
                Mistake(_("“%(name)s” is given more than once.") % {"name": name}, _pointer(name), "repeated")
            )
        else:
            try:
                values[name] = known[name].parse(given[0])
            except ValueError as error:
                mistakes.append(Mistake(str(error), _pointer(name), "invalid"))
    if mistakes:
        raise invalid(*mistakes)
    return values


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that comes nearest, or nothing."""
    return next(iter(difflib.get_close_matches(name[:50].lower(), list(known), n=1, cutoff=0.5)), "")


def _unknown(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    if near := nearest(name, names):
        return _("There is no parameter “%(name)s”; the nearest is “%(near)s”.") % {"name": name[:50], "near": near}
    if not names:
        return _("There is no parameter “%(name)s”; this address takes none.") % {"name": name[:50]}
    return _("There is no parameter “%(name)s”; there are: %(names)s.") % {"name": name[:50], "names": ", ".join(names)}


def _one_of(name: str, given: str, values: Sequence[str]) -> str:
    if given in values:
        return given
    near = nearest(given, values)
    said = {"name": name, "given": given[:50], "values": ", ".join(values), "near": near}
    if near:
        raise ValueError(_("“%(given)s” is no value of “%(name)s”; the nearest is “%(near)s”.") % said)
    raise ValueError(_("“%(given)s” is no value of “%(name)s”; there are: %(values)s.") % said)


def _pointer(name: str) -> str:
    return "#/" + name[:50].replace("~", "~0").replace("/", "~1")
