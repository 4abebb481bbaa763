"""Lines between works, topics and institutions explain themselves as those of authors do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from graph.queries import evidence
from publications.models import Citation, Topic
from tests.corpus import make_author, make_topic, make_work
from tests.graph.factories import make_institution, place, settle, small_corpus
from tests.graph.test_explain import EDGE, ask, titles

pytestmark = pytest.mark.django_db
GRAPH = "/api/v1/graph"


def test_every_line_of_a_slice_around_anything_has_as_many_works_as_it_says(client: Client) -> None:
    root, bea, _cy, first, second, topic = small_corpus()
    elsewhere = make_institution("Elsewhere")
    third = make_work("Third", authors=[root, bea], topics=[topic, make_topic("cs.CL", "Language")], year=2021)
    place(second, elsewhere, [bea])
    place(third, elsewhere, [bea])
    settle()
    seen = set()
    for entity in (root, second, topic, elsewhere):
        for depth in (1, 2):
            answer = client.get(GRAPH, {"root": entity.short_id, "depth": depth}).json()
            for line in (edge["data"] for edge in answer["elements"]["edges"]):
                meta = client.get(EDGE, {"source": line["source"], "target": line["target"]}).json()["meta"]
                ends = line["source"], line["target"]
                assert (*ends, meta["type"], meta["count"]) == (*ends, line["type"], line["works"])
                assert (meta["source"], meta["target"]) == ends
                seen.add((line["source"][0], line["type"], line["target"][0]))

    assert first.short_id != third.short_id
    assert seen == {
        ("A", "coauthor", "A"), ("A", "authorship", "W"), ("A", "has-topic", "T"), ("A", "affiliation", "I"),
        ("W", "cites", "W"), ("W", "related", "W"), ("W", "has-topic", "T"), ("W", "affiliation", "I"),
        ("T", "related", "T"), ("I", "has-topic", "T"), ("I", "related", "I"),
    }  # fmt: skip


def test_a_citation_rests_on_the_work_that_cites(client: Client) -> None:
    root, bea, _cy, first, second, _topic = small_corpus()

    for ends in ((first, second), (second, first)):
        answer = ask(client, *ends)
        people = answer["meta"].pop("people")
        assert answer["meta"] == {
            "source": second.short_id, "target": first.short_id, "type": "cites", "weight": None, "count": 1,
            "count_is_exact": True, "page": 1, "per_page": 25,
            "counts_by_year": [{"year": 2024, "works_count": 1}],
            "cites": [{"citing": second.short_id, "cited": first.short_id}],
        }  # fmt: skip
        assert titles(answer) == ["Second"]
        assert (people["count"], [person["id"] for person in people["results"]]) == (2, [root.short_id, bea.short_id])


def test_two_works_that_cite_each_other_name_both(client: Client) -> None:
    one, other = make_work("One", year=2001), make_work("Other", year=2003)
    for citing, cited in ((one, other), (other, one)):
        Citation.objects.create(citing=citing, cited=cited, scheme="doi", value=f"10.1/{cited.pk}")

    answer = ask(client, other, one)

    assert (answer["meta"]["source"], answer["meta"]["count"], titles(answer)) == (other.short_id, 2, ["Other", "One"])
    assert [pair["citing"] for pair in answer["meta"]["cites"]] == [one.short_id, other.short_id]


def test_works_by_the_same_people_name_them_but_nobody_hidden(client: Client) -> None:
    ada, bea, hidden = make_author("Ada"), make_author("Bea"), make_author("Canary", hidden=True)
    one, other = make_work("One", authors=[hidden, ada, bea]), make_work("Other", authors=[ada, hidden])
    stranger = make_work("Stranger", authors=[bea])

    related, strange = ask(client, one, other), ask(client, other, stranger)

    assert (related["meta"]["type"], sorted(titles(related))) == ("related", ["One", "Other"])
    assert related["meta"]["people"]["count"] == 1
    assert [person["display_name"] for person in related["meta"]["people"]["results"]] == ["Ada"]
    assert (strange["meta"]["count"], strange["results"], strange["meta"]["people"]["count"]) == (0, [], 0)


def test_a_work_and_an_institution_name_who_was_there(client: Client) -> None:
    ada, bea = make_author("Ada"), make_author("Bea")
    work, institute = make_work("One", authors=[ada, bea]), make_institution()
    place(work, institute, [bea])

    answer = ask(client, institute, work)

    assert (answer["meta"]["source"], answer["meta"]["type"], titles(answer)) == (work.short_id, "affiliation", ["One"])
    assert [person["display_name"] for person in answer["meta"]["people"]["results"]] == ["Bea"]
    assert "cites" not in answer["meta"]
    assert ask(client, work, make_institution("Elsewhere"))["results"] == []


def test_topics_and_institutions_have_the_works_of_both_within_years_and_topic(client: Client) -> None:
    ada, maths, music, art = make_author("Ada"), *(make_topic(name, name) for name in ("Maths", "Music", "Art"))
    here, there = make_institution("Here"), make_institution("There")
    for year in (2001, 2002, 2003):
        work = make_work(f"Of {year}", authors=[ada], topics=[maths, music] + [art] * (year == 2002), year=year)
        place(work, here, [ada])
        place(work, there, [ada] * (year > 2001))
    make_work("Maths alone", authors=[ada], topics=[maths])

    assert titles(ask(client, music, maths)) == ["Of 2003", "Of 2002", "Of 2001"]
    assert titles(ask(client, maths, there)) == titles(ask(client, here, there)) == ["Of 2003", "Of 2002"]
    assert titles(ask(client, here, music, to_year=2002)) == ["Of 2002", "Of 2001"]
    assert titles(ask(client, here, music, topic=art.short_id)) == ["Of 2002"]
    assert titles(ask(client, ada, maths, topic=art.short_id)) == ["Of 2002"]
    assert ask(client, maths, there)["meta"]["source"] == there.short_id


def test_merged_works_are_behind_no_line(client: Client) -> None:
    maths, music = make_topic("math", "Maths"), make_topic("music", "Music")
    kept = make_work("Kept", topics=[maths, music])
    make_work("Copy", topics=[maths, music], merged_into=kept)

    assert titles(ask(client, maths, music)) == ["Kept"]


def test_of_more_works_than_are_counted_the_last_to_arrive_are(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    maths, music = make_topic("math", "Maths"), make_topic("music", "Music")
    for number in range(4):
        make_work(f"Work {number}", topics=[maths, music], year=2000 + number)
    Topic.objects.update(works_count=4)
    monkeypatch.setattr(evidence, "COUNTED", 3)

    answer = ask(client, maths, music)

    assert (answer["meta"]["count"], answer["meta"]["count_is_exact"]) == (3, False)
    assert titles(answer) == ["Work 3", "Work 2", "Work 1"]


@pytest.mark.parametrize("ends", [("W", "W"), ("W", "T"), ("W", "I"), ("T", "T"), ("T", "I"), ("I", "I")])
def test_what_is_not_there_is_not_found(client: Client, ends: tuple[str, str]) -> None:
    made: dict[str, Any] = {"W": make_work(), "T": make_topic(), "I": make_institution()}

    asked = {"source": made[ends[0]].short_id, "target": f"{ends[1]}999999"}

    assert client.get(EDGE, asked).status_code == 404
