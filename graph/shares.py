"""Short links: one row for each state of the explorer, under a code that the state decides.

The state is what questions and walk let through, in one canonical form, so a link leads to the explorer and nowhere
else. Equal states share a row; how many new rows a client and all clients together may make is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from bzpeer.kit import allowance
from bzpeer.kit.api import parameters
from bzpeer.kit.api.problems import Mistake, Problem, invalid, not_found
from graph import questions, slices, walk
from graph.models import LONGEST_STATE, SharedView

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike
CODE_LENGTH = 10  # 31^10: nobody meets a link by trying
PER_CLIENT, WINDOW = 30, 3600  # new links of one client in so many seconds
PER_DAY = 20_000  # new links of everybody
_ASKED = tuple(parameter.name for parameter in questions.PARAMETERS)
_WALKED = tuple(parameter.name for parameter in walk.PARAMETERS if parameter.name not in _ASKED)


@dataclass(frozen=True, slots=True)
class State:
    """What the explorer shows: a question around a visible root, and what was done with its answer."""

    question: questions.Question
    walked: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """The canonical query of the explorer's address; what says the same as nothing is left out."""
        return urlencode([("root", self.question.root), *_differing(self.question), *self.walked], safe=",")


def read(query: QueryDict) -> State:
    """The state that an explorer's query names; raises a Problem that names every mistake.

    Empty fields are passed over, as forms send them; a merged root stands for what it was merged into.
    """
    asked = parameters.read(_without_empty(query), (*walk.PARAMETERS, *questions.PARAMETERS))
    question = questions.checked({name: asked[name] for name in _ASKED})
    walked = tuple((name, asked[name]) for name in _WALKED if asked[name])
    state = State(_around_visible(question), walked)
    if len(state.query) > LONGEST_STATE:
        raise invalid(Mistake(_("This state is too long for a link; undo some steps."), "#", "too-long"))
    return state


def query_of(meta: Mapping[str, Any]) -> str:
    """The query of the explorer's address that shows a slice, by the slice's own description."""
    said = [("root", str(meta["root"]))]
    for parameter in questions.PARAMETERS:
        value = meta.get(parameter.name)
        value = tuple(value) if isinstance(value, list) else value
        if parameter.name != "root" and value is not None and value != parameter.default:
            said.append((parameter.name, ",".join(value) if isinstance(value, tuple) else str(value)))
    return urlencode(said, safe=",")


def read_text(text: str, pointer: str = "#/query") -> State:
    """The state of a query string, with or without its question mark."""
    try:
        return read(QueryDict(text.strip().removeprefix("?")[: 4 * LONGEST_STATE]))
    except (TooManyFieldsSent, RequestDataTooBig):
        raise invalid(Mistake(_("This is no address of the graph explorer."), pointer)) from None


def read_address(text: str) -> State:
    """The state of an explorer's address on this site, whole or from its path on; raises a Problem."""
    parts = local_parts(text)
    if parts is None or parts.path != reverse("graph_explorer"):
        detail = _("“url” must be an address of the graph explorer on this site: %(address)s?root=…")
        raise invalid(Mistake(detail % {"address": settings.BASE_URL + reverse("graph_explorer")}, "#/url"))
    return read_text(parts.query, "#/url")


def local_parts(text: str) -> SplitResult | None:
    """The parts of an address of this site, whole or from its path on; None for any other."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    ours = urlsplit(settings.BASE_URL)
    is_here = parts.netloc == ours.netloc and parts.scheme in ("http", "https")
    return parts if is_here or (not parts.scheme and not parts.netloc) else None


def share(query: str, *, client: str) -> tuple[SharedView, bool]:
    """The link of a State's query, and whether it is new; raises a Problem when there were too many new ones."""
    for code in _codes(query):
        link = SharedView.objects.filter(code=code).first()
        is_new = False
        if link is None:
            link, is_new = _create(code, query, client)
        if link.state == query:
            return link, is_new
    raise AssertionError("codes do not end")


def find(code: str) -> SharedView | None:
    """The link with this code, in letters of any case."""
    return SharedView.objects.filter(code=code.lower()).first()


def explorer_address(query: str) -> str:
    return f"{reverse('graph_explorer')}?{query}"


def short_address(link: SharedView) -> str:
    """The whole address of a link."""
    return settings.BASE_URL + reverse("graph_link", args=[link.code])


def _create(code: str, query: str, client: str) -> tuple[SharedView, bool]:
    """A new row, or the row of somebody who was quicker; raises a Problem when there were too many new ones."""
    allowance.take("graph-link", client, most=PER_CLIENT, seconds=WINDOW)
    today = SharedView.objects.filter(created_at__gt=timezone.now() - timedelta(days=1))
    if today.order_by()[:PER_DAY].count() >= PER_DAY:
        raise Problem("throttled", _("Too many links were made today."), headers={"Retry-After": str(WINDOW)})
    try:
        with transaction.atomic():
            return SharedView.objects.create(code=code, state=query), True
    except IntegrityError:
        return SharedView.objects.get(code=code), False


def _codes(state: str) -> Iterator[str]:
    """The code of a state, and others in case that one is another state's."""
    attempt = 0
    while True:
        number = int.from_bytes(salted_hmac("graph.shares", f"{attempt} {state}", algorithm="sha256").digest(), "big")
        letters = []
        for _place in range(CODE_LENGTH):
            number, letter = divmod(number, len(LETTERS))
            letters.append(LETTERS[letter])
        yield "".join(letters)
        attempt += 1


def _without_empty(query: QueryDict) -> QueryDict:
    """Kinds come one by one from a form."""
    asked = QueryDict(mutable=True)
    for name, values in query.lists():
        given = [value.strip() for value in values if value.strip()]
        if name == "types" and given:
            asked[name] = ",".join(given)
        elif given:
            asked.setlist(name, given)
    return asked


def _around_visible(question: questions.Question) -> questions.Question:
    try:
        slices.root_of(question)
    except slices.MergedRootError as merged:
        into = questions.split_root(merged.into)
        return replace(question, number=into[1]) if into else question
    except slices.UnknownRootError:
        raise not_found(_("author, work, topic or institution"), question.root) from None
    return question


def _differing(question: questions.Question) -> Iterator[tuple[str, str]]:
    """What a question asks besides its root that differs from asking nothing."""
    for parameter in questions.PARAMETERS:
        value = getattr(question, parameter.name, None)
        if parameter.name == "root" or value is None or value == parameter.default:
            continue
        if parameter.name == "topic":
            yield "topic", questions.short_id(questions.TOPIC, value)
        else:
            yield parameter.name, ",".join(value) if isinstance(value, tuple) else str(value)
