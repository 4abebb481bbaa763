"""The explorer: a slice on a page of its own, with its whole state in the address."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bzpeer.kit.api.problems import Problem, carry, not_found
from graph import listing, questions, slices
from publications import search
from publications.models import Author, Institution, Topic, Work
from publications.search import Hit, Kind

LIMITS = (40, 80, 120, 250, 500)
STRENGTHS = (1, 2, 3, 5, 10)
_MODELS = {Kind.AUTHORS: Author, Kind.TOPICS: Topic, Kind.INSTITUTIONS: Institution, Kind.WORKS: Work}
FOUND = 8  # of each kind in answer to a search


@dataclass(slots=True)
class Form:
    """What was asked for, as the form shows it again, and what is wrong with it."""

    values: dict[str, str]
    kinds: list[tuple[str, str, bool]]
    errors: dict[str, str] = field(default_factory=dict)
    topics: list[tuple[str, str]] = field(default_factory=list)  # (short id, name) of those shown and the chosen one

    @property
    def limit(self) -> int:
        return self._number("limit", questions.DEFAULT_LIMIT)

    @property
    def limits(self) -> list[int]:
        return sorted({*LIMITS, self.limit})

    @property
    def strength(self) -> int:
        return self._number("strength", 1)

    @property
    def strengths(self) -> list[int]:
        return sorted({*STRENGTHS, self.strength})

    def _number(self, name: str, default: int) -> int:
        given = self.values.get(name, "")
        return int(given) if given.isascii() and given.isdigit() else default

    def offer_topics(self, question: questions.Question, found: slices.Slice) -> None:
        """The topics shown beside the root, by name, and what was chosen."""
        beside = (node["data"] for node in found.nodes[1:])
        offered = {data["id"]: data["label"] for data in beside if data["type"] == questions.TOPIC}
        if question.topic:
            self.values["topic"] = questions.short_id(questions.TOPIC, question.topic)
            offered.setdefault(self.values["topic"], Topic.objects.get(pk=question.topic).label)
        self.topics = sorted(offered.items(), key=lambda topic: (topic[1].casefold(), topic[0]))


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """A slice with its filters; without a root a search for one."""
    asked = _asked(request.GET)
    form = Form({name: str(value) for name, value in asked.items()}, _kinds(asked))
    query = search.clean(request.GET.get("q", ""))
    if "root" not in asked:
        return render(request, "graph/explorer.html", {"form": form, "sought": query, "found": _find(query)})
    try:
        question = questions.read(asked)
        found = _answer(question)
    except slices.MergedRootError as merged:
        asked["root"] = merged.into
        return HttpResponsePermanentRedirect(f"{reverse('graph_explorer')}?{asked.urlencode(safe=',')}")
    except Problem as refusal:
        form.errors = {mistake.pointer.removeprefix("#/"): mistake.detail for mistake in refusal.mistakes}
        context = {"form": form, "refusal": "" if form.errors else refusal.detail}
        return carry(refusal, render(request, "graph/explorer.html", context, status=refusal.status_code))
    form.values["root"] = question.root
    form.offer_topics(question, found)
    return render(request, "graph/explorer.html", {"form": form, "slice": found, "root": found.nodes[0]["data"]})


def _answer(question: questions.Question) -> slices.Slice:
    try:
        return slices.answer(question)
    except slices.UnknownRootError:
        raise not_found(_("author, work, topic or institution"), question.root) from None


def _asked(query: QueryDict) -> QueryDict:
    """The parameters of a slice as the API reads them: a form sends empty fields, and kinds one by one."""
    asked = QueryDict(mutable=True)
    for parameter in questions.PARAMETERS:
        given = [value.strip() for value in query.getlist(parameter.name) if value.strip()]
        if given:
            asked[parameter.name] = ",".join(given) if parameter.name == "types" else given[-1]
    return asked


def _kinds(asked: QueryDict) -> list[tuple[str, str, bool]]:
    chosen = asked.get("types", "").split(",") if "types" in asked else questions.KINDS
    return [(kind, str(listing.NAMES[kind]), kind in chosen) for kind in listing.ORDER]


def _find(query: str) -> list[tuple[str, list[Hit]]]:
    """What a search finds, by kind; an id finds its record."""
    if not query:
        return []
    if (record := search.record_of(query)) is not None:
        kind = next((kind for kind in _MODELS if isinstance(record, _MODELS[kind])), None)
        return [(str(kind.label), search.hits(kind, [record]))] if kind else []
    answers = ((kind, search.find(kind, query)) for kind in _MODELS)
    return [(str(kind.label), search.hits(kind, found.page(1, FOUND))) for kind, found in answers if found.best]
