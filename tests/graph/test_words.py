"""Words of the script: every form that a language has, and which of them fits which number."""

from __future__ import annotations

import pytest
from django.utils import translation

from graph import words


def said(counted: words.Words, number: int) -> str:
    """As static/js/graph_words.js says it."""
    at = number if number < words.SAMPLED else 100 + number % 100
    form: str = counted["forms"][int(counted["fits"][min(at, len(counted["fits"]) - 1)])]
    return form


def polish(number: int) -> str:
    if number == 1:
        return "praca"
    return "prace" if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else "prac"


def arabic(number: int) -> str:
    if number < 3:
        return ("zero", "one", "two")[number]
    last = number % 100
    return "few" if 3 <= last <= 10 else "many" if last >= 11 else "other"


def french(number: int) -> str:
    return "travail" if number < 2 else "travaux"


@pytest.mark.parametrize("language", [polish, arabic, french])
def test_every_number_has_the_form_of_its_language(language: object) -> None:
    assert callable(language)
    counted = words.counted(language)

    assert [said(counted, number) for number in range(2_500)] == [language(number) for number in range(2_500)]


def test_a_language_of_two_forms_takes_three_digits() -> None:
    with translation.override("en"):
        spoken = words.of_the_script()

    assert spoken["shared"] == {"forms": ["{number} shared works", "{number} shared work"], "fits": "010"}
    assert spoken["found"] == {"forms": ["{number} found"], "fits": "0"}


def test_only_texts_and_texts_that_count_come_with_the_page() -> None:
    kinds = {type(text) for text in words.of_the_script().values()}

    assert kinds == {str, dict}
