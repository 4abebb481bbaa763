"""The trust page, the snapshot on the author page, and the methodology."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from graph import edges
from profiles.assessing import assessments, explanations, trust, trust_page
from profiles.assessing.wording import decimal
from profiles.models import Assessment
from publications.models import Author, Authorship, Work
from tests.corpus import make_author, make_topic, make_work

pytestmark = pytest.mark.django_db


def assessed(author: Author) -> Assessment:
    edges.refresh([author.pk])
    assessments.assess([author.pk], "import")
    found = assessments.current(author)
    assert found is not None
    return found


def author_with_works(works: int = 2) -> Author:
    author, friend = make_author(), make_author("Friend")
    for number in range(works):
        make_work(f"Work {number}", authors=[author, friend], topics=[make_topic()])
    return author


def page(client: Client, author: Author) -> str:
    response = client.get(reverse("author_trust", args=[author.pk]))
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def snapshot(author: Author, found: Assessment | None) -> str:
    return render_to_string("profiles/_trust.html", {"author": author, "trust": found})


# Explaining


def test_an_explanation_holds_every_part_and_adds_up() -> None:
    author = author_with_works()
    assessed(author)

    explained = assessments.explain(author)

    assert {name: explained[name] for name in ("score", "band", "level", "level_name", "claimed")} == {
        "score": 9, "band": "Sparse", "level": 1, "level_name": "Source-asserted", "claimed": False,
    }  # fmt: skip
    assert {factor["letter"]: factor["value"] for factor in explained["factors"]} == {
        "I": 5.0, "W": 2.5, "R": 0.0, "T": 0.6, "C": 1.2, "V": 0.0, "F": 0.0, "A": 0.0,
    }  # fmt: skip
    assert explained["factors"][1]["inputs"] == {"works": "2"}
    assert (explained["total"], explained["rounding"]) == (9.3, -0.3)
    assert explained["ceiling"] == {"value": 34, "reduction": 0.0}
    assert explained["formula_version"] == "1.0"


def test_an_author_who_waits_for_the_first_assessment_is_explained_without_figures() -> None:
    explained = assessments.explain(make_author())

    assert (explained["score"], explained["factors"], explained["history"]) == (None, [], [])


def test_history_says_what_changed_and_can_be_asked_for_a_day() -> None:
    author = author_with_works(1)
    assessed(author)
    author.assessments.update(assessed_at=datetime(2026, 1, 5, 23, tzinfo=UTC))
    make_work("Second", authors=[author], topics=[make_topic()])
    assessed(author)

    now, then = assessments.explain(author), assessments.explain(author, datetime(2026, 1, 5).date())

    assert now["history"][0]["changes"] == [{"input": "works", "before": "1", "after": "2"}]
    assert [entry["score"] for entry in now["history"]] == [now["score"], then["score"]]
    assert assessments.explain(author, datetime(2026, 1, 4).date())["score"] is None


def test_what_would_raise_is_possible_now_but_the_level_of_a_contested_record() -> None:
    author = author_with_works()
    snapshot = assessed(author)
    explained = explanations.what_would_raise(snapshot)
    snapshot.inputs["standing"]["contested"] = "2026-01-05"

    contested = explanations.what_would_raise(snapshot)

    assert {step["change"] for step in explained if not step["possible_now"]} == set()
    assert {step["change"] for step in contested if not step["possible_now"]} == {"level"}
    assert explained[1]["description"] == "1 more work of at most ten authors from a moderated provider"


# The trust page


def test_the_page_shows_score_level_parts_evidence_and_history(client: Client) -> None:
    author = author_with_works()
    found = assessed(author)

    text = words(page(client, author))

    assert f"Trust {found.score} · Sparse" in text
    assert "L1 · Source-asserted" in text
    assert "There is no proof about the person behind this record" in text
    assert "2 of 2 works are connected" in text
    assert "0 works are here by an id or a claim, 2 by the name, alone or with a shared co-author." in text
    assert "1 assessment" in text
    assert re.search(r"Assessed \d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC", text)
    assert "first assessment" in text
    assert "formula 1.0" in text


def test_of_a_single_work_nobody_is_told_that_most_are_connected(client: Client) -> None:
    author = author_with_works(works=1)
    Author.objects.filter(pk=author.pk).update(works_count=1)
    assessed(author)

    text = words(page(client, author))

    assert "There is one work, so no two people can be mixed up in it" in text
    assert "Most of these works" not in text


def test_the_parts_on_the_page_add_up_to_the_score(client: Client) -> None:
    author = author_with_works()
    found = assessed(author)

    shown = re.findall(r'data-part="\w+">(-?[\d.]+)<', page(client, author).replace("−", "-"))

    assert round(sum(map(float, shown)), 1) == found.score


def test_every_figure_leads_to_what_is_behind_it(client: Client) -> None:
    author = author_with_works()
    assessed(author)
    html = page(client, author)

    targets = re.findall(r'<td><a href="([^"]+)">', html)

    own, trust_url = author.get_absolute_url(), reverse("author_trust", args=[author.pk])
    assert targets == [
        f"{trust_url}#level", f"{own}#published", f"{trust_url}#weights", f"{own}#topics", f"{own}#collaborators",
        f"{trust_url}#evidence", f"{own}#follow", f"{trust_url}#evidence",
    ]  # fmt: skip
    ids = set(re.findall(r'id="([^"]+)"', html))
    assert {target.split("#")[1] for target in targets if target.startswith(trust_url)} <= ids


def test_history_is_drawn_once_it_has_two_points(client: Client) -> None:
    author = author_with_works(1)
    assessed(author)
    assert "<figure" not in page(client, author)
    make_work("Second", authors=[author])
    assessed(author)

    html = page(client, author)

    assert html.count('class="point"') == 2
    assert "weight of works 1 → 2" in words(html)


def test_pages_carry_no_inline_style_script_or_handler(client: Client) -> None:
    author = author_with_works(1)
    assessed(author)
    make_work("Second", authors=[author])
    found = assessed(author)

    for html in (page(client, author), snapshot(author, found), client.get("/methodology/").content.decode()):
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_a_name_with_markup_is_shown_as_text(client: Client) -> None:
    author = make_author("<img src=x onerror=alert(1)>")

    assert "<img" not in page(client, author)


def test_a_record_not_yet_assessed_says_so(client: Client) -> None:
    assert "has not been assessed yet" in page(client, make_author())


def test_hidden_and_missing_authors_answer_the_same_404(client: Client) -> None:
    hidden = make_author(hidden=True)

    answers = [client.get(reverse("author_trust", args=[pk])) for pk in (hidden.pk, hidden.pk + 999)]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_merged_author_leads_to_the_survivor(client: Client) -> None:
    survivor = make_author()
    merged = make_author("Joan M. Example", merged_into=survivor)

    response = client.get(reverse("author_trust", args=[merged.pk]))

    assert (response.status_code, response["Location"]) == (301, reverse("author_trust", args=[survivor.pk]))


@pytest.mark.parametrize("works", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(
    client: Client, works: int, django_assert_num_queries: object
) -> None:
    author = author_with_works(works)
    assessed(author)

    with django_assert_num_queries(6):  # type: ignore[operator]
        page(client, author)


# The snapshot on the author page


def test_the_snapshot_opens_to_parts_that_add_up_without_any_query(django_assert_num_queries: object) -> None:
    author = author_with_works()
    found = assessed(author)

    with django_assert_num_queries(0):  # type: ignore[operator]
        html = snapshot(author, found)

    text = words(html)
    assert f"Trust {found.score} · Sparse" in text
    assert "L1 · Source-asserted" in text
    assert "Unclaimed" in text
    shown = re.findall(r'data-part="\w+">(-?[\d.]+)<', html.replace("−", "-"))
    assert round(sum(map(float, shown)), 1) == found.score
    assert 'href="#published"' in html


def test_the_snapshot_names_the_ceiling_where_it_holds_the_score_back() -> None:
    author = make_author()
    full = trust.Inputs(level=1, works=400, corroborated=400, topics=90, close_collaborators=60)  # type: ignore[arg-type]
    outcome = trust.evaluate(full)
    found = Assessment(
        author=author, inputs={**trust.to_json(full), "standing": {"moderated_id": True, "resolved_by": "works"}},
        factors=assessments.shown_factors(outcome), score=34, band="Emerging", level=1,
    )  # fmt: skip

    text = words(snapshot(author, found))

    assert "L1 shows at most 34 −5.0" in text


def test_the_snapshot_of_a_record_not_yet_assessed_claims_nothing() -> None:
    assert "Trust: not yet assessed" in words(snapshot(make_author(), None))


# Beside the assessment


def test_works_are_split_into_confirmed_and_guessed() -> None:
    author = author_with_works(3)
    first, second, _ = author.authorships.order_by("pk")
    Authorship.objects.filter(pk=first.pk).update(reason=Authorship.Reason.PROVIDER_ID)
    Authorship.objects.filter(pk=second.pk).update(reason=Authorship.Reason.NAME_AND_COAUTHOR)

    found = trust_page.reasons_summary(author)

    assert (found.confirmed, found.guessed, found.total) == (1, 2, 3)
    assert dict(found.by_reason) == {
        "provider’s author id": 1, "name and a shared co-author": 1, "name match only": 1,
    }  # fmt: skip


def test_works_are_listed_by_what_they_weigh() -> None:
    author = author_with_works(2)
    make_work("Crowd", authors=[author], authors_count=17)
    make_work("Deposit", authors=[author], provider="zenodo")
    Work.objects.filter(title="Work 0").update(is_retracted=True)

    lines = trust_page.work_weights(author)

    assert [(line.works, line.authors, line.standing, str(line.weight)) for line in lines] == [
        (1, "1–10", "from a moderated provider", "1"),
        (1, "11–50", "from a moderated provider", "1/2"),
        (1, "1–10", "from an open deposit", "1/4"),
        (1, "1–10", "retracted", "0"),
    ]


def test_the_chart_steps_at_each_assessment() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    entries = [{"assessed_at": start + timedelta(days=days), "score": score} for days, score in ((0, 0), (10, 100))]

    chart = trust_page.history_chart(entries)

    assert chart is not None
    assert chart.path == "M 28.0 152.0 H 632.0 V 8.0"
    assert trust_page.history_chart(entries[:1]) is None


@pytest.mark.parametrize(("weight", "shown"), [("39/2", "19.5"), ("1/80", "0.0125"), ("0", "0"), ("1200", "1,200")])
def test_weights_are_written_without_loss(weight: str, shown: str) -> None:
    assert decimal(weight) == shown


# The methodology


def test_the_methodology_states_every_number_of_the_formula(client: Client) -> None:
    html = client.get(reverse("methodology")).content.decode()
    text = words(html)

    for curve in trust.CURVES.values():
        assert re.search(rf"\b{curve.letter}\b .*? {curve.cap} {curve.half}\b", text)
    for points, ceiling in zip(trust.IDENTITY, trust.CEILINGS, strict=True):
        assert f" {points} {ceiling} " in text
    for name in ("Sparse 0 14", "Emerging 15 34", "Established 35 54", "Strong 55 74", "Exemplary 75 100"):
        assert name in text
    assert "11–50 ½" in text
    assert "Formula version 1.0." in text
    assert "<math" in html
