"""Works as lines of OpenAlex's snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from publications.generator import ids, names, places, prose, topics
from publications.generator.shard import Paper, Person, Shard
from publications.generator.works import ARXIV_ONLY, BOTH, BY_ARXIV, BY_DOI

MALFORMED_EVERY = 1000  # lines
STUB_EVERY = 900  # lines
DOMAINS = {"Life Sciences": 1, "Social Sciences": 2, "Physical Sciences": 3, "Health Sciences": 4}
SINGLES = [[place] for place in range(1000)]  # more than an abstract has words
ARXIV_SOURCE = "https://openalex.org/S4306400194"  # the repository is real

encode = msgspec.json.Encoder().encode


def lines(shard: Shard, papers: list[Paper]) -> Iterator[tuple[bytes, bool]]:
    """Each line, and whether it is one of the deliberately broken ones."""
    count = 0
    for paper in papers:
        if paper.mode == ARXIV_ONLY:
            continue
        yield encode(_row(shard, paper)), False
        count += 1
        if count % STUB_EVERY == 300:
            yield encode(_stub(paper, count)), True
        if count % MALFORMED_EVERY == 400:
            yield encode(_row(shard, paper))[: 300 + count % 97], True


def _stub(paper: Paper, count: int) -> dict[str, Any]:
    """A record without a title, as grants are."""
    number = ids.openalex("W", ids.ELSEWHERE - 1 - paper.number)
    return {"id": number, "doi": None, "title": None, "display_name": None, "type": "grant", "authorships": [],
            "publication_year": paper.year, "is_retracted": False, "cited_by_count": count % 2}  # fmt: skip


def _row(shard: Shard, paper: Paper) -> dict[str, Any]:
    """The record; fields that the generator has nothing for are empty, as in most real records."""
    authorships = _authorships(shard, paper)
    cited_by = int(shard.corpus.references.cited_by[paper.number])
    return {
        **_head(paper),
        **_standing(paper),
        "authorships": authorships,
        "countries_distinct_count": len({code for row in authorships for code in row["countries"]}),
        "corresponding_author_ids": [],
        "has_fulltext": False,
        "cited_by_count": cited_by,
        "biblio": _biblio(paper),
        "is_retracted": paper.retracted,
        "is_paratext": False,
        **_topics(paper),
        "sustainable_development_goals": [],
        "grants": [],
        **_references(shard, paper),
        "related_works": [],
        "abstract_inverted_index": _inverted(paper.abstract) if paper.draws[9] % 100 < 88 else None,
        "counts_by_year": _counts_by_year(paper, cited_by),
        "updated_date": f"2026-10-{paper.day:02d}T08:00:00.000000",
        "created_date": f"{min(2026, paper.year + 1)}-01-{paper.day:02d}",
    }


def _head(paper: Paper) -> dict[str, Any]:
    number = ids.openalex("W", ids.WORK + paper.number)
    doi = f"https://doi.org/{paper.doi}" if paper.doi else None
    title = _title(paper)
    return {
        "id": number,
        "doi": doi,
        "title": title,
        "display_name": title,
        "publication_year": paper.year,
        "publication_date": paper.date,
        "ids": {"openalex": number, "doi": doi} if doi else {"openalex": number},
        "language": "en",
        "indexed_in": _indexed_in(paper),
        "apc_list": None,
        "apc_paid": None,
    }


def _standing(paper: Paper) -> dict[str, Any]:
    """The type, where the work stands, and whether one may read it there."""
    kind, kind_crossref = _type(paper)
    locations = _locations(paper, kind)
    open_url = next((place["pdf_url"] for place in locations if place["pdf_url"]), None)
    return {
        "type": kind,
        "type_crossref": kind_crossref,
        "primary_location": locations[0],
        "locations_count": len(locations),
        "locations": locations,
        "open_access": {
            "is_oa": open_url is not None,
            "oa_status": "green" if open_url else "closed",
            "oa_url": open_url,
            "any_repository_has_fulltext": open_url is not None,
        },
    }


def _topics(paper: Paper) -> dict[str, Any]:
    about = [_topic(topic.number, 0.999 - 0.07 * rank) for rank, topic in enumerate(paper.topics)]
    return {"primary_topic": about[0], "topics": about, "concepts": [], "mesh": []}


def _title(paper: Paper) -> str:
    """The title; two records of one work differ in capitals or a final stop at times."""
    draw = paper.draws[35] % 100
    if draw < 20 and "$" not in paper.title:
        return prose.headline(paper.title)
    return f"{paper.title}." if draw < 24 else paper.title


def _type(paper: Paper) -> tuple[str, str]:
    """OpenAlex's type and Crossref's."""
    draw = paper.draws[36] % 100
    if paper.topics[0].field.grammar == "humanities" and draw < 30:
        return ("book-chapter", "book-chapter") if draw < 20 else ("book", "book")
    if len(paper.authors) == 1 and draw < 12:
        return "dissertation", "dissertation"
    if not paper.doi and paper.mode == BOTH:
        return "preprint", "posted-content"
    if draw > 97:
        return "dataset", "dataset"
    return "article", "proceedings-article" if paper.venue.kind == "conference" else "journal-article"


def _indexed_in(paper: Paper) -> list[str]:
    found = ["crossref"] if paper.doi else []
    if paper.topics[0].field.family in ("clinical", "life") and paper.doi:
        found.append("pubmed")
    return found if paper.mode != BOTH or paper.match != BY_ARXIV else [*found, "arxiv"]


@cache
def _source(number: int) -> msgspec.Raw:
    venue = places.venues()[number]
    repository = venue.kind == "repository"
    row = {
        "id": ARXIV_SOURCE if number == 0 else venue.openalex_id,
        "display_name": venue.name,
        "issn_l": venue.issn,
        "issn": [venue.issn] if venue.issn else None,
        "is_oa": repository,
        "is_in_doaj": False,
        "host_organization": None,
        "type": venue.kind,
    }
    return msgspec.Raw(encode(row))


def _location(landing: str, pdf: str | None, source: int | None, version: str) -> dict[str, Any]:
    return {
        "is_oa": pdf is not None,
        "landing_page_url": landing,
        "pdf_url": pdf,
        "source": None if source is None else _source(source),
        "license": None,
        "version": version,
        "is_accepted": version != "submittedVersion",
        "is_published": version == "publishedVersion",
    }


def _locations(paper: Paper, kind: str) -> list[dict[str, Any]]:
    """Where the work stands: the publisher's page first, arXiv when that is how the records can be matched."""
    found: list[dict[str, Any]] = []
    if paper.doi:
        pdf = f"https://repository.example/{paper.doi}.pdf" if paper.draws[37] % 3 == 0 else None
        source = None if kind in ("book", "book-chapter") else paper.venue.number
        found.append(_location(f"https://doi.org/{paper.doi}", pdf, source, "publishedVersion"))
    if paper.mode == BOTH and paper.match in (BY_ARXIV, BY_DOI) and (paper.match == BY_ARXIV or paper.draws[37] % 2):
        url = f"arxiv.org/abs/{paper.arxiv}"
        found.append(_location(f"http://{url}", f"https://arxiv.org/pdf/{paper.arxiv}", 0, "submittedVersion"))
    if not found:
        source = 1 if kind == "dissertation" else 2
        landing = f"https://repository.example/works/{paper.number}"
        found.append(_location(landing, f"{landing}.pdf", source, "submittedVersion"))
    return found


@cache
def _topic(number: int, score: float) -> msgspec.Raw:
    topic = topics.load()[1][number]
    url = "https://openalex.org/"
    row = {
        "id": topic.openalex_id,
        "display_name": topic.name,
        "score": round(score, 4),
        "subfield": {"id": f"{url}subfields/{9900 + topic.field.number}", "display_name": topic.field.subfield},
        "field": {"id": f"{url}fields/{990 + topic.field.number}", "display_name": topic.field.name},
        "domain": {"id": f"{url}domains/{DOMAINS[topic.field.domain]}", "display_name": topic.field.domain},
    }
    return msgspec.Raw(encode(row))


@cache
def _home(number: int) -> tuple[places.Place, list[msgspec.Raw], list[str]]:
    """An institution, and what an authorship states of it."""
    place = places.institutions(places.ALL)[number]
    row = {
        "id": place.openalex_id,
        "display_name": place.name,
        "ror": place.ror,
        "country_code": place.country_code,
        "type": place.type,
        "lineage": [place.openalex_id],
    }
    return place, [msgspec.Raw(encode(row))], [place.country_code]


def _authorships(shard: Shard, paper: Paper) -> list[dict[str, Any]]:
    last = len(paper.authors) - 1
    rows = [_authorship(shard.person(number), paper, rank, last) for rank, number in enumerate(paper.authors)]
    if last > 200:
        rows.append(_of_collaboration(paper))
    return rows


def _authorship(person: Person, paper: Paper, rank: int, last: int) -> dict[str, Any]:
    second = person.second_number if paper.number % 3 == 0 else 0
    without = (paper.draws[38] + rank) % 12 == 0
    place, institutions, countries = _home(person.place(paper.year))
    return {
        "author_position": "first" if rank == 0 else "last" if rank == last else "middle",
        "author": {
            "id": f"https://openalex.org/A{ids.AUTHOR + (second or person.number)}",
            "display_name": person.name.full,
            "orcid": None if second else person.orcid,
        },
        "institutions": [] if without else institutions,
        "countries": [] if without else countries,
        "is_corresponding": rank == 0,
        "raw_author_name": _raw_name(person.name, paper, person.prints_native),
        "raw_affiliation_strings": [] if without else [_address(place, paper, person.number)],
    }


def _raw_name(name: names.PersonName, paper: Paper, native: bool) -> str:
    """As printed: initials, inverted, in the script of home, or spelled out."""
    draw = paper.draws[39] % 100
    if native and name.native and draw < 50:
        return name.native
    if draw < 8:
        return name.initials
    return name.inverted if draw < 11 else name.full


def _address(place: places.Place, paper: Paper, number: int) -> str:
    subfield = paper.topics[0].field.subfield
    match number % 5:
        case 0:
            return place.address
        case 1:
            return f"Dept. of {subfield}, {place.address}"
        case 2 if paper.number % 60 == 0:
            return f"{place.address}. author{number}@mail.example.org"
        case _:
            return f"Department of {subfield}, {place.address}"


def _of_collaboration(paper: Paper) -> dict[str, Any]:
    name = f"{paper.collaboration} Collaboration"
    return {
        "author_position": "last",
        "author": {"id": ids.openalex("A", ids.AUTHOR - 1 - paper.number), "display_name": name, "orcid": None},
        "institutions": [],
        "countries": [],
        "is_corresponding": False,
        "raw_author_name": name,
        "raw_affiliation_strings": [],
    }


def _biblio(paper: Paper) -> dict[str, str | None]:
    first = paper.draws[7] % 900 + 1
    return {
        "volume": str(paper.year - 1980),
        "issue": str(paper.draws[8] % 12 + 1),
        "first_page": str(first),
        "last_page": str(first + paper.draws[8] % 30),
    }


def _references(shard: Shard, paper: Paper) -> dict[str, Any]:
    """Cited works; a negative number stands for one that the corpus does not hold."""
    first = shard.corpus.references.first
    cited = shard.corpus.references.cited[first[paper.number] : first[paper.number + 1]].tolist()
    numbers = [f"https://openalex.org/W{ids.WORK + n if n >= 0 else ids.ELSEWHERE - n}" for n in dict.fromkeys(cited)]
    return {"referenced_works_count": len(numbers), "referenced_works": numbers}


def _inverted(abstract: str) -> dict[str, list[int]]:
    """Places of each word; most words stand once and share the lists that never change."""
    index: dict[str, list[int]] = {}
    for single, word in zip(SINGLES, abstract.split(" "), strict=False):
        known = index.setdefault(word, single)
        if known is not single:
            index[word] = known + single
    return index


def _counts_by_year(paper: Paper, cited_by: int) -> list[dict[str, int]]:
    """The last three years' citations, at most."""
    years = range(2026, max(paper.year, 2024) - 1, -1)
    each = cited_by // (2027 - paper.year + 1)
    return [{"year": year, "cited_by_count": each} for year in years] if each else []
