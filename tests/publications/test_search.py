"""Search over authors, works and topics: by words, phrases, slips, ids."""

from __future__ import annotations

import pytest

from publications import search, search_index
from publications.models import AuthorId, AuthorName, WorkId
from publications.search_models import Kind
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db


def names(found: search.Found) -> list[str]:
    return [record.label for record in found.page(1, 25)]


def people(*listed: str) -> None:
    for place, name in enumerate(listed):
        make_author(name, works_count=len(listed) - place)
    search_index.rebuild()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("joan bruna", ["Joan Bruna"]),
        ("Bruna, Joan", ["Joan Bruna"]),
        ("bruna", ["Joan Bruna"]),
        ("joan", ["Joan Bruna", "Joan Miró"]),
        ("emile", ["Émile Borel"]),
        ("ÉMILE BOREL", ["Émile Borel"]),
        ("lukasz", ["Łukasz Kaiser"]),
        ("王伟", ["王伟"]),
        ("王", ["王伟"]),
        ("miro", ["Joan Miró"]),
    ],
)
def test_a_name_is_found_in_every_script_and_without_its_accents(typed: str, found: list[str]) -> None:
    people("Joan Bruna", "Joan Miró", "Émile Borel", "Łukasz Kaiser", "王伟")

    assert names(search.search_authors(typed)) == found


@pytest.mark.parametrize("typed", ["jaon bruna", "joan brunna", "joan bruba", "jon bruna", "joaan bruna", "joan brna"])
def test_a_slip_in_a_name_is_corrected_and_said(typed: str) -> None:
    people("Joan Bruna", "Joanna Brown", "Ada Lovelace")

    found = search.search_authors(typed)

    assert (names(found), found.corrected) == (["Joan Bruna"], "joan bruna")


def test_the_exact_name_comes_before_names_with_more_works() -> None:
    people("Ada Lovelace Byron", "Ada Lovelace King", "Ada Lovelace")

    assert names(search.search_authors("ada lovelace"))[0] == "Ada Lovelace"


def test_an_author_is_found_by_every_printed_name() -> None:
    author = make_author("Joan Bruna")
    AuthorName.objects.create(author=author, name="J. B. Estrach")
    search_index.rebuild()

    assert names(search.search_authors("estrach")) == ["Joan Bruna"]


def test_hidden_and_merged_people_are_not_found() -> None:
    kept = make_author("Joan Bruna")
    make_author("Joan Hidden", hidden=True)
    make_author("Joan Merged", merged_into=kept)
    search_index.rebuild()

    assert names(search.search_authors("joan")) == ["Joan Bruna"]
    assert [hit.display_name for hit in search.suggest("authors", "joan")] == ["Joan Bruna"]


def test_someone_hidden_after_being_indexed_is_gone_at_once() -> None:
    author = make_author("Joan Bruna")
    search_index.rebuild()

    author.hidden = True
    author.save()

    assert search.search_authors("joan bruna").count == 0
    assert search.suggest("authors", "joan") == []


def test_works_are_found_by_title_before_abstract_and_by_stem() -> None:
    make_work("Learning graphs", abstract="Something else.", arxiv="2401.00001")
    make_work("Something else", abstract="A graph is learned here.", arxiv="2401.00002")
    make_work("Unrelated", abstract="Nothing.", arxiv="2401.00003")

    assert names(search.search_works("graph learning")) == ["Learning graphs", "Something else"]


def test_phrases_exclusions_and_alternatives_are_understood() -> None:
    make_work("Neural graph networks", arxiv="2401.00001")
    make_work("Graph neural networks", arxiv="2401.00002")
    make_work("Random forests", arxiv="2401.00003")

    assert names(search.search_works('"graph neural networks"')) == ["Graph neural networks"]
    assert names(search.search_works("networks -random")) == ["Graph neural networks", "Neural graph networks"]
    assert set(names(search.search_works("forests or neural"))) == {
        "Graph neural networks", "Neural graph networks", "Random forests",
    }  # fmt: skip


def test_accents_and_tex_in_a_title_do_not_hide_it() -> None:
    make_work('On Schr\\"odinger operators', arxiv="2401.00001")
    make_work("Über Gödels Sätze", arxiv="2401.00002")

    assert names(search.search_works("schrodinger")) == ['On Schr\\"odinger operators']
    assert names(search.search_works("godels uber")) == ["Über Gödels Sätze"]


def test_a_slip_in_a_title_is_corrected_and_said() -> None:
    make_work("Graph neural networks", arxiv="2401.00001")
    search_index.rebuild()

    found = search.search_works("grahp neural")

    assert (names(found), found.corrected) == (["Graph neural networks"], "graph neural")


def test_the_most_cited_of_equal_matches_comes_first() -> None:
    make_work("Deep learning", arxiv="2401.00001", cited_by_count=3)
    make_work("Deep learning", arxiv="2401.00002", cited_by_count=900)

    assert [work.cited_by_count for work in search.search_works("deep learning").page(1, 5)] == [900, 3]


def test_works_are_narrowed_by_year_type_and_topic() -> None:
    topic = make_topic()
    make_work("Deep learning", year=2020, topics=[topic], arxiv="2001.00001")
    make_work("Deep sleep", year=2021, type="article", arxiv="2101.00001")

    assert names(search.search_works("deep", year=2021)) == ["Deep sleep"]
    assert names(search.search_works("deep", type="preprint")) == ["Deep learning"]
    assert names(search.search_works("deep", topic=topic.pk)) == ["Deep learning"]


def test_facets_count_what_was_found() -> None:
    topic = make_topic(name="Machine Learning")
    make_work("Deep learning", year=2020, topics=[topic], arxiv="2001.00001")
    make_work("Deep sleep", year=2021, type="article", topics=[topic], arxiv="2101.00001")
    make_work("Shallow water", year=2021, arxiv="2101.00002")

    facets = search.facets(search.search_works("deep"))

    assert [(facet.label, facet.count) for facet in facets.years] == [("2021", 1), ("2020", 1)]
    assert sorted((facet.key, facet.count) for facet in facets.types) == [("article", 1), ("preprint", 1)]
    assert [(facet.label, facet.code, facet.count) for facet in facets.topics] == [("Machine Learning", "cs.LG", 2)]
    assert facets.complete


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "%", "_", "\\", "\x00", "the", "-only", "or", "' \" ( & | !", ":*", "a" * 5000, "\ud800", "$L^2$"],
)
@pytest.mark.parametrize("kind", list(Kind))
def test_odd_queries_find_nothing_and_break_nothing(typed: str, kind: Kind) -> None:
    people("Joan Bruna")
    make_work("Graph neural networks", arxiv="2401.00001")

    assert search.find(kind, typed).count == 0
    assert search.suggest(kind, typed) == []
    assert search.record_of(typed) is None


def test_an_id_leads_to_its_record() -> None:
    author, topic = make_author(), make_topic()
    AuthorId.objects.create(author=author, scheme="orcid", value="0000-0002-1825-0097")
    work = make_work(arxiv="2401.00001")
    WorkId.objects.create(work=work, scheme="doi", value="10.1000/182")

    for typed in (
        author.short_id,
        author.short_id.lower(),
        "https://orcid.org/0000-0002-1825-0097",
        "0000-0002-1825-0097",
    ):
        assert search.record_of(typed) == author
    doi = "10.1000/182"
    for typed in (doi, f"doi:{doi}", f"https:/doi.org/{doi}", "arXiv:2401.00001v3", work.short_id):
        assert search.record_of(typed) == work
    assert search.record_of(topic.short_id) == topic
    assert search.record_of("10.1000/183") is None
    assert search.find(Kind.WORKS, "10.1000/182").best == [work.pk]


def test_an_id_does_not_lead_to_someone_hidden() -> None:
    author = make_author(hidden=True)

    assert search.record_of(author.short_id) is None
    assert search.find(Kind.AUTHORS, author.short_id).count == 0


def test_topics_are_found_by_name_and_code() -> None:
    make_topic("cs.LG", "Machine Learning")
    make_topic("math.AP", "Analysis of PDEs")
    search_index.rebuild()

    assert names(search.search_topics("learning")) == ["Machine Learning"]
    assert names(search.search_topics("cs.LG")) == ["Machine Learning"]
    assert names(search.search_topics("machnie")) == ["Machine Learning"]


def test_the_index_follows_what_an_import_changed() -> None:
    author = make_author("Joan Bruna", works_count=1)
    search_index.refresh(Kind.AUTHORS, [author.pk])
    author.display_name, author.sort_key = "Joan Estrach", "joan estrach"
    author.save()

    search_index.refresh(Kind.AUTHORS, [author.pk])

    assert names(search.search_authors("estrach")) == ["Joan Estrach"]
    assert search.search_authors("bruna").count == 0


def test_a_search_asks_the_same_number_of_questions_for_one_match_and_for_three(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    people("Ada One")
    with django_assert_num_queries(3):
        search.search_authors("ada")
    people("Ada Two", "Ada Three")
    with django_assert_num_queries(3):
        search.search_authors("ada")
