"""The questions a slice asks PostgreSQL: each one statement, bounded whatever the corpus holds, facts without ranking.

`Within` says which works count; a work without a year has the year 0, so that it stands outside any real bound.
Merged works and hidden or merged authors never come back.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from bzpeer.kit import hot

# For a table `work`: whether it is one of those that count. {counts} in a statement stands for it.
COUNTS = """work.merged_into_id is null
    and coalesce(work.publication_year, 0) between %(from_year)s and %(to_year)s"""
COUNTS_ON_TOPIC = f"""{COUNTS} and exists (
    select from publications_worktopic wanted where wanted.work_id = work.id and wanted.topic_id = %(topic)s)"""


class Within(NamedTuple):
    """Which works count: bounds on their years, and a topic that they must carry."""

    from_year: int = -1
    to_year: int = 9_999
    topic: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether some works do not count, so that what is kept of all works cannot answer."""
        return self != EVERYTHING


EVERYTHING = Within()


class WorkRow(NamedTuple):
    """A work near the root, with the facts it is ranked by."""

    number: int
    year: int | None
    cited_by: int
    team: int
    shared: int = 0  # authors in common with the root; of a topic or an institution, with those who lead there
    cites: bool = False  # the root cites it
    cited: bool = False  # it cites the root


class TieRow(NamedTuple):
    """Something that shares works with the root, or with the people shown."""

    number: int
    works: int
    weight: float
    first_year: int | None = None
    last_year: int | None = None


class LineRow(NamedTuple):
    """A connection between two things shown."""

    type: str
    source: int
    target: int
    works: int
    weight: float
    first_year: int | None
    last_year: int | None


def rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Prepared once for each connection: planning the larger of these takes longer than running them."""
    return hot.rows(sql.replace("{counts}", COUNTS_ON_TOPIC if params.get("topic") else COUNTS), params)


def bounded(sql: str, **bounds: float) -> str:
    """The statement with its bounds written out: one plan serves all parameters, and only so it knows the limits."""
    for name, bound in bounds.items():
        sql = sql.replace(f"%({name})s", str(bound))
    return sql
