"""HTTP signatures: what is signed is accepted, and whatever is changed on the way is refused."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from profiles.fediverse import message_signatures, signatures
from profiles.fediverse.signatures import Message, SignatureRefused, Signed, read, sign

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = "https://bzpeer.example"
KEY_ID = "https://social.example/users/ada#main-key"
BODY = b'{"type":"Follow"}'


@cache
def key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = private.public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def message(body: bytes = BODY, *, host: str = "bzpeer.example", at: datetime = NOW) -> Message:
    headers = sign("POST", host, "/ap/inbox", body, key_id=KEY_ID, key=key(), at=at)
    return Message("POST", ORIGIN, "/ap/inbox", lower(headers), body)


def why(message: Message) -> str:
    with pytest.raises(SignatureRefused) as refused:
        read(message, now=NOW)
    return str(refused.value)


def with_header(message: Message, name: str, value: str) -> Message:
    return replace(message, headers={**message.headers, name: value})


def test_what_was_signed_is_accepted_with_the_right_key_alone() -> None:
    signed = read(message(), now=NOW)

    assert signed.key_id == KEY_ID
    assert signed.text.decode().splitlines() == [
        "(request-target): post /ap/inbox",
        "host: bzpeer.example",
        "date: Sun, 01 Mar 2026 12:00:00 GMT",
        f"digest: {signatures.digest(BODY)}",
    ]
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert (signatures.holds(signed, pem(key())), signatures.holds(signed, pem(other))) == (True, False)


@pytest.mark.parametrize(
    "changed",
    [
        replace(message(), path="/ap/A1/inbox"),
        replace(message(), method="PUT"),
        replace(message(), origin="https://other.example"),
        with_header(message(), "date", "Sun, 01 Mar 2026 12:00:01 GMT"),
        message(host="other.example"),
    ],
)
def test_a_request_that_was_changed_does_not_fit_its_signature(changed: Message) -> None:
    assert not signatures.holds(read(changed, now=NOW), pem(key()))


def test_a_body_that_was_changed_does_not_fit_its_digest() -> None:
    assert "Digest" in why(replace(message(), body=BODY + b" "))
    assert "Digest" in why(with_header(message(), "digest", "SHA-512=abc"))


@pytest.mark.parametrize("away", [timedelta(minutes=61), timedelta(minutes=-61), timedelta(days=400)])
def test_a_request_of_another_hour_is_refused(away: timedelta) -> None:
    assert "another time" in why(message(at=NOW + away))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        'keyId="a"',
        'keyId="",signature="YQ=="',
        f'keyId="{KEY_ID}",headers="date",signature="YQ=="',
        f'keyId="{KEY_ID}",headers="(request-target) host date",signature="YQ=="',
        f'keyId="{KEY_ID}",headers="(request-target) host digest",signature="YQ=="',
        f'keyId="{KEY_ID}",algorithm="rsa-sha1",headers="(request-target) host date digest",signature="YQ=="',
        f'keyId="{KEY_ID}",headers="(request-target) host date digest x-missing",signature="YQ=="',
        f'keyId="{KEY_ID}",headers="(request-target) host date digest",signature="?"',
        f'keyId="{KEY_ID}",keyId="b",headers="(request-target) host date digest",signature="YQ=="',
        f'keyId="{KEY_ID}",headers="(request-target) host (created) digest",created=abc,signature="YQ=="',
        f'keyId="{KEY_ID}",headers="(request-target) host date digest",expires=1,signature="YQ=="',
        f'keyId="{"a" * 2000}",headers="(request-target) host date digest",signature="YQ=="',
        'keyId="' + "a" * 5_000,
    ],
)
def test_a_signature_that_covers_too_little_or_cannot_be_read_is_refused(header: str) -> None:
    assert why(with_header(message(), "signature", header))


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Mar 2026 12:00:00 GMT"])
def test_a_date_that_cannot_be_read_is_refused(date: str) -> None:
    assert "Date" in why(with_header(message(), "date", date))


def test_hs2019_with_created_instead_of_a_date_is_accepted() -> None:
    names, created = "(request-target) (created) host digest", int(NOW.timestamp())
    lines = ["(request-target): post /ap/inbox", f"(created): {created}", "host: bzpeer.example"]
    text = "\n".join([*lines, f"digest: {signatures.digest(BODY)}"]).encode()
    made = base64.b64encode(key().sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
    header = f'keyId="{KEY_ID}",algorithm="hs2019",created={created},headers="{names}",signature="{made}"'

    signed = read(with_header(message(), "signature", header), now=NOW)

    assert signatures.holds(signed, pem(key()))


@pytest.mark.parametrize(
    "text",
    ["", "no key", pem(key(1024)), pem(ec.generate_private_key(ec.SECP256R1()))],
    ids=["none", "no", "1024", "ec"],
)
def test_keys_of_other_kinds_and_sizes_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="key"):
        signatures.public_key(text)
    assert not signatures.holds(Signed(KEY_ID, b"text", b"signature"), text)


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_in_the_headers_is_read_or_refused(signature: str, date: str, digest: str) -> None:
    headers = {"signature": signature, "date": date, "digest": digest}
    for reader, more in ((read, {}), (message_signatures.read, {"signature-input": signature})):
        with pytest.raises(SignatureRefused):
            reader(Message("POST", ORIGIN, "/ap/inbox", headers | more, BODY), now=NOW)


@given(st.binary(max_size=200), st.text("abcdefghij/-_.~%", max_size=40))
def test_every_body_and_path_comes_through(body: bytes, path: str) -> None:
    headers = lower(sign("POST", "bzpeer.example", f"/{path}", body, key_id=KEY_ID, key=key(), at=NOW))
    signed = read(Message("POST", ORIGIN, f"/{path}", headers, body), now=NOW)
    assert signatures.holds(signed, pem(key()))


# RFC 9421


def newer(names: str = '"@method" "@target-uri" "content-digest"', body: bytes = BODY, **parameters: str) -> Message:
    """Signed as Mastodon 4.5 signs."""
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    said = {"created": str(int(NOW.timestamp())), "keyid": f'"{KEY_ID}"'} | parameters
    all = f"({names})" + "".join(f";{name}={value}" for name, value in said.items())
    values = {'"@method"': "POST", '"@target-uri"': f"{ORIGIN}/ap/inbox", '"content-digest"': digest}
    lines = [f"{name}: {values.get(name, '')}" for name in names.split()]
    text = "\n".join([*lines, f'"@signature-params": {all}']).encode()
    made = base64.b64encode(key().sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
    headers = {"content-digest": digest, "signature-input": f"sig1={all}", "signature": f"sig1=:{made}:"}
    return Message("POST", ORIGIN, "/ap/inbox", headers, body)


def test_a_message_signature_is_accepted_with_the_right_key_alone() -> None:
    assert message_signatures.is_used(newer())
    signed = message_signatures.read(newer(), now=NOW)
    assert (signed.key_id, signatures.holds(signed, pem(key()))) == (KEY_ID, True)
    elsewhere = message_signatures.read(replace(newer(), path="/ap/A1/inbox"), now=NOW)
    assert not signatures.holds(elsewhere, pem(key()))


@pytest.mark.parametrize(
    "changed",
    [
        replace(newer(), body=b"{}"),
        newer('"@method" "content-digest"'),
        newer('"@method" "@target-uri"'),
        newer('"@method" "@target-uri" "content-digest" "x-missing"'),
        newer('"@method" "@target-uri" "content-digest" "@unknown"'),
        newer(created="1"),
        newer(created=""),
        newer(keyid='""'),
        newer(alg='"hmac-sha256"'),
        newer(expires="1"),
        with_header(newer(), "signature-input", "sig1=(broken"),
        with_header(newer(), "signature", "other=:YQ==:"),
    ],
)
def test_a_message_signature_that_lacks_something_is_refused(changed: Message) -> None:
    with pytest.raises(SignatureRefused):
        message_signatures.read(changed, now=NOW)
