"""The key of this site: one pair for all its actors, made when it is first needed, replaced by a command."""

from __future__ import annotations

import base64
import hashlib
import logging
from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.db import connection, transaction

from profiles.models import SigningKey

logger = logging.getLogger(__name__)
BITS = 2048


@dataclass(frozen=True, slots=True)
class Pair:
    public_pem: str
    private: rsa.RSAPrivateKey


def current() -> Pair:
    """Made on first use: of several processes that make one at once, one wins. What no SECRET_KEY opens is replaced."""
    row = SigningKey.objects.filter(is_current=True).first()
    if row is None:
        SigningKey.objects.bulk_create([_make()], ignore_conflicts=True)
        row = SigningKey.objects.get(is_current=True)
    try:
        return Pair(row.public_pem, _opened(row.private_encrypted, settings.SECRET_KEY))
    except InvalidToken:
        logger.error("The signing key was encrypted under another SECRET_KEY: a new one is made.")
        return rotate()


def rotate() -> Pair:
    """A new pair at once. Other servers ask for the public half again when a signature does not fit what they know."""
    made = _make()
    with transaction.atomic():
        with connection.cursor() as cursor:  # one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('bzpeer.fediverse.keys', 0))")
        SigningKey.objects.filter(is_current=True).delete()
        made.save(force_insert=True)
    return Pair(made.public_pem, _opened(made.private_encrypted, settings.SECRET_KEY))


def _make() -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningKey(public_pem=public.decode(), private_encrypted=_cipher().encrypt(secret).decode())


@lru_cache(maxsize=2)
def _opened(encrypted: str, _secret_key: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(_cipher().decrypt(encrypted.encode()), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _cipher() -> MultiFernet:
    keys: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(("bzpeer.fediverse:" + key).encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
