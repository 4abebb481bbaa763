"""What the generator invents before anything is written: ids, names, places, and a corpus shaped like a field."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from stdnum import isni, issn

from publications.generator import ids, names, people, places, prose, topics
from publications.generator.shard import Shard
from publications.generator.works import Corpus, invent_corpus

WORKS = 3000


@pytest.fixture(scope="module")
def invented() -> Corpus:
    return invent_corpus(WORKS, 1)


def test_check_digits_are_right_for_any_number() -> None:
    for number in (0, 1, 9, 11, 1234, 5_000_007, 999_999_999):
        assert isni.is_valid(ids.orcid(number).removeprefix("https://orcid.org/"))
    for number in (3, 77, 4321, 9999):
        assert issn.is_valid(ids.issn(number))


def test_ror_like_ids_have_the_check_digits_of_real_ones(shared_data: Path) -> None:
    # 00f54p054 is a real id (its number in base 32 and 98 - number * 100 % 97): the same sum must hold for ours
    for code in ["00f54p054", ids.ror(1)[-9:], ids.ror(500)[-9:]]:
        value = 0
        for letter in code[1:7]:
            value = value * 32 + ids.BASE32.index(letter)
        assert 98 - (value * 100) % 97 == int(code[7:])


def test_arxiv_ids_are_unique_and_dated_like_the_work() -> None:
    assert ids.arxiv(2024, 3, 0, "cs.LG") == "2403.99999"
    assert ids.arxiv(2009, 12, 41, "math.AG") == "0912.9958"
    assert ids.arxiv(1999, 1, 3, "hep-th") == "hep-th/9901996"
    assert ids.arxiv(1999, 1, 3, "econ.EM") == "math/9901996"
    assert ids.arxiv(1999, 1, 2000, "hep-th") == ""


def test_productivity_teams_and_citations_follow_power_laws(invented: Corpus) -> None:
    regular = len(invented.people) - invented.people.crowd
    works = np.bincount(invented.authors, minlength=len(invented.people))[:regular]
    works = np.sort(works[works > 0])[::-1]
    teams = np.diff(invented.first)
    cited = np.sort(invented.references.cited_by)[::-1]

    assert 60 <= works[0] <= 180
    assert (works >= 60).sum() >= 5
    assert works[: len(works) // 100].sum() > 0.08 * works.sum()
    assert (works == 1).mean() > 0.3
    assert sorted(teams)[-1] >= 300
    assert sorted(teams)[-3] <= 60
    assert 2.9 < np.delete(teams, np.argsort(teams)[-2:]).mean() < 4.5
    assert cited[:30].sum() > 0.2 * cited.sum()


def test_prolific_authors_have_a_career_worth_a_page(invented: Corpus) -> None:
    owner = np.repeat(np.arange(WORKS), np.diff(invented.first))
    works = np.bincount(invented.authors, minlength=len(invented.people))
    for person in np.argsort(works)[::-1][:5]:
        mine = owner[invented.authors == person]
        about = np.unique(invented.topics[mine])
        small = mine[np.diff(invented.first)[mine] <= 10]
        others = Counter(invented.authors[np.isin(owner, small)].tolist())

        assert 10 <= (about >= 0).sum() <= 28
        homes = {Shard(invented, 0).person(int(person)).place(int(year)) for year in invented.year[mine]}
        assert len(homes) >= 2
        assert sum(count >= 2 for count in others.values()) >= 10


def test_works_a_year_grow_until_2026(invented: Corpus) -> None:
    years = np.bincount(invented.year - people.FIRST_YEAR)

    assert len(years) == 36
    assert years[:12].sum() < years[12:24].sum() < years[24:].sum()
    assert years[-3:].mean() > 4 * years[:3].mean()


def test_every_name_can_be_written_in_tex_and_with_initials() -> None:
    assert names.tex_accents("Lluís Łukasz Jørgen") == "Llu\\'is {\\L}ukasz J{\\o}rgen"
    assert names.tex_accents("王安") == "王安"
    assert names.initial("Jean-Marc") == "J.-M."
    for culture in names.cultures():
        for turn in range(0, 3000, 97):
            name = names.compose(culture, turn, turn * 7, turn)
            assert name.full.strip() == name.full
            assert name.initials
            assert "|" not in name.full
            assert "=" not in name.full


def test_there_are_two_hundred_topics_in_twenty_fields_and_no_town_twice() -> None:
    fields, known = topics.load()
    everywhere = places.institutions(places.ALL)

    assert (len(fields), len(known), len({topic.name for topic in known})) == (20, 200, 200)
    assert len({place.name for place in everywhere}) == len(everywhere) > 1500
    assert len({place.ror for place in everywhere}) == len(everywhere)
    assert prose.grammars().keys() == {field.grammar for field in fields}
