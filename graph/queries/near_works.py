"""The works one step from the root of a slice: all of them up to a bound, beyond it the leading ones, by four indexes.

A topic or an institution of more works than are read at once is known by those that arrived last, those among the
most cited and the newest works of the corpus, and the latest works of the people with the most works there.
"""

from __future__ import annotations

from graph import ranking
from graph.queries import Within, WorkRow, bounded, rows

OF_AUTHOR = 5_000  # works of one author that are read, the last to arrive first
WHOLE = 10_000  # works of a topic or an institution that are ranked, the last to arrive first
LEADING_WORKS = 2_000  # the best of these: all that counts beyond the ranking
AFFILIATIONS = 50_000  # of an institution's people, behind those works
FOREMOST = 10_000  # of the most cited, and of the newest works of the corpus, looked at for a larger root
LEADING_PEOPLE, RECENT = 60, 30  # people who stand for a larger root, and how many of their latest works are read
NEAR_TEAM, CITING = 25, 200  # first authors of a work, and references, that lead to other works

_FACTS = "select work.id, work.publication_year, work.cited_by_count, work.authors_count"

_OF_AUTHOR = """
{facts}
from publications_authorship mine join publications_work work on work.id = mine.work_id
where mine.author_id = %(root)s and {{counts}}
order by work.id desc limit %(of_author)s
"""

_NEAR_WORK = """
with team as (
    select mine.author_id
    from publications_authorship mine
    join publications_author author on author.id = mine.author_id
        and not author.hidden and author.merged_into_id is null
    where mine.work_id = %(root)s order by mine.position limit %(team)s
), found as (
    (select recent.work_id as id, 1 as shared, 0 as cites, 0 as cited
     from team cross join lateral (
        select work_id from publications_authorship theirs where theirs.author_id = team.author_id
        order by work_id desc limit %(recent)s) recent)
    union all
    (select distinct cited_id, 0, 1, 0 from publications_citation
     where citing_id = %(root)s and cited_id is not null order by cited_id desc limit %(citing)s)
    union all
    (select distinct citing_id, 0, 0, 1 from publications_citation
     where cited_id = %(root)s order by citing_id desc limit %(citing)s)
)
{facts}, sum(found.shared)::int, sum(found.cites) > 0, sum(found.cited) > 0
from found join publications_work work on work.id = found.id
where work.id <> %(root)s and {{counts}}
group by work.id
"""

# The last to arrive; `mine` limits what is read before anything is known of the works.
_ARRIVED = {
    "topic": """
    (select work_id as id from publications_worktopic
     where topic_id = %(root)s order by work_id desc limit %(whole)s)""",
    "institution": """
    (select mine.work_id as id
     from (select authorship_id from publications_authorshipinstitution
           where institution_id = %(root)s order by authorship_id desc limit %(affiliations)s) place
     join publications_authorship mine on mine.id = place.authorship_id
     group by 1 order by 1 desc limit %(whole)s)""",
}

_FOREMOST = """
    union
    (select work.id
     from ((select id from publications_work order by cited_by_count desc, id desc limit %(foremost)s)
           union
           (select id from publications_work
            where publication_year between %(from_year)s and %(to_year)s
            order by publication_year desc nulls last, publication_date desc nulls last, id desc limit %(foremost)s)
          ) work
     where exists ({belongs}))
    union
    (select recent.work_id
     from (select author_id from {people}
           where {root} = %(root)s order by works_count desc, author_id limit %(leading)s) leader
     cross join lateral (
        select work_id from publications_authorship theirs where theirs.author_id = leader.author_id
        order by work_id desc limit %(recent)s) recent
     join publications_work work on work.id = recent.work_id
     where exists ({belongs}))"""

_BELONGS = {
    "topic": "select from publications_worktopic label where label.work_id = work.id and label.topic_id = %(root)s",
    "institution": """select from publications_authorship mine
        join publications_authorshipinstitution place on place.authorship_id = mine.id
        where mine.work_id = work.id and place.institution_id = %(root)s""",
}
_PEOPLE = {"topic": "publications_authortopic", "institution": "publications_authorinstitution"}

# The order is that of graph.ranking.work_score.
_IN_PLACE = """
with reached as materialized ({reached}), known as (
    {facts}, max(work.publication_year) over () as newest, count(*) over () as total
    from reached join publications_work work on work.id = reached.id
    where {{counts}}
)
select id, publication_year, cited_by_count, authors_count, (
    select count(*) from publications_authorship theirs
    where theirs.work_id = best.id and theirs.author_id in (
        select author_id from {people}
        where {root} = %(root)s order by works_count desc, author_id limit %(leading)s)), total
from (
    select id, publication_year, cited_by_count, authors_count, total from known
    order by (1 + ln(1 + cited_by_count))
        * power(0.5, coalesce(newest - publication_year, %(unknown_age)s) / %(half_life)s::float8)
        * least(1, %(full_team)s::float8 / greatest(authors_count, 1)) desc, id
    limit %(leading_works)s
) best
"""


def works_near(kind: str, root: int, within: Within, *, all_of_it: bool = True) -> tuple[list[WorkRow], int]:
    """Works of an author, near a work, or the best of a topic or an institution; and how many there were.

    `all_of_it` is false for a topic or institution of more than WHOLE works: then the leading ones are looked for too.
    """
    found = rows(_statement(kind, all_of_it), {"root": root} | within._asdict())
    if kind in _ARRIVED:
        return [WorkRow(*row[:-1]) for row in found], found[0][-1] if found else 0
    return [WorkRow(*row) for row in found], len(found)


def _statement(kind: str, all_of_it: bool) -> str:
    if kind == "author":
        return bounded(_OF_AUTHOR.format(facts=_FACTS), of_author=OF_AUTHOR)
    if kind == "work":
        return bounded(_NEAR_WORK.format(facts=_FACTS), team=NEAR_TEAM, recent=RECENT, citing=CITING)
    led_by = {"people": _PEOPLE[kind], "root": f"{kind}_id"}
    foremost = _FOREMOST.format(belongs=_BELONGS[kind], **led_by)
    return bounded(
        _IN_PLACE.format(reached=_ARRIVED[kind] + ("" if all_of_it else foremost), facts=_FACTS, **led_by),
        whole=WHOLE,
        affiliations=AFFILIATIONS,
        foremost=FOREMOST,
        leading=LEADING_PEOPLE,
        recent=RECENT,
        leading_works=LEADING_WORKS,
        half_life=ranking.HALF_LIFE,
        unknown_age=ranking.UNKNOWN_AGE,
        full_team=ranking.FULL_TEAM,
    )
