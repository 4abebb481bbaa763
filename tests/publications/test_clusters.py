"""What is shown of a work, from its records."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from publications import clusters
from publications.records import AuthorRef, InstitutionRef, SourceRef, TopicRef, WorkRecord


def record(provider: str, number: str = "1", **fields: Any) -> WorkRecord:
    fields.setdefault("title", "A title")
    fields.setdefault("ids", {})
    return WorkRecord(provider=provider, provider_id=number, **fields)


PREPRINT = record(
    "arxiv",
    title="On $x^2$",
    abstract="We show $x^2$.",
    type="preprint",
    publication_year=2023,
    publication_date=date(2023, 11, 1),
    updated_date=date(2024, 2, 1),
    ids={"arxiv": "2311.00001"},
    source=SourceRef(name="arXiv", kind="repository", ids={"arxiv": "arxiv"}),
    authors=(AuthorRef(name="Joan Example"), AuthorRef(name="Wei Wang")),
    topics=(TopicRef(scheme="arxiv", code="cs.LG", name="Machine Learning"),),
    collaborations=("The LHC Collaboration",),
)
ARTICLE = record(
    "openalex",
    title="On x2",
    abstract="We show x2.",
    type="article",
    publication_year=2024,
    publication_date=date(2024, 5, 1),
    ids={"doi": "10.5555/one", "openalex": "w1"},
    source=SourceRef(name="Journal of Invention", kind="journal", ids={"issn": "1234-5679"}),
    authors=(
        AuthorRef(
            name="J. Example",
            ids={"openalex": "a1"},
            affiliations=("Institute",),
            institutions=(InstitutionRef(name="Institute", ids={"openalex": "i1"}),),
        ),
        AuthorRef(name="W. Wang", ids={"openalex": "a2"}),
    ),
    is_retracted=True,
    cited_by_count=7,
    references=(("openalex", "w2"),),
    collaborations=("LHC Collaboration",),
)


def test_the_authors_own_text_the_published_form_and_the_first_date_are_shown() -> None:
    view = clusters.compose([ARTICLE, PREPRINT])

    assert (view.title, view.abstract, view.type) == ("On $x^2$", "We show $x^2$.", "article")
    assert (view.publication_year, view.publication_date, view.updated_date) == (
        2023,
        date(2023, 11, 1),
        date(2024, 2, 1),
    )
    assert view.source == ARTICLE.source
    assert view.ids == (("arxiv", "2311.00001"), ("doi", "10.5555/one"), ("openalex", "w1"))
    assert (view.is_retracted, view.stated_cited_by_count) == (True, 7)
    assert view.collaborations == ("The LHC Collaboration",)


def test_authors_are_enriched_with_what_another_record_knows() -> None:
    joan, wei = clusters.compose([PREPRINT, ARTICLE]).authors

    assert (joan.name, joan.ids, joan.affiliations) == ("Joan Example", {"openalex": "a1"}, ("Institute",))
    assert [i.name for i in joan.institutions] == ["Institute"]
    assert (wei.name, wei.ids) == ("Wei Wang", {"openalex": "a2"})


def test_the_order_of_records_changes_nothing() -> None:
    third = record("acl", title="On x squared", authors=(AuthorRef(name="Joan Example"),), language="en")

    views = [clusters.compose(order) for order in permutations([PREPRINT, ARTICLE, third])]

    assert all(view == views[0] for view in views)
    assert views[0].title == "On x squared"
    assert len(views[0].authors) == 2, "a list that is cut short gives no authors"


def test_a_record_survives_being_kept() -> None:
    for one in (PREPRINT, ARTICLE):
        assert clusters.load(clusters.encode(one).decode()) == one


@pytest.mark.parametrize("other", ["ON THE MATTER OF THINGS", "On the Matter of Things.", "On  the matter\nof things"])
def test_spellings_of_one_title_have_one_key(other: str) -> None:
    assert clusters.title_key(other) == clusters.title_key("On the matter of things")


def test_titles_in_every_script_have_a_key() -> None:
    assert clusters.title_key("Über die Σ-Algebra 図書") == clusters.title_key("über die σ-algebra 図書") != ""


def test_a_short_title_or_a_missing_year_identifies_nothing() -> None:
    people = (AuthorRef(name="Ada One"),)

    assert clusters.match_key(record("x", title="Preface", publication_year=2020, authors=people)) == ""
    assert clusters.match_key(record("x", title="A title that is long enough", authors=people)) == ""
    assert clusters.match_key(record("x", title="A title that is long enough", publication_year=2020)) == ""


def test_cleaning_moves_groups_and_drops_the_nameless() -> None:
    given = record("x", authors=tuple(AuthorRef(name=n) for n in ("Ada One", "…", "The LHC Collaboration")))

    cleaned = clusters.clean(given)

    assert ([a.name for a in cleaned.authors], cleaned.collaborations) == (["Ada One"], ("The LHC Collaboration",))
