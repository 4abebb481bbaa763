"""Signatures of RFC 9421 (HTTP Message Signatures), as newer servers send them: one, with RSA, over the body. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from profiles.fediverse.signatures import (
    LONGEST_HEADER,
    LONGEST_KEY_ID,
    WINDOW,
    Message,
    SignatureRefused,
    Signed,
    check_age,
    decoded,
    moment,
)

_INPUT: Final = re.compile(
    r'(?P<label>[a-z*][a-z0-9_.*-]{0,63})=(?P<all>\((?P<names>[^()]*)\)(?P<parameters>(?:;(?:"[^"]*"|[^,();"])*)*))'
)
_NAMES: Final = re.compile(r'(?:"(?:@[a-z-]+|[a-z0-9-]+)"(?: (?=")|$))*')
_PARAMETER: Final = re.compile(r';\s*(?P<name>[a-z]+)=(?:"(?P<text>[^"\\]*)"|(?P<number>[0-9]+))')
_DERIVED: Final[Mapping[str, Callable[[Message], str]]] = {
    "@method": lambda message: message.method,
    "@target-uri": lambda message: f"{message.origin}{message.path}",
    "@authority": lambda message: message.host,
    "@path": lambda message: message.path.partition("?")[0],
    "@scheme": lambda message: message.origin.partition("://")[0],
    "@request-target": lambda message: message.path,
}


def is_used(message: Message) -> bool:
    return "signature-input" in message.headers


def read(message: Message, *, now: datetime) -> Signed:
    """What is signed, after everything that can be checked without the key; raises SignatureRefused."""
    header = message.headers["signature-input"].strip()
    found = _INPUT.fullmatch(header) if len(header) <= LONGEST_HEADER else None
    if found is None or not _NAMES.fullmatch(found["names"]):
        raise SignatureRefused("Signature-Input cannot be read, or names more than one signature.")
    names = found["names"].replace('"', "").split()
    parameters = {
        part["name"]: part["text"] or part["number"] or "" for part in _PARAMETER.finditer(found["parameters"])
    }
    _check_cover(names, parameters)
    _check_digest(message)
    check_age(moment(parameters["created"]), now)
    if "expires" in parameters and moment(parameters["expires"]) < now - WINDOW:
        raise SignatureRefused("The signature has expired.")
    lines = [f'"{name}": {_value(name, message)}' for name in names]
    text = "\n".join([*lines, f'"@signature-params": {found["all"]}'])
    return Signed(parameters["keyid"], text.encode("latin-1", "replace"), _signature(message, found["label"]))


def _check_cover(names: list[str], parameters: Mapping[str, str]) -> None:
    addressed = "@target-uri" in names or {"@authority", "@path"} <= set(names)
    if not addressed or not {"@method", "content-digest"} <= set(names) or len(set(names)) != len(names):
        raise SignatureRefused("Method, address and Content-Digest must be signed.")
    if not parameters.get("keyid") or len(parameters["keyid"]) > LONGEST_KEY_ID or not parameters.get("created"):
        raise SignatureRefused("The signature needs keyid and created.")
    if parameters.get("alg", "rsa-v1_5-sha256") != "rsa-v1_5-sha256":
        raise SignatureRefused("The algorithm must be rsa-v1_5-sha256.")


def _check_digest(message: Message) -> None:
    made = base64.b64encode(hashlib.sha256(message.body).digest()).decode()
    said = [part.strip() for part in message.headers.get("content-digest", "").split(",")]
    if [part for part in said if part.startswith("sha-256=")] != [f"sha-256=:{made}:"]:
        raise SignatureRefused("The Content-Digest does not fit the body.")


def _value(name: str, message: Message) -> str:
    if name in _DERIVED:
        return _DERIVED[name](message)
    if name.startswith("@") or name not in message.headers:
        raise SignatureRefused(f"{name[:40]} is signed and not there.")
    return message.host if name == "host" else message.headers[name].strip()


def _signature(message: Message, label: str) -> bytes:
    found = re.fullmatch(rf"{re.escape(label)}=:(?P<made>[^:]*):", message.headers.get("signature", "").strip())
    if found is None:
        raise SignatureRefused("The Signature header has no such signature.")
    return decoded(found["made"])
