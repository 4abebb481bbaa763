"""Who signed in: the iD of ORCID's token answer, which came over TLS from the address in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from jwt.types import Options

from bzpeer.kit import ids
from bzpeer.kit.text import without_controls

LEEWAY: Final = 60  # seconds by which clocks may differ
LONGEST_NAME: Final = 200


class Refused(Exception):
    """The answer does not say who signed in, or says it to somebody else."""


@dataclass(frozen=True, slots=True)
class Identity:
    orcid: str
    name: str


def identity(answer: Mapping[str, Any], *, issuer: str, client_id: str) -> Identity:
    """The holder of the iD, by the ID token and by `orcid`, of which there may be one only; raises Refused."""
    stated = {_orcid(answer["orcid"])} if answer.get("orcid") else set()
    if answer.get("id_token"):
        stated.add(_orcid(_claims(str(answer["id_token"]), issuer, client_id)["sub"]))
    if len(stated) != 1:
        raise Refused("ORCID's answer names no iD, or two.")
    return Identity(stated.pop(), _name(answer.get("name")))


def _claims(token: str, issuer: str, client_id: str) -> dict[str, Any]:
    """Its signature need not be checked: it came from the issuer itself (OpenID Connect Core 1.0, 3.1.3.7)."""
    options: Options = {
        "verify_signature": False,
        "verify_iss": True,
        "verify_aud": True,
        "verify_exp": True,
        "require": ["iss", "aud", "exp", "sub"],
    }
    try:
        return jwt.decode(token, options=options, issuer=issuer, audience=client_id, leeway=LEEWAY)
    except jwt.PyJWTError as error:
        raise Refused(f"The ID token does not hold: {error}") from error


def _orcid(value: Any) -> str:
    try:
        return ids.normalise("orcid", str(value))
    except ValueError as error:
        raise Refused(str(error)) from error


def _name(value: Any) -> str:
    return " ".join(without_controls(value).split())[:LONGEST_NAME] if isinstance(value, str) else ""
