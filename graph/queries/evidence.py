"""Works behind a line: which works two things share, a page of them with their number; whatever was merged is out."""

from __future__ import annotations

from collections.abc import Sequence

from graph.queries import rows

Pair = tuple[int, int]

_SHARED = """
select pair.one, pair.two, shared.id
from unnest(%(ones)s::bigint[], %(twos)s::bigint[]) with ordinality pair(one, two, place)
cross join lateral (
    select work.id, work.publication_year
    from publications_authorship mine
    join publications_authorship theirs on theirs.work_id = mine.work_id and theirs.author_id = pair.two
    join publications_work work on work.id = mine.work_id
        and work.merged_into_id is null and work.authors_count <= %(largest_team)s
    where mine.author_id = pair.one
    order by work.publication_year desc nulls last, work.id desc limit %(most)s
) shared
order by pair.place, shared.publication_year desc nulls last, shared.id desc
"""


def shared_works(pairs: Sequence[Pair], *, largest_team: int, most: int) -> dict[Pair, list[int]]:
    """The newest works of each pair of authors: one statement for all pairs."""
    found: dict[Pair, list[int]] = {pair: [] for pair in pairs}
    params = {"ones": [one for one, _ in pairs], "twos": [two for _, two in pairs]}
    for one, two, work in rows(_SHARED, params | {"largest_team": largest_team, "most": most}):
        found[one, two].append(work)
    return found
