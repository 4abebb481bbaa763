"""Settings as words in the environment: flags, lists, database and mail URLs, a secret kept in a file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

TRUE = {"1", "true", "yes", "on"}
PERIODS = {"s": 1, "min": 60, "hour": 3600, "day": 86400}
FALSE = {"", "0", "false", "no", "off"}
# Milliseconds, for pages only: imports and tasks take their time.
PAGE_TIMEOUTS = {"statement_timeout": 5000, "lock_timeout": 2000, "idle_in_transaction_session_timeout": 15000}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither on nor off.")


def words(name: str, default: str = "") -> list[str]:
    """A list with commas between."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def rate(name: str, default: str) -> tuple[int, int] | None:
    """`60/min` as (60, 60): so many in so many seconds; None for `off`."""
    value = text(name, default).strip().lower()
    if value == "off":
        return None
    most, _slash, period = value.partition("/")
    if not most.isdecimal() or int(most) == 0 or period not in PERIODS:
        raise ImproperlyConfigured(f"{name}={value!r} must look like 60/min (s, min, hour, day) or be off.")
    return int(most), PERIODS[period]


def secret(name: str, file: Path) -> str:
    """From the environment, else made once and kept in the file, readable to its owner only."""
    if given := os.environ.get(name):
        return given
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    made = secrets.token_urlsafe(48)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was faster
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as opened:
        opened.write(made + "\n")
    return made


def database(url: str, *, process: str) -> dict[str, Any]:
    """Django's settings of a postgresql:// URL; a web process gets time-outs."""
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from error
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    found: dict[str, Any] = {key: parts.pop(name, "") for name, key in names.items()}
    timeouts = PAGE_TIMEOUTS if process == "web" else {}
    # bzpeer.kit.hot prepares its statements: one plan for all parameters, or most of the time goes into planning
    server = {"plan_cache_mode": "force_generic_plan", **timeouts}
    options = " ".join(f"-c {name}={value}" for name, value in server.items())
    return {
        "ENGINE": "django.db.backends.postgresql",
        **found,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, "prepare_threshold": 5, "options": options, **parts},
    }


def mail(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings of smtp://user:password@host:587 (STARTTLS) or smtps://…:465."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp://user:password@host:587 or smtps://…")
    implicit = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and bool(parts.username),
        "EMAIL_TIMEOUT": 10,
    }


def require_genuine(*urls: str, secure: bool, demo: bool, stand_in: bool) -> None:
    """Refuse a stand-in outside the demonstration, and services without TLS behind a site that has it."""
    if stand_in and (secure or not demo):
        raise ImproperlyConfigured("ORCID_STAND_IN is for `manage.py demo` only: set ORCID_CLIENT_ID instead.")
    for url in urls:
        scheme = urlsplit(url).scheme
        if scheme not in {"http", "https"} or (secure and scheme != "https"):
            raise ImproperlyConfigured(f"{url!r} must begin with https:// (ORCID_URL, ORCID_API_URL, ARXIV_URL).")
