"""Who is who, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from publications import names
from publications.identity import CoauthorNames, Signature, needs_coauthors, resolve

Person = str | tuple[str, dict[str, str]]
Byline = Sequence[Person]


def signatures(*works: Byline) -> list[Signature]:
    """One signature for every name of every work."""
    made: list[Signature] = []
    for work, people in enumerate(works):
        for position, person in enumerate(people):
            name, ids = person if isinstance(person, tuple) else (person, {})
            made.append(
                Signature(
                    len(made), work, (f"w{work:03d}", position), names.key(name), names.block(name),
                    names.is_initials(name), tuple(sorted(ids.items())),
                )
            )  # fmt: skip
    return made


def coauthors(made: list[Signature]) -> dict[int, CoauthorNames]:
    works: dict[int, list[Signature]] = {}
    for s in made:
        works.setdefault(s.work, []).append(s)
    return {
        work: CoauthorNames(
            frozenset(s.name_key for s in people),
            frozenset(s.block for s in people),
            frozenset(s.block for s in people if s.initials_only),
        )
        for work, people in works.items()
    }


def persons(*works: Byline, of: str) -> list[list[str]]:
    """The persons of one block, each as the works and reasons of its signatures."""
    made = signatures(*works)
    found = resolve(made, coauthors(made))
    return sorted([f"{s.work} {p.reasons[s.number]}" for s in p.signatures] for p in found if p.first.block == of)


def test_the_same_full_name_is_one_person() -> None:
    assert persons(["Joan Bruna"], ["Joan Bruna", "B Two"], of="bruna j") == [["0 name", "1 name"]]


def test_two_positions_of_one_work_are_two_persons_and_the_name_alone_decides_no_more() -> None:
    found = persons(["Wei Wang", "Wei Wang"], ["Wei Wang", "Ada One"], of="wang w")

    assert found == [["0 name"], ["0 name"], ["1 name"]]


def test_a_provider_s_id_decides_over_the_name() -> None:
    found = persons([("Jane Doe", {"acl": "jd"})], [("Jane Smith", {"acl": "jd"})], of="doe j")

    assert found == [["0 provider-id", "1 provider-id"]]


def test_different_ids_keep_one_name_apart_and_a_third_without_id_needs_a_co_author() -> None:
    found = persons(
        [("Jane Doe", {"acl": "a"}), "Ada One"], [("Jane Doe", {"acl": "b"})], ["Jane Doe"], ["Jane Doe", "Ada One"],
        of="doe j",
    )  # fmt: skip

    assert found == [["0 provider-id", "3 name-and-coauthor"], ["1 provider-id"], ["2 name"]]


def test_missing_evidence_is_no_contradiction() -> None:
    assert persons([("Jane Doe", {"acl": "a"})], ["Jane Doe"], of="doe j") == [["0 provider-id", "1 name"]]


def test_ids_of_two_schemes_do_not_contradict_and_orcid_is_named_as_the_reason() -> None:
    found = persons([("Jane Doe", {"acl": "a"})], [("Jane Doe", {"orcid": "0000-0000-0000-001X"})], of="doe j")

    assert found == [["0 provider-id", "1 orcid"]]


def test_initials_join_through_a_shared_co_author_only() -> None:
    found = persons(["Joan Bruna", "Yann Other"], ["J. Bruna", "Yann Other"], ["J. Bruna", "Ada One"], of="bruna j")

    assert found == [["0 name", "1 name-and-coauthor"], ["2 name"]]


def test_initials_that_fit_two_persons_stay_apart() -> None:
    found = persons(
        ["Joan Bruna", "Yann Other"], ["Jack Bruna", "Yann Other"], ["J. Bruna", "Yann Other"], of="bruna j"
    )

    assert found == [["0 name"], ["1 name"], ["2 name"]]


def test_initials_that_do_not_fit_are_somebody_else() -> None:
    found = persons(["Jean Paul Sartre", "Ada One"], ["J. M. Sartre", "Ada One"], of="sartre j")

    assert found == [["0 name"], ["1 name"]]


def test_an_id_that_stands_twice_in_a_work_holds_for_the_first() -> None:
    found = persons([("Jane Doe", {"acl": "a"}), ("Jane Doe", {"acl": "a"})], [("Jane Doe", {"acl": "a"})], of="doe j")

    assert found == [["0 name"], ["0 provider-id", "1 provider-id"]]


_people = st.sampled_from(["Joan Bruna", "J. Bruna", "Jack Bruna", "Wei Wang", "W. Wang", "王伟", "Ada One"])
_works = st.lists(st.lists(_people, min_size=1, max_size=4), min_size=1, max_size=8)


@given(_works, st.randoms(use_true_random=False))
def test_the_order_of_signatures_changes_nothing(works: list[list[str]], random: object) -> None:
    made = signatures(*works)
    shuffled = sorted(made, key=lambda _: random.random())  # type: ignore[attr-defined]

    first = [[s.number for s in p.signatures] for p in resolve(made, coauthors(made))]
    second = [[s.number for s in p.signatures] for p in resolve(shuffled, coauthors(made))]

    assert first == second


@given(_works)
def test_nobody_stands_twice_in_one_work_and_everybody_stands_somewhere(works: list[list[str]]) -> None:
    made = signatures(*works)
    found = resolve(made, coauthors(made))

    assert sorted(s.number for p in found for s in p.signatures) == [s.number for s in made]
    assert all(len(p.works) == len(p.signatures) for p in found)


@given(_works)
def test_co_authors_beyond_those_asked_for_change_nothing(works: list[list[str]]) -> None:
    made = signatures(*works)
    asked = needs_coauthors(made)
    some = {work: names_ for work, names_ in coauthors(made).items() if work in asked}

    assert [p.signatures for p in resolve(made, some)] == [p.signatures for p in resolve(made, coauthors(made))]
