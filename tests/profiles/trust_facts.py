"""Invented records, people and proofs: what the tests of the trust score draw from."""

from __future__ import annotations

import os
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import settings
from hypothesis import strategies as st

from profiles.assessing import levels, trust
from tests.profiles import method
from tests.profiles.method import Facts, Person, Row

TODAY = date(2026, 11, 1)
EXAMPLES = 10_000 if os.environ.get("LONG") == "1" else 100
thorough = settings(max_examples=EXAMPLES, deadline=None)


NAMES = st.sampled_from([f"p{number}" for number in range(12)])


TOPICS = st.frozensets(st.sampled_from([f"t{number}" for number in range(25)]), max_size=4)


PROVIDERS = st.sampled_from(["arxiv", "crossref", "dblp", "zenodo", "manual", ""])


def rows(keys: st.SearchStrategy[str], retracted: st.SearchStrategy[bool]) -> st.SearchStrategy[Row]:
    return st.builds(
        Row,
        key=keys,
        provider=PROVIDERS,
        authors=st.integers(1, 4000),
        coauthors=st.frozensets(NAMES, max_size=5),
        topics=TOPICS,
        retracted=retracted,
        persistent=st.booleans(),
    )


def proof(kind: str, issuer: str, age: int, life: int, method: str, revoked: int | None) -> levels.Evidence:
    verified = TODAY - timedelta(days=age)
    return levels.Evidence(
        kind=kind,
        issuer=issuer,
        method=method,
        verified=verified,
        expires=verified + timedelta(days=life),
        revoked=None if revoked is None else verified + timedelta(days=revoked),
    )


EVIDENCE = st.builds(
    proof,
    st.sampled_from("ABCVX"),
    st.sampled_from(["orcid:1", "uni.example", "page.example"]),
    st.integers(0, 900),
    st.integers(1, 1500),
    st.sampled_from(["", levels.ORCID_IN_METADATA]),
    st.none() | st.integers(0, 900),
)


CLAIMS = st.builds(
    lambda age, confirmed, factors, names: levels.Claim(
        approved=TODAY - timedelta(days=age),
        address_confirmed=confirmed,
        multi_factor=factors,
        moderators=names,
    ),
    st.integers(0, 30),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from(["m1", "m2", "m3"])),
)


PEOPLE = st.builds(
    Person, name=NAMES, level=st.integers(0, 4), organisation=st.sampled_from(["", "o1", "o2", "o3", "o4"])
)


FACTS = st.builds(
    Facts,
    rows=st.lists(rows(st.sampled_from([f"w{number}" for number in range(30)]), st.booleans()), max_size=40).map(tuple),
    people=st.lists(PEOPLE, max_size=12, unique_by=lambda person: person.name).map(tuple),
    followers=st.frozensets(NAMES),
    organisations=st.frozensets(st.sampled_from(["o1", "o2"])),
    evidence=st.lists(EVIDENCE, max_size=5).map(tuple),
    claim=st.none() | CLAIMS,
    resolved=st.booleans(),
)


INPUTS = st.builds(
    trust.Inputs,
    level=st.integers(0, 4),
    works=st.fractions(0, 2000, max_denominator=80),
    corroborated=st.fractions(0, 2000, max_denominator=20),
    topics=st.integers(0, 500),
    close_collaborators=st.integers(0, 500),
    collaborator_organisations=st.integers(0, 100),
    follower_organisations=st.integers(0, 1000),
    months=st.integers(0, 400),
)


SAMPLE = trust.Inputs(level=1, works=Fraction(21), topics=18, close_collaborators=4)


def score(facts: Facts) -> int:
    return method.evaluate(facts, TODAY).score


def exact(facts: Facts) -> Fraction:
    return method.evaluate(facts, TODAY).exact
