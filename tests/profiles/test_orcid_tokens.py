"""ORCID's token answer: whose it is, and when it is refused."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from profiles.orcid import tokens
from tests.profiles.orcid_site import JOAN, OTHER


def test_the_id_token_must_be_ours_current_and_agree_with_the_answer() -> None:
    now = 4_000_000_000
    claims = {"iss": "https://orcid.org", "aud": "APP", "sub": JOAN, "exp": now}

    def answer(orcid: str | None = JOAN, **changed: Any) -> dict[str, Any]:
        kept = {key: value for key, value in {**claims, **changed}.items() if value is not None}
        return {"orcid": orcid, "name": " Joan\n Example ", "id_token": jwt.encode(kept, "k" * 32, algorithm="HS256")}

    def identity(given: dict[str, Any]) -> tokens.Identity:
        return tokens.identity(given, issuer="https://orcid.org", client_id="APP")

    assert identity(answer()) == tokens.Identity(JOAN, "Joan Example")
    assert identity(answer(orcid=None)).orcid == JOAN
    assert identity({"orcid": JOAN, "name": None}) == tokens.Identity(JOAN, "")
    for wrong in (
        answer(orcid=OTHER),
        answer(iss="https://sandbox.orcid.org"),
        answer(aud="APP-2"),
        answer(exp=1),
        answer(exp=None),
        answer(sub=None),
        answer(orcid="0000-0000-0000-0029"),
        {"orcid": JOAN, "id_token": "nonsense"},
        {"name": "Joan Example"},
    ):
        with pytest.raises(tokens.Refused):
            identity(wrong)
