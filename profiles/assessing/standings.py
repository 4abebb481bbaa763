"""What accounts add to a record's standing: claim, proofs, contest, and the organisations of verified people near it.

Few records have any of it, so it is fetched by sets for those that do and joined to the corpus's figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from profiles.account import accounts
from profiles.assessing import levels
from profiles.claiming import evidence, ledger
from profiles.models import Assessment, Claim, Dispute


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An approved claim, as far as a level reads it."""

    claim: levels.Claim
    evidence: tuple[levels.Evidence, ...] = ()
    contested: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Social:
    """Organisations of verified people: among close collaborators, and among followers."""

    collaborators: int = 0
    followers: int = 0


def owned(author_ids: Sequence[int], on: date) -> dict[int, Owned]:
    """What stands behind those of these records that have an owner, in a fixed number of queries."""
    rows = Claim.objects.filter(author__in=author_ids, status=Claim.Status.APPROVED, user__isnull=False)
    claims = {claim.author_id: claim for claim in rows}
    if not claims:
        return {}
    users = [claim.user_id for claim in claims.values() if claim.user_id is not None]
    confirmed, factors = accounts.with_confirmed_address(users), accounts.with_second_factor(users)
    ledgers, contests = evidence.of_records(claims), _contests(claims)
    return {
        author_id: _owned(
            claim,
            ledgers.get(author_id, ()),
            contests.get(author_id),
            address_confirmed=claim.user_id in confirmed,
            multi_factor=claim.user_id in factors,
        )
        for author_id, claim in claims.items()
    }


def _contests(author_ids: Iterable[int]) -> dict[int, datetime]:
    rows = Dispute.objects.filter(author__in=list(author_ids), **Dispute.CONTESTED)
    return {row.author_id: row.appealed_at or row.opened_at for row in rows}


def _owned(
    claim: Claim,
    entries: Iterable[ledger.Entry],
    contested: datetime | None,
    *,
    address_confirmed: bool,
    multi_factor: bool,
) -> Owned:
    """Proofs of the owner's account only; of those given after a contest began none."""
    assert claim.user_id is not None and claim.approved_at is not None  # noqa: PT018 - constraint an_owner_is_known
    proofs = [proof for proof in ledger.proofs(entries) if proof.entry.holder == claim.user_id]
    before = [proof for proof in proofs if contested is None or proof.entry.at < contested]
    moderators = {name for proof in before if proof.ended is None for name in proof.entry.checked_by}
    stands = levels.Claim(
        approved=claim.approved_at.astimezone(UTC).date(),
        address_confirmed=address_confirmed,
        multi_factor=multi_factor,
        moderators=frozenset(moderators),
    )
    found = tuple(proof.as_evidence() for proof in before)
    return Owned(claim=stands, evidence=found, contested=contested.astimezone(UTC).date() if contested else None)


def with_owner(standing: levels.Standing, stands: Owned | None) -> levels.Standing:
    """The corpus's standing with what an owner adds."""
    if stands is None:
        return standing
    return replace(standing, claim=stands.claim, evidence=stands.evidence, contested=stands.contested)


def without_vouches(author_id: int) -> levels.Standing | None:
    """The standing on which somebody may vouch for others; None without an assessment."""
    current = Assessment.objects.filter(author=author_id, is_current=True).first()
    if current is None:
        return None
    stored = levels.from_json(current.inputs["standing"])
    fresh = owned([author_id], datetime.now(UTC).date()).get(author_id)
    corpus = levels.Standing(moderated_id=stored.moderated_id, resolved_by=stored.resolved_by)
    standing = with_owner(corpus, fresh)
    return replace(standing, evidence=tuple(proof for proof in standing.evidence if proof.kind != "V"))


# Organisations

# A verified record's organisation: what a proof of class B that still counts says, else where its person published
# last. A proof past its date counts 30 days longer (profiles.claiming.ledger.GRACE).
VERIFIED = """
verified AS MATERIALIZED (
    SELECT claim.author_id, claim.user_id, coalesce(mail.issuer, place.key) AS organisation
    FROM profiles_claim claim
    JOIN profiles_assessment standing
        ON standing.author_id = claim.author_id AND standing.is_current AND standing.level >= 2
    LEFT JOIN LATERAL (
        SELECT proof.issuer FROM profiles_evidence proof
        WHERE proof.author_id = claim.author_id AND proof.account_id = claim.user_id
            AND proof.kind = 'B' AND proof.event = 'verified'
            AND %(now)s < interval '30 days' + greatest(proof.expires_at, (
                SELECT max(again.expires_at) FROM profiles_evidence again
                WHERE again.author_id = proof.author_id AND again.proof_id = proof.id AND again.event = 'checked'))
            AND NOT EXISTS (
                SELECT FROM profiles_evidence ending
                WHERE ending.author_id = proof.author_id AND ending.proof_id = proof.id AND ending.event = 'ended')
        ORDER BY proof.sequence DESC LIMIT 1
    ) mail ON TRUE
    LEFT JOIN LATERAL (
        SELECT coalesce('ror:' || ror.value, 'institution:' || at.institution_id) AS key
        FROM publications_authorinstitution at
        LEFT JOIN publications_institutionid ror ON ror.institution_id = at.institution_id AND ror.scheme = 'ror'
        WHERE at.author_id = claim.author_id
        ORDER BY at.last_year DESC NULLS LAST, at.works_count DESC, at.institution_id LIMIT 1
    ) place ON TRUE
    WHERE claim.status = 'approved' AND claim.author_id IN (SELECT author_id FROM near)
)
"""
COLLABORATORS = f"""
WITH pair AS MATERIALIZED (
    SELECT edge.author_id, edge.coauthor_id
    FROM profiles_claim claim
    JOIN graph_coauthoredge edge ON edge.coauthor_id = claim.author_id AND edge.close_works >= 2
    WHERE claim.status = 'approved' AND edge.author_id = ANY(%(authors)s)
), near AS (SELECT DISTINCT coauthor_id AS author_id FROM pair), {VERIFIED}
SELECT pair.author_id, count(DISTINCT verified.organisation)
FROM pair JOIN verified ON verified.author_id = pair.coauthor_id
WHERE verified.organisation IS NOT NULL GROUP BY pair.author_id
"""  # noqa: S608 - joined from constants
FOLLOWERS = f"""
WITH pair AS MATERIALIZED (
    SELECT follow.author_id, claim.author_id AS follower
    FROM profiles_follow follow
    JOIN profiles_claim claim ON claim.user_id = follow.user_id AND claim.status = 'approved'
    WHERE follow.author_id = ANY(%(authors)s) AND claim.author_id <> follow.author_id
), near AS (SELECT follower AS author_id FROM pair UNION SELECT author_id FROM pair), {VERIFIED}
SELECT pair.author_id, count(DISTINCT verified.organisation)
FROM pair JOIN verified ON verified.author_id = pair.follower
WHERE verified.organisation IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM publications_authorinstitution own
        LEFT JOIN publications_institutionid ror ON ror.institution_id = own.institution_id AND ror.scheme = 'ror'
        WHERE own.author_id = pair.author_id
            AND verified.organisation IN ('ror:' || ror.value, 'institution:' || own.institution_id))
    AND NOT EXISTS (
        SELECT FROM verified self
        WHERE self.author_id = pair.author_id AND self.organisation = verified.organisation)
GROUP BY pair.author_id
"""  # noqa: S608 - joined from constants
ORGANISATION = f"""
WITH near AS (SELECT %(author)s::bigint AS author_id), {VERIFIED}
SELECT organisation FROM verified
"""  # noqa: S608 - joined from constants


def social(author_ids: Sequence[int], on: date) -> dict[int, Social]:
    """Organisations of verified people near these records; records that have none are left out."""
    parameters: dict[str, Any] = {"authors": list(author_ids), "now": _end_of(on)}
    with connection.cursor() as cursor:
        cursor.execute(COLLABORATORS, parameters)
        collaborators: dict[int, int] = dict(cursor.fetchall())
        cursor.execute(FOLLOWERS, parameters)
        followers: dict[int, int] = dict(cursor.fetchall())
    return _socials(collaborators, followers)


def _socials(collaborators: Mapping[int, int], followers: Mapping[int, int]) -> dict[int, Social]:
    return {
        author: Social(collaborators=collaborators.get(author, 0), followers=followers.get(author, 0))
        for author in {*collaborators, *followers}
    }


def organisation(author_id: int) -> str:
    """The organisation of a record at L2 or above ("ror:…", "institution:…"), or an empty text."""
    with connection.cursor() as cursor:
        cursor.execute(ORGANISATION, {"author": author_id, "now": datetime.now(UTC)})
        row = cursor.fetchone()
    return str(row[0]) if row and row[0] else ""


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), UTC)


# Who counts whom

DEPENDENTS = """
SELECT edge.coauthor_id FROM graph_coauthoredge edge WHERE edge.author_id = ANY(%(authors)s) AND edge.close_works >= 2
UNION
SELECT follow.author_id FROM profiles_follow follow
JOIN profiles_claim claim ON claim.user_id = follow.user_id AND claim.status = 'approved'
WHERE claim.author_id = ANY(%(authors)s)
"""


def dependents(author_ids: Iterable[int]) -> list[int]:
    """Records whose score counts these: close collaborators, and whom their owners follow."""
    with connection.cursor() as cursor:
        cursor.execute(DEPENDENTS, {"authors": list(author_ids)})
        return [author for (author,) in cursor.fetchall()]
