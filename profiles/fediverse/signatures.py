"""HTTP signatures of requests between servers: signing as Mastodon expects it, reading what other servers send. Pure.

Signed by draft-cavage-http-signatures with RSA-SHA256, as all of the Fediverse understands; read in that form and as
RFC 9421 (message_signatures). What is signed must cover method, path, host, time and body.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

WINDOW: Final = timedelta(hours=1)  # how far the sender's clock may be from ours
LONGEST_HEADER: Final = 4_000
LONGEST_KEY_ID: Final = 1_000
KEY_BITS: Final = range(2048, 8193)
_REQUIRED: Final = {"(request-target)", "host", "digest"}
_PARAMETER: Final = re.compile(r'\s*(?P<name>[A-Za-z]+)=(?:"(?P<text>[^"\\]*)"|(?P<number>[0-9]+))\s*(?:,|$)')


class SignatureRefused(Exception):
    """The request is not signed as it must be; the message says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it came; names of headers in lower case. `origin` is scheme and host of the receiver."""

    method: str
    origin: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature says: whose key must have made it, of which text."""

    key_id: str
    text: bytes
    signature: bytes


# Signing


def sign(
    method: str, host: str, path: str, body: bytes | None, *, key_id: str, key: rsa.RSAPrivateKey, at: datetime
) -> dict[str, str]:
    """The headers Date, Digest (of a body) and Signature of a request to be sent."""
    headers = {"Date": format_datetime(at.astimezone(UTC), usegmt=True)}
    covered = {"(request-target)": f"{method.lower()} {path}", "host": host, "date": headers["Date"]}
    if body is not None:
        covered["digest"] = headers["Digest"] = digest(body)
    text = "\n".join(f"{name}: {value}" for name, value in covered.items()).encode()
    made = base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
    names = " ".join(covered)
    headers["Signature"] = f'keyId="{key_id}",algorithm="rsa-sha256",headers="{names}",signature="{made}"'
    return headers


def digest(body: bytes) -> str:
    return f"SHA-256={base64.b64encode(hashlib.sha256(body).digest()).decode()}"


# Reading


def read(message: Message, *, now: datetime) -> Signed:
    """What is signed, after everything that can be checked without the key; raises SignatureRefused."""
    parameters = _parameters(message.headers.get("signature", ""))
    algorithm = parameters.get("algorithm", "hs2019").lower()
    if algorithm not in {"rsa-sha256", "hs2019"}:
        raise SignatureRefused("The algorithm must be rsa-sha256 or hs2019.")
    names = parameters.get("headers", "date").lower().split()
    if missing := _REQUIRED.difference(names):
        raise SignatureRefused(f"Not signed: {', '.join(sorted(missing))}.")
    if "date" not in names and "(created)" not in names:
        raise SignatureRefused("Neither date nor (created) is signed.")
    _check_digest(message)
    _check_time(message, parameters, names, now)
    text = "\n".join(f"{name}: {_covered(name, message, parameters)}" for name in names)
    return Signed(parameters["keyId"], text.encode("latin-1", "replace"), decoded(parameters["signature"]))


def _parameters(header: str) -> dict[str, str]:
    if not header or len(header) > LONGEST_HEADER:
        raise SignatureRefused("The request has no signature.")
    found: dict[str, str] = {}
    place = 0
    while place < len(header):
        part = _PARAMETER.match(header, place)
        if part is None or part["name"] in found:
            raise SignatureRefused("The Signature header cannot be read.")
        found[part["name"]] = part["text"] if part["text"] is not None else part["number"]
        place = part.end()
    if not found.get("keyId") or not found.get("signature") or len(found["keyId"]) > LONGEST_KEY_ID:
        raise SignatureRefused("The Signature header needs keyId and signature.")
    return found


def _check_digest(message: Message) -> None:
    said = [part.strip().partition("=") for part in message.headers.get("digest", "").split(",")]
    digests = [value for name, _equals, value in said if name.lower() == "sha-256"]
    if digests != [digest(message.body).partition("=")[2]]:
        raise SignatureRefused("The Digest does not fit the body.")


def _check_time(message: Message, parameters: Mapping[str, str], names: list[str], now: datetime) -> None:
    if "(created)" in names:
        check_age(moment(parameters.get("created", "")), now)
    if "date" in names:
        try:
            said = parsedate_to_datetime(message.headers.get("date", ""))
        except (ValueError, TypeError, OverflowError) as error:
            raise SignatureRefused("The Date cannot be read.") from error
        check_age(said if said.tzinfo else said.replace(tzinfo=UTC), now)
    if "expires" in parameters and moment(parameters["expires"]) < now - WINDOW:
        raise SignatureRefused("The signature has expired.")


def _covered(name: str, message: Message, parameters: Mapping[str, str]) -> str:
    """The value that was signed. The host is our own: what was signed for another site is refused by that."""
    if name == "(request-target)":
        return f"{message.method.lower()} {message.path}"
    if name == "host":
        return message.host
    if name in {"(created)", "(expires)"}:
        return parameters.get(name.strip("()"), "")
    if name not in message.headers:
        raise SignatureRefused(f"The header {name[:40]} is signed and missing.")
    return message.headers[name].strip()


def check_age(said: datetime, now: datetime) -> None:
    if abs(now - said) > WINDOW:
        raise SignatureRefused("The request was signed at another time: check the clock.")


def moment(seconds: str) -> datetime:
    """Seconds since 1970 as a header writes them."""
    if not re.fullmatch(r"[0-9]{1,11}", seconds):
        raise SignatureRefused("The time of the signature cannot be read.")
    return datetime.fromtimestamp(int(seconds), UTC)


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused("The signature is no base64.") from error


# Checking


def public_key(pem: str) -> rsa.RSAPublicKey:
    """Raises ValueError for what is no RSA key of a usual size."""
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except Exception as error:  # cryptography raises many kinds for what a stranger wrote
        raise ValueError("No public key.") from error
    if (
        not isinstance(key, rsa.RSAPublicKey)
        or key.key_size not in KEY_BITS
        or key.public_numbers().e.bit_length() > 64
    ):
        raise ValueError("Not an RSA key of 2,048 to 8,192 bits.")
    return key


def holds(signed: Signed, pem: str) -> bool:
    """Whether the key made the signature."""
    try:
        public_key(pem).verify(signed.signature, signed.text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
